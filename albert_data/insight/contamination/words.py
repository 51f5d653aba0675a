"""Piece ids → hashes of words, so that no text of the corpus is decoded.

A *word* is a run of letters and digits, in lower case; white space and every other character end it
and are left out: `"Don't!"` is `don t`, as is `don 't` of texts that come tokenised. Its hash is a
polynomial over its characters, and the hash of `bee` + `keeping` follows from those of the two, so two
words are equal exactly when their characters are, whatever pieces they were cut into: `"beekeeping`
(`▁"` `bee` `keeping`) is `▁beekeeping`. `<unk>` stands for any character and ends a word as punctuation
does. Cost: about 3 ns a piece.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64, UInt64
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel
from albert_data.examples.rng import mix_seed
from albert_data.tokens.vocabulary import Vocabulary

_WORDS = re.compile(r"[^\W_]+")
_ALL = 2**64 - 1
_BASE = 0x9E3779B97F4A7C15  # odd and ≡ 5 (mod 8): its powers repeat after 2^62 steps only


@dataclass(frozen=True, eq=False)
class WordTable:
    """The words and parts of words that each of V pieces holds.

    Attributes:
        begins: int64 [V + 1], where each piece's parts begin in `hashes` and `powers`.
        hashes: uint64, of each part, before the last mixing.
        powers: uint64, what the hash of the word so far is multiplied by when the part joins it.
        opens: bool [V], the piece begins with a letter or digit: its first part joins an open word.
        closes: bool [V], the piece ends with another character: what follows is another word.
    """

    begins: np.ndarray
    hashes: np.ndarray
    powers: np.ndarray
    opens: np.ndarray
    closes: np.ndarray

    def words(self, ids: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The words of D texts.

        Args:
            ids: int32, pieces of all texts.
            bounds: int64 [D + 1], where each text begins among the ids; no word crosses one.

        Returns:
            uint64 hashes of all words, and int64 [D + 1], where each text's words begin.
        """
        room = int(np.diff(self.begins)[ids].sum())
        words, ends = np.empty(room, np.uint64), np.zeros(len(bounds), np.int64)
        _join_words(
            ids, bounds, self.begins, self.hashes, self.powers, self.opens, self.closes, words, ends
        )
        return words[: ends[-1]], ends


@lru_cache(maxsize=2)
def word_table(vocabulary: Vocabulary) -> WordTable:
    """The table of a vocabulary, made from the texts of its pieces."""
    texts = list(vocabulary.pieces)
    texts[vocabulary.unk] = ""
    return table_of_texts(texts)


def table_of_texts(texts: Sequence[str]) -> WordTable:
    """The table of pieces with these texts; WordPiece's that go on with a word begin with `##`."""
    counts, hashes, powers = [0], [], []
    opens, closes = np.zeros(len(texts), np.bool_), np.ones(len(texts), np.bool_)
    wordpiece = any(text.startswith("##") for text in texts)
    for number, text in enumerate(texts):
        goes_on = text.startswith("##")
        piece = (text[2:] if goes_on else text).lower()
        parts = list(_WORDS.finditer(piece))
        if parts:
            opens[number] = parts[0].start() == 0 and (goes_on or not wordpiece)
            closes[number] = parts[-1].end() < len(piece)
        for part in parts:
            hashes.append(_hash(part.group()))
            powers.append(pow(_BASE, part.end() - part.start(), 2**64))
        counts.append(len(hashes))
    return WordTable(
        np.array(counts, np.int64),
        np.array(hashes, np.uint64),
        np.array(powers, np.uint64),
        opens,
        closes,
    )


def words_of_texts(
    texts: Sequence[str],
) -> tuple[UInt64[np.ndarray, " W"], Int64[np.ndarray, " T+1"]]:
    """The words of T texts by their characters, as `WordTable.words` gives them by pieces."""
    words = [[_word(one) for one in _WORDS.findall(text.lower())] for text in texts]
    flat = [value for own in words for value in own]
    return np.array(flat, np.uint64), offsets_of(np.array([len(own) for own in words], np.int64))


@lru_cache(maxsize=2**17)
def _word(text: str) -> int:
    return int(mix_seed(np.uint64(_hash(text)), 0))


def _hash(text: str) -> int:
    value = 0
    for character in text:
        value = (value * _BASE + _character(character)) & _ALL
    return value


@lru_cache(maxsize=2**12)
def _character(character: str) -> int:
    return int(mix_seed(ord(character), 0))


@kernel
def _join_words(
    ids: Int32[np.ndarray, " T"],
    bounds: Int64[np.ndarray, " D+1"],
    begins: Int64[np.ndarray, " V+1"],
    hashes: UInt64[np.ndarray, " parts"],
    powers: UInt64[np.ndarray, " parts"],
    opens: Bool[np.ndarray, " V"],
    closes: Bool[np.ndarray, " V"],
    words: UInt64[np.ndarray, " W"],
    ends: Int64[np.ndarray, " D+1"],
) -> None:
    count = 0
    for text in range(len(bounds) - 1):
        is_open = False
        first = count
        for at in range(bounds[text], bounds[text + 1]):
            piece = ids[at]
            begin, end = begins[piece], begins[piece + 1]
            for part in range(begin, end):
                if part == begin and is_open and opens[piece]:
                    words[count - 1] = words[count - 1] * powers[part] + hashes[part]
                else:
                    words[count] = hashes[part]
                    count += 1
            is_open = not closes[piece]
        for at in range(first, count):
            words[at] = mix_seed(words[at], 0)
        ends[text + 1] = count
