"""The training step of one checkout against another's: is a change of the model slower?

    git worktree add /tmp/before COMMIT
    python benchmarks/step_of_trees.py /tmp/before .

A process for each checkout holds its compiled step (forward, backward, clip, LAMB; one CPU strategy), and
the two take turns, the first one changing: some steps each, of which a pair gives one ratio of processor
times and one of wall times. Printed are the median ratio, new by old, and the interval that holds the
median in 19 of 20 such runs (order statistics), so the pairs' own noise is in it. About three minutes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
from scipy.stats import binom

BATCH, LENGTH, PREDICTIONS, VOCABULARY = 16, 128, 20, 30000
SERVE = "serve"  # the first argument of a worker
SIZES = dict(
    hidden_size=256, num_attention_heads=4, intermediate_size=1024, num_hidden_layers=4,
    embedding_size=128, vocab_size=VOCABULARY,
)  # fmt: skip


@click.command(help=__doc__)
@click.argument("old", type=click.Path(exists=True, file_okay=False))
@click.argument("new", type=click.Path(exists=True, file_okay=False))
@click.option("--pairs", default=21, show_default=True)
@click.option("--steps", default=3, show_default=True, help="Of each side of a pair.")
@click.option("--dropout", default=0.1, show_default=True)
def main(old: str, new: str, pairs: int, steps: int, dropout: float) -> None:
    from record import Record

    trees = [str(Path(tree).resolve()) for tree in (old, new)]
    workers = [_worker(tree, dropout, steps) for tree in trees]
    with Record("step-of-trees", "clock", f"new by old, {pairs} pairs", "95 %") as record:
        times = np.array([_pair(workers, turn) for turn in range(pairs)])  # [pairs, 2, clocks]
        for clock, ratios in zip(("processor", "wall"), (times[:, 1] / times[:, 0]).T, strict=True):
            record.row(clock, *_cells(ratios.tolist()))
    for worker in workers:
        worker.kill()


def _cells(ratios: list[float]) -> tuple[str, str]:
    """Median, and the narrowest pair of order statistics that holds it with probability 0.95."""
    out = max(0, int(binom.ppf(0.025, len(ratios), 0.5)) - 1)
    ordered = sorted(ratios)
    low, high = ordered[out], ordered[len(ordered) - 1 - out]
    return f"{statistics.median(ratios):.3f}", f"{low:.3f} to {high:.3f}"


def _worker(tree: str, rate: float, steps: int) -> subprocess.Popen[str]:
    places = os.pathsep.join([tree, f"{tree}/typings"])
    worker = subprocess.Popen(
        [sys.executable, __file__, SERVE, tree, str(rate), str(steps)],
        env={**os.environ, "PYTHONPATH": places, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _told(worker)
    return worker


def _pair(workers: list[subprocess.Popen[str]], turn: int) -> list[list[float]]:
    """[old, new] seconds of processor and of wall; the one goes first, then the other."""
    found: list[list[float]] = [[], []]
    for at in (0, 1) if turn % 2 else (1, 0):
        print("go", file=workers[at].stdin, flush=True)
        found[at] = [float(word) for word in _told(workers[at]).split()]
    return found


def _told(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout
    line = worker.stdout.readline()
    if not line:
        sys.exit(f"a step ended: exit code {worker.wait()}")
    return line


def serve(tree: str, rate: float, steps: int) -> None:
    """Some steps for each line of the standard input."""
    import tensorflow as tf

    import model
    from model.albert import AlbertPretrainer
    from model.configs import load_config
    from model.lamb import Lamb
    from model.training.step import make_replica_step, make_run_steps

    assert model.__file__ and model.__file__.startswith(tree), model.__file__
    drop = dict(hidden_dropout_prob=rate, attention_probs_dropout_prob=rate)
    made = AlbertPretrainer(load_config("albert-tiny", **SIZES, **drop), seed=1)
    optimizer = Lamb(0.001)
    optimizer.build(made.trainable_variables)
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    step = make_replica_step(
        made, optimizer, micro_batches=1, seed=0, clip_norm=1.0, objective="sop"
    )
    run = make_run_steps(strategy, step)
    data = tf.data.Dataset.from_tensors(_features()).repeat()
    batches = iter(strategy.experimental_distribute_dataset(data))
    run(batches, 3)
    print("ready", flush=True)
    for _ in sys.stdin:
        processor, wall = time.process_time(), time.perf_counter()
        run(batches, steps)["mlm_loss"].numpy()
        print(time.process_time() - processor, time.perf_counter() - wall, flush=True)


def _features() -> dict[str, Any]:
    rng = np.random.default_rng(0)

    def ids(width: int, below: int) -> np.ndarray:
        return rng.integers(0, below, (BATCH, width)).astype(np.int32)

    return {
        "input_ids": ids(LENGTH, VOCABULARY),
        "input_mask": np.ones((BATCH, LENGTH), np.int32),
        "segment_ids": ids(LENGTH, 2),
        "masked_lm_positions": ids(PREDICTIONS, LENGTH),
        "masked_lm_ids": ids(PREDICTIONS, VOCABULARY),
        "masked_lm_weights": np.ones((BATCH, PREDICTIONS), np.float32),
        "next_sentence_labels": ids(1, 2),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == [SERVE]:
        serve(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
