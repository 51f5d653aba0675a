"""A mean over records with its standard error.

Records of one document are no independent draws (each use of the corpus makes records of the same text),
so the error is that of a mean over clusters: Σ over documents of (Σ of their residuals)², which is the
binomial error where each record is of a document of its own.
"""

from __future__ import annotations

import math

import numpy as np

from albert_data.base.arrays import Float64, Int64
from albert_data.schema import Baseline


def mean_of(
    values: Float64[np.ndarray, " N"],
    clusters: Int64[np.ndarray, " N"],
    weights: Float64[np.ndarray, " N"] | None = None,
) -> Baseline:
    """The weighted mean of N > 0 values; those of one cluster may depend on one another."""
    weights = np.ones(len(values)) if weights is None else weights
    shares = weights / weights.sum()
    mean = float(shares @ values)
    residuals = np.bincount(clusters, shares * (values - mean))
    groups = max(int((np.bincount(clusters) > 0).sum()), 2)
    variance = float(residuals @ residuals) * groups / (groups - 1)
    return Baseline(mean, math.sqrt(max(variance, 0.25 / len(values) ** 2)), len(values))
