"""Lines of a log as arrays, and what can be said of them with an error.

A line is a mean over the steps since the line before, so that its variance is the step's divided by their
number. The standard deviation of a step comes from differences of neighbours by their median, which neither a
trend nor single spikes move much.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

NEIGHBOURS = 60  # differences that the noise is taken from
_OF_NORMAL = 1.4826  # median of |x| to standard deviation


class Curve(NamedTuple):
    """N lines of one figure.

    Attributes:
        steps: int64 [N]. Done at the end of each line.
        values: float64 [N].
        sizes: float64 [N]. Steps that a line is the mean of.
    """

    steps: np.ndarray
    values: np.ndarray
    sizes: np.ndarray

    def last(self, lines: int) -> Curve:
        """The last so many lines."""
        return Curve(self.steps[-lines:], self.values[-lines:], self.sizes[-lines:])

    def merged(self, most: int) -> Curve:
        """Neighbours put together, so that there are at most so many lines."""
        if len(self.steps) <= most:
            return self
        ends = np.linspace(0, len(self.steps), most + 1).astype(np.int64)
        sizes = np.add.reduceat(self.sizes, ends[:-1])
        sums = np.add.reduceat(self.values * self.sizes, ends[:-1])
        return Curve(self.steps[ends[1:] - 1], sums / sizes, sizes)


def curve_of(lines: Sequence[Mapping[str, float]], name: str) -> Curve:
    """A figure of those lines that have it."""
    found = [line for line in lines if name in line]
    steps = np.array([line["step"] for line in found], np.int64)
    values = np.array([line[name] for line in found], np.float64)
    sizes = np.maximum(np.diff(steps, prepend=0), 1).astype(np.float64)
    return Curve(steps, values, sizes)


def step_noise(curve: Curve) -> float:
    """Standard deviation of one step; 0 of fewer than three lines."""
    near = curve.last(NEIGHBOURS + 1)
    if len(near.values) < 3:
        return 0.0
    variances = 1 / near.sizes[1:] + 1 / near.sizes[:-1]
    return float(_OF_NORMAL * np.median(np.abs(np.diff(near.values)) / np.sqrt(variances)))


def level(curve: Curve, noise: float) -> tuple[float, float]:
    """Mean over the steps of a curve's lines, and its standard error.

    Args:
        noise: of a step.
    """
    total = curve.sizes.sum()
    return float(curve.values @ curve.sizes / total), noise / math.sqrt(total)


def fall(curve: Curve, noise: float) -> tuple[float, float]:
    """By how much a curve falls from its first line to its last, and the standard error.

    The slope is that of Theil and Sen, a median over pairs of lines; the error that of least squares, which
    is at most 5 % smaller for normal noise.
    """
    steps, values, sizes = curve.steps.astype(np.float64), curve.values, curve.sizes
    a, b = np.triu_indices(len(steps), 1)
    slope = float(np.median((values[b] - values[a]) / (steps[b] - steps[a])))
    centred = steps - steps @ sizes / sizes.sum()
    error = noise / math.sqrt(max(float(sizes @ centred**2), 1e-12))
    length = float(steps[-1] - steps[0])
    return -slope * length, error * length
