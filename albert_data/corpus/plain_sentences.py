"""Which of sentencex's segments are sentences as they are: many at once, by the characters at their ends.

Most are, in books six of seven. A plain one begins with a letter or digit (behind one mark at most) or
begins its paragraph, holds nothing that `sentence_cuts` would cut at, and ends with its paragraph, or so:

    I went. He      a letter, a full stop (or ! or ?), a space, a capital that is no Roman numeral
    go on.” He      with a closing mark between; behind ! and ? a verb of saying might follow
    He said. “I     with an opening mark behind the space

Where a small letter follows (“Go!” he said) there is no end. `sentence_cuts` looks at the others one by
one, and would decide the same of these: here it takes 0.1 µs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Int64, UInt16
from albert_data.base.kernels import kernel
from albert_data.corpus.characters import codes_of
from albert_data.corpus.sentence_rules import LABEL_LENGTH, LAST_WORDS

_KNOWN = 0x2100  # characters that are told apart: the Latin, Greek, Cyrillic … letters, punctuation
_SPACE, _LINE_END, _FULL_STOP, _BRACKET = map(ord, " \n.)")
_LETTER, _CAPITAL, _SMALL, _WORD = (1 << i for i in range(4))
_STOP, _NUMERAL, _NUMERAL_ENDS, _GOES_ON = (1 << i for i in range(4, 8))
_CLOSES, _OPENS, _LAST, _PRONOUN = (1 << i for i in range(8, 12))
_TESTS = {_LETTER: str.isalpha, _CAPITAL: str.isupper, _SMALL: str.islower, _WORD: str.isalnum}
_MARKS: dict[int, Iterable[str]] = {
    _STOP: ".?!",
    # Of a Roman numeral, what may follow it, and what may then (`sentence_rules.NUMBER_NEXT`).
    _NUMERAL: "IVXLC",
    _NUMERAL_ENDS: "IVXLC.,;:)\n",
    _GOES_ON: "otaiwue",
    _CLOSES: "\"”'’",
    _OPENS: "\"“'‘",
    # The last letters of words that a sentence may end with, and what may be I.
    _LAST: {word[-1] for word in LAST_WORDS},
    _PRONOUN: "I\"“‘'(",
}


class Segments(NamedTuple):
    """What is seen of S segments of a text, those aside that end no sentence.

    Attributes:
        begins: where the segment's paragraph begins.
        befores: where the segment before ends, which may be one of those aside.
        firsts: where a sentence begins if the segment before ended one.
        ends: where the segment ends.
        stops: where a sentence ends that the segment is; a blank line is none.
        nexts: where the next sentence begins then.
        untils: the first segment from this one on that is not plain: more may be at its end than a
            sentence that begins at `firsts` and ends with it.
    """

    begins: Int64[np.ndarray, " S"]
    befores: Int64[np.ndarray, " S"]
    firsts: Int64[np.ndarray, " S"]
    ends: Int64[np.ndarray, " S"]
    stops: Int64[np.ndarray, " S"]
    nexts: Int64[np.ndarray, " S"]
    untils: Int64[np.ndarray, " S"]


def glance(text: str, segments: list[str], english: bool) -> Segments:
    """Looks at the segments of a text.

    Args:
        text: paragraphs with a blank line between, a line end behind the last.
        segments: which together are the text without its last line end.
        english: of the two languages that `sentence_cuts` tells apart.
    """
    codes = codes_of(text + "\n\n")
    ends = np.cumsum(np.fromiter(map(len, segments), np.int64, len(segments)))
    seen = np.empty((7, len(ends)), np.int64)
    return Segments(*seen[:, : _look(codes, ends, _kinds(), english, seen)])


@cache
def _kinds() -> UInt16[np.ndarray, " 65536"]:
    """What characters are, as a sum of bits; those from _KNOWN on are nothing."""
    kinds = np.zeros(0x10000, np.uint16)
    for kind, test in _TESTS.items():
        kinds[:_KNOWN] += np.uint16(kind) * np.array([test(chr(code)) for code in range(_KNOWN)])
    for kind, marks in _MARKS.items():
        kinds[[ord(mark) for mark in marks]] += np.uint16(kind)
    return kinds


@kernel
def _look(
    codes: UInt16[np.ndarray, " N"],
    ends: Int64[np.ndarray, " S"],
    kinds: UInt16[np.ndarray, " 65536"],
    english: bool,
    seen: Int64[np.ndarray, "7 S"],
) -> int:
    """Fills `Segments`; returns how many there are."""
    count = begins = before = first = 0
    for end in ends:
        following = codes[end]
        after = kinds[following]
        if codes[end - 1] == _LINE_END:  # the blank line between two paragraphs
            begins = place = end
            stop, is_plain = first, True
        elif following == _LINE_END:
            stop = place = end
            is_plain = end - first > 1
        else:
            opened = following != _SPACE and kinds[codes[end - 1]] & _OPENS != 0
            place = end - opened
            stop = place - 1
            closed = kinds[codes[stop - 1]] & _CLOSES != 0
            mark = codes[stop - 1 - closed]
            is_plain = end > 4 and codes[stop] == _SPACE and kinds[mark] & _STOP != 0
            if is_plain and not opened and after & _SMALL and (closed or mark != _FULL_STOP):
                before = end
                continue
            is_plain &= kinds[codes[stop - 2 - closed]] & _LETTER != 0
            is_plain &= stop - closed - max(first, before) > LABEL_LENGTH
            if not opened:
                is_plain &= after & _CAPITAL != 0
                if closed:
                    is_plain &= not english or mark == _FULL_STOP
                else:
                    is_plain &= mark != _FULL_STOP or not _may_be_numeral(codes, kinds, end)
        if is_plain and first < stop:
            words = kinds[codes[first]] | kinds[codes[first + 1]]
            is_plain = (first == begins or words & _WORD != 0) and not _holds_end(
                codes, kinds, english, first, stop
            )
        seen[0, count], seen[1, count], seen[2, count] = begins, before, first
        seen[3, count], seen[4, count], seen[5, count] = end, stop, place
        seen[6, count] = is_plain
        count += 1
        before, first = end, place
    until = count
    for i in range(count - 1, -1, -1):
        until = until if seen[6, i] else i
        seen[6, i] = until
    return count


@kernel
def _may_be_numeral(
    codes: UInt16[np.ndarray, " N"], kinds: UInt16[np.ndarray, " 65536"], at: int
) -> bool:
    """Whether `NUMBER_NEXT` may match at a capital."""
    if not kinds[codes[at]] & _NUMERAL:
        return False
    if codes[at + 1] == _SPACE:
        return bool(kinds[codes[at + 2]] & _GOES_ON)
    return bool(kinds[codes[at + 1]] & _NUMERAL_ENDS)


@kernel
def _holds_end(
    codes: UInt16[np.ndarray, " N"],
    kinds: UInt16[np.ndarray, " 65536"],
    english: bool,
    first: int,
    stop: int,
) -> bool:
    """Whether `sentence_cuts` may cut within a sentence, at a match of `MAYBE_END`."""
    for i in range(first + 1, stop):
        if codes[i] != _SPACE:
            continue
        mark, before = codes[i - 1], codes[i - 2]
        if mark == _FULL_STOP:
            if english and (kinds[before] & _LAST or kinds[codes[i + 1]] & _PRONOUN):
                return True
        elif mark == _BRACKET or (before == _FULL_STOP and kinds[mark] & _CLOSES):
            return True
    return False
