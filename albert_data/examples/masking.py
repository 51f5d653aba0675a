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

from typing import NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64, Integer, UInt32
from albert_data.base.kernels import kernel
from albert_data.examples.rng import Stream, below, draw
from albert_data.examples.span_law import MaskLaw
from albert_data.tokens.vocabulary import Vocabulary

TRIES = 64
MASKED, KEPT, RANDOM = 0, 1, 2


# Rows of the working memory of one example.
TOKENS, STARTS, SEGMENTS, UNITS, TAKEN, CHOSEN, POSITIONS, LABELS = range(8)
ROWS = 8
# Blocks of random numbers that are made at once: two thirds of what an example of 512 tokens draws, all
# of one of 128.
MASK_BLOCKS = 16
Memory: TypeAlias = UInt32[np.ndarray, "rows width"]


def example_memory(max_length: int) -> UInt32[np.ndarray, "8 {max_length}+2"]:
    """Working memory of the kernels for an example of up to max_length tokens."""
    return np.zeros((ROWS, max_length + 2), np.uint32)


class MaskTables(NamedTuple):
    """What masking needs of a vocabulary.

    Attributes:
        starts: the piece begins a word.
        ordinary: ids that may replace a piece.
        cls, sep, mask, pad: ids.
    """

    starts: Bool[np.ndarray, " V"]
    ordinary: Int32[np.ndarray, " replacements"]
    cls: int
    sep: int
    mask: int
    pad: int

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> MaskTables:
        v = vocabulary
        return cls(v.starts, v.ordinary, v.cls, v.sep, v.mask, v.pad)


@kernel
def lay_out(
    ids: Integer[np.ndarray, " T"],
    pair: Int64[np.ndarray, " 4"],
    tables: MaskTables,
    memory: Memory,
) -> tuple[int, int]:
    """Writes `[CLS] x1 [SEP] x2 [SEP]` into working memory.

    Args:
        ids: of pieces.
        pair: token ranges of x1 and x2.
        memory: rows TOKENS, STARTS (1 also on [CLS] and [SEP]) and SEGMENTS are written.

    Returns:
        number of tokens, position of the first [SEP].
    """
    tokens, starts = memory[TOKENS], memory[STARTS]
    tokens[0], starts[0] = tables.cls, 1
    n = 1
    middle = 0
    for segment in range(2):
        pieces = ids[pair[2 * segment] : pair[2 * segment + 1]]
        end = n + len(pieces)
        own_tokens, own_starts = tokens[n:end], starts[n:end]
        for i in range(len(pieces)):
            piece = np.uint32(pieces[i])
            own_tokens[i] = piece
            own_starts[i] = tables.starts[piece]
        tokens[end], starts[end] = tables.sep, 1
        if segment == 0:
            middle = end
        n = end + 1
    memory[SEGMENTS, : middle + 1] = 0
    memory[SEGMENTS, middle + 1 : n] = 1
    return n, middle


@kernel
def lay_starts(
    starts: Bool[np.ndarray, " T"], pair: Int64[np.ndarray, " 4"], memory: Memory
) -> None:
    """Puts word starts of an example's own pieces in place of those that the vocabulary says.

    Args:
        starts: of all pieces.
        pair: token ranges of x1 and x2, as they were laid out.
    """
    n = 1
    for segment in range(2):
        for t in range(pair[2 * segment], pair[2 * segment + 1]):
            memory[STARTS, n] = starts[t]
            n += 1
        n += 1


@kernel
def _find_units(memory: Memory, n: int, middle: int, words: int) -> tuple[int, int]:
    """Fills UNITS with each unit's first position; returns the units of x1 and of both segments.

    UNITS[u + 1] is where unit u ends, save at the border, where [SEP] follows.
    """
    starts, begins = memory[STARTS], memory[UNITS]
    each = words == 0
    units = 0
    first = 0
    for segment in range(2):
        begin, end = (1, middle) if segment == 0 else (middle + 1, n - 1)
        for position in range(begin, end):  # without branches: words are of any length
            begins[units] = position
            units += (starts[position] != 0) | each | (position == begin)
        if segment == 0:
            first = units
    begins[units] = n - 1
    memory[TAKEN, :units] = 0
    return first, units


