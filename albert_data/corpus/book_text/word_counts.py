"""How often some words stand in a text, without a string for each of its words: some 5 ns a character.

A compiled function hashes every word; strings are made of those alone whose hash is one of those asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

import numpy as np

from albert_data.base.arrays import Bool, Int64, UInt16, UInt64
from albert_data.base.kernels import kernel
from albert_data.corpus.characters import BEYOND, characters_passing, codes_of

WORD = re.compile(r"[\w'’-]+")
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # FNV-1a


class WordCounts:
    """Counts of the words asked for.

    Attributes:
        counts: of those that have come.
    """

    def __init__(self, asked: Collection[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._asked = frozenset(asked)
        self._hashes = np.zeros(4 << len(self._asked).bit_length(), np.uint64)
        self._of_words = characters_passing(_is_of_words)
        _enter(codes_of("\n".join([*self._asked, ""])), self._of_words, self._hashes)

    def add(self, text: str) -> None:
        """Counts those among the words of a text (`WORD`)."""
        codes = codes_of(text + "\n")
        if np.any(codes == BEYOND):  # which may be letters or not
            found = WORD.findall(text)
        else:
            bounds = np.empty((len(codes) // 2, 2), np.int64)
            count = _find(codes, self._of_words, self._hashes, bounds)
            found = [text[begin:end] for begin, end in bounds[:count].tolist()]
        self.counts.update(filter(self._asked.__contains__, found))


def _is_of_words(character: str) -> bool:
    return WORD.match(character) is not None


@kernel
def _enter(
    codes: UInt16[np.ndarray, " N"],
    of_words: Bool[np.ndarray, " 65536"],
    hashes: UInt64[np.ndarray, " H"],
) -> None:
    """Puts the hashes of all words of a text into a table, open addressed, whose size is a power of two."""
    begin, end, found = _next_word(codes, of_words, 0)
    while begin < end:
        hashes[_place(hashes, found)] = found
        begin, end, found = _next_word(codes, of_words, end)


@kernel
def _find(
    codes: UInt16[np.ndarray, " N"],
    of_words: Bool[np.ndarray, " 65536"],
    hashes: UInt64[np.ndarray, " H"],
    bounds: Int64[np.ndarray, "M 2"],
) -> int:
    """Where words begin and end whose hashes are in a table; returns how many there are."""
    count = 0
    begin, end, found = _next_word(codes, of_words, 0)
    while begin < end:
        if hashes[_place(hashes, found)] == found:
            bounds[count, 0], bounds[count, 1] = begin, end
            count += 1
        begin, end, found = _next_word(codes, of_words, end)
    return count


@kernel
def _next_word(
    codes: UInt16[np.ndarray, " N"], of_words: Bool[np.ndarray, " 65536"], at: int
) -> tuple[int, int, np.uint64]:
    """Begin, end and hash of the first word from a place on; one without characters where there is none."""
    while at < len(codes) and not of_words[codes[at]]:
        at += 1
    begin, found = at, _BASIS
    while at < len(codes) and of_words[codes[at]]:
        found = (found ^ np.uint64(codes[at])) * _PRIME
        at += 1
    return begin, at, found


@kernel
def _place(hashes: UInt64[np.ndarray, " H"], found: np.uint64) -> int:
    """Where a hash is in a table, or would be: 0 is an empty place."""
    last = len(hashes) - 1
    place = int(found >> np.uint64(32)) & last
    while hashes[place] != 0 and hashes[place] != found:
        place = (place + 1) & last
    return place
