"""Accuracy of trained models on shards: ``albert-evaluate --model-dir A --shards X``.

Any model on any shards of its vocabulary: give several of each and the table has a row for every
pair, which is the matrix of the paper's table 5 (trained on sop, tested on nsp shards, …). The
sentence columns are empty where the model was trained without a sentence loss, or the shards have no labels.

Without --shards: on the held-out shards that each model was scored on while it was trained.
Every example counts once, whatever the batch size. Below the models stand, for each set of shards, what is
reached without one, by its ``difficulty.json``: the pieces' frequencies, one label, one threshold on the idf
cosine of the segments, a regression on words. Intrinsic only: good for watching training.
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

from albert_data.base.errors import ConfigError, DataError
from albert_data.commands import tables
from albert_data.insight.difficulty.lines import value_of
from albert_data.schema import Baseline

from . import files
from .albert import AlbertPretrainer
from .beside_baselines import line_of_labels, line_of_pieces
from .checkpoint_files import BEST, LAST, find_checkpoint, saved_steps
from .checkpoints import restore_weights
from .failures import errors_shown
from .held_out import evaluation_arrays
from .help_text import NAMES, help_of
from .network.backend import compiled
from .network.heads import pretraining_means, pretraining_sums
from .run_folder import Run, check_vocabulary, read_run
from .settings import MOST
from .shards import ShardSet, held_out_folder, open_shards
from .training.baselines import difficulty_of

# Of `Difficulty`: what is reached without a model, field → the row that says so.
WITHOUT_A_MODEL = {
    "commonest_piece": "no model: always the commonest piece",
    "commonest_label": "no model: one label for all",
    "cosine": "no model: one threshold on the idf cosine",
    "logistic": "no model: logistic regression on words",
}


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
        return _above_chance(self.sentence_accuracy or 0.0, self.examples)


def _above_chance(accuracy: float, examples: int) -> float:
    return (accuracy - 0.5) / math.sqrt(0.25 / examples)


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


def without_a_model(shards: ShardSet) -> dict[str, Baseline]:
    """What is reached on shards without a model, by the fields of ``WITHOUT_A_MODEL``; what is not known is
    left out, with a word on standard error where the file is damaged or was never made.
    """
    try:
        found = difficulty_of(shards)
    except DataError as error:
        click.echo(f"warning: nothing is said of what to beat: {error}", err=True)
        return {}
    if not found:
        told = "no difficulty.json beside the shards, so nothing is said of what to beat"
        click.echo(f"{shards.folder}: {told}; build them with this version", err=True)
        return {}
    known = {field: getattr(found, field) for field in WITHOUT_A_MODEL}
    return {field: value for field, value in known.items() if value is not None}


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


def _rows_without(shards: ShardSet, folder: str, beats: dict[str, Baseline]) -> Iterator[list[str]]:
    """Rows of the table beside ``_row``'s."""
    for field, baseline in beats.items():
        value = value_of(field, baseline)
        above = f"{_above_chance(baseline.value, baseline.n):+.1f}"
        figures = [value, "–", ""] if field == "commonest_piece" else ["", value, above]
        name = WITHOUT_A_MODEL[field]
        yield [name, f"{folder} ({shards.objective})", "", "", *figures, f"{baseline.n}"]


def _lines(score: Score, beats: dict[str, Baseline]) -> Iterator[str]:
    """What the score shows, for people."""
    yield f"  {line_of_pieces(score.mlm_loss, score.unigram_entropy)}"
    if score.sentence_accuracy is not None:
        task = score.sentence_accuracy, score.sentence_error, score.examples
        yield f"  {line_of_labels(*task, beats)}"


@click.command(context_settings=NAMES, help=help_of(__doc__))
@click.option("--model-dir", "model_dirs", multiple=True, required=True, help="Repeatable.")
@click.option(
    "--shards",
    "shard_dirs",
    multiple=True,
    help="Repeatable.  [default: the held-out shards that each model was scored on while training]",
)
@click.option("--batch-size", type=click.IntRange(1, 2**20), default=32, show_default=True)
@click.option("--limit", type=click.IntRange(1, MOST), help="Batches of each set to stop after.")
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
    beats: dict[str, dict[str, Baseline]] = {}
    below: list[list[str]] = []
    told: list[str] = []
    with errors_shown(printed=True):
        for name, prefix in _named(model_dirs, checkpoint):
            folder = posixpath.dirname(prefix)
            run = read_run(folder)
            model = AlbertPretrainer(run.model)
            restore_weights(model, prefix)
            for shard_dir in shard_dirs or _held_out_of(run, folder):
                shards = open_shards(shard_dir, model.config)
                _tell(shards, bool(shard_dirs))
                check_vocabulary(run.vocabulary, shards, name)
                if shards.folder not in beats:
                    beats[shards.folder] = without_a_model(shards)
                    below += _rows_without(shards, shard_dir, beats[shards.folder])
                score = evaluate(model, shards, batch_size, limit)
                if "none" in (run.objective, score.objective):
                    score = replace(score, sentence_loss=None, sentence_accuracy=None)
                if as_json:
                    beside = {key: asdict(one) for key, one in beats[shards.folder].items()}
                    found = {**asdict(score), "to_beat": beside}
                    click.echo(json.dumps({"model": name, "shards": shard_dir, **found}))
                table.add_row(name, *_row(shard_dir, score))
                told += [f"{name} on {shard_dir}", *_lines(score, beats[shards.folder])]
        for row in below:
            table.add_row(*row)
        if not as_json:
            tables.console().print(table)
            click.echo("\n".join(told))


if __name__ == "__main__":
    main()
