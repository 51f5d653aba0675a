"""Token file → segment pairs: which tokens form each example's two segments, and its label.

Comes in: the sentences of a token file's documents, as offsets into one flat array of piece ids.
Goes out: for each example the half-open token ranges of x1 and x2 and a label; no token is copied.

The chunking is the reference's (ALBERT.md section 1) with its defects mended: sentences are appended
to a chunk until it reaches the target length and has two of them, or the document ends; the chunk is
cut at a random sentence boundary; the longer side loses tokens at its front or back, with
probability 1/2 each, until the pair fits. The target length is drawn per chunk. A single sentence
left at a document's end is joined to the last sentence of the chunk before it; a document of one
sentence is dropped and counted. A sentence that no example can hold is cut at words beforehand
(`cut_long_sentences`). Cost: about 0.5 µs an example.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Bool, Int64, Integer, UInt64
from albert_data.base.errors import DataError
from albert_data.base.kernels import kernel, kernel_making_arrays
from albert_data.config.settings import SPECIAL_TOKENS_PER_PAIR, PairSettings
from albert_data.examples import rng
from albert_data.examples.rng import Stream, below, draw, mix_seed, seek
from albert_data.tokens.documents import Documents

SOP, NSP, NONE = 0, 1, 2
OBJECTIVES = {"sop": SOP, "nsp": NSP, "none": NONE}

# Totals that `_make_pairs` keeps, in tokens unless said otherwise.
(
    DROPPED_DOCUMENTS,  # documents of one sentence
    DROPPED,  # tokens of those documents
    REUSED,  # tokens of a sentence that stands in two chunks (joined to a document's last sentence)
    TRUNCATED,  # cut off to fit max_length
    PARTNER,  # taken from another document (nsp)
    PLACED,  # in examples
    LONELY_DOCUMENTS,  # documents without a partner document (nsp)
    SHORT,  # chunks with a shorter target length
) = range(8)

_Segment: TypeAlias = tuple[int, int]  # half-open range of tokens


class Pairs(NamedTuple):
    """N examples before masking.

    Attributes:
        ranges: begin and end of x1, begin and end of x2, as token offsets.
        document: index of the document of the chunk.
        chunk: ordinal of the chunk in its document and dupe.
        label: 1 = swapped (sop) or random (nsp).
        totals: see the constants of this module.
        dropped: documents that no pair was made of.
    """

    ranges: Int64[np.ndarray, "N 4"]
    document: Int64[np.ndarray, " N"]
    chunk: Int64[np.ndarray, " N"]
    label: Int64[np.ndarray, " N"]
    totals: Int64[np.ndarray, " 8"]
    dropped: Int64[np.ndarray, " E"]


class Examples(NamedTuple):
    """R pairs with what masks and records take of their documents, of however many token files.

    Attributes:
        ids: pieces of all segments, among others or alone.
        starts: the piece begins a word; of length 0 where the vocabulary's table says it.
        ranges: begin and end of x1, begin and end of x2, in `ids`.
        keys: of the pairs' documents.
        chunk, label: as in `Pairs`.
        dupe: number of the pass.
    """

    ids: Integer[np.ndarray, " T"]
    starts: Bool[np.ndarray, " T_or_0"]
    ranges: Int64[np.ndarray, "R 4"]
    keys: UInt64[np.ndarray, " R"]
    chunk: Int64[np.ndarray, " R"]
    label: Int64[np.ndarray, " R"]
    dupe: Int64[np.ndarray, " R"]

    @classmethod
    def of(
        cls, documents: Documents, pairs: Pairs, rows: Int64[np.ndarray, " R"], dupe: int
    ) -> Examples:
        """Some pairs of one token file and dupe, in the order of `rows`."""
        return cls(
            documents.ids,
            documents.starts,
            pairs.ranges[rows],
            documents.keys[pairs.document[rows]],
            pairs.chunk[rows],
            pairs.label[rows],
            np.full(len(rows), dupe),
        )

    def some(self, first: int, last: int) -> Examples:
        """Those from `first` to before `last`."""
        own = slice(first, last)
        return Examples(
            self.ids,
            self.starts,
            self.ranges[own],
            self.keys[own],
            self.chunk[own],
            self.label[own],
            self.dupe[own],
        )


def cut_long_sentences(
    documents: Documents, starts: Bool[np.ndarray, " V"], limit: int
) -> Documents:
    """Cuts sentences of more than `limit` tokens into even parts of at most limit / 2, at words.

    Args:
        starts: the piece begins a word, where the documents do not say it.
        limit: tokens of text that one example holds.
    """
    room = _most_bounds(documents.sentence_offsets, limit)
    if room == len(documents.sentence_offsets):
        return documents
    sentence_offsets, document_offsets = _cut_long(documents, starts, limit, room)
    return documents._replace(sentence_offsets=sentence_offsets, document_offsets=document_offsets)


def make_pairs(documents: Documents, settings: PairSettings, seed: int, dupe: int) -> Pairs:
    """The examples of all documents for one dupe, in document order.

    Raises:
        DataError: tokens do not balance (a defect of this module).
    """
    if settings.distinct:
        dupe %= settings.distinct
    choices = _Choices(
        OBJECTIVES[settings.objective],
        settings.max_length - SPECIAL_TOKENS_PER_PAIR,
        np.uint64(rng.threshold(settings.short_probability)),
        np.uint64(rng.threshold(settings.negative_probability)),
    )
    room = len(documents.sentence_offsets) - 1
    document, chunk, label = (np.empty(room, np.int64) for _ in range(3))
    ranges, totals = np.empty((room, 4), np.int64), np.zeros(8, np.int64)
    pairs = Pairs(ranges, document, chunk, label, totals, dropped=np.zeros(0, np.int64))
    count = _make_pairs(documents, choices, np.uint64(seed), dupe, pairs)
    came = len(documents.ids) + totals[REUSED] + totals[PARTNER]
    if came != totals[DROPPED] + totals[TRUNCATED] + totals[PLACED]:
        raise DataError(
            f"tokens of pairs do not balance: {came} came, {totals.tolist()} accounted for",
            fix="this is a defect of albert-data: please report it",
        )
    has_pairs = np.zeros(len(documents.keys), np.bool_)
    has_pairs[document[:count]] = True
    dropped = np.flatnonzero(~has_pairs)
    return Pairs(ranges[:count], document[:count], chunk[:count], label[:count], totals, dropped)


@kernel
def _most_bounds(offsets: Int64[np.ndarray, " S_bounds"], limit: int) -> int:
    """How many sentence offsets there may be after cutting; as many as now where nothing is cut."""
    half, room = max(limit // 2, 1), len(offsets)
    for s in range(len(offsets) - 1):
        length = offsets[s + 1] - offsets[s]
        if length > limit:
            room += 3 * (length // half) + 4  # a cut moves back to a word, so parts may be short
    return room


@kernel_making_arrays
def _cut_long(
    documents: Documents, starts: Bool[np.ndarray, " V"], limit: int, room: int
) -> tuple[Int64[np.ndarray, " S_bounds"], Int64[np.ndarray, " D+1"]]:
    """The sentence and document offsets after cutting; see `cut_long_sentences`."""
    offsets, half = documents.sentence_offsets, max(limit // 2, 1)
    cut = np.empty(room, np.int64)
    of_documents = np.empty(len(documents.document_offsets), np.int64)
    cut[0] = 0
    n = 0
    for d in range(len(of_documents) - 1):
        of_documents[d] = n
        for s in range(documents.document_offsets[d], documents.document_offsets[d + 1]):
            begin, end = offsets[s], offsets[s + 1]
            if end - begin > limit:
                parts = (end - begin + half - 1) // half
                step = (end - begin + parts - 1) // parts
                while end - begin > step:
                    begin = _word_before(documents, starts, begin, begin + step)
                    n += 1
                    cut[n] = begin
            n += 1
            cut[n] = end
    of_documents[-1] = n
    return cut[: n + 1], of_documents


@kernel
def _word_before(documents: Documents, starts: Bool[np.ndarray, " V"], begin: int, end: int) -> int:
    """The last word's start in tokens (begin, end]; `end` where one word fills them all."""
    own = documents.starts
    at = end
    while at > begin and not (own[at] if len(own) else starts[documents.ids[at]]):
        at -= 1
    return at if at > begin else end


