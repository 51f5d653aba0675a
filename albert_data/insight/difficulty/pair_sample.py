"""Records as the baselines look at them: the text of both segments before masking, without special pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64, UInt64
from albert_data.base.gather import offsets_of


@dataclass(frozen=True)
class PairSample:
    """R records.

    Attributes:
        ids: of all segments one after the other: x1 and x2 of record 0, of record 1, …
        offsets: where each segment begins in `ids`; that of x1 of record r is number 2r.
        labels: of the sentence task, 0 or 1.
        starts: where a word begins; None where unknown.
        documents: hashes that name the documents of x1 and x2; None where unknown.
        predicted: pieces that are predicted, record by record.
        predictions: where each record's begin in `predicted`.
    """

    ids: Int32[np.ndarray, " T"]
    offsets: Int64[np.ndarray, " 2R+1"]
    labels: Int64[np.ndarray, " R"]
    starts: Bool[np.ndarray, " T"] | None
    documents: UInt64[np.ndarray, "R 2"] | None
    predicted: Int32[np.ndarray, " P"]
    predictions: Int64[np.ndarray, " R+1"]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def clusters(self) -> Int64[np.ndarray, " R"]:
        """A number for each record, the same where x1 is of the same document."""
        if self.documents is None:
            return np.arange(len(self))
        numbers: Int64[np.ndarray, " R"] = np.unique(self.documents[:, 0], return_inverse=True)[1]
        return numbers


def joined(parts: Iterable[PairSample]) -> PairSample:
    """The records of all parts, at least one; what one of them does not know, is not known.

    Each part is let go before the next one is taken.
    """
    ids, starts, predicted = bytearray(), bytearray(), bytearray()  # which grow in their place
    sizes, labels, documents, predictions = [], [], [], []
    knows_starts = True
    for part in parts:
        ids.extend(np.ascontiguousarray(part.ids, np.int32))
        predicted.extend(np.ascontiguousarray(part.predicted, np.int32))
        if part.starts is None:
            knows_starts = False
        else:
            starts.extend(np.ascontiguousarray(part.starts, np.bool_))
        if part.documents is not None:
            documents.append(part.documents)
        sizes.append(np.diff(part.offsets))
        labels.append(part.labels)
        predictions.append(np.diff(part.predictions))
    return PairSample(
        np.frombuffer(ids, np.int32),
        offsets_of(np.concatenate(sizes)),
        np.concatenate(labels),
        np.frombuffer(starts, np.bool_) if knows_starts else None,
        np.concatenate(documents) if len(documents) == len(labels) else None,
        np.frombuffer(predicted, np.int32),
        offsets_of(np.concatenate(predictions)),
    )
