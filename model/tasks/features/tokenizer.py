"""Texts to pieces and their exact places in the original text, with the project's own tokenizer.

`ids` are those of a build's token cache on the same text. `pieces` tells of each piece also which
characters of the *original* text it was made from: the map of the clean-up (`clean_up.py`),
SentencePiece's map of its own normalisation, and the lengths of the pieces that a build splits again,
one after the other. Each distinct word is looked at once. Nothing is searched for, so that there is
nothing that is not found. Cost: `benchmarks/features.py`.

A piece without a character of its own (a lone space mark, the first bytes of a character that a
vocabulary spells out) has an empty place, where the next one begins; the last byte of a character has
all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from albert_data.base.arrays import Int32, Int64
from albert_data.base.gather import offsets_of
from albert_data.corpus.characters import clean
from albert_data.corpus.normalize import NORMALIZERS, collapse
from albert_data.tokens.encoder import MOST_WORDS, encoder
from albert_data.tokens.vocabulary import SPACE, Vocabulary

from .clean_up import cleaned

BATCH = 1024  # texts that are looked at at once


class Pieces(NamedTuple):
    """Pieces of N texts, one after the other; `offsets` say where each text's begin and the last ends.

    `begins` and `ends` count characters of each piece's own text.
    """

    ids: Int32[np.ndarray, " T"]
    begins: Int32[np.ndarray, " T"]
    ends: Int32[np.ndarray, " T"]
    offsets: Int64[np.ndarray, " bounds"]

    def of(self, text: int) -> slice:
        """Where the pieces of a text stand."""
        return slice(int(self.offsets[text]), int(self.offsets[text + 1]))


@runtime_checkable
class Tokenizer(Protocol):
    """What features are made with.

    Attributes:
        size: pieces of the vocabulary.
        cls, sep, pad: ids of the special pieces.
        identity: what the ids depend on, for fingerprints.
    """

    size: int
    cls: int
    sep: int
    pad: int
    identity: dict[str, str]

    def ids(
        self, texts: Sequence[str]
    ) -> tuple[Int32[np.ndarray, " T"], Int64[np.ndarray, " bounds"]]:
        """Piece ids of N texts, one after the other, and where each text's begin."""
        ...

    def pieces(self, texts: Sequence[str]) -> Pieces:
        """The same with the place of each piece in its text."""
        ...


class BuildTokenizer:
    """The tokenizer of a build: its clean-up of text, its vocabulary.

    Args:
        normalization: `tokens.normalization` of the build.
    """

    def __init__(self, vocabulary: Vocabulary, normalization: str = "albert") -> None:
        self.vocabulary, self.normalization = vocabulary, normalization
        self.size = vocabulary.size
        self.cls, self.sep, self.pad = vocabulary.cls, vocabulary.sep, vocabulary.pad
        self.identity = {"vocabulary": vocabulary.sha256, "normalization": normalization}
        self._encoder = encoder(vocabulary)
        self._forget()

    def ids(
        self, texts: Sequence[str]
    ) -> tuple[Int32[np.ndarray, " T"], Int64[np.ndarray, " bounds"]]:
        parts, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
        for first in range(0, len(texts), BATCH):
            plain = [collapse(clean(text)) for text in texts[first : first + BATCH]]
            ids, numbers = self._encoder.encode(NORMALIZERS[self.normalization](plain))
            parts.append(ids)
            lengths.append(numbers)
        return np.concatenate(parts), offsets_of(np.concatenate(lengths))

    def pieces(self, texts: Sequence[str]) -> Pieces:
        parts = [
            self._of_batch(texts[first : first + BATCH]) for first in range(0, len(texts), BATCH)
        ]
        columns = np.concatenate(
            [np.zeros((3, 0), np.int64), *(table for table, _ in parts)], axis=1
        )
        lengths = np.concatenate([np.zeros(0, np.int64), *(lengths for _, lengths in parts)])
        ids, begins, ends = columns.astype(np.int32)
        return Pieces(ids, begins, ends, offsets_of(lengths))

    def _of_batch(
        self, originals: Sequence[str]
    ) -> tuple[Int64[np.ndarray, "3 T"], Int64[np.ndarray, " N"]]:
        """Ids, begins and ends of the pieces of N texts, and how many pieces each has."""
        texts = [cleaned(original, self.normalization) for original in originals]
        # One text after the other with a space between them: of what comes out, words are numbered on.
        if self._encoder.by_words:
            words = " ".join(text.text for text in texts).split(" ")
            word_counts = [text.text.count(" ") + 1 for text in texts]
        else:
            words, word_counts = [text.text for text in texts], [1] * len(texts)
        numbers = self._numbers_of(words)
        counts = self._counts[numbers]
        firsts = np.repeat(self._firsts[numbers] - (np.cumsum(counts) - counts), counts)
        ids, begins, ends = self._table[:, firsts + np.arange(len(firsts))]
        sizes = np.fromiter(map(len, words), np.int64, len(words)) + 1
        shifts = np.repeat(np.cumsum(sizes) - sizes, counts)
        begins, ends = begins + shifts, ends + shifts
        # Behind each text stands its end, for an empty piece there.
        closed = [
            np.append(text.begins, len(original))
            for text, original in zip(texts, originals, strict=True)
        ]
        original_begins = np.concatenate(closed)[begins]
        inner = np.concatenate([np.append(text.ends, 0) for text in texts])
        original_ends = np.where(ends > begins, inner[ends - 1], original_begins)
        lengths = np.diff(offsets_of(counts)[offsets_of(np.array(word_counts))])
        # A space mark out of the middle of a character (as U+FDFA has some) has that one's place.
        characters = np.fromiter(map(len, originals), np.int64, len(originals))
        apart = np.repeat(np.cumsum(characters) - characters, lengths)
        original_ends = np.maximum.accumulate(original_ends + apart) - apart
        return np.stack([ids, original_begins, original_ends]), lengths

    def _forget(self) -> None:
        self._numbers: dict[str, int] = {}
        self._table = np.zeros((3, 0), np.int64)  # id, begin and end in its word of every piece
        self._counts = np.zeros(0, np.int64)  # pieces of each word
        self._firsts = np.zeros(0, np.int64)  # place of each word's first piece in the table

    def _numbers_of(self, words: Sequence[str]) -> Int64[np.ndarray, " W"]:
        """The numbers of words; those that are new are looked at."""
        if len(self._numbers) > MOST_WORDS:
            self._forget()
        new = [word for word in dict.fromkeys(words) if word not in self._numbers]
        if new:
            self._numbers.update((word, len(self._counts) + n) for n, word in enumerate(new))
            found = spelled_pieces(new, self.vocabulary)
            counts = np.fromiter(map(len, found), np.int64, len(found))
            rows = np.array([piece for pieces in found for piece in pieces], np.int64).reshape(
                -1, 3
            )
            self._table = np.concatenate([self._table, rows.T], axis=1)
            self._counts = np.concatenate([self._counts, counts])
            self._firsts = np.cumsum(self._counts) - self._counts
        return np.fromiter(map(self._numbers.__getitem__, words), np.int64, len(words))


