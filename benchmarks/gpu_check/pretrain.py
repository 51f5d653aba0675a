"""Part c: four minutes of pretraining on one GPU, and what a model learns in them of texts held out.

    python -m benchmarks.gpu_check.pretrain OUTPUT.jsonl --until 340

An ALBERT of 6 layers of 512 (30,000 pieces, E 128, 8 heads, no dropout), examples of 128/20 with new masks
in each epoch, mixed bfloat16, LAMB with warm-up and linear decay. `sop` has most of the time, `nsp` and
`none` what is left. Every so many steps the held-out examples, masked once, are scored. A run's number of
steps comes from its seconds and the speed of its first steps, so the rate has gone down to 0 when time is up.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"

import click
import jax
import jax.numpy as jnp

from benchmarks.gpu_check.learner import (
    WARM_UP,
    Trainer,
    ahead,
    fused_attention_serves,
    held_out_batches,
    means_of,
)
from benchmarks.gpu_check.lines import START, Lines
from benchmarks.gpu_check.records import OBJECTIVES, STORED, Records
from model.configs import load_config
from model.training.monitor import training_flops
from model.training.pure_step import State

SHAPE = {
    "hidden_size": 512,
    "num_hidden_layers": 6,
    "num_attention_heads": 8,
    "intermediate_size": 2048,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "max_position_embeddings": 128,
}
TINY = {
    **SHAPE,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}
LENGTH, PREDICTIONS = 128, 20
SHARES = {"sop": 0.6, "nsp": 0.22, "none": 0.18}  # of the time
RATE = 0.003  # peak; above the paper's for its batch, because the steps are few


@dataclass(frozen=True)
class Plan:
    """How a run goes.

    Attributes:
        batch: examples of a step.
        every: steps between lines.
        measured: steps that tell the speed.
        tested: at most so many held-out examples are scored; None: all.
    """

    batch: int = 512
    every: int = 50
    measured: int = 30
    tested: int | None = None


def train(
    objective: str,
    trainer: Trainer,
    folder: Path,
    plan: Plan,
    seconds: Callable[[], float],
    lines: Lines,
) -> None:
    """One run: as many steps as its seconds hold.

    Args:
        seconds: what is left for this run, asked when all is compiled.
    """
    batch, every = plan.batch, plan.every
    records, held_out = Records(folder / "train"), Records(folder / "held-out")
    tests = jax.device_put(held_out_batches(held_out, batch, plan.tested))
    batches = ahead(records.batches(batch, seed=1))

    def steps(state: State, count: int, total: Any) -> tuple[State, Any]:
        totals = trainer.nothing()
        for _ in range(count):
            state, totals = trainer.run(state, totals, total, next(batches))
        return state, totals

    total = jnp.float32(1e9)
    jax.block_until_ready(steps(trainer.begin(), 3, total))
    jax.block_until_ready(trainer.score(trainer.begin().weights, tests))
    start = time.perf_counter()
    jax.block_until_ready(steps(trainer.begin(), plan.measured, total))
    jax.block_until_ready(trainer.score(trainer.begin().weights, tests))
    step_seconds = (time.perf_counter() - start) / plan.measured
    planned = max(every, int(seconds() * 0.97 / step_seconds) // every * every)
    lines.add(
        "run", objective=objective, batch=batch, planned_steps=planned, train_examples=len(records),
        held_out_examples=len(held_out), ms=1e3 * step_seconds,
    )  # fmt: skip
    state, total = trainer.begin(), jnp.float32(planned)
    start, end = time.perf_counter(), time.perf_counter() + seconds()
    for done in range(0, planned + 1, every):
        trained = {}
        if done:
            state, totals = steps(state, every, total)
            trained = means_of(totals, "train_")
        scores = means_of(trainer.score(state.weights, tests))
        passed = time.perf_counter() - start
        lines.add(
            "held out", objective=objective, step=done, examples=done * batch,
            epoch=done * batch / len(records), seconds=passed, **scores, **trained,
        )  # fmt: skip
        if time.perf_counter() > end:
            break


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Returns when a file is there; SystemExit where the process that makes it has ended without."""
    while not path.exists():
        if process.poll() not in (None, 0):
            raise SystemExit(f"no {path}: the reading of the shards failed")
        time.sleep(0.1)


@click.command(help=__doc__)
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--input", "packed", default="gpu-data", show_default=True)
@click.option("--tiny", is_flag=True)
@click.option("--until", default=340.0, help="Seconds after which no step is begun.")
@click.option("--peak", default=0.0, help="Operations a second of the device.")
def main(output: Path, packed: str, tiny: bool, until: float, peak: float) -> None:
    if not tiny and jax.default_backend() != "gpu":
        raise SystemExit(f"JAX computes on {jax.default_backend()}: install jax[cuda13] beside jax")
    lines, work = Lines(output), Path(tempfile.mkdtemp(prefix="gpu-check-"))
    reader = [sys.executable, "-m", "benchmarks.gpu_check.records", str(work), "--input", packed]
    plan = Plan(batch=16, every=5, measured=3, tested=64) if tiny else Plan()
    config = load_config("albert-base", **(TINY if tiny else SHAPE))
    flops = training_flops(config, LENGTH, PREDICTIONS)
    lines.add(
        "settings",
        attention="fused" if fused_attention_serves() else "own",
        **SHAPE,
        **dataclasses.asdict(plan),
        rate=RATE,
        warm_up=WARM_UP,
        example_flops=flops,
        peak=peak,
    )
    with subprocess.Popen(reader) as reading:
        for objective in OBJECTIVES:
            trainer = Trainer(objective, config, RATE)
            wait_for(work / objective / "train" / STORED, reading)
            rest = sum(SHARES[name] for name in OBJECTIVES[OBJECTIVES.index(objective) :])
            share, begin = SHARES[objective] / rest, time.monotonic()
            given = share * (until - (begin - START))
            left = lambda given=given, begin=begin: given - (time.monotonic() - begin)  # noqa: E731
            train(objective, trainer, work / objective, plan, left, lines)


if __name__ == "__main__":
    main()
