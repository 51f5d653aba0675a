"""What a model makes of a text: ``albert-try MODEL "the [MASK] sat on the mat"``.

    albert-try run "the [MASK] sat on the mat"             # the likeliest pieces for each [MASK]
    albert-try run "It rained." "So we stayed at home."    # are the two in order?
    albert-try hf:folder "a text" --embeddings out.npy     # [2, H]: pooled, mean over the pieces

MODEL is a run (RUN, RUN@best, RUN@STEP), tf1:PREFIX or hf:FOLDER. Text is cleaned and split as the model's
shards were, by the vocabulary beside it or --vocab.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Mapping
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

from albert_data.base.arrays import Float32
from albert_data.base.errors import ConfigError
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.storage.atomic import atomic_path
from albert_data.storage.paths import location

from .convert.weights import Weights, model_of, read_weights, with_vocabulary
from .failures import errors_shown
from .help_text import NAMES, help_of
from .settings import MOST
from .text import TextEncoder

OF_SENTENCE = {"nsp": ("the second follows", "the second is of another document")}
IN_ORDER = ("in order", "swapped")


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a model makes of a text.

    Attributes:
        gaps: for each [MASK] the likeliest pieces, each with its probability, likeliest first.
        sentence: probability of class 0 (in order, or next); None for one segment.
        embeddings: float32 [2, H]: the pooled vector, and the mean over all pieces of the last layer.
    """

    gaps: list[list[tuple[str, float]]]
    sentence: float | None
    embeddings: Float32[np.ndarray, "2 H"]


class Trial:
    """A model and the encoder of its text.

    Raises:
        ConfigError: its vocabulary is not known.
    """

    def __init__(self, weights: Weights) -> None:
        if weights.vocabulary is None:
            fix = "give the SentencePiece model that it was trained with by --vocab"
            raise ConfigError("no vocabulary beside the model", where=weights.name, fix=fix)
        longest = weights.config.max_position_embeddings
        self.encoder = TextEncoder(weights.vocabulary, weights.normalization, longest)
        self.weights, self._model = weights, model_of(weights)

    def answer(self, first: str, second: str | None = None, top: int = 5) -> Answer:
        """What the model makes of a text, or of two segments.

        Raises:
            DataError: a text without a piece, or too long.
            ConfigError: the head that is asked for is not there.
        """
        features = self.encoder.features(first, second)
        if features["masked_lm_positions"].size:
            self._check_head("cls/predictions/", "[MASK] can be filled")
        if second is not None:
            self._check_head("cls/seq_relationship/", "two segments can be judged")
        outputs: Mapping[str, Any] = self._model(features)
        sentence = ops.softmax(outputs["sentence_logits"])[0, 0]
        states = np.asarray(outputs["sequence_output"])[0]
        pieces = self.encoder.vocabulary.processor
        gaps = []
        for row in np.asarray(ops.softmax(outputs["mlm_logits"]))[0]:
            best = np.argsort(-row, kind="stable")[:top].tolist()
            gaps.append([(pieces.id_to_piece(i), float(row[i])) for i in best])
        return Answer(
            gaps,
            None if second is None else float(sentence),
            np.stack([np.asarray(outputs["pooled_output"])[0], states.mean(0)]),
        )

    def _check_head(self, prefix: str, what: str) -> None:
        if missing := [name for name in self.weights.missing if name.startswith(prefix)]:
            raise ConfigError(
                f"{', '.join(missing)} not there: no {what}",
                where=self.weights.name,
                fix="take a model with its pretraining heads, or ask for --embeddings",
            )


def told(answer: Answer, objective: str) -> Iterator[str]:
    """The answer for people, line by line."""
    for number, gap in enumerate(answer.gaps, 1):
        yield f"[MASK] {number}"
        for piece, probability in gap:
            yield f"  {probability:7.2%}  {piece}"
    if answer.sentence is not None:
        first, second = OF_SENTENCE.get(objective, IN_ORDER)
        yield f"{first} {answer.sentence:.1%}, {second} {1 - answer.sentence:.1%}"
    if not answer.gaps and answer.sentence is None:
        for name, vector in zip(("pooled", "mean"), answer.embeddings, strict=True):
            yield f"{name} [{len(vector)}]: {' '.join(f'{x:.4f}' for x in vector[:8])} …"


@click.command(context_settings=NAMES, help=help_of(__doc__))
@click.argument("place", metavar="MODEL")
@click.argument("texts", metavar="TEXT [TEXT]", nargs=-1, required=True)
@click.option(
    "--top", default=5, show_default=True, type=click.IntRange(1, MOST), help="Pieces shown."
)
@click.option(
    "--embeddings", metavar="FILE", help="Writes pooled and mean, float32 [2, H], as .npy."
)
@click.option("--vocab", help="SentencePiece model, where none lies beside the model.")
@click.option("--normalization", type=click.Choice(list(NORMALIZERS)), help="Where not recorded.")
def main(
    place: str,
    texts: tuple[str, ...],
    top: int,
    embeddings: str | None,
    vocab: str | None,
    normalization: str | None,
) -> None:
    if len(texts) > 2:
        raise click.UsageError(f"{len(texts)} texts: give one, or two segments of a pair")
    with errors_shown(printed=True):
        weights = read_weights(place)
        if vocab:
            weights = with_vocabulary(weights, location(vocab).read_bytes(), vocab)
        if normalization:
            weights = dataclasses.replace(weights, normalization=normalization, by_pieces=False)
        for line in weights.lines():
            click.echo(line, err=True)
        answer = Trial(weights).answer(texts[0], texts[1] if len(texts) > 1 else None, top)
        for line in told(answer, weights.objective):
            click.echo(line)
        if embeddings:
            with atomic_path(location(embeddings)) as path, path.open("wb") as file:
                np.save(file, answer.embeddings)
            click.echo(f"wrote {embeddings}", err=True)


if __name__ == "__main__":
    main()
