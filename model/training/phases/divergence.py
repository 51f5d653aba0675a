"""A loss that has risen and stays there: the usual end of a rate too high, also late (albert#29, #111)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .curve import Curve, level, step_noise

LINES = 4  # in a row that are all above
SURE = 6.0  # standard deviations of a line above the best level
SMALL, LARGE = (
    0.03,
    0.1,
)  # of the best level: a rise that counts with a larger norm, and one that does without
NORM = 3.0  # times its median
FIRST = (
    2.0  # times the first line: nothing was reached, and the loss is worse than that of no training
)


class Divergence(NamedTuple):
    """A rise.

    Attributes:
        since: step of the last line before it.
        best: level that was reached before.
        now: level of the last lines.
        norm: the gradient norm of the last lines as a multiple of its median before.
    """

    since: int
    best: float
    now: float
    norm: float


def divergence_of(loss: Curve, norm: Curve) -> Divergence | None:
    """The rise that a curve ends with; None where there is none.

    Each of the last four lines is above the best level of any four lines in a row before by six standard
    deviations of a line, and by 10 % of it, or by 3 % where the gradient norm is three times its median. Or
    each is above twice the first line, which a run that never went down is held to.
    """
    if len(loss.values) > LINES and loss.last(LINES).values.min() > FIRST * loss.values[0]:
        return _since_the_first(loss, norm)
    if len(loss.values) < 2 * LINES:
        return None
    earlier = Curve(loss.steps[:-LINES], loss.values[:-LINES], loss.sizes[:-LINES])
    last, noise = loss.last(LINES), step_noise(earlier)
    sums, sizes = np.cumsum(earlier.values * earlier.sizes), np.cumsum(earlier.sizes)
    sums, sizes = np.append(0.0, sums), np.append(0.0, sizes)
    levels = (sums[LINES:] - sums[:-LINES]) / (sizes[LINES:] - sizes[:-LINES])
    at = int(np.argmin(levels))
    best = float(levels[at])
    lowest = float(last.values.min())
    times = _times(norm)
    rise = (SMALL if times >= NORM else LARGE) * best
    if lowest <= best + max(SURE * noise / float(np.sqrt(last.sizes.min())), rise):
        return None
    # From the best lines on: the last one that was not yet above.
    after = np.arange(len(loss.values)) >= at + LINES - 1
    high = loss.values > best + rise / 2
    low = np.flatnonzero(after & ~high)
    since = int(loss.steps[low[-1]]) if len(low) else int(loss.steps[at])
    return Divergence(since, best, level(last, noise)[0], times)


def _since_the_first(loss: Curve, norm: Curve) -> Divergence:
    """A rise over the first line, since the last line that was not yet above twice that."""
    low = np.flatnonzero(loss.values <= FIRST * loss.values[0])
    best, now = float(loss.values[low].min()), level(loss.last(LINES), 0.0)[0]
    return Divergence(int(loss.steps[low[-1]]), best, now, _times(norm))


def _times(norm: Curve) -> float:
    """The last lines' median norm as a multiple of that of all before."""
    if len(norm.values) <= LINES:
        return 1.0
    before = float(np.median(norm.values[:-LINES]))
    return float(np.median(norm.values[-LINES:])) / max(before, 1e-30)
