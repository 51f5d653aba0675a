"""Held-out sentence accuracy that is too good to be true.

The paper's figure on held-out documents is 86.5 % (SOP) and 90.5 % (NSP), of 125,000 steps of training.
Published ones of 98 % and more were evaluations on training data or of data that gives the label away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

HIGHEST: Mapping[str, float] = {
    "sop": 0.95,
    "nsp": 0.97,
}  # by objective; above it no model has been seen
ABOVE_WORDS = 0.15  # above what words alone give, while the masked-LM loss is that of the unigrams
ERRORS = 3.3  # standard errors, one in 2,000


def is_too_good(
    accuracy: float, examples: int, objective: str, words: float | None, knows_context: bool
) -> bool:
    """Whether held-out sentence accuracy is above what can be believed, with its error.

    Args:
        accuracy: in [0, 1].
        examples: that it is the mean of.
        objective: "sop" or "nsp".
        words: best accuracy without a model; None where it is not known.
        knows_context: whether the masked-LM loss is below the unigrams': order cannot be known by a
            model that knows no context.
    """
    error = math.sqrt(max(accuracy * (1 - accuracy), 1 / max(examples, 1)) / max(examples, 1))
    least = accuracy - ERRORS * error
    if least > HIGHEST.get(objective, 1.0):
        return True
    return words is not None and not knows_context and least > words + ABOVE_WORDS
