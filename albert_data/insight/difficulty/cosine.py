"""One threshold on the idf cosine of x1 and x2: how far the topic alone gives the label away.

Weights are (1 + log count) · idf, the idf over all segments of the sample. The threshold is chosen on one
half of the records and tested on the other, and the other way round.

Cost: some ns a token.
"""

from __future__ import annotations

import math

import numpy as np

from albert_data.base.arrays import Bool, Float64, Int32, Int64
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel_making_arrays
from albert_data.insight.difficulty.baseline import mean_of
from albert_data.insight.difficulty.pair_sample import PairSample
from albert_data.schema import Baseline


class Cosines:
    """idf cosines between the first and the second segments of R records."""

    def __init__(self, sample: PairSample) -> None:
        size = 1 + int(sample.ids.max(initial=0))
        segments = np.zeros(size, np.int64)
        self._offsets, self._ids, self._counts = _counted(sample.ids, sample.offsets, segments)
        self._idf = np.log(2 * len(sample) / np.maximum(segments, 1))
        most = int(self._counts.max(initial=1))
        self._of_count = np.append(0, 1 + np.log(np.arange(1, most + 1)))

    def between(self, shift: int = 0) -> Float64[np.ndarray, " R"]:
        """Of each x1 with the x2 of the record `shift` further on; 0 where one has no text."""
        return _cosines(self._offsets, self._ids, self._counts, self._of_count, self._idf, shift)


@kernel_making_arrays
def _counted(
    ids: Int32[np.ndarray, " T"],
    offsets: Int64[np.ndarray, " 2R+1"],
    segments: Int64[np.ndarray, " V"],
) -> tuple[Int64[np.ndarray, " 2R+1"], Int32[np.ndarray, " D"], Int32[np.ndarray, " D"]]:
    """The different pieces of each segment: where they begin, the pieces, how often each occurs.

    Adds to each piece's count of segments.
    """
    found, counts = np.empty(len(ids), np.int32), np.empty(len(ids), np.int32)
    ends, place = np.zeros(len(offsets), np.int64), np.full(len(segments), -1)
    at = 0
    for segment in range(len(offsets) - 1):
        for t in range(offsets[segment], offsets[segment + 1]):
            piece = ids[t]
            if place[piece] < ends[segment]:
                place[piece] = at
                found[at], counts[at] = piece, 0
                segments[piece] += 1
                at += 1
            counts[place[piece]] += 1
        ends[segment + 1] = at
    return ends, found[:at], counts[:at]


@kernel_making_arrays
def _cosines(
    offsets: Int64[np.ndarray, " 2R+1"],
    ids: Int32[np.ndarray, " D"],
    counts: Int32[np.ndarray, " D"],
    of_count: Float64[np.ndarray, " most+1"],
    idf: Float64[np.ndarray, " V"],
    shift: int,
) -> Float64[np.ndarray, " R"]:
    cosines, of_first = np.zeros(len(offsets) // 2), np.zeros(len(idf))
    for r in range(len(cosines)):
        other = 2 * ((r + shift) % len(cosines)) + 1
        first, second = 0.0, 0.0
        for k in range(offsets[2 * r], offsets[2 * r + 1]):
            weight = of_count[counts[k]] * idf[ids[k]]
            of_first[ids[k]] = weight
            first += weight**2
        for k in range(offsets[other], offsets[other + 1]):
            weight = of_count[counts[k]] * idf[ids[k]]
            cosines[r] += of_first[ids[k]] * weight
            second += weight**2
        of_first[ids[offsets[2 * r] : offsets[2 * r + 1]]] = 0
        if first * second > 0:
            cosines[r] /= math.sqrt(first * second)
    return cosines


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
