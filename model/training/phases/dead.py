"""Nothing is learnt from the first step on (aws-samples#45): no gradient, or one that helps nothing."""

from __future__ import annotations

from .curve import Curve

LINES = 3
NO_NORM = 1e-7  # of the largest norm that was seen, or of 1
COULD_HAVE_MOVED = (
    0.5  # sum of the rates: LAMB moves a weight matrix by its rate times its norm a step
)
FALL = 0.03  # of the first loss


def has_no_gradient(norm: Curve) -> bool:
    """Whether the gradient norms of the last three lines are 0, or as good as that."""
    last = norm.last(LINES).values
    largest = max(float(norm.values.max(initial=0.0)), 1.0)
    return len(last) == LINES and bool((last <= NO_NORM * largest).all())


def learns_nothing(loss: Curve, rate: Curve) -> bool:
    """Whether the loss is what it was at first, though the weights could have moved.

    The rates of all steps add to one half, so that each matrix could have moved by half its norm, and none of
    the last three lines is below the first by 3 %. A run that learns has lost more of ln V by then: how often
    pieces come is learnt with the first tenth of that.
    """
    if len(loss.values) <= LINES or float(rate.values @ rate.sizes) < COULD_HAVE_MOVED:
        return False
    return bool(loss.last(LINES).values.min() > (1 - FALL) * loss.values[0])
