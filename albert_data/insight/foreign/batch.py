"""Records of any form as the audit looks at them: dense arrays with the text as it was before masking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64, Shaped
from albert_data.base.errors import DataError

ROWS = 2048  # records of a batch
LONGEST = 2**16  # tokens of a record; more is no pretraining example
FIX = "restore the file, or make it anew"
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Batch:
    """R records of S tokens.

    Attributes:
        where: the file's name.
        first: number of the first record in its file.
        ids: as a trainer sees them; negative beyond the end of a record without padding.
        inside: no padding, as `input_mask` says.
        predicted: a prediction is asked for at this place.
        originals: `ids` with what is to be predicted put back.
        repeated: predictions at places that have one already.
        segments: 1 on x2 and the last [SEP]; None where the form does not say.
        starts: where a word begins; None where the form does not say.
        labels: of the sentence task, 0 or 1; None where there is none.
        most: predictions that a record has room for; None where there is no limit.
        masked: the form has predictions at all.
    """

    where: str
    first: int
    ids: Int32[np.ndarray, "R S"]
    inside: Bool[np.ndarray, "R S"]
    predicted: Bool[np.ndarray, "R S"]
    originals: Int32[np.ndarray, "R S"]
    repeated: int = 0
    segments: Bool[np.ndarray, "R S"] | None = None
    starts: Bool[np.ndarray, "R S"] | None = None
    labels: Int64[np.ndarray, " R"] | None = None
    most: int | None = None
    masked: bool = True

    def __len__(self) -> int:
        return len(self.ids)


def checked(name: str, values: Any, where: str, first: int, below: int = _LARGEST) -> Any:
    """Integers [R] or [R, any] of a feature, which must be from 0 to below `below`.

    Raises:
        DataError: naming the first record with another one.
    """
    wrong = (values < 0) | (values >= below)
    if wrong.any():
        row = int(np.argmax(wrong.reshape(len(wrong), -1).any(axis=1)))
        value = int(values[row][wrong[row]].ravel()[0]) if values.ndim > 1 else int(values[row])
        raise DataError(
            f"record {first + row}: {name} holds {value}, which is not from 0 to {below - 1}",
            where=where,
            fix=FIX,
        )
    return values


def put_back(
    ids: Int32[np.ndarray, "R S"],
    positions: Int64[np.ndarray, "R P"],
    labels: Int64[np.ndarray, "R P"],
    used: Bool[np.ndarray, "R P"],
) -> tuple[Bool[np.ndarray, "R S"], Int32[np.ndarray, "R S"], int]:
    """(predicted, originals, repeated) of a batch, from lists of predictions.

    Args:
        used: which of the P predictions of a record count; their positions lie within it.
    """
    predicted, originals = np.zeros(ids.shape, np.bool_), ids.copy()
    row, place = np.nonzero(used)
    at = positions[row, place]
    predicted[row, at] = True
    originals[row, at] = labels[row, place]
    return predicted, originals, len(row) - int(predicted.sum())


def dense(
    values: Shaped[np.ndarray, " tokens"], lengths: Int64[np.ndarray, " R"], fill: int, width: int
) -> Int64[np.ndarray, "R width"]:
    """Lists of many lengths, which lie one after the other, as rows filled up with `fill`."""
    rows = np.full((len(lengths), width), fill, np.int64)
    rows[np.arange(width) < lengths[:, None]] = values
    return rows
