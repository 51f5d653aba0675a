"""Accuracy of trained models on shards: ``albert-evaluate --model-dir A --shards X``.

Any model on any shards of its vocabulary: give several of each and the table has a row for every
pair, which is the matrix of the paper's table 5 (trained on sop, tested on nsp shards, …). The
sentence columns are empty where the model was trained without a sentence loss, or the shards have no labels.

Without --shards: on the held-out shards that each model was scored on while it was trained.
Every example counts once, whatever the batch size. Intrinsic only: good for watching training.
"""

from __future__ import annotations

import itertools
import json
import math
import posixpath
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

if __name__ == "__main__":
    from .libraries import as_file  # and the package says what Keras computes with

    as_file()

import click
import numpy as np
from keras import ops
from rich.table import Table

from albert_data.base.errors import ConfigError
from albert_data.commands import printing

from . import files
from .albert import AlbertPretrainer
from .checkpoint_files import BEST, LAST, find_checkpoint, saved_steps
from .checkpoints import restore_weights
from .failures import errors_shown
from .held_out import evaluation_arrays
from .help_text import NAMES, help_of
from .network.backend import compiled
from .network.heads import pretraining_means, pretraining_sums
from .run_folder import Run, check_vocabulary, read_run
from .shards import ShardSet, held_out_folder, open_shards


@dataclass(frozen=True)
class Score:
    """Result of one model on one set of shards.

    Attributes:
        mlm_loss, sentence_loss: float. Mean cross-entropy in nats. None, as the accuracy, of a model
            whose sentence head was not trained, and on shards of objective "none".
        unigram_entropy: float. Of the pieces to predict, in nats: the lowest loss that is possible
            without looking at the context.
        mlm_accuracy, sentence_accuracy: float in [0, 1].
        predictions, examples: int. What the two accuracies are over.
        objective: str. Of the shards.
    """

    mlm_loss: float
    mlm_accuracy: float
    unigram_entropy: float
    sentence_loss: float | None
    sentence_accuracy: float | None
    predictions: int
    examples: int
    objective: str

    @property
    def sentence_error(self) -> float:
        """Standard error of ``sentence_accuracy``."""
        p = self.sentence_accuracy or 0.0
        return math.sqrt(p * (1 - p) / self.examples)

    @property
    def errors_above_chance(self) -> float:
        """How many standard errors of a coin ``sentence_accuracy`` lies above one half."""
        return ((self.sentence_accuracy or 0.0) - 0.5) / math.sqrt(0.25 / self.examples)


def evaluate(
    model: AlbertPretrainer, shards: ShardSet, batch_size: int = 32, limit: int | None = None
) -> Score:
    """Scores a model on shards.

    Args:
        model: AlbertPretrainer.
        shards: ShardSet of the model's vocabulary.
        batch_size: int.
        limit: int or None. Batches to stop after.
    """

    @compiled
    def batch_sums(weights: list[Any], features: dict[str, Any]) -> dict[str, Any]:
        outputs, _ = model.stateless_call(weights, [], features)
        return pretraining_sums(outputs, features)

    weights = [ops.convert_to_tensor(variable) for variable in model.trainable_variables]
    totals: dict[str, float] = {}
    counts = np.zeros(shards.vocabulary_size)
    for features in itertools.islice(evaluation_arrays(shards, batch_size), limit):
        for name, value in batch_sums(weights, features).items():
            totals[name] = totals.get(name, 0.0) + float(value)
        counted = features["masked_lm_weights"] * features["example_weights"][:, None]
        counts += np.bincount(features["masked_lm_ids"].ravel(), counted.ravel(), len(counts))
    means = {name: float(value) for name, value in pretraining_means(totals).items()}
    return Score(
        **means,
        unigram_entropy=entropy(counts),
        predictions=round(totals["mlm_weight"]),
        examples=round(totals["sentence_weight"]),
        objective=shards.objective,
    )


