"""Speed of training as in table 2 of the ALBERT paper, on whatever devices there are: `make table2`.

    python -m benchmarks.table2 --output FOLDER --engine jax --strategy cpu --lengths 128

In: nothing; batches are drawn at random. Out: FOLDER/table2.jsonl, a line a case as soon as it is known,
and FOLDER/table2.md: steps and examples a second of BERT and ALBERT at 512 and 128 pieces, relative to
BERT-large, with parameters, operations and memory, and the paper's ratios beside ours. A case that has a
line is not measured again, so the same command goes on where it stopped.

A step is what training runs, optimizer and all (`gpu_check`), without dropout. Each case has a process
of its own, which is also what makes its peak of memory its own. One that does not fit is tried at
half of its batch. BERT-large comes first, for the others are set against it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from benchmarks.gpu_check.cases import SMALL, Case, case_of
from benchmarks.gpu_check.lines import Lines, read_lines
from benchmarks.record import conditions
from benchmarks.table2.report import write_table

MODELS = (
    "bert-large",
    "albert-base",
    "albert-large",
    "bert-base",
    "albert-xlarge",
    "albert-xxlarge",
)
FAILED = "failed"
OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "ResourceExhausted", "out of memory", "MemoryError")


def cases_of(models: list[str], lengths: list[int], batch: int, tiny: bool) -> list[Case]:
    """What to measure, length by length; a batch of 0 is what usually fits where it is measured."""
    cases = [case_of(model, length) for length in lengths for model in models]
    if tiny:
        cases = [
            replace(case, length=32, predictions=5,
                    size=(*SMALL, ("embedding_size", 32 if case.config.startswith("bert") else 16)))
            for case in cases
        ]  # fmt: skip
    return [replace(case, batch=batch) for case in cases]


def measured(lines: list[dict[str, Any]], case: Case) -> bool:
    """Whether a case has a line, at its batch or a smaller one."""
    return any(
        (line["config"], line["length"]) == (case.config, case.length)
        for line in lines
        if line["kind"] == "step"
    )


def begun_batch(lines: list[dict[str, Any]], case: Case) -> int:
    """The batch that the last process of a case began with; the one asked for where none did."""
    begun = [
        line["batch"]
        for line in lines
        if line["kind"] == "begun"
        and (line["config"], line["length"]) == (case.config, case.length)
    ]
    return int(begun[-1]) if begun else case.batch


def measure(case: Case, lines: Lines, how: list[str], seconds: float, log: Path) -> bool:
    """Measures a case in a process of its own; a line says what came of it. Halves a batch that does not
    fit; False where nothing could be measured."""
    told = [f"--{name}={getattr(case, name)}" for name in ("length", "predictions", "batch")]
    size = [f"--size={name}={value}" for name, value in case.size]
    command = [sys.executable, "-m", "benchmarks.table2.one_case", str(lines.path), case.config]
    with log.open("a") as stream:
        process = subprocess.Popen(
            [*command, *told, *size, *how], stderr=stream, start_new_session=True
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            why = f"no result within {seconds:g} s: raise --seconds"
            lines.add(FAILED, config=case.config, length=case.length, batch=case.batch, error=why)
            return False
    if status == 0:
        return True
    batch = begun_batch(read_lines(lines.path), case)
    last = (log.read_text(errors="replace").strip().splitlines() or [""])[-1]
    killed = status == -signal.SIGKILL
    why = "its process was killed, as for memory" if killed else last[:300]
    lines.add(FAILED, config=case.config, length=case.length, batch=batch, error=why)
    if (killed or any(word in last for word in OUT_OF_MEMORY)) and batch > 1:
        return measure(replace(case, batch=batch // 2), lines, how, seconds, log)
    return False


@click.command(help=__doc__)
@click.option("--output", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--engine",
    type=click.Choice(["tensorflow", "tf", "jax"]),
    default="tensorflow",
    show_default=True,
)
@click.option(
    "--strategy",
    type=click.Choice(["auto", "tpu", "mirrored", "cpu"]),
    default="auto",
    show_default=True,
)
@click.option("--tpu", default="", help="Name or address of a TPU, as of albert-train.")
@click.option("--devices", default=0, help="How many; 0: all.")
@click.option(
    "--precision", default="", help="Keras dtype policy; empty: the strategy's usual one."
)
@click.option("--models", default=",".join(MODELS), show_default=True)
@click.option("--lengths", default="128,512", show_default=True)
@click.option(
    "--batch",
    default=0,
    help="Examples of a step; 0: 512 pieces on a CPU, 8,192 and more on each accelerator.",
)
@click.option("--rounds", default=0, help="That are timed; 0: 3 on a CPU, else 7.")
@click.option(
    "--peak", default=0.0, help="Operations a second of all devices, for the utilisation."
)
@click.option(
    "--seconds", default=280.0, show_default=True, help="Of one case, compilation included."
)
@click.option("--tiny", is_flag=True, help="Models of two narrow layers: does it run?")
def main(output: Path, engine: str, strategy: str, tpu: str, devices: int, precision: str, models: str,
         lengths: str, batch: int, rounds: int, peak: float, seconds: float, tiny: bool) -> None:  # fmt: skip
    names = [name.strip() for name in models.split(",")]
    for name in names:
        if name not in MODELS:
            raise click.BadParameter(f"no {name!r}: use {', '.join(MODELS)}", param_hint="--models")
    if any(length not in ("128", "512") for length in lengths.split(",")):
        raise click.BadParameter("use 128, 512 or both", param_hint="--lengths")
    output.mkdir(parents=True, exist_ok=True)
    lines = Lines(output / "table2.jsonl")
    engine = {"tf": "tensorflow"}.get(engine, engine)
    how = [f"--engine={engine}", f"--strategy={strategy}", f"--tpu={tpu}", f"--devices={devices}",
           f"--precision={precision}", f"--rounds={rounds}", f"--peak={peak}"]  # fmt: skip
    known = read_lines(lines.path)
    asked = {"engine": engine, "strategy": strategy, "devices": devices, "precision": precision}
    if known and {name: known[0].get(name) for name in asked} != asked:
        told = ", ".join(f"{name} {known[0].get(name)}" for name in asked)
        raise click.UsageError(f"{lines.path} was measured with {told}: use another --output")
    if not known:
        about = conditions(os.getloadavg()[0])
        lines.add("conditions", day=time.strftime("%Y-%m-%d"), **asked, conditions=about)
    wanted = cases_of(names, [int(length) for length in lengths.split(",")], batch, tiny)
    done = True
    for case in wanted:
        if not measured(read_lines(lines.path), case):
            done &= measure(case, lines, how, seconds, output / "table2.log")
        write_table(output)
    print(output / "table2.md")
    if not done:
        sys.exit(1)


if __name__ == "__main__":
    main()
