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

from typing import NamedTuple

import numpy as np

from albert_data.config import SPECIAL_TOKENS_PER_PAIR, PairSettings
from albert_data.errors import DataError
from albert_data.examples import rng
from albert_data.examples.rng import below, draw, mix_seed, seek
from albert_data.kernels import kernel
from albert_data.tally import SAMPLES_PER_REASON

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


class Documents(NamedTuple):
    """A token file's documents, D of them with S sentences and T tokens in all.

    Attributes:
        ids: int32 [T], piece ids.
        sentence_offsets: int64 [S + 1], where sentences begin in `ids`, and the last one ends.
        document_offsets: int64 [D + 1], which sentences documents begin with, and S.
        keys: uint64 [D], the documents' keys.
    """

    ids: np.ndarray
    sentence_offsets: np.ndarray
    document_offsets: np.ndarray
    keys: np.ndarray


class Pairs(NamedTuple):
    """N examples before masking.

    Attributes:
        ranges: int64 [N, 4]: begin and end of x1, begin and end of x2, as token offsets.
        document: int64 [N], index of the document of the chunk.
        chunk: int64 [N], ordinal of the chunk in its document and dupe.
        label: int64 [N], 1 = swapped (sop) or random (nsp).
        totals: int64 [8], see the constants of this module.
        dropped: int64, the first few documents that no pair was made of.
    """

    ranges: np.ndarray
    document: np.ndarray
    chunk: np.ndarray
    label: np.ndarray
    totals: np.ndarray
    dropped: np.ndarray


def cut_long_sentences(documents: Documents, starts: np.ndarray, limit: int) -> Documents:
    """Cuts sentences of more than `limit` tokens into even parts of at most limit / 2, at words.

    Args:
        starts: bool [V], the piece begins a word.
        limit: tokens of text that one example holds.
    """
    lengths = np.diff(documents.sentence_offsets)
    if not (lengths > limit).any():
        return documents
    sentences, offsets = _cut_long(
        documents.ids, documents.sentence_offsets, documents.document_offsets, starts, limit
    )
    return Documents(documents.ids, sentences, offsets, documents.keys)


def make_pairs(documents: Documents, settings: PairSettings, seed: int, dupe: int) -> Pairs:
    """The examples of all documents for one dupe, in document order.

    Raises:
        DataError: tokens do not balance (a defect of this module).
    """
    max_tokens = settings.max_length - SPECIAL_TOKENS_PER_PAIR
    if settings.distinct:
        dupe %= settings.distinct
    room = len(documents.sentence_offsets) - 1
    ranges = np.empty((room, 4), np.int64)
    document, chunk, label = (np.empty(room, np.int64) for _ in range(3))
    totals = np.zeros(8, np.int64)
    count = _make_pairs(
        documents.sentence_offsets,
        documents.document_offsets,
        documents.keys,
        np.uint64(seed),
        dupe,
        OBJECTIVES[settings.objective],
        max_tokens,
        np.uint64(rng.threshold(settings.short_probability)),
        np.uint64(rng.threshold(settings.negative_probability)),
        ranges,
        document,
        chunk,
        label,
        totals,
    )
    came = len(documents.ids) + totals[REUSED] + totals[PARTNER]
    if came != totals[DROPPED] + totals[TRUNCATED] + totals[PLACED]:
        raise DataError(
            f"tokens of pairs do not balance: {came} came, {totals.tolist()} accounted for",
            fix="this is a defect of albert-data: please report it",
        )
    has_pairs = np.zeros(len(documents.keys), np.bool_)
    has_pairs[document[:count]] = True
    dropped = np.flatnonzero(~has_pairs)[:SAMPLES_PER_REASON]
    return Pairs(ranges[:count], document[:count], chunk[:count], label[:count], totals, dropped)


