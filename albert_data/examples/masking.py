"""Pairs → masked examples: `[CLS] x1 [SEP] x2 [SEP]` with n-gram masks, one example at a time.

Units are whole words (all their pieces) or single pieces; the piece after [CLS] or [SEP] begins a
word. Spans of n ≤ N units are placed until the budget, round(rate x tokens) pieces, is used up: n is
drawn, then a start among the units until the span from it lies in one segment, touches no other span
and its pieces fit the budget left. Only the place is drawn again, never n. Where `TRIES` draws find
no place, spans may touch (high mask rates), and at last n is shortened. Spans never overlap.

n comes from a law that makes up for the end of the budget, see `span_law.py`.

Each chosen piece is then masked, kept or replaced by a random ordinary piece. The masks of an example
depend on (seed, document, dupe, chunk) and the settings alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from albert_data.examples.rng import below, draw
from albert_data.kernels import kernel
from albert_data.vocabulary import Vocabulary

TRIES = 64
MASKED, KEPT, RANDOM = 0, 1, 2


def example_scratch(max_length: int) -> np.ndarray:
    """Working memory of the kernels for examples of up to max_length tokens, int32 [8, max + 2]."""
    return np.zeros((8, max_length + 2), np.int32)


# Rows of the scratch array.
TOKENS, STARTS, SEGMENTS, UNITS, TAKEN, POSITIONS, LABELS, KINDS = range(8)


@kernel
def lay_out(ids, pair, starts, cls, sep, scratch):
    """Writes `[CLS] x1 [SEP] x2 [SEP]` into scratch.

    Args:
        ids: int32 [T], piece ids.
        pair: int64 [4], token ranges of x1 and x2.
        starts: bool [V], the piece begins a word.
        scratch: int32, rows TOKENS, STARTS (1 also on [CLS] and [SEP]) and SEGMENTS are written.

    Returns:
        number of tokens, position of the first [SEP].
    """
    n = 0
    scratch[TOKENS, n], scratch[STARTS, n], scratch[SEGMENTS, n] = cls, 1, 0
    n += 1
    middle = 0
    for segment in range(2):
        begin, end = pair[2 * segment], pair[2 * segment + 1]
        for t in range(begin, end):
            piece = ids[t]
            scratch[TOKENS, n] = piece
            scratch[STARTS, n] = starts[piece]
            scratch[SEGMENTS, n] = segment
            n += 1
        scratch[TOKENS, n], scratch[STARTS, n], scratch[SEGMENTS, n] = sep, 1, segment
        if segment == 0:
            middle = n
        n += 1
    return n, middle


@kernel
def _find_units(scratch, n, middle, words):
    """Fills UNITS with each unit's first position; returns the units of x1 and of both segments.

    UNITS[u + 1] is where unit u ends, save at the border, where [SEP] follows.
    """
    units = 0
    first = 0
    for position in range(1, n - 1):
        if position == middle:
            first = units
            continue
        head = position == 1 or position == middle + 1
        if head or words == 0 or scratch[STARTS, position]:
            scratch[UNITS, units] = position
            scratch[TAKEN, units] = 0
            units += 1
    scratch[UNITS, units] = n - 1
    return first, units


@kernel
def _unit_end(scratch, unit, first, middle):
    """Position after the last piece of a unit."""
    return middle if unit == first - 1 else scratch[UNITS, unit + 1]


@kernel
def _free(scratch, unit, length, first, units, gap):
    """Whether units [unit, unit + length) lie in one segment and are not taken, nor are neighbours."""
    low, high = (0, first) if unit < first else (first, units)
    if unit + length > high:
        return False
    for u in range(unit, unit + length):
        if scratch[TAKEN, u]:
            return False
    if gap:
        if unit > low and scratch[TAKEN, unit - 1]:
            return False
        if unit + length < high and scratch[TAKEN, unit + length]:
            return False
    return True


@kernel
def _place(stream, scratch, wanted, left, first, units, middle):
    """A place for a span: (first unit, its length), the length 0 where there is none.

    `left` is the number of pieces that may still be chosen.
    """
    length = min(wanted, left)
    while length > 0:
        for attempt in range(2 * TRIES):
            unit = below(stream, units)
            if not _free(scratch, unit, length, first, units, attempt < TRIES):
                continue
            pieces = _unit_end(scratch, unit + length - 1, first, middle) - scratch[UNITS, unit]
            if pieces <= left:
                return unit, length
        length -= 1
    return 0, 0


@kernel
def choose_spans(
    stream, scratch, n, middle, lengths, rate_millionths, max_predictions, words, spans
):
    """Chooses the masked units of an example laid out in scratch (row TAKEN is set on them).

    Args:
        stream: positioned random stream.
        lengths: uint64 [B + 1, N], see `MaskLaw`.
        spans: int64 [2, N + 1], counts by length are added: row 0 as drawn, row 1 shortened.

    Returns:
        number of units, units of x1.
    """
    first, units = _find_units(scratch, n, middle, words)
    budget = (n * rate_millionths + 500_000) // 1_000_000
    budget = min(max(budget, 1), max_predictions)
    law = lengths[min(budget, len(lengths) - 1)]
    left = budget
    while left > 0:
        u = draw(stream)
        wanted = 1
        while u >= law[wanted - 1]:
            wanted += 1
        unit, length = _place(stream, scratch, wanted, left, first, units, middle)
        if length == 0:
            break
        for k in range(unit, unit + length):
            scratch[TAKEN, k] = 1
        left -= _unit_end(scratch, unit + length - 1, first, middle) - scratch[UNITS, unit]
        spans[0 if length == wanted else 1, length] += 1
    if left == budget:
        _take_shortest(scratch, first, units, middle, max_predictions, spans)
    return units, first


@kernel
def _take_shortest(scratch, first, units, middle, max_predictions, spans):
    """Takes the unit of fewest pieces where every one is over the budget: at least one is masked."""
    best = -1
    fewest = max_predictions + 1
    for u in range(units):
        pieces = _unit_end(scratch, u, first, middle) - scratch[UNITS, u]
        if pieces < fewest:
            best, fewest = u, pieces
    if best >= 0:
        scratch[TAKEN, best] = 1
        spans[1, 1] += 1


@kernel
def can_mask(scratch, n, middle, max_predictions, words):
    """Whether an example laid out in scratch has a unit of at most max_predictions pieces."""
    first, units = _find_units(scratch, n, middle, words)
    for u in range(units):
        if _unit_end(scratch, u, first, middle) - scratch[UNITS, u] <= max_predictions:
            return True
    return False


@kernel
def replace_pieces(stream, scratch, units, first, middle, kinds, ordinary, mask, replaced):
    """Replaces the pieces of the taken units in TOKENS.

    Rows POSITIONS, LABELS (the pieces before) and KINDS are written, by ascending position.

    Args:
        kinds: uint64 [2], cumulative thresholds of masked and kept.
        ordinary: int32, ids that may be drawn.
        replaced: int64 [3], counts of masked, kept and random are added.

    Returns:
        number of chosen pieces.
    """
    count = 0
    for u in range(units):
        if not scratch[TAKEN, u]:
            continue
        for position in range(scratch[UNITS, u], _unit_end(scratch, u, first, middle)):
            scratch[POSITIONS, count] = position
            scratch[LABELS, count] = scratch[TOKENS, position]
            kind = draw(stream)
            if kind < kinds[0]:
                scratch[TOKENS, position] = mask
                scratch[KINDS, count] = MASKED
            elif kind < kinds[1]:
                scratch[KINDS, count] = KEPT
            else:
                scratch[TOKENS, position] = ordinary[below(stream, len(ordinary))]
                scratch[KINDS, count] = RANDOM
            replaced[scratch[KINDS, count]] += 1
            count += 1
    return count


@dataclass(frozen=True)
class MaskTables:
    """What masking needs of a vocabulary.

    Attributes:
        starts: bool [V], the piece begins a word.
        ordinary: int32, ids that may replace a piece.
        cls, sep, mask, pad: ids.
    """

    starts: np.ndarray
    ordinary: np.ndarray
    cls: int
    sep: int
    mask: int
    pad: int

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> MaskTables:
        v = vocabulary
        return cls(v.starts, v.ordinary, v.cls, v.sep, v.mask, v.pad)
