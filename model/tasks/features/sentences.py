"""Sentences and pairs to inputs: `[CLS] a [SEP]`, `[CLS] a [SEP] b [SEP]`.

Of a pair that is too long the longer side loses its last piece, again and again, as the reference does
it; of two equal ones the second. What is left is computed, not looped.
"""

from __future__ import annotations

import numpy as np

from albert_data.base.arrays import Int64

from ..examples import Sentences
from .features import Features, Rows, joined, rows_of
from .tokenizer import Tokenizer

CUT, EMPTY = "inputs cut to the length", "texts without a piece"


def sentence_features(examples: Sentences, tokenizer: Tokenizer, length: int) -> Features:
    """An input an example; `label` where there are labels.

    Args:
        length: int. The longest input, special pieces included; at least 5.
    """
    first = rows_of(tokenizer, examples.first)
    second = rows_of(tokenizer, examples.second) if examples.second else None
    sizes = [first.lengths] if second is None else [first.lengths, second.lengths]
    total = np.sum(sizes, axis=0)
    room = length - 1 - len(sizes)
    if second is None:
        first = first._replace(lengths=np.minimum(first.lengths, room))
    else:
        first, second = _truncated(first, second, room)
    columns = {} if examples.labels is None else {"label": examples.labels}
    counts = {CUT: int((total > room).sum()), EMPTY: int((np.stack(sizes) == 0).sum())}
    return Features(
        examples.ids,
        *joined(tokenizer, first, second),
        np.arange(len(examples), dtype=np.int32),
        columns,
        counts={reason: count for reason, count in counts.items() if count},
    )


def _truncated(first: Rows, second: Rows, room: int) -> tuple[Rows, Rows]:
    a, b = pair_lengths(first.lengths, second.lengths, room)
    return first._replace(lengths=a), second._replace(lengths=b)


def pair_lengths(
    first: Int64[np.ndarray, " N"], second: Int64[np.ndarray, " N"], room: int
) -> tuple[Int64[np.ndarray, " N"], Int64[np.ndarray, " N"]]:
    """Pieces that are left of each side of pairs, together no more than `room`."""
    return (
        np.minimum(first, np.maximum(room - second, (room + 1) // 2)),
        np.minimum(second, np.maximum(room - first, room // 2)),
    )
