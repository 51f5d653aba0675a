"""Sentences → piece ids with SentencePiece, each distinct word encoded once.

A SentencePiece model whose pieces never span a space segments each word by itself, so that a word's
pieces can be looked up when it comes again: text is one part new words to twenty known ones. Equal to
encoding whole sentences save where two segmentations of a word have the same probability (`0 00` and
`00 0`): there SentencePiece's choice depends on rounding in the words before, here it is always that of
the word alone. With the released vocabulary no piece of 4.0 million differs; with one of 3,000 pieces 5
of 2 million do. Models of another kind are found out and given whole sentences.
"""

from __future__ import annotations

import gc
import itertools
import threading
from functools import lru_cache

import numpy as np
import pyarrow as pa

from albert_data.base.arrays import Int32, Int64
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel
from albert_data.tokens.vocabulary import SPACE, Vocabulary

_END = "\n "  # stands between sentences, among their words; a word ends with its space
MOST_WORDS = 500_000  # about 100 MB; then the memory starts anew
_PROBES = ("the cat, and (then) the dog's re-run went on: yes.", "a b c", "(x) y. z", "été naïve")


class _Numbers(dict[str, int]):
    """Words → numbers in the order of their first look-up; `_END` is 0."""

    def __init__(self) -> None:
        super().__init__({_END: 0})
        self._new: list[str] = []

    def __missing__(self, word: str) -> int:
        self._new.append(word)
        number = self[word] = len(self)
        return number

    def take_new(self) -> list[str]:
        """The words numbered since the last call, in the order of their numbers."""
        new, self._new = self._new, []
        return new


class Encoder:
    """Encodes sentences with one vocabulary; keeps the words it has seen.

    Safe for threads, which some runners work with: one encodes at a time.
    """

    _numbers: _Numbers
    _ids: np.ndarray  # of all words, one after the other
    _lengths: np.ndarray  # of each word, in ids
    _begins: np.ndarray  # of each word, among the ids

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._is_resplit = np.zeros(vocabulary.size, np.bool_)
        self._is_resplit[list(vocabulary.resplit)] = True
        self._lock = threading.Lock()
        self.by_words = self._words_are_independent()
        self._forget()

    def encode(self, sentences: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Piece ids of sentences whose white space is single spaces, as the reference makes them.

        Returns:
            flat ids int32 [T], and int64 [len(sentences)] numbers of ids (0 for an empty sentence).
        """
        if not sentences:
            return np.zeros(0, np.int32), np.zeros(0, np.int64)
        with self._lock:
            return self._words(sentences) if self.by_words else self._pieces(sentences)

    def _words(self, sentences: list[str]) -> tuple[np.ndarray, np.ndarray]:
        if len(self._numbers) > MOST_WORDS:
            self._forget()
        distinct, which = _distinct_words(f" {_END}".join([*sentences, ""]))
        numbers = np.fromiter(map(self._numbers.__getitem__, distinct), np.int64, len(distinct))
        numbers = numbers[which]
        self._learn()
        per_word = self._lengths[numbers]
        ids = np.empty(int(per_word.sum()), np.int32)
        _look_up(self._ids, self._begins, self._lengths, numbers, ids)
        ends = np.cumsum(per_word)[numbers == 0]
        return ids, np.diff(ends, prepend=0)

    def _learn(self) -> None:
        """Encodes the words that were new in the last look-up."""
        new = self._numbers.take_new()
        if new:
            ids, lengths = self._pieces([word[:-1] for word in new])
            self._ids = np.concatenate([self._ids, ids])
            self._lengths = np.concatenate([self._lengths, lengths])
            self._begins = np.cumsum(self._lengths) - self._lengths

    def _forget(self) -> None:
        self._numbers = _Numbers()
        self._ids = np.zeros(0, np.int32)
        self._lengths = np.zeros(1, np.int64)  # of _END
        self._begins = np.zeros(1, np.int64)

    def _pieces(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """SentencePiece's ids of each text, numbers before a comma split again."""
        # The lists that come back are no garbage: counting them again and again costs a tenth.
        collecting = gc.isenabled()
        gc.disable()
        try:
            lists = self.vocabulary.processor.encode(texts, num_threads=1)
        finally:
            if collecting:
                gc.enable()
        lengths = np.fromiter(map(len, lists), np.int64, len(lists))
        flat = np.fromiter(itertools.chain.from_iterable(lists), np.int32, int(lengths.sum()))
        return self._resplit(flat, lengths)

    def _resplit(self, flat: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Splits the pieces of `vocabulary.resplit` (a number and a comma in one, a special one)."""
        places = np.flatnonzero(self._is_resplit[flat])
        if len(places) == 0:
            return flat, lengths
        extra = self.vocabulary.resplit_extra[flat]
        sums = offsets_of(extra)
        spread = np.repeat(flat, extra + 1)
        for at, piece in zip((places + sums[places]).tolist(), flat[places].tolist(), strict=True):
            parts = self.vocabulary.resplit[piece]
            spread[at : at + len(parts)] = parts
        ends = np.cumsum(lengths)
        return spread, lengths + sums[ends] - sums[ends - lengths]

    def _words_are_independent(self) -> bool:
        processor = self.vocabulary.processor
        pieces = (processor.id_to_piece(i) for i in range(self.vocabulary.size))
        if any(SPACE in piece.strip(SPACE) for piece in pieces):
            return False
        return all(
            processor.encode(text) == sum(processor.encode(text.split(" ")), []) for text in _PROBES
        )


@lru_cache(maxsize=2)
def encoder(vocabulary: Vocabulary) -> Encoder:
    """The encoder of a vocabulary; the words it knows are kept between units of work."""
    return Encoder(vocabulary)


def _distinct_words(text: str) -> tuple[list[str], np.ndarray]:
    """The distinct words of a text, each with the space that ends it, and which each word is.

    The text's bytes are taken as an Arrow column of words, so that words are told apart in compiled
    code and only the distinct ones become Python strings.
    """
    data = text.encode()
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(" ")) + 1
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    column = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data))
    encoded = column.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


@kernel
def _look_up(
    ids: Int32[np.ndarray, " P"],
    begins: Int64[np.ndarray, " words"],
    lengths: Int64[np.ndarray, " words"],
    numbers: Int64[np.ndarray, " N"],
    out: Int32[np.ndarray, " pieces"],
) -> None:
    at = 0
    for number in numbers:
        begin = begins[number]
        for i in range(lengths[number]):
            out[at] = ids[begin + i]
            at += 1
