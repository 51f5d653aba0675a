"""A table of words, told apart by their bytes: each has a number, in the order of its first look-up.

Open addressing with linear probing, at most half full; it starts small, so that the words of a small text lie
close together, and grows. A row holds a word of up to 15 bytes whole, so that most look-ups touch one line of
the processor's cache; of longer ones their bytes are compared. Memory: up to 64 bytes a word, and the words.
Cost: 17 ns a word, one after the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Int32, Int64, UInt8, UInt64
from albert_data.base.intrinsics import load_word, trailing_zeros
from albert_data.base.kernels import kernel

PADDING = 16  # zero bytes that must stand behind a text: whole words of memory are read
_FIRST_SLOTS = 1 << 14
_GROWTH = 4
_FIRST, _SECOND, _HASH, _NUMBER = range(4)  # columns; the number counts from 1, below the length
_ONES, _TOPS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_SPACES = np.uint64(0x2020202020202020)
_ALL, _LOW = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class WordTable(NamedTuple):
    """Words, at most W of at most B bytes together.

    Attributes:
        rows: S slots, a power of two: eight bytes of the word and the next eight (0 behind its end), a hash
            of all, length and number. Of free ones the last is 0.
        text: the words, in the order of their numbers.
        offsets: of the words in the text.
        known: how many there are.
    """

    rows: UInt64[np.ndarray, "S 4"]
    text: UInt8[np.ndarray, " B"]
    offsets: Int64[np.ndarray, " W+1"]
    known: Int64[np.ndarray, " 1"]

    @classmethod
    def empty(cls, words: int, room: int) -> WordTable:
        """A table for at most so many words that have so many bytes together."""
        rows = np.zeros((_FIRST_SLOTS, 4), np.uint64)
        offsets, known = np.zeros(words + 1, np.int64), np.zeros(1, np.int64)
        return cls(rows, np.empty(room + PADDING, np.uint8), offsets, known)

    def is_crowded(self) -> bool:
        """It may have room for more words in a larger table (`grown`)."""
        return 2 * int(self.known[0]) >= len(self.rows)

    def grown(self) -> WordTable:
        """The same words in a table with more slots."""
        rows = np.zeros((_GROWTH * len(self.rows), 4), np.uint64)
        _place(self.rows, rows)
        return self._replace(rows=rows)

    def words(self, numbers: Int64[np.ndarray, " N"]) -> list[str]:
        begins, ends = self.offsets[numbers].tolist(), self.offsets[numbers + 1].tolist()
        return [self.text[b:e].tobytes().decode() for b, e in zip(begins, ends, strict=True)]


@kernel
def number_words(
    data: UInt8[np.ndarray, " D"],
    begin: int | np.int64,
    table: WordTable,
    numbers: Int32[np.ndarray, " N"],
    done: int,
) -> tuple[int, int | np.int64]:
    """Numbers the words of a text, each ended by a space, from `begin` until the table is full or crowded.

    Args:
        data: with PADDING behind it.
        numbers: is filled from `done` on.

    Returns:
        how many of the numbers are filled, and where the first word begins that has none (the end of the text
        where all have one).
    """
    rows, offsets, text = table.rows, table.offsets, table.text
    size = len(data) - PADDING
    mask = np.uint64(len(rows) - 1)
    known = table.known[0]
    most = min(len(offsets) - 1, len(rows) // 2)
    while begin < size:
        first, second = load_word(data, begin), load_word(data, begin + 8)
        ends, later = _spaces(first), _spaces(second)
        length = np.int64(trailing_zeros(ends) >> np.uint64(3))
        if ends == 0:
            length += np.int64(trailing_zeros(later) >> np.uint64(3))
        bits = np.uint64(8 * length)
        if length < 8:
            first &= ~(_ALL << bits)
            second = np.uint64(0)
        elif length < 16:
            second &= ~(_ALL << (bits - np.uint64(64)))
        hashed = _mix(first ^ np.uint64(length), second)
        if length == 16:
            found = np.uint64(0)
            while found == 0:
                following = load_word(data, begin + length)
                found = _spaces(following)
                length += np.int64(trailing_zeros(found) >> np.uint64(3))
                if found != 0:
                    following &= ~(_ALL << np.uint64(8 * (length & 7)))
                hashed = _mix(hashed, following)
        slot = np.int64(hashed & mask)
        while True:
            entry = rows[slot, _NUMBER]
            if entry == 0:
                if known >= most or offsets[known] + length + PADDING > len(text):
                    table.known[0] = known
                    return done, begin
                used = offsets[known]
                for i in range(length):
                    text[used + i] = data[begin + i]
                known += 1
                offsets[known] = used + length
                rows[slot, _FIRST], rows[slot, _SECOND] = first, second
                rows[slot, _HASH] = hashed
                rows[slot, _NUMBER] = np.uint64(length) << _HALF | np.uint64(known)
                numbers[done] = known - 1
                break
            if (
                rows[slot, _FIRST] == first
                and rows[slot, _SECOND] == second
                and entry >> _HALF == np.uint64(length)
            ):
                number = np.int64(entry & _LOW) - 1
                if length < 16 or _same(data, begin, text, offsets[number], length):
                    numbers[done] = number
                    break
            slot = np.int64(np.uint64(slot + 1) & mask)
        done += 1
        begin += length + 1
    table.known[0] = known
    return done, size


@kernel
def _spaces(word: np.uint64) -> np.uint64:
    """A bit in each byte that is a space, up to the first one that is; bytes behind it may have it too."""
    mixed = word ^ _SPACES
    return (mixed - _ONES) & ~mixed & _TOPS


@kernel
def _mix(hashed: np.uint64, word: np.uint64) -> np.uint64:
    """Both folded into one: multiply and shift, by the constants of MurmurHash3's finaliser."""
    hashed = hashed * np.uint64(0xFF51AFD7ED558CCD)
    hashed = (hashed ^ (hashed >> _HALF) ^ word) * np.uint64(0xC4CEB9FE1A85EC53)
    return hashed ^ (hashed >> _HALF)


@kernel
def _same(
    one: UInt8[np.ndarray, " A"],
    begin: int | np.int64,
    other: UInt8[np.ndarray, " B"],
    at: int | np.int64,
    length: int | np.int64,
) -> bool:
    """Whether two words whose first sixteen bytes are the same are the same."""
    k = 16
    while k < length and one[begin + k] == other[at + k]:
        k += 1
    return bool(k >= length)


@kernel
def _place(rows: UInt64[np.ndarray, "S 4"], into: UInt64[np.ndarray, "T 4"]) -> None:
    """Copies all rows into another table."""
    mask = np.uint64(len(into) - 1)
    for row in range(len(rows)):
        if rows[row, _NUMBER]:
            slot = np.int64(rows[row, _HASH] & mask)
            while into[slot, _NUMBER]:
                slot = np.int64(np.uint64(slot + 1) & mask)
            for column in range(4):
                into[slot, column] = rows[row, column]
