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
from albert_data.base.intrinsics import trailing_zeros
from albert_data.base.kernels import kernel
from albert_data.examples.rng import Stream, below, draw
from albert_data.examples.span_law import MaskLaw
from albert_data.tokens.vocabulary import Vocabulary

TRIES = 64
MASKED, KEPT, RANDOM = 0, 1, 2


# Rows of the working memory of one example.
TOKENS, STARTS, SEGMENTS, UNITS, TAKEN, POSITIONS, LABELS = range(7)
ROWS = 7
# Blocks of random numbers that are made at once: two thirds of what an example of 512 tokens draws, all
# of one of 128.
MASK_BLOCKS = 16
Memory: TypeAlias = UInt32[np.ndarray, "rows width"]


def example_memory(max_length: int) -> UInt32[np.ndarray, "7 {max_length}+2"]:
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
    """Fills UNITS with each unit's first position, and n - 1 behind them; returns the units of x1 and of
    both segments. No unit is taken."""
    begins, each = memory[UNITS], np.uint64(words == 0)
    # Unsigned, so that no place is looked at for being negative.
    units = first = np.uint64(0)
    for segment in range(2):
        begin, end = (1, middle) if segment == 0 else (middle + 1, n - 1)
        starts = memory[STARTS, begin:end]
        for i in range(len(starts)):  # without branches: words are of any length
            begins[units] = begin + i
            units += np.uint64(starts[i]) | each | np.uint64(i == 0)
        if segment == 0:
            first = units
    begins[units] = n - 1
    both: int = np.int64(units)  # type: ignore[assignment]  # compiled, an int64 is an int
    for word in range(_taken_words(both) + 1):
        memory[TAKEN, word] = 0
    return np.int64(first), both  # type: ignore[return-value]  # the same


@kernel
def _unit_end(memory: Memory, unit: int, first: int) -> int:
    """Position after the last piece of a unit; behind x1's last one is [SEP]."""
    end = np.int64(memory[UNITS, unit + 1]) - (unit + 1 == first)
    return end  # type: ignore[return-value]  # compiled, an int64 is an int


# Row TAKEN is a bit a unit, from the lowest of its first word on, and one that is never set before x1,
# between the segments and behind x2: no unit has a neighbour there.


@kernel
def _taken_words(units: int) -> int:
    """Words of row TAKEN with bits of so many units."""
    return ((units + 2) >> 5) + 1


@kernel
def _place_of_bit(unit: int, first: int) -> tuple[int, np.uint64]:
    """Where the bit before a unit's stands: its word, and how many bits of that are below."""
    bit: int = unit + (unit >= first)
    return bit >> 5, np.uint64(bit & 31)


@kernel
def _free(memory: Memory, unit: int, length: int, first: int, units: int, gap: bool) -> bool:
    """Whether units [unit, unit + length) lie in one segment and are not taken, nor are neighbours."""
    word, below_it = _place_of_bit(unit, first)
    near = np.uint64(memory[TAKEN, word]) | (np.uint64(memory[TAKEN, word + 1]) << np.uint64(32))
    one = np.uint64(1)
    own = ((one << np.uint64(length)) - one) << one
    looked_at = own | (own << one) | (own >> one) if gap else own
    end = first if unit < first else units
    free: bool = (unit + length <= end) & ((near >> below_it) & looked_at == 0)
    return free


@kernel
def _take(memory: Memory, unit: int, length: int, first: int) -> None:
    """Marks units [unit, unit + length) of one segment."""
    word, below_it = _place_of_bit(unit, first)
    one = np.uint64(1)
    own = ((one << np.uint64(length)) - one) << (below_it + one)
    memory[TAKEN, word] |= np.uint32(own & np.uint64(0xFFFFFFFF))
    memory[TAKEN, word + 1] |= np.uint32(own >> np.uint64(32))


@kernel
def _place(
    stream: Stream, memory: Memory, wanted: int, left: int, first: int, units: int
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
            pieces = _unit_end(memory, unit + length - 1, first) - memory[UNITS, unit]
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
        unit, length = _place(stream, memory, wanted, left, first, units)
        if length == 0:
            break
        _take(memory, unit, length, first)
        left -= _unit_end(memory, unit + length - 1, first) - memory[UNITS, unit]
        spans[0 if length == wanted else 1, length] += 1
    if left == budget:
        _take_shortest(memory, first, units, law.max_predictions, spans)
    return units, first


@kernel
def _take_shortest(
    memory: Memory,
    first: int,
    units: int,
    max_predictions: int,
    spans: Int64[np.ndarray, "2 N+1"],
) -> None:
    """Takes the unit of fewest pieces where every one is over the budget: at least one is masked."""
    best = -1
    fewest = max_predictions + 1
    for u in range(units):
        pieces = _unit_end(memory, u, first) - memory[UNITS, u]
        if pieces < fewest:
            best, fewest = u, pieces
    if best >= 0:
        _take(memory, best, 1, first)
        spans[1, 1] += 1


@kernel
def can_mask(memory: Memory, n: int, middle: int, law: MaskLaw) -> bool:
    """Whether an example laid out in memory has a unit of at most max_predictions pieces."""
    first, units = _find_units(memory, n, middle, law.words)
    fewest = law.max_predictions + 1
    for u in range(units):
        fewest = min(fewest, _unit_end(memory, u, first) - memory[UNITS, u])
    return fewest <= law.max_predictions


@kernel
def replace_pieces(
    stream: Stream,
    memory: Memory,
    units: int,
    first: int,
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
    tokens, positions, labels = memory[TOKENS], memory[POSITIONS], memory[LABELS]
    count = 0
    for word in range(_taken_words(units)):
        taken = np.uint64(memory[TAKEN, word])
        while taken:
            bit = 32 * word + np.int64(trailing_zeros(taken))
            taken &= taken - np.uint64(1)
            unit: int = bit - 1 - (bit > first)  # type: ignore[assignment]  # compiled, an int64
            for position in range(memory[UNITS, unit], _unit_end(memory, unit, first)):
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
