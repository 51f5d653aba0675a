"""Sentences → piece ids as SentencePiece makes them, each distinct word encoded once.

A SentencePiece model whose pieces never span a space segments each word by itself, so that a word's
pieces can be looked up when it comes again: text is one part new words to twenty known ones. New words
are searched by `unigram_search` where that is exact, else by SentencePiece. Equal to encoding whole
sentences save where two segmentations of a word have the same probability (`0 00` and `00 0`): there
SentencePiece's choice depends on rounding in the words before, here it is always that of the word alone.
With the released vocabulary no piece of 4.0 million differs; with one of 3,000 pieces 5 of 2 million do.
Models of another kind are found out and given whole sentences.

The first text of a process goes to SentencePiece word by word, for the same ids: a small build needs neither
compiled functions nor tables.
"""

from __future__ import annotations

import gc
import itertools
import threading
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Int32, Int64
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel_making_arrays
from albert_data.tokens.unigram_search import Search, search_of, spell
from albert_data.tokens.vocabulary import SPACE, Vocabulary
from albert_data.tokens.word_table import PADDING, WordTable, number_words

# Known words, 32 MB of slots and 20 MB; then the memory starts anew.
MOST_WORDS, MOST_BYTES = 500_000, 1 << 24
FIRST_TEXT = 1 << 20  # characters of a process before words are looked up
_END = "\n "  # stands between sentences, among their words; a word ends with its space
_AT_ONCE = 4  # ids that are copied whether a word has as many or not
_PROBES = ("the cat, and (then) the dog's re-run went on: yes.", "a b c", "(x) y. z", "été naïve")


class _Pieces(NamedTuple):
    """Pieces of W words, by their numbers.

    Attributes:
        ids: of all words, with _AT_ONCE behind them that are no one's.
        places: where each word's pieces begin, and how many it has.
    """

    ids: Int32[np.ndarray, " P"]
    places: Int64[np.ndarray, "W 2"]


class Encoder:
    """Encodes sentences with one vocabulary; keeps the words it has seen.

    Safe for threads, which some runners work with: one encodes at a time.
    """

    _table: WordTable
    _known: _Pieces
    _search: Search | None

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._is_resplit = np.zeros(vocabulary.size, np.bool_)
        self._is_resplit[list(vocabulary.resplit)] = True
        self._lock = threading.Lock()
        self.by_words = self._words_are_independent()
        self._seen = 0  # characters
        self._looks_up = False

    def encode(self, sentences: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Piece ids of sentences whose white space is single spaces, as the reference makes them.

        Returns:
            flat ids int32 [T], and int64 [len(sentences)] numbers of ids (0 for an empty sentence).
        """
        if not sentences:
            return np.zeros(0, np.int32), np.zeros(0, np.int64)
        with self._lock:
            if not self.by_words:
                return self._by_sentencepiece(sentences)
            if not self._looks_up:
                self._seen += sum(map(len, sentences))
                if self._seen <= FIRST_TEXT:
                    return self._word_by_word(sentences)
                self._search = search_of(self.vocabulary.processor)
                self._forget(MOST_BYTES)
                self._looks_up = True
            return self._look_up(sentences)

    def _word_by_word(self, sentences: list[str]) -> tuple[np.ndarray, np.ndarray]:
        words = [sentence.split(" ") for sentence in sentences]
        ids, lengths = self._by_sentencepiece(list(itertools.chain.from_iterable(words)))
        begins = offsets_of(np.fromiter(map(len, words), np.int64, len(words)))[:-1]
        return ids, np.add.reduceat(lengths, begins)

    def _look_up(self, sentences: list[str]) -> tuple[np.ndarray, np.ndarray]:
        text = f" {_END}".join([*sentences, "\0" * PADDING]).encode()
        data = np.frombuffer(text, np.uint8)
        numbers = np.empty(np.count_nonzero(data == ord(" ")), np.int32)
        lengths = np.zeros(len(sentences), np.int64)
        size, count, sentence = len(data) - PADDING, 0, 0
        begin: int | np.int64 = 0
        parts = []
        while begin < size:
            count, begin = number_words(data, begin, self._table, numbers, count)
            if begin < size and self._table.is_crowded():
                self._table = self._table.grown()
                continue
            self._learn()
            ids, sentence = _put(self._known, numbers[:count], lengths, sentence)
            parts.append(ids)
            if begin < size:
                count = 0
                self._forget(max(size, MOST_BYTES))
        return (parts[0] if len(parts) == 1 else np.concatenate(parts)), lengths

    def _learn(self) -> None:
        """Encodes the words that are new in the table."""
        known, count = len(self._known.places), int(self._table.known[0])
        if known == count:
            return
        lengths, ids = np.zeros(count - known, np.int64), np.zeros(0, np.int32)
        if self._search is not None:
            offsets = self._table.offsets[known : count + 1]
            ids, lengths = spell(self._search, self._table.text, offsets)
        spelled, left = np.flatnonzero(lengths), np.flatnonzero(lengths == 0)
        ids, resplit = self._resplit(ids, lengths[spelled])
        more, of_left = self._by_sentencepiece(self._table.words(known + left))
        places = np.empty((count - known, 2), np.int64)
        order, counts = np.concatenate([spelled, left]), np.concatenate([resplit, of_left])
        used = len(self._known.ids) - _AT_ONCE
        places[order, 0], places[order, 1] = used + offsets_of(counts)[:-1], counts
        self._known = _Pieces(
            np.concatenate([self._known.ids[:used], ids, more, np.zeros(_AT_ONCE, np.int32)]),
            np.concatenate([self._known.places, places]),
        )

    def _forget(self, room: int) -> None:
        """Begins anew with a table for so many bytes of words, which knows the end of a sentence alone."""
        self._table = WordTable.empty(MOST_WORDS, room)
        end = np.frombuffer(_END.encode() + bytes(PADDING), np.uint8)
        number_words(end, 0, self._table, np.zeros(1, np.int32), 0)
        self._known = _Pieces(np.zeros(_AT_ONCE, np.int32), np.zeros((1, 2), np.int64))

    def _by_sentencepiece(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
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
        if any(SPACE in piece.strip(SPACE) for piece in self.vocabulary.pieces):
            return False
        return all(
            processor.encode(text) == sum(processor.encode(text.split(" ")), []) for text in _PROBES
        )


@lru_cache(maxsize=2)
def encoder(vocabulary: Vocabulary) -> Encoder:
    """The encoder of a vocabulary; the words it knows are kept between units of work."""
    return Encoder(vocabulary)


@kernel_making_arrays
def _put(
    known: _Pieces,
    numbers: Int32[np.ndarray, " N"],
    lengths: Int64[np.ndarray, " sentences"],
    sentence: int,
) -> tuple[Int32[np.ndarray, " T"], int]:
    """The ids of words. Adds how many they are to the lengths of their sentences, `sentence` being the
    one that the first word belongs to, and returns the one that the next word will belong to."""
    ids, places = known.ids, known.places
    total = 0
    for number in numbers:
        total += places[number, 1]
    out = np.empty(total + _AT_ONCE, np.int32)
    at, since = 0, 0
    for number in numbers:
        if number == 0:
            lengths[sentence] += at - since
            sentence, since = sentence + 1, at
            continue
        begin, length = places[number, 0], places[number, 1]
        for i in range(_AT_ONCE):
            out[at + i] = ids[begin + i]
        for i in range(_AT_ONCE, length):
            out[at + i] = ids[begin + i]
        at += length
    if at > since:
        lengths[sentence] += at - since
    return out[:total], sentence
