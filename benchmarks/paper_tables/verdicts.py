"""Whether measured figures show a claim, with a stated test.

A claim is a sum of weighted figures (a difference of two rows, most often). It has one value a seed, in
pairs: seed n of every row has the same order of the data. Two things make its mean uncertain: other seeds
would have given other values, and other held-out documents, too. Their variances are added,

    v = s²/S + e²        s: of the values of S seeds, e: of the documents, for the mean over the seeds

and the interval is mean ± √(t² s²/S + u² e²), with t and u of Student's law at 95 % (one side), of S - 1
degrees of freedom and of D - 1: where one of the variances is 0, this is Student's own interval. So a false
claim is called shown in 5 % of trials at most, and as seldom one that holds contradicted; in 2 to 4 % where
both count alike. (Satterthwaite's degrees of freedom let through 8 % with two seeds, 6 % with three. The
fewer degrees of the two for the whole of v, once the rule here, let through as few as 0.3 %.)

    shown                     the whole interval is above 0 (of an equality: within its bounds)
    contradicted              the whole interval is below 0 (outside them)
    not shown at this scale   all else

Whatever the interval says, nothing is shown or contradicted by models that have learnt no context, whose
masked-LM loss is not below the entropy of the pieces, nor where a claim needs another one that is not shown
(a model that has learnt nothing is at chance in everything).

With one seed s is not known: the interval is of e alone, and says something of these very models, nothing of
other seeds. Where e is not known either, nothing is tested.

e is by linearisation: the figure Σx/Σw of a row has the influence (x - figure·w)/Σw of each example; a
claim's influences are added up over its rows, which is what pairs them, then over the examples of a document,
for these are no independent draws, and then squared: e² = D/(D - 1) Σ over documents of (Σ of influences)².
D is the number of documents that would count as much if all were of one size, (Σ n)²/Σ n² of n examples each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

LEVEL = 0.05  # of either side
SHOWN, NOT_SHOWN, CONTRADICTED = "shown", "not shown at this scale", "contradicted"


@dataclass(frozen=True)
class Finding:
    """What came of a claim.

    Attributes:
        by_seed: its value for each seed.
        error: standard error of their mean, of seeds and documents.
        low, high: ends of the interval, each passed in 5 % of trials.
        verdict: SHOWN, NOT_SHOWN or CONTRADICTED.
        why: NOT_SHOWN whatever the interval says; empty where the interval decides.
    """

    by_seed: tuple[float, ...]
    error: float
    low: float
    high: float
    verdict: str
    why: str = ""

    @property
    def mean(self) -> float:
        return float(np.mean(self.by_seed))


def judge(
    by_seed: Sequence[float],
    documents_error: float = 0.0,
    within: float = 0.0,
    documents: float = math.inf,
) -> Finding:
    """Tests a claim.

    Args:
        by_seed: its values, at least one.
        documents_error: e above; 0 where it is not known.
        within: 0: the claim is that the value lies above 0; else that its size is at most this.
        documents: D above.
    """
    values = np.asarray(by_seed, np.float64)
    seeds = len(values)
    of_seeds = float(values.var(ddof=1)) / seeds if seeds > 1 else 0.0
    variance = of_seeds + documents_error**2
    given = tuple(map(float, values))
    too_few = documents <= 1 and documents_error > 0
    if too_few or (seeds == 1 and variance == 0):
        return Finding(given, math.inf, -math.inf, math.inf, NOT_SHOWN)
    half = math.hypot(
        _student(seeds - 1) * math.sqrt(of_seeds) if of_seeds else 0.0,
        _student(documents - 1) * documents_error if documents_error else 0.0,
    )
    mean = float(values.mean())
    low, high = mean - half, mean + half
    if within:
        shown, contradicted = -within < low and high < within, low > within or high < -within
    else:
        shown, contradicted = low > 0, high < 0
    verdict = SHOWN if shown else CONTRADICTED if contradicted else NOT_SHOWN
    return Finding(given, math.sqrt(variance), low, high, verdict)


def _student(freedom: float) -> float:
    """What a variable of Student's law passes in LEVEL of trials."""
    return float(t.ppf(1 - LEVEL, freedom))
