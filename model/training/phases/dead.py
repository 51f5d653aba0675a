"""Nothing is learnt from the first step on (aws-samples#45): no gradient, or one that helps nothing."""

from __future__ import annotations

import numpy as np

from .curve import Curve

LINES = 3
NO_NORM = 1e-7  # of the largest norm that was seen, or of 1
COULD_HAVE_MOVED = (
    0.5  # sum of the rates: LAMB moves a weight matrix by its rate times its norm a step
)
CHANGE = 0.03  # of the first loss


def has_no_gradient(norm: Curve) -> bool:
    """Whether the gradient norms of the last three lines are 0, or as good as that."""
    last = norm.last(LINES).values
    largest = max(float(norm.values.max(initial=0.0)), 1.0)
    return len(last) == LINES and bool((last <= NO_NORM * largest).all())


def learns_nothing(loss: Curve, rate: Curve) -> bool:
    """Whether the loss is what it was at first, though the weights could have moved.

    The rates of all steps add to one half, so that each matrix could have moved by half its norm, and the
    last three lines are within 3 % of the first. A run that learns has lost more of ln V by then: how often
    pieces come is learnt with the first tenth of that.
    """
    if len(loss.values) <= LINES or float(rate.values @ rate.sizes) < COULD_HAVE_MOVED:
        return False
    first, last = loss.values[0], loss.last(LINES).values
    return bool((np.abs(last - first) < CHANGE * first).all())


def has_no_rate(rate: Curve) -> bool:
    """Whether the learning rate of each of three lines or more, which are all there are, is 0."""
    return len(rate.values) >= LINES and not rate.values.any()


def predicts_nothing(mlm_loss: Curve) -> bool:
    """Whether the masked-LM loss of the last three lines is 0: no piece that is to predict has a weight."""
    last = mlm_loss.last(LINES).values
    return len(last) == LINES and not last.any()
