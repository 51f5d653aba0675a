"""The lines of a book that are not blank, and what `paragraphs` asks of them, as arrays.

All lines of a window are gone over at once, character by character, by a compiled function: 3 ns a character.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Bool, Int64, UInt16
from albert_data.base.kernels import kernel
from albert_data.corpus.book_text.windows import Lines
from albert_data.corpus.characters import BEYOND, characters_passing, codes_of
from albert_data.corpus.normalize import collapse

MIDWAY = frozenset(",;-—’'\xad")  # what a line may end with in mid-sentence, beside a word
_SPACE, _TAB, _LINE_END = map(ord, " \t\n")


class TextLines(NamedTuple):
    """N lines that are not blank.

    Attributes:
        text: the lines, white space collapsed.
        indent, length: characters.
        first_word: length of the line's first word.
        blanks: of blank lines before.
        lower: the line begins in lower case.
        open: it stops in mid-sentence.
        hyphen: it ends with a hyphen.
    """

    text: list[str]
    indent: Int64[np.ndarray, " N"]
    length: Int64[np.ndarray, " N"]
    first_word: Int64[np.ndarray, " N"]
    blanks: Int64[np.ndarray, " N"]
    lower: Bool[np.ndarray, " N"]
    open: Bool[np.ndarray, " N"]
    hyphen: Bool[np.ndarray, " N"]

    @property
    def goes_on(self) -> Bool[np.ndarray, " M"]:
        """Of N - 1 lines: the line stops in mid-sentence and the next goes on in lower case."""
        goes_on: np.ndarray = self.open[:-1] & self.lower[1:]
        return goes_on

    def since(self, first: int) -> TextLines:
        """Those from line `first` on."""
        return TextLines(self.text[first:], *(column[first:] for column in self[1:]))

    def and_then(self, more: TextLines) -> TextLines:
        """These and then more."""
        text = self.text + more.text
        pairs = zip(self[1:], more[1:], strict=True)
        return TextLines(text, *(np.concatenate(pair) for pair in pairs))


_NUMBERS, _FLAGS = np.zeros(0, np.int64), np.zeros(0, np.bool_)
NO_LINES = TextLines([], _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _FLAGS, _FLAGS, _FLAGS)


def text_lines(lines: Lines, blanks_before: int) -> tuple[TextLines, int]:
    """The lines that are not blank, and how many blank ones stand behind the last of them.

    Args:
        blanks_before: that stand before these.
    """
    whole = "\n".join([*lines, ""])
    codes = codes_of(whole)
    found = np.empty((7, len(lines)), np.int64)
    count, blanks = _measure(codes, characters_passing(str.isspace), blanks_before, found)
    firsts, stops, indent, length, first_word, blanks_of, uneven = found[:, :count]
    text = [whole[first:stop] for first, stop in zip(firsts.tolist(), stops.tolist(), strict=True)]
    for i in np.flatnonzero(uneven).tolist():
        text[i] = collapse(text[i])
    last = codes[stops - 1]
    lower = _flags(str.islower, codes[firsts], text, 0)
    flags = lower, _flags(_is_open, last, text, -1), last == ord("-")
    return TextLines(text, indent, length, first_word, blanks_of, *flags), blanks


def _is_open(last: str) -> bool:
    """Whether a line that ends with this character stops in mid-sentence."""
    return last.isalnum() or last in MIDWAY


def _flags(
    test: Callable[[str], bool], codes: UInt16[np.ndarray, " N"], text: list[str], place: int
) -> Bool[np.ndarray, " N"]:
    """Whether the character at a place of each line, whose code is given, passes a test."""
    flags: np.ndarray = characters_passing(test)[codes]
    for i in np.flatnonzero(codes == BEYOND).tolist():
        flags[i] = test(text[i][place])
    return flags


@kernel
def _measure(
    codes: UInt16[np.ndarray, " C"],
    white_space: Bool[np.ndarray, " 65536"],
    blanks: int,
    found: Int64[np.ndarray, "7 L"],
) -> tuple[int, int]:
    """Where in the text each line that is not blank begins and ends, its indent, length and first word, blank
    lines before, and whether its white space is more than single spaces.

    Args:
        codes: each line with a line end behind it.
        blanks: blank lines before the first.

    Returns:
        how many lines are not blank, and the blank ones behind the last of them.
    """
    count = begin = 0
    first = stop = first_word = taken = -1  # of the line; what collapsing takes off it
    uneven = 0
    for i in range(len(codes)):
        code = codes[i]
        if not white_space[code]:
            if first < 0:
                first, first_word, taken, uneven = i, -1, 0, 0
            elif i > stop:
                first_word = stop - first if first_word < 0 else first_word
                taken += i - stop - 1
                if i > stop + 1 or codes[stop] != _SPACE:
                    uneven = 1
            stop = i + 1
        elif code == _LINE_END:
            if first < 0:
                blanks += 1
            else:
                indented = codes[begin] == _SPACE or codes[begin] == _TAB
                found[0, count], found[1, count] = first, stop
                found[2, count] = first - begin if indented else 0
                found[3, count] = stop - first - taken
                found[4, count] = stop - first if first_word < 0 else first_word
                found[5, count], found[6, count] = blanks, uneven
                count, blanks, first = count + 1, 0, -1
            begin = i + 1
    return count, blanks