def entropy(counts: np.ndarray) -> float:
    """Entropy in nats of the distribution that ``counts`` [V] are proportional to; 0 for none."""
    shares = counts[counts > 0] / max(counts.sum(), 1.0)
    return float(-(shares * np.log(shares)).sum())


def _named(places: Sequence[str], which: str) -> Iterator[tuple[str, str]]:
    """What to call each model, and the checkpoint that it is."""
    for place in places:
        if which != "all" or not files.is_folder(place):
            yield place, find_checkpoint(place, which)[1]
            continue
        read_run(place)
        for kind in (LAST, BEST):
            for step in saved_steps(place, kind):
                prefix = posixpath.join(place, f"{kind}-{step}")
                yield prefix, prefix


def _held_out_of(run: Run, folder: str) -> Sequence[str]:
    """The held-out shards of a run.

    Raises:
        ConfigError: it was scored on none.
    """
    if not run.scored_on:
        raise ConfigError(
            "the run was scored on no held-out shards",
            where=folder,
            fix="name shards: --shards FOLDER; albert-data build --hold-out 1% makes held-out ones",
        )
    return [run.scored_on]


def _tell(shards: ShardSet, named: bool) -> None:
    """Says which shards are scored where they were not named, and that training shards are."""
    if not named:
        click.echo(f"on {shards.folder}, which the run was scored on", err=True)
    elif shards.hold_out and (beside := held_out_folder(shards.folder)):
        click.echo(
            f"{shards.folder}: a training set; the documents held out of it are in {beside}",
            err=True,
        )


def _row(folder: str, score: Score) -> list[str]:
    sentence = ["–", ""]
    if score.sentence_accuracy is not None:
        accuracy = f"{score.sentence_accuracy:.1%} ± {score.sentence_error:.1%}"
        sentence = [accuracy, f"{score.errors_above_chance:+.1f}"]
    return [
        f"{folder} ({score.objective})",
        f"{score.mlm_loss:.3f}",
        f"({score.unigram_entropy:.3f})",
        f"{score.mlm_accuracy:.1%}",
        *sentence,
        str(score.examples),
    ]


@click.command(context_settings=NAMES, help=help_of(__doc__))
@click.option("--model-dir", "model_dirs", multiple=True, required=True, help="Repeatable.")
@click.option(
    "--shards",
    "shard_dirs",
    multiple=True,
    help="Repeatable.  [default: the held-out shards that each model was scored on while training]",
)
@click.option("--batch-size", default=32, show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="Batches of each set to stop after.")
@click.option("--checkpoint", default="last", show_default=True, help="A step, last, best or all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a pair instead of a table.")
def main(
    model_dirs: tuple[str, ...],
    shard_dirs: tuple[str, ...],
    batch_size: int,
    limit: int | None,
    checkpoint: str,
    as_json: bool,
) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("model", "shards"):
        table.add_column(column, overflow="fold")
    for column in ("MLM loss", "(unigrams)", "acc.", "sentence acc.", "s.e. over ½", "n"):
        table.add_column(column, justify="right", no_wrap=True)
    with errors_shown():
        for name, prefix in _named(model_dirs, checkpoint):
            folder = posixpath.dirname(prefix)
            run = read_run(folder)
            model = AlbertPretrainer(run.model)
            restore_weights(model, prefix)
            for shard_dir in shard_dirs or _held_out_of(run, folder):
                shards = open_shards(shard_dir, model.config)
                _tell(shards, bool(shard_dirs))
                check_vocabulary(run.vocabulary, shards, name)
                score = evaluate(model, shards, batch_size, limit)
                if "none" in (run.objective, score.objective):
                    score = replace(score, sentence_loss=None, sentence_accuracy=None)
                if as_json:
                    click.echo(json.dumps({"model": name, "shards": shard_dir, **asdict(score)}))
                table.add_row(name, *_row(shard_dir, score))
    if not as_json:
        printing.console().print(table)


if __name__ == "__main__":
    main()
