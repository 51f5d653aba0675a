"""One threshold on the idf cosine of x1 and x2: how far the topic alone gives the label away.

Weights are (1 + log count) · idf, the idf over all segments of the sample. The threshold is chosen on one
half of the records and tested on the other, and the other way round.

Cost: a sort of the sample's tokens, 0.1 µs each.
"""

from __future__ import annotations

import math

import numpy as np

from albert_data.base.arrays import Bool, Float64, Int64
from albert_data.base.gather import offsets_of
from albert_data.insight.difficulty.baseline import mean_of
from albert_data.insight.difficulty.pair_sample import PairSample
from albert_data.schema import Baseline


class Cosines:
    """idf cosines between the first and the second segments of R records."""

    def __init__(self, sample: PairSample) -> None:
        self._records = n = len(sample)
        self._size = size = 1 + int(sample.ids.max(initial=0))
        segments = np.repeat(np.arange(2 * n), np.diff(sample.offsets))
        keys = np.sort(segments * size + sample.ids)
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(np.append(first, len(keys)))
        segments, ids = np.divmod(keys[first], size)
        idf = np.log(2 * n / np.maximum(np.bincount(ids, minlength=size), 1))
        weights = (1 + np.log(counts)) * idf[ids]
        norms = np.sqrt(np.bincount(segments, weights**2, minlength=2 * n))
        self._norms = norms[::2], norms[1::2]
        self._parts = [
            (segments[side] // 2, ids[side], weights[side])
            for side in (segments % 2 == 0, segments % 2 == 1)
        ]

    def between(self, shift: int = 0) -> Float64[np.ndarray, " R"]:
        """Of each x1 with the x2 of the record `shift` further on; 0 where one has no text."""
        n, size = self._records, self._size
        (rows, ids, weights), (others, other_ids, other_weights) = self._parts
        there = (others - shift) % n * size + other_ids
        order = np.argsort(there, kind="stable") if shift else slice(None)
        there, other_weights = there[order], other_weights[order]
        here = rows * size + ids
        at = np.searchsorted(there, here)
        met = at < len(there)
        met[met] = there[at[met]] == here[met]
        products = weights[met] * other_weights[at[met]]
        length = self._norms[0] * np.roll(self._norms[1], -shift)
        return np.bincount(rows[met], products, minlength=n) / np.where(length > 0, length, 1.0)


def cosine_baseline(
    cosines: Float64[np.ndarray, " R"],
    labels: Int64[np.ndarray, " R"],
    clusters: Int64[np.ndarray, " R"],
) -> Baseline:
    """Share of the labels that one threshold gets right; either side may be label 1."""
    half = np.arange(len(cosines)) % 2 == 0
    right = np.zeros(len(cosines))
    for chosen in (half, ~half):
        said = _by_threshold(cosines[chosen], labels[chosen], cosines[~chosen])
        right[~chosen] = said == (labels[~chosen] == 1)
    return mean_of(right, clusters)


def _by_threshold(
    values: Float64[np.ndarray, " N"],
    labels: Int64[np.ndarray, " N"],
    asked: Float64[np.ndarray, " M"],
) -> Bool[np.ndarray, " M"]:
    """Which of `asked` have label 1, by the threshold that is right most often on N values."""
    order = np.argsort(values, kind="stable")
    ones = offsets_of(labels[order])  # with label 1 below each place
    right = ones + (len(labels) - ones[-1]) - (np.arange(len(ones)) - ones)  # 1 below, 0 above
    best, worst = int(right.argmax()), int(right.argmin())
    low_is_one = right[best] >= len(labels) - right[worst]
    at = best if low_is_one else worst
    cut = values[order][at] if at < len(order) else math.inf
    said: Bool[np.ndarray, " M"] = (asked < cut) == low_is_one
    return said