class _Choices(NamedTuple):
    """PairSettings as the numbers the kernels use; the last two as thresholds of `draw`."""

    objective: int
    max_tokens: int
    short: np.uint64
    negative: np.uint64


@kernel_making_arrays
def _make_pairs(
    documents: Documents, choices: _Choices, seed: np.uint64, dupe: int, pairs: Pairs
) -> int:
    """Fills `pairs` and adds to its totals; returns how many there are."""
    stream = np.zeros(rng.STREAM_WORDS, np.uint32)
    ids, offsets, first_sentences, keys, _ = documents
    ranges, document, chunk, label, totals, dropped = pairs
    objective, number = choices.objective, len(keys)
    count = 0
    for d in range(number):
        begin, last = first_sentences[d], first_sentences[d + 1]
        if last - begin < 2 or (objective == NSP and number < 2):
            totals[DROPPED] += offsets[last] - offsets[begin]
            totals[DROPPED_DOCUMENTS if last - begin < 2 else LONELY_DOCUMENTS] += 1
            continue
        key = mix_seed(keys[d], seed)
        ordinal = 0
        while begin < last:
            seek(stream, key, ordinal, dupe, rng.PAIRS)
            target = _target_length(stream, choices, totals)
            joined = last - begin == 1
            if joined:
                begin -= 1
                totals[REUSED] += offsets[begin + 1] - offsets[begin]
            end = _grow(offsets, begin, begin + 2, last, target)
            middle = begin + 1 + below(stream, end - begin - 1)
            x1, x2 = (offsets[begin], offsets[middle]), (offsets[middle], offsets[end])
            label[count] = objective != NONE and draw(stream) < choices.negative
            if label[count] and objective == SOP:
                x1, x2 = x2, x1
            elif label[count]:
                wanted = max(target - (x1[1] - x1[0]), 1)
                if joined:  # the new sentence is what must not be lost
                    totals[REUSED] -= x1[1] - x1[0]
                    x1 = x2
                else:  # the unused second half goes back to the document
                    end = middle
                x2 = _partner(stream, offsets, first_sentences, d, wanted)
                totals[PARTNER] += x2[1] - x2[0]
            tokens = (x1[1] - x1[0]) + (x2[1] - x2[0])
            if tokens > choices.max_tokens:
                totals[TRUNCATED] += tokens - choices.max_tokens
                x1, x2 = _truncate(stream, x1, x2, tokens - choices.max_tokens)
            totals[PLACED] += min(tokens, choices.max_tokens)
            ranges[count, 0], ranges[count, 1] = x1
            ranges[count, 2], ranges[count, 3] = x2
            document[count], chunk[count] = d, ordinal
            count += 1
            ordinal += 1
            begin = end
    return count


