"""The pieces of ASCII words by SentencePiece's own search, compiled.

A Unigram model takes the pieces with the greatest sum of scores, logarithms of probabilities (Kudo,
"Subword Regularization", ACL 2018). The search goes through the places of a word from left to right and keeps
the best way to each, in float32 as SentencePiece does (`EncodeOptimized` in its `unigram_model.cc`).

Left to SentencePiece is a word
- where the sums of two ways are so near that rounding chooses between them, in which its versions differ;
- with a character that is no piece, not printable ASCII or changed by the normaliser, and a long one;
- with what may begin a piece of the user's own, since versions differ in how these are preferred. Where it is
  a single character and in no other piece, nothing can take its place, and the word is searched.

All words are, where a model does not put the space mark before them, is of another type (BPE), has scores
over 0 or the mark as a user's piece, and where one of some words made of the vocabulary's own pieces comes
out otherwise. `search_of` finds that out, for the same vocabulary always the same.

Pieces are found in a trie whose nodes stand level by level, the children of one side by side: a node has the
place of its first child and a bit for each of 128 characters, so that a child's place is a count of bits.
Cost: 0.4 µs a word; 50 ms to make the trie of 30,000 pieces and to try it.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import sentencepiece

from albert_data.base.arrays import Bool, Float32, Int32, Int64, UInt8, UInt64
from albert_data.base.gather import offsets_of
from albert_data.base.intrinsics import one_bits
from albert_data.base.kernels import kernel, kernel_making_arrays
from albert_data.tokens.model_file import NORMAL, USER_DEFINED, ModelFile, read_model
from albert_data.tokens.vocabulary import SPACE

LONGEST = 250  # characters of a word that is searched
_PRINTABLE = range(ord("!"), 127)
_INSIDE, _BEGINNING = (
    0,
    1,
)  # roots of pieces within a word, and of those with the space mark before it
_NONE = -1
_LINKS = 2  # column of a node's first child and piece
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_OF_USER = np.float32(-0.1)  # score of a user's own piece
_NEARLY = np.float32(3e-5)  # of a sum: what roundings in a word of LONGEST characters may come to
_PROBES, _STRIDES = 1000, (7919, 104_729, 1_299_709)


class Search(NamedTuple):
    """The pieces of a vocabulary in a trie of N nodes.

    Attributes:
        nodes: two columns with a bit for each ASCII character that goes on to a child; a third with the
            first child (the others come behind it, by their characters) above one more than the piece that
            ends here.
        score: of that piece.
        plain: by byte, characters of words that are searched.
    """

    nodes: UInt64[np.ndarray, "N 3"]
    score: Float32[np.ndarray, " N"]
    plain: Bool[np.ndarray, " 256"]


def search_of(processor: sentencepiece.SentencePieceProcessor) -> Search | None:
    """The search of a model; None where it would find others than SentencePiece does."""
    try:
        model = read_model(processor.serialized_model_proto())
    except ValueError:
        return None
    highest = model.scores[model.types == NORMAL].max(initial=0)
    users = {model.texts[i] for i in np.flatnonzero(model.types == USER_DEFINED).tolist()}
    if not (model.unigram and model.mark_before) or highest > 0 or SPACE.encode() in users:
        return None
    mark = SPACE.encode()
    inner = [text.removeprefix(mark) for text in model.texts]
    search = _search(model, inner)
    parts = [text for text in inner if text.isascii()]
    return search if _is_exact(search, processor, parts) else None


def _search(model: ModelFile, inner: list[bytes]) -> Search:
    """The search of a model whose pieces are these without the space mark before them."""
    wanted = np.flatnonzero(np.isin(model.types, (NORMAL, USER_DEFINED)))
    pieces = [i for i in wanted.tolist() if inner[i].isascii()]
    texts = [inner[i] for i in pieces]
    roots = [_BEGINNING if len(model.texts[i]) > len(inner[i]) else _INSIDE for i in pieces]
    nodes, ends = _trie(texts, np.array(roots, np.int64))
    score = np.zeros(len(nodes), np.float32)
    of_user = model.types == USER_DEFINED
    score[ends] = np.where(of_user, _OF_USER, model.scores)[pieces]
    nodes[ends, _LINKS] |= np.array(pieces, np.uint64) + np.uint64(1)
    every = b"".join(texts)
    users = [texts[row] for row in np.flatnonzero(of_user[pieces]).tolist()]
    aside = {text[0] for text in users if len(text) > 1 or every.count(text) > 1}
    plain = np.zeros(256, np.bool_)
    plain[[byte for byte in _PRINTABLE if byte not in model.changed | aside]] = True
    return Search(nodes, score, plain)


def _trie(
    texts: list[bytes], roots: Int64[np.ndarray, " P"]
) -> tuple[UInt64[np.ndarray, "N 3"], Int64[np.ndarray, " P"]]:
    """Nodes, no piece in them yet, and at which of them P texts of ASCII end."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    letters = np.frombuffer(b"".join(texts), np.uint8).astype(np.int64)
    begins = offsets_of(lengths)[:-1]
    nodes, count = roots.copy(), len((_INSIDE, _BEGINNING))
    levels = []
    # In the order of the alphabet, pieces with the same beginning come one after the other.
    order = np.lexsort([np.array(texts, np.bytes_), roots])
    for depth in range(int(lengths.max(initial=0))):
        longer = order[lengths[order] > depth]
        own = nodes[longer] << 7 | letters[begins[longer] + depth]
        is_new = np.diff(own, prepend=_NONE) != 0
        edges, which = own[is_new], np.cumsum(is_new) - 1
        nodes[longer] = count + which
        count += len(edges)
        levels.append(edges)
    edges = np.concatenate([np.zeros(0, np.int64), *levels])
    table = np.zeros((count, 3), np.uint64)
    halves, begins = np.unique(
        edges >> 6, return_index=True
    )  # of a node, letters below 64 and others
    bits = np.uint64(1) << (edges & 63).astype(np.uint64)
    table[halves >> 1, halves & 1] = np.bitwise_or.reduceat(bits, begins)
    with_children, places = np.unique(edges >> 7, return_index=True)
    first = places + len((_INSIDE, _BEGINNING))
    table[with_children, _LINKS] = first.astype(np.uint64) << _HALF
    return table, nodes


