"""A record as people read it: its pieces in order, what became of each, the spans they were chosen in.

Used by `inspect` (colours of a terminal) and `report` (HTML). For a few records at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from albert_data.records.parse import Examples
from albert_data.tokens.vocabulary import SPACE, Vocabulary

Kind = Literal["text", "special", "mask", "keep", "random"]


@dataclass(frozen=True)
class Token:
    """A token of a record.

    Attributes:
        piece: in the record's input.
        original: before masking.
        kind: `text` is not predicted; the others are as in the masking settings.
        span: words of the span it begins; 0 inside a span and outside.
        ends_span: it is the last piece of a span.
        after_space: the piece before it ends with a space mark.
    """

    piece: str
    original: str
    kind: Kind
    span: int = 0
    ends_span: bool = False
    after_space: bool = False

    @property
    def begins_word(self) -> bool:
        """A blank stands before it in the text."""
        return self.after_space or self.original.startswith(SPACE)


@dataclass(frozen=True)
class Record:
    """A record: its tokens without padding, and its label."""

    tokens: tuple[Token, ...]
    label: int

    @property
    def spans(self) -> list[int]:
        """Words of each span, in order."""
        return [token.span for token in self.tokens if token.span]

    @property
    def predicted(self) -> int:
        return sum(token.kind in ("mask", "keep", "random") for token in self.tokens)


def decode(examples: Examples, row: int, vocabulary: Vocabulary) -> Record:
    """Row `row` of a batch.

    A run of predicted pieces is taken for one span; `masking` leaves a word between spans, the
    reference does not always. A word begins where `token_boundary` says, and after [CLS] and [SEP]; in
    a record without it, where the vocabulary says.
    """
    size = int(examples.input_mask[row].sum())
    ids = examples.input_ids[row, :size]
    used = examples.masked_lm_weights[row] > 0
    positions, labels = examples.masked_lm_positions[row][used], examples.masked_lm_ids[row][used]
    originals = ids.copy()
    originals[positions] = labels
    predicted = np.zeros(size, np.bool_)
    predicted[positions] = True
    special = np.isin(originals, (vocabulary.cls, vocabulary.sep)) & ~predicted
    boundary = examples.token_boundary[row, :size]
    starts = boundary != 0 if boundary.any() else vocabulary.starts[originals]
    starts = starts | np.roll(special, 1)
    piece = vocabulary.processor.id_to_piece
    texts, shown = piece(originals.tolist()), piece(ids.tolist())
    tokens: list[Token] = []
    for at in range(size):
        spaced = at > 0 and texts[at - 1].endswith(SPACE) and vocabulary.space_behind
        if not predicted[at]:
            kind: Kind = "special" if special[at] else "text"
            tokens.append(Token(shown[at], texts[at], kind, after_space=spaced))
            continue
        kind = "keep" if ids[at] == originals[at] else "random"
        kind = "mask" if ids[at] == vocabulary.mask else kind
        first, last = not predicted[at - 1], at + 1 == size or not predicted[at + 1]
        words = 0
        if first:
            end = at + 1 + int(np.argmin(np.append(predicted[at + 1 :], False)))
            words = max(1, int(starts[at:end].sum()))
        tokens.append(Token(shown[at], texts[at], kind, words, last, spaced))
    return Record(tuple(tokens), int(examples.next_sentence_labels[row]))
