"""A logistic regression on words and end pieces: how far single words give the label away.

Features of a record: which words stand in x1 and in x2 (|x|² = 1 in all), and the first and last piece
of each segment (1/2 each). It is fitted on documents of one half and tested on those of
the other, and the other way round. A document's half is a bit of its hash, and a record counts where *both*
its documents lie in one half: split by the document of x1 alone, pairs of next-sentence prediction whose x2
is of a tested document would all have label 1 while learning and label 0 while tested with, which drives any
learner below chance. What is left has fewer pairs of label 1 then; records are weighted to the sample's own
shares of labels.

The fit: mean logistic loss + λ/2 |w|², Nesterov's gradient steps of size 1/L from 0 (L = |x|²/4 + λ), a
fixed number of them. Cost: 20 ns a word of a record and step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from albert_data.base.arrays import Bool, Float64, Int32, Int64
from albert_data.insight.difficulty.baseline import mean_of
from albert_data.insight.difficulty.pair_sample import PairSample
from albert_data.schema import Baseline

ENOUGH = 200  # records of either label in either half
_DOCUMENTS = 5  # in either half
_RECORDS = 5  # that a feature must stand in
_BITS = 17
_BUCKETS = 2**_BITS  # of hashes of words, of each segment
_PENALTY = 1e-3
_STEPS = 100
_BATCH = 1024  # records whose features are made at once
_NORM = 2.0  # |x|², of words and of end pieces 1 each
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Matrix:
    """A sparse matrix: K entries by row; rows of records are numbered from 0."""

    rows: Int64[np.ndarray, " K"]
    columns: Int64[np.ndarray, " K"]
    values: Float64[np.ndarray, " K"]

    def of(self, kept: Bool[np.ndarray, " N"]) -> Matrix:
        """Only these of its N rows, numbered anew."""
        entries = kept[self.rows]
        numbers = np.cumsum(kept) - 1
        return Matrix(numbers[self.rows[entries]], self.columns[entries], self.values[entries])

    def times(self, weights: Float64[np.ndarray, " width"], rows: int) -> Float64[np.ndarray, " N"]:
        """Its product with a vector, for so many rows."""
        return np.bincount(self.rows, self.values * weights[self.columns], minlength=rows)


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
    for side in (0, 1):
        learnt, tested = inside & (half == side), inside & (half != side)
        w, bias = _fitted(matrix.of(learnt), labels[learnt], weights[learnt])
        said = matrix.of(tested).times(w, int(tested.sum())) + bias > 0
        right[tested] = said == (labels[tested] == 1)
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
    """The features of R records that stand in enough of them, columns numbered from 0."""
    size = 1 + int(sample.ids.max(initial=0))
    parts = [
        _features(sample, first, min(first + _BATCH, len(sample)), size)
        for first in range(0, len(sample), _BATCH)
    ]
    rows, columns, values = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    frequent = np.bincount(columns, minlength=2 * _BUCKETS + 4 * size) >= _RECORDS
    kept, numbers = frequent[columns], np.cumsum(frequent) - 1
    return Matrix(rows[kept], numbers[columns[kept]], values[kept])


def _features(
    sample: PairSample, first: int, end: int, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, column, value) of the features of records [first, end)."""
    offsets = sample.offsets[2 * first : 2 * end + 1]
    ids = sample.ids[offsets[0] : offsets[-1]]
    lengths = np.diff(offsets)
    segments = np.repeat(np.arange(len(lengths)), lengths)
    begins = np.ones(len(ids), np.bool_)
    if sample.starts is not None:
        begins = sample.starts[offsets[0] : offsets[-1]].copy()
        begins[(offsets[:-1] - offsets[0])[lengths > 0]] = True
    at = np.flatnonzero(begins)
    words = np.unique(segments[at] * _BUCKETS + _buckets(ids, at))
    segment, bucket = np.divmod(words, _BUCKETS)
    number = np.bincount(segment, minlength=len(lengths))
    full = np.flatnonzero(lengths > 0)
    edges = np.stack([ids[offsets[full] - offsets[0]], ids[offsets[full + 1] - offsets[0] - 1]])
    columns = 2 * _BUCKETS + size * (2 * (full % 2) + np.arange(2)[:, None]) + edges
    return (
        first + np.concatenate([segment // 2, np.tile(full // 2, 2)]),
        np.concatenate([segment % 2 * _BUCKETS + bucket, columns.ravel()]),
        np.concatenate([1 / np.sqrt(2 * number[segment]), np.full(2 * len(full), 0.5)]),
    )


def _buckets(ids: Int32[np.ndarray, " T"], at: Int64[np.ndarray, " W"]) -> Int64[np.ndarray, " W"]:
    """A number below _BUCKETS for each word; words begin at these places of the pieces."""
    if not len(at):
        return at
    place = np.arange(len(ids)) - np.repeat(at, np.diff(np.append(at, len(ids))))
    factors = np.cumprod(np.full(1 + int(place.max()), _MIX))
    hashes = np.add.reduceat(factors[place] * (ids.astype(np.uint64) + np.uint64(1)), at)
    return ((hashes * _MIX) >> np.uint64(64 - _BITS)).astype(np.int64)


def _fitted(
    matrix: Matrix, labels: Int64[np.ndarray, " N"], weights: Float64[np.ndarray, " N"]
) -> tuple[Float64[np.ndarray, " width"], float]:
    """Weights of the columns and the bias."""
    n, width = len(labels), 1 + int(matrix.columns.max(initial=0))
    shares, signs = weights / weights.sum(), 2.0 * labels - 1
    step = 1 / ((_NORM + 1) / 4 + _PENALTY)
    w = ahead = np.zeros(width + 1)
    for number in range(_STEPS):
        margins = signs * (matrix.times(ahead[:width], n) + ahead[width])
        pull = -shares * signs / (1 + np.exp(np.clip(margins, -50, 50)))
        gradient = np.append(
            np.bincount(matrix.columns, matrix.values * pull[matrix.rows], minlength=width),
            pull.sum(),
        )
        gradient[:width] += _PENALTY * ahead[:width]
        new = ahead - step * gradient
        ahead, w = new + number / (number + 3) * (new - w), new
    return w[:width], float(w[width])
