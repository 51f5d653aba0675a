"""The table of table 2's speeds, of the JSON lines of a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.gpu_check.lines import read_lines
from benchmarks.gpu_check.report import PAPER, spread
from benchmarks.record import head_text, table_text

Line = Mapping[str, Any]
HEADINGS = ["model", "length", "batch", "parameters", "GFLOP an example", "ms a step", "steps/s",
            "examples/s", "processor s an example", "GFLOP/s", "GiB", "× BERT-large", "paper"]  # fmt: skip


def write_table(folder: Path) -> Path:
    """Writes FOLDER/table2.md from FOLDER/table2.jsonl; its path."""
    lines = read_lines(folder / "table2.jsonl")
    first = lines[0]
    steps = [line for line in lines if line["kind"] == "step"]
    about = {
        "engine": first["engine"],
        "strategy": first["strategy"],
        **{name: ", ".join(sorted({str(step[name]) for step in steps}))
           for name in ("device", "replicas", "precision")},
        **first["conditions"],
    }  # fmt: skip
    text = f"{head_text('table2', first['day'], about)}\n{table_text(speeds(lines))}"
    known = {(step["config"], step["length"]) for step in steps}
    failed = [
        f"- {line['config']} at {line['length']}, batch {line['batch']}: {line['error']}\n"
        for line in lines
        if line["kind"] == "failed" and (line["config"], line["length"]) not in known
    ]
    if failed:
        text += "\nNot measured:\n\n" + "".join(dict.fromkeys(failed))
    path = folder / "table2.md"
    path.write_text(text, encoding="utf-8")
    return path


def speeds(lines: Sequence[Line]) -> list[list[str]]:
    """A row a case, by length, with its speed over BERT-large's at the same length: of examples a second; on
    a CPU of examples a processor second, for it may have other work."""
    steps = sorted(
        (line for line in lines if line["kind"] == "step"), key=lambda line: line["length"]
    )
    bert = {line["length"]: _speed(line) for line in steps if line["config"] == "bert-large"}
    rows = [HEADINGS]
    for line in steps:
        rate, base = line["examples_per_second"], bert.get(line["length"])
        memory = line.get("needed_gib", line["process_gib"])
        rows.append([
            line["config"], str(line["length"]), str(line["batch"]),
            f"{line['parameters'] / 1e6:,.0f} M", f"{1e3 * line['tflops'] / rate:,.0f}",
            spread(line), _number(1e3 / line["ms"]), _number(rate),
            "" if line["accelerator"] else _number(1 / _speed(line)),
            f"{1e3 * line['tflops']:,.0f}", f"{memory:.1f}",
            f"{_speed(line) / base:.2f}" if base else "",
            "1.0" if line["config"] == "bert-large" else str(PAPER[line["config"]]),
        ])  # fmt: skip
    return rows


def _speed(line: Line) -> float:
    """Examples a second, on a CPU a processor second."""
    if line["accelerator"]:
        return float(line["examples_per_second"])
    return 1e3 * float(line["batch"] / line["processor_ms"])


def _number(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
