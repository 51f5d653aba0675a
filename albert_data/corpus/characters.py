"""The clean-up of characters that the text of every source goes through, in `plan.read_split`.

What shows nothing and is no letter goes: control characters (NUL, C0, C1), format characters (soft
hyphen, word joiner, zero width space, marks of direction, a byte order mark within the text, tags),
noncharacters, and what stands for something that could not be decoded or shown (U+FFFD, U+FFFC). What
stays, by the Unicode Character Database 15.0:

    white space       all that Python's `str.isspace` takes for it, U+0085 and U+001C to U+001F too
    U+200C, U+200D    letters of Persian, Sinhala, Malayalam and others; U+200D joins emoji
    U+0600 and such   format characters that are seen (property Prepended_Concatenation_Mark)

Cost: 1 to 2 thousand million characters a second and core where there is nothing to take out, a
quarter of that where there are emoji.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from albert_data.base.arrays import Bool, UInt8, UInt16
from albert_data.base.code_points import code_points
from albert_data.base.kernels import kernel
from albert_data.base.tally import Tally
from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.source_protocol import Document

REPLACEMENT = "\ufffd"
TAKEN_OUT = "control and format characters taken out"
UNREADABLE = "replacement characters (U+FFFD) taken out"

# First and last of each range; fixed here, so that no version of Python changes data.
_GONE = (
    (0x0000, 0x0008), (0x000E, 0x001B), (0x007F, 0x0084), (0x0086, 0x009F), (0x00AD, 0x00AD),
    (0x034F, 0x034F), (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200B), (0x200E, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFF),
    (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0001, 0xE0001),
    (0xE0020, 0xE007F),
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0x10000, 0x110000, 0x10000)),
)  # fmt: skip
GONE = "".join(chr(code) for first, last in _GONE for code in range(first, last + 1))
WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
# What a line may hold and be blank still; line ends are left to who cuts lines.
BLANK = "".join(sorted({*GONE, *WHITE_SPACE} - {"\n", "\r"}))
BEYOND = 0xFFFF  # no character
_UNSEEN = GONE + WHITE_SPACE
_MARKS = "".join(map(chr, range(0xFDD0, 0xFDF0)))
_IS_GONE = np.zeros(0x110000, np.bool_)
_IS_GONE[list(map(ord, GONE))] = True


def clean(text: str, tally: Tally | None = None, marks: bool = False) -> str:
    """The text without the characters that go.

    Args:
        tally: counts them.
        marks: the noncharacters U+FDD0 to U+FDEF are the caller's own marks, and stay.
    """
    gone = _held(text, _MARKS if marks else "")
    if not gone:
        return text
    cleaned = _without(text, gone)
    _count_taken(text, len(text) - len(cleaned), tally)
    return cleaned


def clean_document(document: Document, tally: Tally, marks_holes: bool = False) -> Document:
    """The document without the characters that go, which are counted; itself where it holds none.

    Args:
        marks_holes: `HOLE` is the source's own mark, and stays.
    """
    text = "".join(document.paragraphs)
    gone = _held(text, HOLE if marks_holes else "")
    if not gone:
        return document
    paragraphs = [_without(paragraph, gone) for paragraph in document.paragraphs]
    _count_taken(text, len(text) - sum(map(len, paragraphs)), tally)
    if document.presegmented:  # the sentences of which have single spaces
        paragraphs = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return replace(document, paragraphs=[paragraph for paragraph in paragraphs if paragraph])


def _count_taken(text: str, taken: int, tally: Tally | None) -> None:
    unreadable = text.count(REPLACEMENT)
    for name, count in ((TAKEN_OUT, taken - unreadable), (UNREADABLE, unreadable)):
        if tally and count:
            tally.count(name, count)


def other_white_space(text: str) -> int:
    """How many characters of a text are white space and no spaces."""
    return _count(_units(text), _white_space_but_spaces())


def is_blank(text: str) -> bool:
    """Nothing but white space and characters that go."""
    return not text.strip(_UNSEEN)


def _held(text: str, stays: str) -> str:
    """The characters of GONE that a text holds, once each, but those that stay.

    Looked for in a table of what UTF-16's units may be; few texts have any.
    """
    if _count(_units(text), _may_be_gone(stays)) == 0:
        return ""
    codes = code_points(text)
    found = map(chr, np.unique(codes[_IS_GONE[codes]]).tolist())
    return "".join(char for char in found if char not in stays)


def _units(text: str) -> UInt16[np.ndarray, " N"]:
    """Of UTF-16."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


def codes_of(text: str) -> UInt16[np.ndarray, " N"]:
    """The code of each character; BEYOND of those that have a higher one."""
    codes = _units(text)
    if len(codes) == len(text):
        return codes
    limited: np.ndarray = np.minimum(code_points(text), BEYOND).astype(np.uint16)
    return limited


@cache
def characters_passing(test: Callable[[str], bool]) -> Bool[np.ndarray, " 65536"]:
    """Which characters that `codes_of` tells apart pass a test."""
    return np.fromiter(map(test, map(chr, range(0x10000))), np.bool_, 0x10000)


@cache
def _white_space_but_spaces() -> UInt8[np.ndarray, " 65536"]:
    table = np.zeros(0x10000, np.uint8)
    table[[ord(char) for char in WHITE_SPACE if char != " "]] = 1
    return table


@cache
def _may_be_gone(stays: str) -> UInt8[np.ndarray, " 65536"]:
    """Of UTF-16's units: half a character may be of any beyond U+FFFF."""
    table = _IS_GONE[:0x10000].astype(np.uint8)
    table[0xD800:0xE000] = 1
    table[list(map(ord, stays))] = 0
    return table


def _without(text: str, gone: str) -> str:
    for char in gone:
        text = text.replace(char, "")
    return text


@kernel
def _count(codes: UInt16[np.ndarray, " N"], table: UInt8[np.ndarray, " 65536"]) -> int:
    count = 0
    for code in codes:
        count += table[code]
    return count