def spelled_pieces(
    texts: Sequence[str], vocabulary: Vocabulary
) -> list[list[tuple[int, int, int]]]:
    """Of each text its pieces, as a build splits it: id, and the characters from which it was made."""
    processor = vocabulary.processor
    given = list(texts)
    encoded = [processor.encode(given, out_type=kind, num_threads=1) for kind in (int, str)]
    found = []
    for word, ids, spelled in zip(given, *encoded, strict=True):
        text, places = processor.normalize(word, with_offsets=True)
        found.append(_pieces_of(text, places, ids, spelled, vocabulary))
    return found


def _pieces_of(
    text: str,
    places: Sequence[int],
    ids: Sequence[int],
    spelled: Sequence[str],
    vocabulary: Vocabulary,
) -> list[tuple[int, int, int]]:
    """The pieces of one text.

    Args:
        text: as SentencePiece normalises it, with its space marks.
        places: where each of its characters, and its end, stands in the text that was given.
        spelled: the characters of each piece.
    """
    is_byte = vocabulary.processor.is_byte
    found: list[tuple[int, int, int]] = []
    at = 0
    for number, piece in enumerate(ids):
        size = _byte_size(spelled, number) if is_byte(piece) else len(spelled[number])
        parts = vocabulary.resplit.get(piece, [piece])
        sizes = [len(vocabulary.pieces[part].strip(SPACE)) for part in parts]
        begin = at + size - len(text[at : at + size].lstrip(SPACE))
        end = begin + len(text[begin : at + size].rstrip(SPACE))
        if len(parts) == 1 or sum(sizes) != end - begin:  # <unk> for all of it, or for one of them
            found += [(part, *_place(places, begin, end)) for part in parts]
        else:
            for part, length in zip(parts, sizes, strict=True):
                found.append((part, *_place(places, begin, begin + length)))
                begin += length
        at += size
    if at != len(text):
        raise RuntimeError(f"the pieces {list(spelled)} are not the text {text!r}")
    return found


def _place(places: Sequence[int], begin: int, end: int) -> tuple[int, int]:
    """Characters of the given text from which normalised ones were made; several may be of one."""
    if begin >= end:
        return places[begin], places[begin]
    last = end
    while last + 1 < len(places) and places[last] == places[end - 1]:
        last += 1
    return places[begin], places[last]


def _byte_size(spelled: Sequence[str], number: int) -> int:
    """Characters of a byte's piece `<0xE9>`: the last one of a character has it, those before it none."""
    behind = spelled[number + 1] if number + 1 < len(spelled) else ""
    goes_on = len(behind) == 6 and behind.startswith("<0x") and 0x80 <= int(behind[3:5], 16) < 0xC0
    return int(not goes_on)
