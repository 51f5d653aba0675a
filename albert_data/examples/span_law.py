"""The masking settings as the numbers the kernel uses, the law of span lengths among them.

The end of a budget leaves room for short spans only, and so bends any law (the reference draws from
p(n) and realises 52/27/17 % instead of 54.5/27.3/18.2). Therefore n is drawn from a slightly longer
law, computed by `_compensated` for each budget, under which the *realised* lengths follow p(n). It
cannot hold where the budget is smaller than N: there p(n) is cut at the budget.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Float64, UInt64
from albert_data.config.settings import MaskSettings
from albert_data.examples import rng

# Beyond it the end of the budget shifts the law by less than a thousandth.
LONGEST_BUDGET = 256


class MaskLaw(NamedTuple):
    """The settings as the numbers the kernel uses.

    Attributes:
        lengths: for each budget (the last row for all above it) the cumulative thresholds, on
            0 … 2^32, of the lengths to draw.
        kinds: cumulative thresholds of masked and kept.
        rate_millionths: the share of tokens to predict, in millionths (an integer, so that the
            budget is the same on every machine).
        max_predictions: most pieces to predict.
        words: 1 if units are words, 0 if they are pieces.
    """

    lengths: UInt64[np.ndarray, "budgets N"]
    kinds: UInt64[np.ndarray, " 2"]
    rate_millionths: int
    max_predictions: int
    words: int


def span_law(settings: MaskSettings) -> Float64[np.ndarray, " N"]:
    """p(n) for n = 1 … N (N = 1 where the unit is a piece)."""
    if settings.unit == "piece":
        return np.ones(1)
    n = np.arange(1, settings.max_ngram + 1)
    named = {"inverse": 1 / n, "uniform": np.ones(len(n)), "reversed": 1 / n[::-1]}
    law = settings.ngram_law
    weights = named[law] if isinstance(law, str) else np.array(law)
    probabilities: Float64[np.ndarray, " N"] = weights / weights.sum()
    return probabilities


def _compensated(law: Float64[np.ndarray, " N"], most: int) -> Float64[np.ndarray, "{most}+1 N"]:
    """The law to draw from so that realised lengths follow `law`.

    Row b is for a budget of b pieces, used up by drawing n and cutting it to what is left; words are
    taken to be one piece each, which longer words change little (they reach the end less often). Expected
    counts of realised lengths follow from a recursion over what is left; the drawn law is corrected by
    wanted / realised until both agree.
    """
    lengths = np.arange(1, len(law) + 1)
    budgets = np.arange(1, most + 1)
    wanted = np.where(lengths <= budgets[:, None], law, 0.0)
    wanted /= wanted.sum(axis=1, keepdims=True)
    drawn = wanted.copy()
    for _ in range(40):
        counts = np.zeros((most, most + 1, len(law)))  # of each budget, by what is left
        for left in range(1, most + 1):
            realised = np.minimum(lengths, left)
            counts[:, left] = np.einsum("bn,bnk->bk", drawn, counts[:, left - realised])
            for column, n in enumerate(realised):
                counts[:, left, n - 1] += drawn[:, column]
        final = counts[budgets - 1, budgets]
        final /= final.sum(axis=1, keepdims=True)
        drawn *= np.divide(wanted, final, out=np.zeros_like(final), where=final > 0)
        drawn /= drawn.sum(axis=1, keepdims=True)
    return np.vstack([drawn[:1], drawn])


@cache
def mask_law(settings: MaskSettings) -> MaskLaw:
    """The kernel's numbers for the settings."""
    drawn = _compensated(span_law(settings), min(settings.predictions, LONGEST_BUDGET))
    lengths = np.rint(np.cumsum(drawn, axis=1) * 2**32).astype(np.uint64)
    lengths[:, -1] = 2**32
    kinds = [settings.mask_probability, settings.mask_probability + settings.keep_probability]
    return MaskLaw(
        lengths=lengths,
        kinds=np.array([rng.threshold(p) for p in kinds], np.uint64),
        rate_millionths=round(settings.rate * 1_000_000),
        max_predictions=settings.predictions,
        words=int(settings.unit == "word"),
    )
