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

from typing import NamedTuple

import numpy as np

from albert_data.base.kernels import kernel
from albert_data.examples.rng import below, draw
from albert_data.tokens.vocabulary import Vocabulary

TRIES = 64
MASKED, KEPT, RANDOM = 0, 1, 2


# Rows of the working memory of one example.
TOKENS, STARTS, SEGMENTS, UNITS, TAKEN, POSITIONS, LABELS = range(7)
ROWS = 7


def example_memory(max_length: int) -> np.ndarray:
    """Working memory of the kernels for an example of up to max_length tokens, uint32 [7, max + 2]."""
    return np.zeros((ROWS, max_length + 2), np.uint32)


class MaskTables(NamedTuple):
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


@kernel
def lay_out(ids, pair, tables, memory):
    """Writes `[CLS] x1 [SEP] x2 [SEP]` into working memory.

    Args:
        ids: int32 [T], piece ids.
        pair: int64 [4], token ranges of x1 and x2.
        tables: MaskTables.
        memory: uint32, rows TOKENS, STARTS (1 also on [CLS] and [SEP]) and SEGMENTS are written.

    Returns:
        number of tokens, position of the first [SEP].
    """
    n = 0
    memory[TOKENS, n], memory[STARTS, n], memory[SEGMENTS, n] = tables.cls, 1, 0
    n += 1
    middle = 0
    for segment in range(2):
        begin, end = pair[2 * segment], pair[2 * segment + 1]
        for t in range(begin, end):
            piece = ids[t]
            memory[TOKENS, n] = piece
            memory[STARTS, n] = tables.starts[piece]
            memory[SEGMENTS, n] = segment
            n += 1
        memory[TOKENS, n], memory[STARTS, n], memory[SEGMENTS, n] = tables.sep, 1, segment
        if segment == 0:
            middle = n
        n += 1
    return n, middle


@kernel
def _find_units(memory, n, middle, words):
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
        if head or words == 0 or memory[STARTS, position]:
            memory[UNITS, units] = position
            memory[TAKEN, units] = 0
            units += 1
    memory[UNITS, units] = n - 1
    return first, units


@kernel
def _unit_end(memory, unit, first, middle):
    """Position after the last piece of a unit."""
    return middle if unit == first - 1 else memory[UNITS, unit + 1]


@kernel
def _free(memory, unit, length, first, units, gap):
    """Whether units [unit, unit + length) lie in one segment and are not taken, nor are neighbours."""
    low, high = (0, first) if unit < first else (first, units)
    if unit + length > high:
        return False
    for u in range(unit, unit + length):
        if memory[TAKEN, u]:
            return False
    if gap:
        if unit > low and memory[TAKEN, unit - 1]:
            return False
        if unit + length < high and memory[TAKEN, unit + length]:
            return False
    return True


@kernel
def _place(stream, memory, wanted, left, first, units, middle):
    """A place for a span: (first unit, its length), the length 0 where there is none.

    `left` is the number of pieces that may still be chosen.
    """
    length = min(wanted, left)
    while length > 0:
        for attempt in range(2 * TRIES):
            unit = below(stream, units)
            if not _free(memory, unit, length, first, units, attempt < TRIES):
                continue
            pieces = _unit_end(memory, unit + length - 1, first, middle) - memory[UNITS, unit]
            if pieces <= left:
                return unit, length
        length -= 1
    return 0, 0


@kernel
def mask_budget(tokens, rate_millionths, max_predictions):
    """How many pieces of an example of so many tokens are to be predicted."""
    return min(max((tokens * rate_millionths + 500_000) // 1_000_000, 1), max_predictions)


@kernel
def choose_spans(stream, memory, n, middle, law, spans):
    """Chooses the masked units of an example laid out in memory (row TAKEN is set on them).

    Args:
        stream: positioned random stream.
        law: MaskLaw.
        spans: int64 [2, N + 1], counts by length are added: row 0 as drawn, row 1 shortened.

    Returns:
        number of units, units of x1.
    """
    first, units = _find_units(memory, n, middle, law.words)
    budget = mask_budget(n, law.rate_millionths, law.max_predictions)
    thresholds = law.lengths[min(budget, len(law.lengths) - 1)]
    left = budget
    while left > 0:
        u = draw(stream)
        wanted = 1
        while u >= thresholds[wanted - 1]:
            wanted += 1
        unit, length = _place(stream, memory, wanted, left, first, units, middle)
        if length == 0:
            break
        for k in range(unit, unit + length):
            memory[TAKEN, k] = 1
        left -= _unit_end(memory, unit + length - 1, first, middle) - memory[UNITS, unit]
        spans[0 if length == wanted else 1, length] += 1
    if left == budget:
        _take_shortest(memory, first, units, middle, law.max_predictions, spans)
    return units, first


@kernel
def _take_shortest(memory, first, units, middle, max_predictions, spans):
    """Takes the unit of fewest pieces where every one is over the budget: at least one is masked."""
    best = -1
    fewest = max_predictions + 1
    for u in range(units):
        pieces = _unit_end(memory, u, first, middle) - memory[UNITS, u]
        if pieces < fewest:
            best, fewest = u, pieces
    if best >= 0:
        memory[TAKEN, best] = 1
        spans[1, 1] += 1


@kernel
def can_mask(memory, n, middle, law):
    """Whether an example laid out in memory has a unit of at most max_predictions pieces."""
    first, units = _find_units(memory, n, middle, law.words)
    for u in range(units):
        if _unit_end(memory, u, first, middle) - memory[UNITS, u] <= law.max_predictions:
            return True
    return False


@kernel
def replace_pieces(stream, memory, units, first, middle, law, tables, replaced):
    """Replaces the pieces of the taken units in TOKENS.

    Rows POSITIONS and LABELS (the pieces before) are written, by ascending position.

    Args:
        law: MaskLaw.
        tables: MaskTables.
        replaced: int64 [3], counts of masked, kept and random are added.

    Returns:
        number of chosen pieces.
    """
    count = 0
    for u in range(units):
        if not memory[TAKEN, u]:
            continue
        for position in range(memory[UNITS, u], _unit_end(memory, u, first, middle)):
            memory[POSITIONS, count] = position
            memory[LABELS, count] = memory[TOKENS, position]
            count += 1
            drawn = draw(stream)
            if drawn < law.kinds[0]:
                memory[TOKENS, position] = tables.mask
                replaced[MASKED] += 1
            elif drawn < law.kinds[1]:
                replaced[KEPT] += 1
            else:
                memory[TOKENS, position] = tables.ordinary[below(stream, len(tables.ordinary))]
                replaced[RANDOM] += 1
    return count