@kernel
def _target_length(stream: Stream, choices: _Choices, totals: Int64[np.ndarray, " 8"]) -> int:
    """How many tokens the next chunk is to have: all that fit, or now and then fewer."""
    if draw(stream) < choices.short:
        totals[SHORT] += 1
        return 2 + below(stream, choices.max_tokens - 1)
    return choices.max_tokens


@kernel
def _grow(
    offsets: Int64[np.ndarray, " S_bounds"], begin: int, end: int, last: int, target: int
) -> int:
    """Moves `end` on until sentences [begin, end) have `target` tokens or reach `last`."""
    enough = offsets[begin] + target
    while end < last and offsets[end] < enough:
        end += 1
    return end


@kernel
def _partner(
    stream: Stream,
    offsets: Int64[np.ndarray, " S_bounds"],
    first_sentences: Int64[np.ndarray, " D_bounds"],
    d: int,
    wanted: int,
) -> _Segment:
    """About `wanted` tokens of another document than `d`, from a random sentence on: begin and end."""
    other = below(stream, len(first_sentences) - 2)
    if other >= d:
        other += 1
    first, last = first_sentences[other], first_sentences[other + 1]
    begin = first + below(stream, last - first)
    return offsets[begin], offsets[_grow(offsets, begin, begin + 1, last, wanted)]


@kernel
def _truncate(stream: Stream, x1: _Segment, x2: _Segment, excess: int) -> tuple[_Segment, _Segment]:
    """Both segments without `excess` tokens, one by one off the longer one's front or back."""
    a, b = x1
    c, d = x2
    bits = np.uint64(0)
    for i in range(excess):
        if i % 32 == 0:
            bits = draw(stream)
        front = bits & np.uint64(1)
        bits >>= np.uint64(1)
        if b - a > d - c:
            if front:
                a += 1
            else:
                b -= 1
        elif front:
            c += 1
        else:
            d -= 1
    return (a, b), (c, d)