@kernel
def _cut_long(ids, sentences, documents, starts, limit):
    half = max(limit // 2, 1)
    extra = 0
    for s in range(len(sentences) - 1):
        length = sentences[s + 1] - sentences[s]
        if length > limit:
            extra += 3 * (length // half) + 4  # a cut moves back to a word, so parts may be short
    cut = np.empty(len(sentences) + extra, np.int64)
    offsets = np.empty(len(documents), np.int64)
    cut[0] = 0
    n = 0
    for d in range(len(documents) - 1):
        offsets[d] = n
        for s in range(documents[d], documents[d + 1]):
            begin, end = sentences[s], sentences[s + 1]
            if end - begin > limit:
                parts = (end - begin + half - 1) // half
                step = (end - begin + parts - 1) // parts
                while end - begin > step:
                    at = begin + step
                    while at > begin and not starts[ids[at]]:
                        at -= 1
                    if at == begin:  # one word fills the whole part
                        at = begin + step
                    n += 1
                    cut[n] = at
                    begin = at
            n += 1
            cut[n] = end
    offsets[len(documents) - 1] = n
    return cut[: n + 1].copy(), offsets


@kernel
def _truncate(stream, ranges, row, max_tokens):
    """Trims one pair to max_tokens; returns the number of tokens cut off."""
    a, b, c, d = ranges[row, 0], ranges[row, 1], ranges[row, 2], ranges[row, 3]
    excess = (b - a) + (d - c) - max_tokens
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
    ranges[row, 0], ranges[row, 1], ranges[row, 2], ranges[row, 3] = a, b, c, d
    return max(excess, 0)


@kernel
def _make_pairs(
    sentences, documents, keys, seed, dupe, objective, max_tokens, short, negative,
    ranges, document, chunk, label, totals,
):  # fmt: skip
    stream = np.zeros(11, np.uint32)
    count = 0
    number = len(documents) - 1
    for d in range(number):
        first, last = documents[d], documents[d + 1]
        if last - first < 2 or (objective == NSP and number < 2):
            totals[DROPPED] += sentences[last] - sentences[first]
            totals[DROPPED_DOCUMENTS if last - first < 2 else LONELY_DOCUMENTS] += 1
            continue
        key = mix_seed(keys[d], seed)
        s = first
        ordinal = 0
        while s < last:
            seek(stream, key, ordinal, dupe, rng.PAIRS)
            target = max_tokens
            if draw(stream) < short:
                target = 2 + below(stream, max_tokens - 1)
                totals[SHORT] += 1
            joined = last - s == 1
            if joined:
                s -= 1
                totals[REUSED] += sentences[s + 1] - sentences[s]
            e = s + 2
            while e < last and sentences[e] - sentences[s] < target:
                e += 1
            middle = s + 1 + below(stream, e - s - 1)
            ranges[count, 0], ranges[count, 1] = sentences[s], sentences[middle]
            ranges[count, 2], ranges[count, 3] = sentences[middle], sentences[e]
            label[count] = 0
            if objective != NONE and draw(stream) < negative:
                label[count] = 1
                if objective == SOP:
                    ranges[count, 0], ranges[count, 1] = sentences[middle], sentences[e]
                    ranges[count, 2], ranges[count, 3] = sentences[s], sentences[middle]
                else:
                    wanted = max(target - (sentences[middle] - sentences[s]), 1)
                    if joined:  # the new sentence is what must not be lost
                        totals[REUSED] -= sentences[middle] - sentences[s]
                        ranges[count, 0], ranges[count, 1] = sentences[middle], sentences[e]
                    else:  # the unused second half goes back to the document
                        e = middle
                    partner = below(stream, number - 1)
                    if partner >= d:
                        partner += 1
                    pf, pl = documents[partner], documents[partner + 1]
                    ps = pf + below(stream, pl - pf)
                    pe = ps + 1
                    while pe < pl and sentences[pe] - sentences[ps] < wanted:
                        pe += 1
                    ranges[count, 2], ranges[count, 3] = sentences[ps], sentences[pe]
                    totals[PARTNER] += sentences[pe] - sentences[ps]
            totals[TRUNCATED] += _truncate(stream, ranges, count, max_tokens)
            totals[PLACED] += ranges[count, 1] - ranges[count, 0]
            totals[PLACED] += ranges[count, 3] - ranges[count, 2]
            document[count] = d
            chunk[count] = ordinal
            count += 1
            ordinal += 1
            s = e
    return count
