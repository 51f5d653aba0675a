"""Hashes of word n-grams, and finding those of evaluation texts among those of documents.

The n words of an n-gram are hashed as a polynomial modulo 2^64 that rolls from word to word, mixed with
n. Two different n-grams are equal by chance with a probability of about 2^-64 a pair: 10^-5 in all for
10 million of them against a corpus of 4 billion words. A text of fewer than n words is one n-gram of
its own length, from `SHORTEST` words on; a shorter one says nothing, since such word sequences are
common in any corpus.

All that is looked for begins with `SHORTEST` words of its own, so that only this one hash rolls over a
document; where a bitmap knows it, it is lengthened word by word and looked up. Cost: see
docs/contamination.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from albert_data.base.arrays import Bool, Int64, UInt8, UInt64
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel
from albert_data.examples.rng import mix_seed

SHORTEST = (
    8  # words of a text that is looked for as a whole; GPT-3's least n too (arXiv 2005.14165, C)
)

_BASE = np.uint64(0xD1342543DE82EF95)


@dataclass(frozen=True, eq=False)
class Ngrams:
    """The n-grams of T texts.

    Attributes:
        hashes: uint64, of all texts, one after the other.
        ends: int64 [T + 1], where each text's begin; none where it has too few words to tell.
        lengths: in words, ascending, of the n-grams there are.
        beginnings: uint64, hashes of the first `shortest` words of each n-gram, and some more.
        shortest: the least number of words of an n-gram.
    """

    hashes: np.ndarray
    ends: np.ndarray
    lengths: tuple[int, ...]
    beginnings: np.ndarray
    shortest: int


def ngrams_of(words: np.ndarray, ends: np.ndarray, ngram: int) -> Ngrams:
    """The n-grams of texts whose words (uint64 hashes) end where `ends` (int64 [T + 1]) says."""
    shortest = min(SHORTEST, ngram)
    hashes, own_ends = _hashes(words, ends, ngram, shortest)
    beginnings, _ = _hashes(words, ends, shortest, shortest)
    counts = np.minimum(np.diff(ends), ngram)
    lengths = np.unique(counts[np.diff(own_ends) > 0])
    return Ngrams(hashes, own_ends, tuple(lengths.tolist()), beginnings, shortest)


def _hashes(
    words: np.ndarray, ends: np.ndarray, ngram: int, shortest: int
) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of the n-grams of texts of `shortest` words or more, and where each text's begin."""
    hashes, own_ends = np.empty(len(words), np.uint64), np.zeros(len(ends), np.int64)
    _hash_texts(words, ends, ngram, shortest, hashes, own_ends)
    return hashes[: own_ends[-1]], own_ends


