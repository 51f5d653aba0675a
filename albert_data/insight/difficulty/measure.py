"""All baselines of a sample: what `difficulty.json` holds, and the integers of the manifest.

Cost: a second for 16,384 records of 512 tokens, and another to read them.
"""

from __future__ import annotations

import numpy as np

from albert_data.insight.difficulty.baseline import mean_of
from albert_data.insight.difficulty.cosine import Cosines, cosine_baseline
from albert_data.insight.difficulty.logistic import ENOUGH, logistic_baseline
from albert_data.insight.difficulty.pair_sample import PairSample
from albert_data.insight.difficulty.sample_counts import counts_from
from albert_data.schema import Baseline, Difficulty, SampleCounts

_ENOUGH_PIECES = 10_000


def counts_of(sample: PairSample) -> SampleCounts:
    """The integers that the figures are made of."""
    labels = np.bincount(sample.labels, minlength=2)
    return counts_from(labels, np.bincount(sample.predicted))


def difficulty_of(sample: PairSample) -> Difficulty:
    """How easy the records of a sample are without a model; what cannot be said is None, and noted."""
    notes: list[str] = []
    entropy, commonest_piece = _pieces(sample, notes)
    commonest_label = cosine = logistic = None
    left_out = 0
    labels = np.bincount(sample.labels, minlength=2)
    if labels.min() == 0:
        notes.append(f"no sentence task: all labels are {int(labels.argmax())}")
    elif labels.min() < ENOUGH:
        notes.append(f"sentence task: too few records of one label, {labels.min()} of {ENOUGH}")
    else:
        clusters = sample.clusters
        commonest_label = mean_of((sample.labels == labels.argmax()).astype(float), clusters)
        cosine = cosine_baseline(Cosines(sample).between(), sample.labels, clusters)
        found, left_out = logistic_baseline(sample)
        if isinstance(found, str):
            notes.append(f"logistic regression: {found}")
        else:
            logistic = found
        if sample.documents is None:
            notes.append(
                "documents are unknown: records of one document stand on both sides of the logistic "
                "regression, whose figure is too high for it, and all errors are too small"
            )
    return Difficulty(
        len(sample),
        None if sample.documents is None else int(sample.clusters.max()) + 1,
        entropy,
        commonest_piece,
        commonest_label,
        cosine,
        logistic,
        left_out,
        notes,
    )


def _pieces(sample: PairSample, notes: list[str]) -> tuple[Baseline | None, Baseline | None]:
    """(entropy in nats, share of the commonest piece) of what is predicted.

    The entropy is the sample's own, (distinct pieces - 1) / 2n higher (Miller and Madow): a sample lacks
    rare pieces.
    """
    predicted, n = sample.predicted, len(sample.predicted)
    if n < _ENOUGH_PIECES:
        notes.append(f"predicted pieces: too few, {n:,} of {_ENOUGH_PIECES:,}")
        return None, None
    counts = np.bincount(predicted)
    surprisal = -np.log(np.maximum(counts, 1) / n)
    clusters = np.repeat(sample.clusters, np.diff(sample.predictions))
    entropy = mean_of(surprisal[predicted], clusters)
    bias = (int((counts > 0).sum()) - 1) / (2 * n)
    commonest = (predicted == counts.argmax()).astype(float)
    return Baseline(entropy.value + bias, entropy.error, n), mean_of(commonest, clusters)
