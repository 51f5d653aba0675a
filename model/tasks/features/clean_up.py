"""Where each character of a cleaned text stands in the text that it was made from.

A build cleans text in steps (`corpus/characters`, `corpus/normalize`): characters that show nothing go,
white space becomes single spaces, and a normalisation changes characters. The text itself comes from
those functions; here each step says of each character that comes out from which characters it was made:

    gone          the others keep their places
    white space   a run becomes its first character
    NFKD          a character gives some, of which combining marks go: each comes from that character
                  and from the marks that stand behind it
    NFKC          a letter and its marks give one: it comes from all of them
    lower case    a character gives one or more

NFKD reorders only combining marks, which all go, so that one character may be looked at after the other.
Cost: linear; ASCII text with single spaces has its own places.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Bool, Int64, UInt32
from albert_data.base.code_points import code_points
from albert_data.corpus.characters import GONE, WHITE_SPACE, clean
from albert_data.corpus.normalize import NORMALIZERS, collapse, normalize_text

_HANGUL_VOWELS_AND_ENDS = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))


class Cleaned(NamedTuple):
    """A cleaned text of C characters, and for each where what it was made from begins and ends."""

    text: str
    begins: Int64[np.ndarray, " C"]
    ends: Int64[np.ndarray, " C"]


def cleaned(text: str, normalization: str) -> Cleaned:
    """The text as a build gives it to SentencePiece, with the places of its characters.

    Args:
        normalization: `tokens.normalization` of the build.
    """
    plain = collapse(clean(text))
    (result,) = NORMALIZERS[normalization]([plain])
    if plain == text and text.isascii():
        places = np.arange(len(text))
        return Cleaned(result, places, places + 1)
    codes = code_points(text)
    begins = np.flatnonzero(~_table(GONE)[codes])
    begins = begins[_stays(codes[begins])]
    ends = begins + 1
    if not plain.isascii():
        if normalization in ("albert", "albert-cased"):
            times = _lengths(plain, _decomposed_length)
            ends = _over_marks(ends, times)
            begins, ends = np.repeat(begins, times), np.repeat(ends, times)
        elif normalization == "albert-marks":
            begins, ends = _composed(plain, begins, ends)
    if not len(begins) == len(ends) == len(result):
        raise RuntimeError(f"{len(begins)} places for {len(result)} characters of {text[:80]!r}")
    return Cleaned(result, begins, ends)


@cache
def _table(characters: str) -> Bool[np.ndarray, " codes"]:
    """Whether each code point is one of some characters."""
    table = np.zeros(sys.maxunicode + 1, np.bool_)
    table[list(map(ord, characters))] = True
    return table


def _stays(codes: UInt32[np.ndarray, " C"]) -> Bool[np.ndarray, " C"]:
    """Which characters `collapse` keeps: of white space, the first of each run between words."""
    white = _table(WHITE_SPACE)[codes]
    after_word = np.zeros(len(codes), np.bool_)
    after_word[1:] = ~white[:-1]
    stays = ~white | after_word
    last = len(codes) - 1 - int(np.argmax(~white[::-1])) if not white.all() else -1
    stays[last + 1 :] = False
    return stays


def _lengths(text: str, length: Callable[[int], int]) -> Int64[np.ndarray, " C"]:
    """How many characters each of a text becomes."""
    codes = code_points(text)
    lengths = np.ones(len(codes), np.int64)
    others = np.flatnonzero(codes > 127)
    distinct, which = np.unique(codes[others], return_inverse=True)
    lengths[others] = np.array([length(code) for code in distinct.tolist()], np.int64)[which]
    return lengths


def _over_marks(
    ends: Int64[np.ndarray, " C"], times: Int64[np.ndarray, " C"]
) -> Int64[np.ndarray, " C"]:
    """Ends of characters with the marks behind each, of which nothing is left."""
    stays = np.flatnonzero(times)
    last = np.append(stays[1:], len(times)) - 1
    ends = ends.copy()
    ends[stays] = ends[last]
    return ends


@cache
def _decomposed_length(code: int) -> int:
    return len(normalize_text(f".{chr(code)}.")) - 2  # dots: no white space at an end goes


@cache
def _lower_length(code: int) -> int:
    return len(chr(code).lower())


def _composed(
    plain: str, begins: Int64[np.ndarray, " C"], ends: Int64[np.ndarray, " C"]
) -> tuple[Int64[np.ndarray, " N"], Int64[np.ndarray, " N"]]:
    """Places of the characters of `albert-marks`: NFKC of the parts of a text that compose alone."""
    # The first part may begin with a mark.
    heads = np.union1d([0], np.flatnonzero(_lengths(plain, _stands_alone)))
    tails = np.append(heads[1:], len(plain))
    parts = [
        unicodedata.normalize("NFKC", plain[head:tail])
        for head, tail in zip(heads.tolist(), tails.tolist(), strict=True)
    ]
    times = np.fromiter(map(len, parts), np.int64, len(parts))
    begins, ends = np.repeat(begins[heads], times), np.repeat(ends[tails - 1], times)
    text = "".join(parts)
    stays = _stays(code_points(text))
    begins, ends = begins[stays], ends[stays]
    times = _lengths(collapse(text), _lower_length)
    return np.repeat(begins, times), np.repeat(ends, times)


@cache
def _stands_alone(code: int) -> int:
    """1 where NFKC never joins a character to the one before it, else 0."""
    first = unicodedata.normalize("NFKD", chr(code))[0]
    return int(not unicodedata.combining(first) and first not in _joining())


@cache
def _joining() -> frozenset[str]:
    """Letters that compose with the one before them, as the second half of a canonical composition."""
    found = set(map(chr, _HANGUL_VOWELS_AND_ENDS))
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)
