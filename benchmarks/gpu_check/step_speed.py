"""Part a, and our side of part b: time of our training step on JAX.

    python -m benchmarks.gpu_check.step_speed OUTPUT.jsonl --cases steps --until 330 --peak 989e12

A step is what training runs (`pure_step`): forward and backward pass of both losses in mixed bfloat16, clip
by the global norm, LAMB, state in place. Three cases are compiled at a time, then timed one after the other
while nothing else runs. A case that does not fit into memory is tried again at half of the batch, one that
the fused attention cannot serve with ours.
"""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import jax

from benchmarks.gpu_check import cases as tables
from benchmarks.gpu_check.cases import Case
from benchmarks.gpu_check.largest import largest_batch
from benchmarks.gpu_check.lines import START, Lines, read_lines
from benchmarks.gpu_check.programs import compile_case, measure  # before what loads Keras
from model.network import attention

CASES = {"steps": tables.STEPS, "peers": tables.AGAINST_TORCH, "tiny": tables.TINY}
NAME = ("config", "length", "predictions", "batch", "dropout", "attention")
AT_A_TIME = 3
LAST_CASE = 25.0  # seconds that a case needs at least: none is begun later
_has_fused = attention.has_fused_attention


def _name(case: Case) -> dict[str, Any]:
    return {field: getattr(case, field) for field in NAME}


def next_try(case: Case, error: Exception) -> Case | None:
    """What to try after an error, None where nothing is left."""
    if "RESOURCE_EXHAUSTED" in str(error) or "out of memory" in str(error).lower():
        return case.smaller() if case.batch > 1 else None
    return None if case.attention == "own" else dataclasses.replace(case, attention="own")


def groups(cases: Iterable[Case], size: int) -> Iterator[list[Case]]:
    """Cases in their order, at most `size` at a time, each group of one kind of attention."""
    for _, alike in itertools.groupby(cases, key=lambda case: case.attention):
        rest = list(alike)
        for at in range(0, len(rest), size):
            yield rest[at : at + size]


def run_cases(cases: Iterable[Case], lines: Lines, until: float, peak: float, size: int) -> None:
    """Measures cases until the clock ends; a line each, of what could not be measured too."""
    waiting = list(groups(cases, size))
    while waiting and time.monotonic() - START < until - LAST_CASE:
        group = waiting.pop(0)
        own = group[0].attention == "own"
        attention.has_fused_attention = (lambda *_: False) if own else _has_fused
        for case in group:
            lines.add("begun", **_name(case))
        with ThreadPoolExecutor(len(group)) as pool:
            futures = [pool.submit(compile_case, case) for case in group]
        again = []
        for case, future in zip(group, futures, strict=True):
            try:
                lines.add("step", **_name(case), **measure(future.result(), peak))
            except Exception as error:  # noqa: BLE001  an error of one case is a line, not the end
                lines.add("failed", **_name(case), error=str(error)[:500])
                again += [next_try(case, error)]
        waiting[:0] = [[case] for case in again if case is not None]
    for case in itertools.chain.from_iterable(waiting):
        lines.add("left out", **_name(case), why="no time")


def find_largest(case: Case, lines: Lines, until: float) -> None:
    """A line with the largest batch whose compiled step fits into the device's memory, if time is left."""
    limit = jax.devices()[0].memory_stats()["bytes_limit"]

    def fits(batch: int) -> bool:
        if time.monotonic() - START > until - LAST_CASE:
            raise TimeoutError("no time")
        try:
            return compile_case(dataclasses.replace(case, batch=batch)).needed <= limit
        except jax.errors.JaxRuntimeError as error:
            if "RESOURCE_EXHAUSTED" in str(error):
                return False
            raise

    try:
        batch = largest_batch(fits, 2 * case.batch)
        lines.add("largest", **{**_name(case), "batch": batch}, limit_gib=limit / 2**30)
    except (TimeoutError, jax.errors.JaxRuntimeError) as error:
        lines.add("left out", **_name(case), why=f"largest batch: {str(error)[:300]}")


def still_to_do(cases: Sequence[Case], lines: Lines) -> list[Case]:
    """Cases without a result; one that has ended two processes is left out with a line."""
    read = read_lines(lines.path)
    done = [_key(line) for line in read if line["kind"] in ("step", "failed")]
    begun = [_key(line) for line in read if line["kind"] == "begun"]
    rest = [case for case in cases if _key(_name(case)) not in done]
    for case in rest:
        if begun.count(_key(_name(case))) > 1:
            lines.add("failed", **_name(case), error="its process ended twice")
    return [case for case in rest if begun.count(_key(_name(case))) < 2]


def _key(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line[field] for field in NAME)


@click.command(help=__doc__)
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--cases", "name", type=click.Choice(sorted(CASES)), default="steps")
@click.option("--go-on", is_flag=True, help="After a process that died: what has no line yet.")
@click.option("--at-a-time", default=AT_A_TIME, show_default=True)
@click.option("--until", default=330.0, help="Seconds after which no case is begun.")
@click.option("--peak", default=0.0, help="Operations a second of the device; 0: no utilisation.")
@click.option("--backend", default="gpu", show_default=True)
def main(
    output: Path, name: str, go_on: bool, at_a_time: int, until: float, peak: float, backend: str
) -> None:
    if jax.default_backend() != backend:
        raise SystemExit(f"JAX computes on {jax.default_backend()}: install jax[cuda13] beside jax")
    lines = Lines(output)
    cases = still_to_do(CASES[name], lines) if go_on else CASES[name]
    run_cases(cases, lines, until, peak, at_a_time)
    for case in tables.LARGEST if name == "steps" else ():
        find_largest(case, lines, until)


if __name__ == "__main__":
    main()
