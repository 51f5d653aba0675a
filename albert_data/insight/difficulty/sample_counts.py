"""The integers that a sample's figures are made of, as the manifest has them."""

from __future__ import annotations

import numpy as np

from albert_data.base.arrays import Int64, Shaped
from albert_data.records.parse import Examples, UnmaskedExamples
from albert_data.schema import SampleCounts, VocabularyIdentity


class SampleCounter:
    """Counts records of a sample, some at a time."""

    def __init__(self, vocabulary: VocabularyIdentity) -> None:
        special = vocabulary.special_ids
        self._never = [special[name] for name in ("[CLS]", "[SEP]", "[MASK]", "<pad>")]
        self._labels = np.zeros(2, np.int64)
        self._pieces = np.zeros(vocabulary.size, np.int64)

    def add(self, records: Examples | UnmaskedExamples) -> None:
        """Takes records whose integers are in range."""
        if isinstance(records, Examples):
            predicted = records.masked_lm_ids[records.masked_lm_weights > 0]
        else:
            ids = records.input_ids
            predicted = ids[(records.input_mask > 0) & ~np.isin(ids, self._never)]
        self._labels += np.bincount(records.next_sentence_labels, minlength=2)
        self._pieces += np.bincount(predicted, minlength=len(self._pieces))

    def counts(self) -> SampleCounts:
        """Of all that were taken."""
        return counts_from(self._labels, self._pieces)


def counts_from(labels: Int64[np.ndarray, " 2"], pieces: Shaped[np.ndarray, " V"]) -> SampleCounts:
    """The integers of a sample.

    Args:
        labels: records by label.
        pieces: how often each is predicted.
    """
    found, distinct = np.unique(pieces[pieces > 0], return_counts=True)
    return SampleCounts(
        int(labels.sum()),
        labels.tolist(),
        int(pieces.sum()),
        np.stack([found, distinct], axis=1).tolist(),
    )