def _is_exact(
    search: Search, processor: sentencepiece.SentencePieceProcessor, parts: list[bytes]
) -> bool:
    """Whether words made of two and three of the vocabulary's pieces have SentencePiece's ids."""
    words = [
        b"".join(parts[stride * i % len(parts)] for stride in _STRIDES[: 2 + i % 2])
        for i in range(_PROBES)
    ]
    offsets = offsets_of(np.array(list(map(len, words))))
    text = np.frombuffer(bytearray().join(words), np.uint8)  # to be written, as other texts
    ids, lengths = spell(search, text, offsets)
    texts = [words[i].decode() for i in np.flatnonzero(lengths).tolist()]
    expected = processor.encode(texts, num_threads=1)
    same: bool = list(itertools.chain.from_iterable(expected)) == ids.tolist()
    return same


def spell(
    search: Search, text: UInt8[np.ndarray, " B"], offsets: Int64[np.ndarray, " W+1"]
) -> tuple[Int32[np.ndarray, " T"], Int64[np.ndarray, " W"]]:
    """The ids of W words that lie one after the other, and how many each has: 0 for one that is left to
    SentencePiece."""
    lengths = np.zeros(len(offsets) - 1, np.int64)
    ids = np.empty(int(offsets[-1] - offsets[0]) + len(lengths), np.int32)
    used = _spell(search, text, offsets, ids, lengths)
    return ids[:used], lengths


@kernel_making_arrays
def _spell(
    search: Search,
    text: UInt8[np.ndarray, " B"],
    offsets: Int64[np.ndarray, " W+1"],
    ids: Int32[np.ndarray, " T"],
    lengths: Int64[np.ndarray, " W"],
) -> int:
    """Fills `ids` and `lengths`; returns the number of ids."""
    best = np.zeros(LONGEST + 2, np.float32)  # sum of scores of the best way to each place
    origin = np.zeros(LONGEST + 2, np.int32)  # where the last piece of that way begins
    last = np.zeros(LONGEST + 2, np.int32)  # that piece
    at = 0
    for w in range(len(lengths)):
        begin, size = offsets[w], offsets[w + 1] - offsets[w]
        if 0 < size <= LONGEST and _search_word(search, text, begin, size, best, origin, last):
            pieces = 0
            place = size + 1
            while place > 0:
                pieces += 1
                ids[at + size + 1 - pieces] = last[place]
                place = origin[place]
            for i in range(pieces):
                ids[at + i] = ids[at + size + 1 - pieces + i]
            lengths[w] = pieces
            at += pieces
    return at


@kernel
def _search_word(
    search: Search,
    text: UInt8[np.ndarray, " B"],
    begin: int,
    size: int,
    best: Float32[np.ndarray, " places"],
    origin: Int32[np.ndarray, " places"],
    last: Int32[np.ndarray, " places"],
) -> bool:
    """Fills the best way to each place of a word: 0 before the space mark, 1 behind it and so on.

    False where a character is not plain or no piece.
    """
    for i in range(begin, begin + size):
        if not search.plain[text[i]]:
            return False
    for place in range(1, size + 2):
        origin[place] = _NONE
    for place in range(size + 1):
        node: int | np.int64 = _BEGINNING
        end = 1
        if place > 0:
            node, end = _child(search, _INSIDE, np.int64(text[begin + place - 1])), place + 1
        known = False  # the character at this place is a piece
        while node >= 0:
            piece = np.int64(search.nodes[node, _LINKS] & _LOW) - 1
            if piece >= 0:
                score = np.float32(search.score[node] + best[place])
                if origin[end] != _NONE and abs(score - best[end]) <= _NEARLY * (1 - score):
                    return False
                if origin[end] == _NONE or score > best[end]:
                    best[end], origin[end], last[end] = score, place, piece
                known = known or end == place + 1
            if end > size:
                break
            node = _child(search, node, np.int64(text[begin + end - 1]))
            end += 1
        if not known:
            return False
    return True


@kernel
def _child(search: Search, node: int | np.int64, byte: np.int64) -> int | np.int64:
    """The node of a character behind another node, or _NONE."""
    half = byte >> 6
    bits = search.nodes[node, half]
    bit = np.uint64(1) << np.uint64(byte & 63)
    if not bits & bit:
        return _NONE
    before = one_bits(bits & (bit - np.uint64(1)))
    if half:
        before += one_bits(search.nodes[node, 0])
    return np.int64((search.nodes[node, _LINKS] >> _HALF) + before)
