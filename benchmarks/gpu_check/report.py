"""Tables of a run's JSON lines, in the form of benchmarks/results/.

    python -m benchmarks.gpu_check report --output FOLDER

Writes FOLDER/DAY-gpu-PART-CARD.md for each part that has lines. Ratios are worked out here: of our step to
theirs at the same length, and of the models to BERT-large, which table 2 of the ALBERT paper has for the
speed of training (ALBERT-large 1.7 times, xxlarge 0.3 times).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.gpu_check.lines import read_lines
from benchmarks.record import head_text, table_text

Line = Mapping[str, Any]
PAPER = {
    "bert-base": 4.7,
    "albert-base": 5.6,
    "albert-large": 1.7,
    "albert-xlarge": 0.6,
    "albert-xxlarge": 0.3,
}
EVERY = 250  # steps between the rows of a learning curve


def write_report(folder: Path, commit: str | None = None) -> list[Path]:
    """Writes a table of each part and returns the paths.

    Args:
        folder: Path. With gpu-check-*.jsonl.
        commit: of the code that ran, where the machine did not know it.
    """
    tables = {"a": speed_table, "b": peer_table, "c": curve_table}
    paths = []
    for part, table in tables.items():
        lines = read_lines(folder / f"gpu-check-{part}.jsonl")
        if not lines:
            continue
        first = lines[0]
        card = first["card"]
        about = {
            "card": f"{card['name']}, {card['memory'] / 2**30:.0f} GiB, driver {card['driver']}",
            "peak": f"{card['peak'] / 1e12:.0f} TFLOP/s, bfloat16, dense, of the data sheet",
            **first["conditions"],
            **({"commit": commit} if commit else {}),
        }
        short = re.sub(r"[^a-z0-9]+", "-", card["name"].lower()).strip("-")
        name = f"gpu-{part}-{short}"
        text = f"{head_text(name, first['day'], about)}\n{table_text(table(lines))}"
        failed = [line for line in lines if line["kind"] in ("failed", "left out", "ended early")]
        if failed:
            text += "\nNot measured:\n\n" + "".join(f"- {_words(line)}\n" for line in failed)
        path = folder / f"{first['day']}-{name}.md"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def _words(line: Line) -> str:
    return ", ".join(f"{name} {' '.join(str(value).split())[:160]}" for name, value in line.items())


def _name(line: Line) -> str:
    more = "" if not line["dropout"] else f", dropout {line['dropout']}"
    own = ", own attention" if line.get("attention") == "own" and not line["dropout"] else ""
    return f"{line['config']} {line['length']}/{line['predictions']}{more}{own}"


def spread(line: Line) -> str:
    """Milliseconds a step: the median and, in brackets, the fastest and slowest round."""
    return f"{line['ms']:.1f} ({line['fastest_ms']:.1f} to {line['slowest_ms']:.1f})"


def speed_table(lines: Sequence[Line]) -> list[list[str]]:
    """Of part a: a row a case, with its speed over BERT-large's at the same length."""
    steps = [line for line in lines if line["kind"] == "step"]
    bert = {
        line["length"]: line["examples_per_second"]
        for line in steps
        if line["config"] == "bert-large" and not line["dropout"]
    }
    rows = [
        ["model", "batch", "ms a step", "examples/s", "TFLOP/s", "MFU", "× BERT-large", "paper"]
    ]
    for line in steps:
        rate, base = line["examples_per_second"], bert.get(line["length"])
        compared = f"{rate / base:.2f}" if base and not line["dropout"] else ""
        paper = PAPER.get(line["config"], "") if compared else ""
        mfu = f"{100 * line['mfu']:.1f} %" if "mfu" in line else ""
        rows.append([_name(line), str(line["batch"]), spread(line), f"{rate:,.0f}",
                     f"{line['tflops']:.0f}", mfu, compared, str(paper)])  # fmt: skip
    for line in lines:
        if line["kind"] == "largest":
            rows.append([f"{_name(line)}, largest batch", str(line["batch"]), *[""] * 6])
    return rows


def peer_table(lines: Sequence[Line]) -> list[list[str]]:
    """Of part b: ours and theirs, by model and length."""
    steps = [line for line in lines if line["kind"] in ("step", "torch")]
    ours = {
        (line["config"], line["length"]): line["examples_per_second"]
        for line in steps
        if line["kind"] == "step"
    }
    rows = [["model", "whose", "batch", "ms a step", "examples/s", "ours over theirs"]]
    for line in sorted(steps, key=lambda line: (line["config"], -line["length"], line["kind"])):
        rate = line["examples_per_second"]
        if line["kind"] == "step":
            whose, ratio = "ours, JAX, LAMB", ""
        else:
            how = "torch.compile" if line["compiled"] else "eager"
            whose = f"transformers, {how}, AdamW: {line['variant']}"
            own = ours.get((line["config"], line["length"]))
            ratio = f"{own / rate:.2f}" if own else ""
        rows.append([_name(line), whose, str(line["batch"]), spread(line), f"{rate:,.0f}", ratio])
    return rows


def curve_table(lines: Sequence[Line]) -> list[list[str]]:
    """Of part c: held-out figures by steps, the first and last of an objective and some between."""
    points = [line for line in lines if line["kind"] == "held out"]
    last = {line["objective"]: line["step"] for line in points}
    rows = [["objective", "step", "examples", "s", "MLM loss", "MLM accuracy", "sentence accuracy",
             "MLM loss in training", "sentence accuracy in training"]]  # fmt: skip
    for line in points:
        if line["step"] % EVERY and line["step"] != last[line["objective"]]:
            continue
        sentence = line["objective"] != "none"
        rows.append([
            line["objective"], f"{line['step']:,}", f"{line['examples']:,}", f"{line['seconds']:.0f}",
            f"{line['mlm_loss']:.3f}", f"{100 * line['mlm_accuracy']:.1f} %",
            f"{100 * line['sentence_accuracy']:.1f} %" if sentence else "",
            f"{line['train_mlm_loss']:.3f}" if "train_mlm_loss" in line else "",
            f"{100 * line['train_sentence_accuracy']:.1f} %"
            if sentence and "train_sentence_accuracy" in line else "",
        ])  # fmt: skip
    return rows
