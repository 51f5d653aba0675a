"""White space of what is read, and clean-up of sentences before SentencePiece, many at a time.

`albert` is the reference's clean-up, made for English: it takes marks off letters, which makes others of
them in many languages (パンダ → ハンタ, май → маи, tiếng → tieng). `albert-marks` keeps them. How many
marks go is counted, so that a build can tell. Cost: about 100 MB/s a core.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Protocol

import numpy as np

from albert_data.base.code_points import code_points
from albert_data.base.tally import Tally

# Plain counts of a tally.
MARKS_OFF = "marks taken off letters"
CHARACTERS = "characters of sentences"
_FEW_MARKS = 3  # of a thousand characters; pages of the English Wikipedia have 0.5


class Normalizer(Protocol):
    """Sentences, whose white space is single spaces, to texts for SentencePiece; a tally counts the
    marks that go."""

    def __call__(self, sentences: list[str], tally: Tally | None = None) -> list[str]: ...


def collapse(text: str) -> str:
    """The words of `text` with one space between them."""
    return " ".join(text.split())


def collapsed(texts: Iterable[str]) -> list[str]:
    """Each text with white space collapsed; blank ones left out."""
    return [text for text in map(collapse, texts) if text]


def normalize_text(text: str) -> str:
    """The reference's clean-up of one text but for case: white space, NFKD, combining marks."""
    decomposed = unicodedata.normalize("NFKD", collapse(text))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def marks_off(counts: Mapping[str, int], normalization: str) -> str:
    """What to say of marks that went, by a tally's counts; empty where they are few."""
    share = 1000 * counts.get(MARKS_OFF, 0) / max(counts.get(CHARACTERS, 0), 1)
    if share <= _FEW_MARKS:
        return ""
    return (
        f"tokens.normalization {normalization} took {share:.0f} marks off every "
        "thousand characters, which makes other letters of them in many languages; "
        "albert-marks keeps them (--set tokens.normalization, with a vocabulary trained so)"
    )


@cache
def _marks(code: int) -> int:
    """How many marks `normalize_text` takes off a character."""
    return sum(map(bool, map(unicodedata.combining, unicodedata.normalize("NFKD", chr(code)))))


@cache
def _changes(code: int) -> bool:
    """Whether `normalize_text` may change a text that holds this character."""
    char = chr(code)
    white = char.isspace() and char != " "
    return white or bool(unicodedata.combining(char)) or unicodedata.normalize("NFKD", char) != char


def normalize(sentences: list[str], tally: Tally | None = None) -> list[str]:
    """`normalize_text` of every sentence, whose white space is single spaces already.

    Few sentences hold a character that it changes; these are found for all of them at once.
    """
    joined = "\n".join(sentences)
    if tally:
        tally.count(CHARACTERS, len(joined))
    if joined.isascii():
        return sentences
    codes = code_points(joined)
    places = np.flatnonzero(codes > 127)
    codes = codes[places]
    counts = np.bincount(codes)
    changing = [code for code in np.flatnonzero(counts).tolist() if _changes(code)]
    if not changing:
        return sentences
    if tally:
        tally.count(MARKS_OFF, sum(_marks(code) * int(counts[code]) for code in changing))
    table = np.zeros(int(codes.max()) + 1, np.bool_)
    table[changing] = True
    ends = np.cumsum(np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1)
    touched = np.unique(np.searchsorted(ends, places[table[codes]], side="right"))
    result = list(sentences)
    for i in touched.tolist():
        result[i] = normalize_text(sentences[i])
    return result


def _albert(sentences: list[str], tally: Tally | None = None) -> list[str]:
    return [text.lower() for text in normalize(sentences, tally)]


def _albert_marks(sentences: list[str], tally: Tally | None = None) -> list[str]:
    """NFKC and lower case: each letter with its marks stays one letter."""
    return [
        (text if text.isascii() else collapse(unicodedata.normalize("NFKC", text))).lower()
        for text in sentences
    ]


def _none(sentences: list[str], tally: Tally | None = None) -> list[str]:
    return sentences


NORMALIZERS: dict[str, Normalizer] = {
    "albert": _albert,
    "albert-cased": normalize,
    "albert-marks": _albert_marks,
    "none": _none,
}
