"""Whether measured figures show a claim, with a stated test.

A claim is a sum of weighted figures (a difference of two rows, most often). It has one value a seed, in
pairs: seed n of every row has the same order of the data. Two things make its mean uncertain: other seeds
would have given other values, and other held-out examples, too. Their variances are added,

    v = s²/S + e²        s: of the values of S seeds, e: of the examples, for the mean over the seeds

and the interval is mean ± t √v, with t of Student's law of S - 1 degrees of freedom at 95 % (one side). So a
false claim is called shown in 5 % of trials at most, and as seldom one that holds contradicted: exactly so
where e is 0, less often the larger it is, for of e nothing is guessed from S values. (Satterthwaite's degrees
of freedom, which would use that, let through 8 % with two seeds, 6 % with three.)

    shown                     the whole interval is above 0 (of an equality: within its bounds)
    contradicted              the whole interval is below 0 (outside them)
    not shown at this scale   all else

With one seed s is not known: the interval is of e alone, and says something of these very models, nothing of
other seeds. Where e is not known either, nothing is tested. The held-out documents are not drawn again:
other texts are another question.

e is by linearisation: the figure Σx/Σw of a row has the influence (x - figure·w)/Σw of each example; a
claim's influences are added up over its rows before they are squared, which is what pairs the rows.
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
        error: standard error of their mean, of seeds and examples.
        low, high: ends of the interval, each passed in 5 % of trials.
        verdict: SHOWN, NOT_SHOWN or CONTRADICTED.
    """

    by_seed: tuple[float, ...]
    error: float
    low: float
    high: float
    verdict: str

    @property
    def mean(self) -> float:
        return float(np.mean(self.by_seed))


def judge(by_seed: Sequence[float], examples_error: float = 0.0, within: float = 0.0) -> Finding:
    """Tests a claim.

    Args:
        by_seed: its values, at least one.
        examples_error: e above; 0 where it is not known.
        within: 0: the claim is that the value lies above 0; else that its size is at most this.
    """
    values = np.asarray(by_seed, np.float64)
    seeds = len(values)
    of_seeds = float(values.var(ddof=1)) / seeds if seeds > 1 else 0.0
    variance = of_seeds + examples_error**2
    if seeds == 1 and variance == 0:
        return Finding(tuple(values), math.inf, -math.inf, math.inf, NOT_SHOWN)
    freedom = seeds - 1 if seeds > 1 else math.inf
    half = float(t.ppf(1 - LEVEL, freedom)) * math.sqrt(variance)
    mean = float(values.mean())
    low, high = mean - half, mean + half
    if within:
        shown, contradicted = -within < low and high < within, low > within or high < -within
    else:
        shown, contradicted = low > 0, high < 0
    verdict = SHOWN if shown else CONTRADICTED if contradicted else NOT_SHOWN
    return Finding(tuple(map(float, values)), math.sqrt(variance), low, high, verdict)