class Needles:
    """The distinct n-grams of all evaluation texts, and which of them were found.

    Attributes:
        hashes: uint64 [U], ascending.
        found: bool [U].
    """

    def __init__(self, groups: Sequence[Ngrams], labels: Sequence[int], kinds: int) -> None:
        """
        Args:
            groups: n-grams of texts.
            labels: from 0 to `kinds` - 1 (at most 8), of each group: hits are counted by it.
        """
        self.hashes = np.unique(np.concatenate([g.hashes for g in groups]))
        self.found = np.zeros(len(self.hashes), np.bool_)
        self.kinds = kinds
        self._shortest = groups[0].shortest
        lengths = [length for g in groups for length in g.lengths]
        self._lengths = np.bincount(lengths, minlength=self._shortest + 1) > 0
        self._labels = np.zeros(len(self.hashes), np.uint8)
        for group, label in zip(groups, labels, strict=True):
            self._labels[np.searchsorted(self.hashes, group.hashes)] |= np.uint8(1 << label)
        bits = len(self.hashes).bit_length() + 1  # two to four buckets a needle
        firsts = np.arange(2**bits, dtype=np.uint64) << np.uint64(64 - bits)
        self._buckets = np.append(np.searchsorted(self.hashes, firsts), len(self.hashes))
        self._known = _bitmap(np.concatenate([g.beginnings for g in groups]))

    def search(self, words: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Marks those that D documents hold.

        Args:
            words: uint64, of all documents.
            ends: int64 [D + 1], where each document's words begin; no n-gram crosses one.

        Returns:
            int64 [D, 1 + kinds], in how many places of each document a needle stands: in all, and
            those of each label (a needle may have several).
        """
        hits = np.zeros((len(ends) - 1, 1 + self.kinds), np.int64)
        _find(
            words, ends, self._shortest, self._lengths, self._known, self.hashes, self._buckets,
            self._labels, self.found, hits,
        )  # fmt: skip
        return hits

    def found_of(self, group: Ngrams) -> np.ndarray:
        """int64 [T], how many n-grams of each text of a group were found."""
        found = self.found[np.searchsorted(self.hashes, group.hashes)]
        return np.diff(offsets_of(found)[group.ends])


def _bitmap(hashes: np.ndarray) -> np.ndarray:
    """uint8, 2^k bits: those of the hashes' first k bits are 1; 3 % of others are taken for known."""
    bits = len(hashes).bit_length() + 5
    known = np.zeros(2**bits, np.bool_)
    known[hashes >> np.uint64(64 - bits)] = True
    return np.packbits(known, bitorder="little")


@kernel
def _power(length: int) -> np.uint64:
    power = np.uint64(1)
    for _ in range(length - 1):
        power *= _BASE
    return power


@kernel
def _roll(
    rolled: np.uint64,
    words: UInt64[np.ndarray, " W"],
    begin: int,
    at: int,
    length: int,
    power: np.uint64,
) -> np.uint64:
    """The polynomial of the words up to `at`, from that of the words before."""
    if at - begin >= length:
        rolled -= words[at - length] * power
    with_next: np.uint64 = rolled * _BASE + words[at]
    return with_next


@kernel
def _hash_texts(
    words: UInt64[np.ndarray, " W"],
    ends: Int64[np.ndarray, " T+1"],
    ngram: int,
    shortest: int,
    out: UInt64[np.ndarray, " W"],
    out_ends: Int64[np.ndarray, " T+1"],
) -> None:
    count = 0
    for text in range(len(ends) - 1):
        begin, end = ends[text], ends[text + 1]
        length = min(end - begin, ngram)
        if length >= shortest:
            rolled, power = np.uint64(0), _power(length)
            for at in range(begin, end):
                rolled = _roll(rolled, words, begin, at, length, power)
                if at - begin + 1 >= length:
                    out[count] = mix_seed(rolled, length)
                    count += 1
        out_ends[text + 1] = count


@kernel
def _shift(size: int) -> np.uint64:
    """By which a hash is shifted to be the number of one of 2^k places."""
    shift = np.uint64(64)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    return shift


@kernel
def _find(
    words: UInt64[np.ndarray, " W"],
    ends: Int64[np.ndarray, " D+1"],
    shortest: int,
    lengths: Bool[np.ndarray, " lengths"],
    known: UInt8[np.ndarray, " bytes"],
    needles: UInt64[np.ndarray, " U"],
    buckets: Int64[np.ndarray, " buckets+1"],
    labels: UInt8[np.ndarray, " U"],
    found: Bool[np.ndarray, " U"],
    hits: Int64[np.ndarray, "D 1+kinds"],
) -> None:
    power = _power(shortest)
    known_shift, shift = _shift(8 * len(known)), _shift(len(buckets) - 1)
    for text in range(len(ends) - 1):
        begin, end = ends[text], ends[text + 1]
        rolled = np.uint64(0)
        for at in range(begin, end):
            rolled = _roll(rolled, words, begin, at, shortest, power)
            first = at + 1 - shortest
            if first >= begin:
                bit = np.int64(mix_seed(rolled, shortest) >> known_shift)
                if (known[bit >> 3] >> (bit & 7)) & 1:
                    value = rolled
                    for length in range(shortest, min(len(lengths), end - first + 1)):
                        if length > shortest:
                            value = value * _BASE + words[first + length - 1]
                        if lengths[length]:
                            hashed = mix_seed(value, length)
                            bucket = np.int64(hashed >> shift)
                            for place in range(buckets[bucket], buckets[bucket + 1]):
                                if needles[place] == hashed:
                                    found[place] = True
                                    _count(labels[place], hits[text])


@kernel
def _count(labels: np.uint8, hits: Int64[np.ndarray, " 1+kinds"]) -> None:
    hits[0] += 1
    for label in range(len(hits) - 1):
        hits[1 + label] += (labels >> label) & 1