@kernel
def _unit_end(memory: Memory, unit: int, first: int, middle: int) -> int:
    """Position after the last piece of a unit."""
    end: int = middle if unit == first - 1 else memory[UNITS, unit + 1]
    return end


@kernel
def _free(memory: Memory, unit: int, length: int, first: int, units: int, gap: bool) -> bool:
    """Whether units [unit, unit + length) lie in one segment and are not taken, nor are neighbours."""
    low, high = (0, first) if unit < first else (first, units)
    end = unit + length
    if end > high:
        return False
    taken = memory[TAKEN]
    hits = np.uint32(0)
    for u in range(unit, end):
        hits |= taken[u]
    if gap:
        hits |= taken[max(unit - 1, low)] | taken[min(end, high - 1)]
    return hits == 0  # type: ignore[no-any-return]  # compiled, a bool


@kernel
def _place(
    stream: Stream, memory: Memory, wanted: int, left: int, first: int, units: int, middle: int
) -> tuple[int, int]:
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
def mask_budget(tokens: int, rate_millionths: int, max_predictions: int) -> int:
    """How many pieces of an example of so many tokens are to be predicted."""
    return min(max((tokens * rate_millionths + 500_000) // 1_000_000, 1), max_predictions)


@kernel
def choose_spans(
    stream: Stream,
    memory: Memory,
    n: int,
    middle: int,
    law: MaskLaw,
    spans: Int64[np.ndarray, "2 N+1"],
) -> tuple[int, int]:
    """Chooses the masked units of an example laid out in memory (row TAKEN is set on them).

    Args:
        stream: positioned random stream.
        spans: counts by length are added: row 0 as drawn, row 1 shortened.

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
        for threshold in thresholds[:-1]:  # they ascend, to 2^32
            wanted += u >= threshold
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
def _take_shortest(
    memory: Memory,
    first: int,
    units: int,
    middle: int,
    max_predictions: int,
    spans: Int64[np.ndarray, "2 N+1"],
) -> None:
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
def can_mask(memory: Memory, n: int, middle: int, law: MaskLaw) -> bool:
    """Whether an example laid out in memory has a unit of at most max_predictions pieces."""
    first, units = _find_units(memory, n, middle, law.words)
    for u in range(units):
        if _unit_end(memory, u, first, middle) - memory[UNITS, u] <= law.max_predictions:
            return True
    return False


@kernel
def replace_pieces(
    stream: Stream,
    memory: Memory,
    units: int,
    first: int,
    middle: int,
    law: MaskLaw,
    tables: MaskTables,
    replaced: Int64[np.ndarray, " 3"],
) -> int:
    """Replaces the pieces of the taken units in TOKENS.

    Rows POSITIONS and LABELS (the pieces before) are written, by ascending position.

    Args:
        replaced: counts of masked, kept and random are added.

    Returns:
        number of chosen pieces.
    """
    tokens, begins, taken, chosen = memory[TOKENS], memory[UNITS], memory[TAKEN], memory[CHOSEN]
    positions, labels = memory[POSITIONS], memory[LABELS]
    spans = 0
    for u in range(units):  # without branches, as in `_find_units`
        chosen[spans] = u
        spans += taken[u] != 0
    count = 0
    for i in range(spans):
        unit: int = chosen[i]
        for position in range(begins[unit], _unit_end(memory, unit, first, middle)):
            positions[count] = position
            labels[count] = tokens[position]
            count += 1
            drawn = draw(stream)
            if drawn < law.kinds[0]:
                tokens[position] = tables.mask
                replaced[MASKED] += 1
            elif drawn < law.kinds[1]:
                replaced[KEPT] += 1
            else:
                tokens[position] = tables.ordinary[below(stream, len(tables.ordinary))]
                replaced[RANDOM] += 1
    return count
