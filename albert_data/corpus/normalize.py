"""White space of what is read, and clean-up of sentences before SentencePiece, many at a time.

Cost: about 100 MB/s a core.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

import numpy as np

Normalizer = Callable[[list[str]], list[str]]


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


@cache
def _changes(code: int) -> bool:
    """Whether `normalize_text` may change a text that holds this character."""
    char = chr(code)
    white = char.isspace() and char != " "
    return white or bool(unicodedata.combining(char)) or unicodedata.normalize("NFKD", char) != char


def normalize(sentences: list[str]) -> list[str]:
    """`normalize_text` of every sentence, whose white space is single spaces already.

    Few sentences hold a character that it changes; these are found for all of them at once.
    """
    joined = "\n".join(sentences)
    if joined.isascii():
        return sentences
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    places = np.flatnonzero(codes > 127)
    codes = codes[places]
    changing = [code for code in np.flatnonzero(np.bincount(codes)).tolist() if _changes(code)]
    if not changing:
        return sentences
    table = np.zeros(int(codes.max()) + 1, np.bool_)
    table[changing] = True
    ends = np.cumsum(np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1)
    touched = np.unique(np.searchsorted(ends, places[table[codes]], side="right"))
    result = list(sentences)
    for i in touched.tolist():
        result[i] = normalize_text(sentences[i])
    return result


NORMALIZERS: dict[str, Normalizer] = {
    "albert": lambda sentences: [text.lower() for text in normalize(sentences)],
    "albert-cased": normalize,
    "none": lambda sentences: sentences,
}
