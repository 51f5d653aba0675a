"""One case of table 2, in a process of its own: adds its line to a file.

python -m benchmarks.table2.one_case table2.jsonl albert-base --length=128 --predictions=20 --batch=1
"""

from __future__ import annotations

import dataclasses
import os
import resource
import sys
from pathlib import Path
from typing import Any

import click

from albert_data.base.errors import DataError
from benchmarks.gpu_check.cases import DEFAULT_BATCHES, Case
from benchmarks.gpu_check.lines import Lines
from benchmarks.gpu_check.timing import ROUNDS, WARM_UP
from model.training import engines
from model.training.engine import Devices

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@click.command(help=__doc__)
@click.argument("output", type=click.Path(path_type=Path))
@click.argument("config")
@click.option("--length", type=int, required=True)
@click.option("--predictions", type=int, required=True)
@click.option("--batch", default=0, help="Of all devices; 0: what usually fits.")
@click.option("--size", multiple=True, help="FIELD=NUMBER of the configuration, for tests.")
@click.option("--engine", default="tensorflow")
@click.option("--strategy", default="auto")
@click.option("--tpu", default="")
@click.option("--devices", default=0)
@click.option("--precision", default="")
@click.option("--rounds", default=0)
@click.option("--peak", default=0.0)
def main(output: Path, config: str, length: int, predictions: int, batch: int, size: tuple[str, ...],
         engine: str, strategy: str, tpu: str, devices: int, precision: str, rounds: int,
         peak: float) -> None:  # fmt: skip
    sizes = tuple((name, int(value)) for name, _, value in (pair.partition("=") for pair in size))
    engines.load(engine)
    if engine == "jax":
        from benchmarks.table2 import jax_case as program
    else:
        from benchmarks.table2 import tensorflow_case as program
    try:
        place = program.find_place(Devices(strategy, tpu, devices), say)
    except DataError as error:
        print(" ".join(str(error).split()), file=sys.stderr)  # the log's last line says why
        raise SystemExit(1) from None
    each = (DEFAULT_BATCHES[config] if place.has_accelerator else 1) * (512 // length)
    case = Case(config, length, predictions, batch or each * place.replicas, size=sizes)
    if case.batch % place.replicas:
        raise click.UsageError(
            f"a batch of {case.batch} does not divide by {place.replicas} devices"
        )
    rounds = rounds or (ROUNDS if place.has_accelerator else 3)
    warm_up = WARM_UP if place.has_accelerator else 1
    lines = Lines(output)
    lines.add("begun", config=config, length=length, batch=case.batch)
    try:
        figures = program.measure_case(case, place, precision, peak, warm_up, rounds)
    except Exception as error:  # whatever the library raises: the last line of the log says it
        print(f"{type(error).__name__}: {str(error).splitlines()[0][:400]}", file=sys.stderr)
        raise SystemExit(1) from None
    named: dict[str, Any] = {
        name: getattr(case, name)
        for name in (field.name for field in dataclasses.fields(case))
        if name != "size"
    }
    peak_of_process = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    memory = {
        "process_gib": peak_of_process / 2**30,
        "replicas": place.replicas,
        "device": place.name,
        "accelerator": place.has_accelerator,
    }
    lines.add("step", **{**named, **figures, **memory})


def say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
