"""At the loss of the unigrams: the model knows how often pieces come and nothing of their context.

Many runs stay there for good (transformers#4727, #5984, #10840), and healthy ones for a while.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .curve import Curve, fall, level, step_noise

LINES = 5  # at least, of the last third of the run so far
MOST = 60  # lines that a slope is the median over pairs of
NEAR = 0.015  # of the unigrams' entropy: how far from it the plateau lies at most
FLAT = 0.02  # of it: what a flat curve falls by in a third of the run at most
ONE_SIDED = 1.645  # standard errors, 5 %
SURE = 4.0  # standard errors, 3·10⁻⁵: asked at every line
BELOW = 0.005  # of the entropy: what is called below it


class Unigrams(NamedTuple):
    """Entropy of the predicted pieces, nats, and its standard error."""

    entropy: float
    error: float = 0.0


def is_plateau(curve: Curve, unigrams: Unigrams) -> bool:
    """Whether the last third of a masked-LM curve is flat at the unigrams' entropy H.

    Flat: its fall is below 2 % of H, with 95 % confidence; a rise counts as no fall, so that nothing is said
    while the noise is too large to tell. At H: its level is within 1.5 % of H, or within three standard
    errors of it. A curve that falls through H as logarithms or powers of the steps do loses more than that in
    a third of its steps.
    """
    third = int((curve.steps > curve.steps[-1] * 2 / 3).sum())
    if third < LINES:
        return False
    part, noise = curve.last(third).merged(MOST), step_noise(curve)
    falls, error = fall(part, noise)
    mean, its_error = level(part, noise)
    room = max(NEAR * unigrams.entropy, 3 * float(np.hypot(its_error, unigrams.error)))
    return (
        max(falls, 0.0) + ONE_SIDED * error < FLAT * unigrams.entropy
        and abs(mean - unigrams.entropy) < room
    )


def is_below(curve: Curve, unigrams: Unigrams) -> bool:
    """Whether the last lines are below the unigrams' entropy, each of them and by four standard errors."""
    if len(curve.values) < LINES:
        return False
    part, noise = curve.last(LINES), step_noise(curve)
    mean, error = level(part, noise)
    bound = (1 - BELOW) * unigrams.entropy - SURE * float(np.hypot(error, unigrams.error))
    return mean < bound and bool((part.values < unigrams.entropy).all())


def left_at(curve: Curve, since: int) -> int:
    """The step at which a curve that was flat from a step on began to fall: the split that fits best.

    Two levels, by least squares: the change point of a step function.
    """
    there = curve.steps >= since
    steps, values, sizes = curve.steps[there], curve.values[there], curve.sizes[there]
    before, weights = np.cumsum(values * sizes)[:-1], np.cumsum(sizes)[:-1]
    rest, rest_weights = values @ sizes - before, sizes.sum() - weights
    if not len(before):
        return int(steps[-1])
    return int(steps[int(np.argmax(before**2 / weights + rest**2 / rest_weights))])
