"""Compiles the whole training step for TPUs on a machine without one: what lowers, and what fits into memory.

    albert-check-tpu table --engine tensorflow --topology v3 --lower PYTHON --compile PYTHON albert-base:8
    albert-check-tpu table --engine jax --topology v6e --compile PYTHON albert-base:largest:attention

prints a JSON line for each compilation; `largest` is found by compiling, doubling the batch and then halving
the gap. One compilation takes a minute or two. The parts, each run by the Python that has what it needs:

    lower         tensorflow-tpu, keras: the step of one replica, with its cross-replica sums, to HLO, through
                  TensorFlow's TPU op registry
    compile       jax[tpu]: that HLO by the TPU compiler in libtpu
    compile-jax   jax[tpu], keras: JAX's own step, its batch (and its state, if asked) split over all devices

Proves that every op has a TPU lowering, that shapes are static and what fits into a core. Nothing runs: not
the runtime, not the input, no speed. See docs/tpu.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

if __name__ == "__main__":
    from .libraries import as_file  # and the package says what Keras computes with

    as_file()

import click

from .compile_step import TOPOLOGIES, Step, compile_jax, compile_lowered, lower_tensorflow
from .help_text import NAMES, help_of

os.environ.setdefault("TPU_SKIP_MDS_QUERY", "1")  # there is no metadata server to ask
os.environ.setdefault("ALLOW_MULTIPLE_LIBTPU_LOAD", "1")  # nor a chip that is for one process

DEFAULT_ROWS = ("albert-base:8",)
WHOLE_TABLE = (
    "albert-base:largest:none", "albert-base:largest:attention", "albert-base:largest:layers",
    "albert-large:largest:attention", "albert-xlarge:largest:layers", "albert-xxlarge:largest:layers",
)  # fmt: skip
LARGEST = "largest"
FIRST_TRIED = 32  # examples, where the largest are looked for


@click.group(context_settings=NAMES, help=help_of(__doc__))
def main() -> None:
    pass


def step_options(command: Any) -> Any:
    """Options of the step that is compiled, as the fields of ``Step``."""
    for name, default in asdict(Step()).items():
        command = click.option(f"--{name}", default=default, show_default=True)(command)
    return command


topology_option = click.option(
    "--topology", default="v3", show_default=True, type=click.Choice(list(TOPOLOGIES))
)


@main.command()
@step_options
@click.option("--out", required=True, help="Path without suffix; writes .hlo and .json.")
def lower(out: str, **step: Any) -> None:
    """Writes the step's HLO for a TPU; fails if a shape in it is dynamic."""
    click.echo(json.dumps(lower_tensorflow(Step(**step), out)))


@main.command(name="compile")
@click.argument("path")
@topology_option
def compile_(path: str, topology: str) -> None:
    """Compiles what ``lower`` wrote and prints the memory of one core."""
    click.echo(json.dumps(compile_lowered(path, topology)))


@main.command(name="compile-jax")
@step_options
@topology_option
@click.option("--shard-state", is_flag=True, help="Weights and slots are split, too.")
def compile_jax_(topology: str, shard_state: bool, **step: Any) -> None:
    """Compiles the step of the JAX engine and prints the memory of one device."""
    click.echo(json.dumps(compile_jax(Step(**step), topology, shard_state)))


@main.command()
@click.option(
    "--engine", type=click.Choice(("tensorflow", "jax")), default="tensorflow", show_default=True
)
@topology_option
@click.option("--lower", "lower_python", help="Python with tensorflow-tpu; for TensorFlow.")
@click.option(
    "--compile", "compile_python", required=True, help="Python with jax[tpu], for JAX and Keras."
)
@click.option(
    "--whole", is_flag=True, help="The four ALBERT sizes and their largest batches; hours."
)
@click.option("--length", type=click.IntRange(8, 65_536), default=512, show_default=True)
@click.option("--predictions", type=click.IntRange(1, 65_536), default=77, show_default=True)
@click.option(
    "--devices", type=click.IntRange(1, 4096), default=8, show_default=True, help="8 or 256."
)
@click.option("--shard-state", is_flag=True, help="JAX: weights and slots are split, too.")
@click.argument("rows", nargs=-1)
def table(
    engine: str,
    topology: str,
    lower_python: str | None,
    compile_python: str,
    whole: bool,
    length: int,
    predictions: int,
    devices: int,
    shard_state: bool,
    rows: tuple[str, ...],
) -> None:
    """ROWS: NAME:BATCH,BATCH…[:RECOMPUTE]; a BATCH may be "largest". albert-base:8 by default."""
    if engine == "tensorflow" and not lower_python:
        raise click.UsageError("--engine tensorflow needs --lower PYTHON")
    shape = [f"--length={length}", f"--predictions={predictions}", f"--devices={devices}"]
    for row in rows or (WHOLE_TABLE if whole else DEFAULT_ROWS):
        name, batches, recompute = _parts_of(row)
        same = [f"--config={name}", f"--recompute={recompute}", *shape]

        def compiles(batch: int, same: list[str] = same) -> bool:
            step = [f"--batch={batch}", *same]
            on = f"--topology={topology}"
            with tempfile.TemporaryDirectory() as folder:
                if engine == "jax":
                    state = ["--shard-state"] if shard_state else []
                    line = _run(compile_python, "compile-jax", on, *step, *state)
                else:
                    _run(str(lower_python), "lower", f"--out={folder}/step", *step)
                    line = _run(compile_python, "compile", f"{folder}/step", on)
            click.echo(line)
            return bool(json.loads(line)["fits"])

        for batch in batches.split(","):
            if batch == LARGEST:
                largest_that(compiles, FIRST_TRIED)
            else:
                compiles(int(batch))


def _parts_of(row: str) -> tuple[str, str, str]:
    """Name, batches and recomputation of NAME[:BATCH,…[:RECOMPUTE]]."""
    name, *given = row.split(":")
    batches, recompute = [*given, *("8", "none")[len(given) :]]
    return name, batches, recompute


def _run(python: str, *arguments: str) -> str:
    """Last line that a part of this program prints under another Python, with Keras on its own library."""
    command = [python, __file__, *arguments]
    given = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = subprocess.run(command, capture_output=True, text=True, env=given)
    if done.returncode:
        raise click.ClickException(f"{' '.join(command)}:\n{done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1]


def largest_that(fits: Callable[[int], bool], first: int) -> int:
    """The largest number that fits, if all below it do; 0 if 1 does not.

    Doubles or halves from ``first``, then halves the gap: 2·log₂ trials. From 32 on to a sixteenth, since
    a trial takes a minute.
    """
    low, high = 0, first
    while fits(high):
        low, high = high, 2 * high
    while high - low > max(1, low // 16):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


if __name__ == "__main__":
    main()
