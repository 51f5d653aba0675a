"""What a score shows beside what is reached without a model, in a sentence each; for ``albert-evaluate``."""

from __future__ import annotations

import math
from collections.abc import Mapping

from albert_data.schema import Baseline

from .training.phases.plateau import NEAR

ERRORS = 3.0  # standard errors of a difference from which it is shown: 1 in 1,000 by chance
_OF_LABELS = {
    "commonest_label": "one label for all",
    "cosine": "the idf cosine alone",
    "logistic": "words alone",
}


def line_of_pieces(loss: float, entropy: float) -> str:
    """Of the masked-LM loss beside the entropy of these very pieces, in nats."""
    told = f"masked-LM loss {loss:.2f}, the pieces' own entropy {entropy:.2f}: "
    if loss < (1 - NEAR) * entropy:
        return f"{told}the context counts"
    return f"{told}that the context counts is not shown"


def line_of_labels(
    accuracy: float, error: float, examples: int, beats: Mapping[str, Baseline]
) -> str:
    """Of the sentence accuracy beside the best that is reached without a model; without one, beside chance.

    Args:
        accuracy, error: share and its standard error.
        examples: that it is of.
        beats: by the fields of ``Difficulty``.
    """
    known = {name: beats[field] for field, name in _OF_LABELS.items() if field in beats}
    chance = Baseline(0.5, 0.0, examples)
    name, best = max({"chance": chance, **known}.items(), key=lambda pair: pair[1].value)
    beside = f" ± {best.error:.1%}" if best.error else ""
    told = f"sentence accuracy {accuracy:.1%} ± {error:.1%}, {name} {best.value:.1%}{beside}: "
    distance = accuracy - best.value
    # By chance, as if the model were as good as that: a few examples that are all right show nothing.
    spread = math.hypot(math.sqrt(best.value * (1 - best.value) / examples), best.error)
    if distance > ERRORS * spread:
        return f"{told}better by {distance / spread:.1f} standard errors"
    return f"{told}better than {name} is not shown"
