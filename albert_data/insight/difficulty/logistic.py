"""A logistic regression on words and end pieces: how far single words give the label away.

Features of a record: which words stand in x1 and in x2 (|x|² = 1 in all), and the first and last piece
of each segment (1/2 each). It is fitted on documents of one half and tested on those of
the other, and the other way round. A document's half is a bit of its hash, and a record counts where *both*
its documents lie in one half: split by the document of x1 alone, pairs of next-sentence prediction whose x2
is of a tested document would all have label 1 while learning and label 0 while tested with, which drives any
learner below chance. What is left has fewer pairs of label 1 then; records are weighted to the sample's own
shares of labels.

The fit: mean logistic loss + λ/2 |w|², Nesterov's gradient steps of size 1/L from 0 (L = |x|²/4 + λ), a
fixed number of them. Cost: 1.5 ns a word of a record and step.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from albert_data.base.arrays import Bool, Float64, Int32, Int64, UInt32, UInt64
from albert_data.base.kernels import kernel, kernel_making_arrays
from albert_data.insight.difficulty.baseline import mean_of
from albert_data.insight.difficulty.pair_sample import PairSample
from albert_data.schema import Baseline

ENOUGH = 200  # records of either label in either half
_DOCUMENTS = 5  # in either half
_RECORDS = 5  # that a feature must stand in
_BITS = 17
_BUCKETS = 2**_BITS  # of hashes of words, of each segment
_PENALTY = 3e-4
_STEPS = 40
_NORM = 2.0  # |x|², of words and of end pieces 1 each
_END = np.float64(0.5)  # the value of each end piece
_FOUR = np.uint64(4)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Matrix:
    """The features of R records, numbered from 0.

    Those of record r: columns[offsets[2r] : offsets[2r + 1]], its words, each of value of_word[r], and from
    there to offsets[2r + 2] its end pieces, of value _END.
    """

    offsets: UInt64[np.ndarray, " 2R+1"]
    columns: UInt32[np.ndarray, " K"]
    of_word: Float64[np.ndarray, " R"]
    width: int


def logistic_baseline(sample: PairSample) -> tuple[Baseline | str, int]:
    """(share of the labels found, or why it cannot be said; records left out between the halves).

    Where documents are unknown, halves are of records, and what two records of one text share is learnt.
    """
    labels = sample.labels
    if sample.documents is None:
        half, inside = np.arange(len(sample)) % 2, np.ones(len(sample), np.bool_)
    else:
        halves = (sample.documents & np.uint64(1)).astype(np.int64)
        half, inside = halves[:, 0], halves[:, 0] == halves[:, 1]
    left_out = int((~inside).sum())
    counts = np.bincount((2 * half + labels)[inside], minlength=4).reshape(2, 2)
    if reason := _too_few(sample, half, inside, counts):
        return reason, left_out
    shares = np.bincount(labels, minlength=2) / len(labels)
    weights = (shares * counts.sum(axis=1, keepdims=True) / counts)[half, labels]
    matrix = features(sample)
    right = np.zeros(len(sample))

    def test(side: int) -> None:
        learnt, tested = (np.flatnonzero(inside & (half == which)) for which in (side, 1 - side))
        w = _fitted(matrix, learnt, labels[learnt], weights[learnt])
        margins = np.empty(len(tested))
        _margins(tested, matrix.offsets, matrix.columns, matrix.of_word, w, margins)
        right[tested] = (margins > 0) == (labels[tested] == 1)

    with ThreadPoolExecutor(2) as threads:  # kernels hold no lock
        list(threads.map(test, (0, 1)))
    return mean_of(right[inside], sample.clusters[inside], weights[inside]), left_out


def _too_few(
    sample: PairSample,
    half: Int64[np.ndarray, " R"],
    inside: Bool[np.ndarray, " R"],
    counts: Int64[np.ndarray, "2 2"],
) -> str:
    """Why nothing can be said; empty where something can."""
    if counts.min() < ENOUGH:
        return f"too few records: {counts.min()} of one label in one half, {ENOUGH} are needed"
    if sample.documents is not None:
        documents = sample.documents[inside]
        found = [len(np.unique(documents[half[inside] == side])) for side in (0, 1)]
        if min(found) < _DOCUMENTS:
            return f"too few documents: {min(found)} in one half, {_DOCUMENTS} are needed"
    return ""


def features(sample: PairSample) -> Matrix:
    """The features of R records that stand in enough of them, the commonest first.

    Their weights lie together then, where the processor has them at hand.

    Found twice, to be counted and to be kept: those that are rare would take more memory than the others.
    """
    size = 1 + int(sample.ids.max(initial=0))
    starts = np.ones(len(sample.ids), np.bool_) if sample.starts is None else sample.starts
    found = np.empty(int(np.diff(sample.offsets[::2]).max(initial=0)) + 4, np.int32)
    counts = np.zeros(2 * _BUCKETS + 4 * size, np.int32)
    _count(sample.ids, starts, sample.offsets, size, found, counts)
    frequent = counts >= _RECORDS
    numbers = np.full(len(counts), -1, np.int32)
    order = np.argsort(-counts, kind="stable")[: int(frequent.sum())]
    numbers[order] = np.arange(len(order))
    columns = np.empty(int(counts[frequent].sum()), np.uint32)
    of_word = np.empty(len(sample))
    offsets = _keep(sample.ids, starts, sample.offsets, size, found, numbers, columns, of_word)
    return Matrix(offsets, columns, of_word, int(frequent.sum()))


@kernel_making_arrays
def _count(
    ids: Int32[np.ndarray, " T"],
    starts: Bool[np.ndarray, " T"],
    offsets: Int64[np.ndarray, " 2R+1"],
    size: int,
    found: Int32[np.ndarray, " most"],
    counts: Int32[np.ndarray, " all"],
) -> None:
    """Adds in how many records each column stands."""
    last = np.full(_BUCKETS, -1, np.int32)
    for r in range(len(offsets) // 2):
        _, count = _columns(r, ids, starts, offsets, size, last, found)
        for column in found[:count]:
            counts[column] += 1


@kernel_making_arrays
def _keep(
    ids: Int32[np.ndarray, " T"],
    starts: Bool[np.ndarray, " T"],
    offsets: Int64[np.ndarray, " 2R+1"],
    size: int,
    found: Int32[np.ndarray, " most"],
    numbers: Int32[np.ndarray, " all"],
    columns: UInt32[np.ndarray, " K"],
    of_word: Float64[np.ndarray, " R"],
) -> UInt64[np.ndarray, " 2R+1"]:
    """Puts the new numbers of columns that have one, and the values of words; returns where words and end
    pieces begin."""
    last = np.full(_BUCKETS, -1, np.int32)
    begins = np.zeros(2 * len(of_word) + 1, np.uint64)
    at = 0
    for r in range(len(of_word)):
        words, count = _columns(r, ids, starts, offsets, size, last, found)
        of_word[r] = 1 / math.sqrt(max(words, 1))
        for part, (begin, end) in enumerate(((0, words), (words, count))):
            for column in found[begin:end]:
                if numbers[column] >= 0:
                    columns[at] = numbers[column]
                    at += 1
            begins[2 * r + part + 1] = at
    return begins


@kernel
def _columns(
    r: int,
    ids: Int32[np.ndarray, " T"],
    starts: Bool[np.ndarray, " T"],
    offsets: Int64[np.ndarray, " 2R+1"],
    size: int,
    last: Int32[np.ndarray, " words"],
    found: Int32[np.ndarray, " most"],
) -> tuple[int, int]:
    """Finds the columns of record r: words of x1, words of x2, then the first pieces of x1 and x2, the last
    pieces of both.

    Args:
        last: where a word was found last: two times the record and its side.

    Returns: how many are words, and how many there are.
    """
    at = 0
    for side in range(2):
        t, end = offsets[2 * r + side], offsets[2 * r + side + 1]
        while t < end:
            word, factor = np.uint64(0), np.uint64(1)
            while True:  # to the end of the word
                word += factor * np.uint64(ids[t] + 1)
                factor *= _MIX
                t += 1
                if t == end or starts[t]:
                    break
            bucket = (word * _MIX) >> np.uint64(64 - _BITS)
            if last[bucket] != 2 * r + side:
                last[bucket] = 2 * r + side
                found[at] = side * _BUCKETS + np.int64(bucket)
                at += 1
    words = at
    for side in range(2):
        begin, end = offsets[2 * r + side], offsets[2 * r + side + 1]
        if begin < end:
            found[at] = 2 * _BUCKETS + side * size + ids[begin]
            found[at + 1] = 2 * _BUCKETS + (2 + side) * size + ids[end - 1]
            at += 2
    return words, at


def _fitted(
    matrix: Matrix,
    rows: Int64[np.ndarray, " N"],
    labels: Int64[np.ndarray, " N"],
    weights: Float64[np.ndarray, " N"],
) -> Float64[np.ndarray, " width+1"]:
    """Weights of the columns, and the bias at the end, fitted to N rows."""
    shares, signs = weights / weights.sum(), 2.0 * labels - 1
    step = 1 / ((_NORM + 1) / 4 + _PENALTY)
    w = ahead = np.zeros(matrix.width + 1)
    for number in range(_STEPS):
        gradient = _PENALTY * ahead
        gradient[-1] = 0  # the bias is free
        _add_gradient(
            rows, matrix.offsets, matrix.columns, matrix.of_word, signs, shares, ahead, gradient
        )
        new = ahead - step * gradient
        ahead, w = new + number / (number + 3) * (new - w), new
    return w


@kernel
def _sum(
    columns: UInt32[np.ndarray, " K"],
    w: Float64[np.ndarray, " width+1"],
    begin: np.uint64,
    end: np.uint64,
) -> float:
    """Sum of the weights of columns[begin:end]: four sums, so that none waits for the one before."""
    first = second = third = fourth = 0.0
    whole = end - (end - begin) % _FOUR
    for at in range(begin, whole, _FOUR):
        first += w[columns[at]]
        second += w[columns[at + np.uint64(1)]]
        third += w[columns[at + np.uint64(2)]]
        fourth += w[columns[at + np.uint64(3)]]
    for at in range(whole, end):
        first += w[columns[at]]
    return (first + second) + (third + fourth)


@kernel
def _margin(
    row: int,
    offsets: UInt64[np.ndarray, " 2R+1"],
    columns: UInt32[np.ndarray, " K"],
    of_word: Float64[np.ndarray, " R"],
    w: Float64[np.ndarray, " width+1"],
) -> float:
    """How far a row is on the side of label 1."""
    begin, middle, end = offsets[2 * row], offsets[2 * row + 1], offsets[2 * row + 2]
    words, ends = _sum(columns, w, begin, middle), _sum(columns, w, middle, end)
    margin: float = w[-1] + of_word[row] * words + _END * ends
    return margin


@kernel
def _margins(
    rows: Int64[np.ndarray, " N"],
    offsets: UInt64[np.ndarray, " 2R+1"],
    columns: UInt32[np.ndarray, " K"],
    of_word: Float64[np.ndarray, " R"],
    w: Float64[np.ndarray, " width+1"],
    margins: Float64[np.ndarray, " N"],
) -> None:
    for i in range(len(rows)):
        margins[i] = _margin(rows[i], offsets, columns, of_word, w)


@kernel
def _add_gradient(
    rows: Int64[np.ndarray, " N"],
    offsets: UInt64[np.ndarray, " 2R+1"],
    columns: UInt32[np.ndarray, " K"],
    of_word: Float64[np.ndarray, " R"],
    signs: Float64[np.ndarray, " N"],
    shares: Float64[np.ndarray, " N"],
    w: Float64[np.ndarray, " width+1"],
    gradient: Float64[np.ndarray, " width+1"],
) -> None:
    for i in range(len(rows)):
        row = rows[i]
        margin = _margin(row, offsets, columns, of_word, w)
        pull = -shares[i] * signs[i] / (1 + np.exp(signs[i] * margin))
        for k in range(offsets[2 * row], offsets[2 * row + 1]):
            gradient[columns[k]] += of_word[row] * pull
        for k in range(offsets[2 * row + 1], offsets[2 * row + 2]):
            gradient[columns[k]] += _END * pull
        gradient[-1] += pull
