"""Records of any form as the audit looks at them: dense arrays with the text as it was before masking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64, Shaped
from albert_data.base.errors import DataError

ROWS = 2048  # records of a batch
LONGEST = 2**16  # tokens of a record; more is no pretraining example
FIX = "restore the file, or make it anew"
SENTENCE = "next_sentence_labels"
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


def of_features(
    features: Mapping[str, Any],
    where: str,
    first: int,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Batch:
    """The batch of R records from features as google-research/bert names them, [R, any] integers.

    Predictions are those with a weight; without weights, those not of position 0, which is [CLS].

    Args:
        features: `input_ids`, `input_mask`, `segment_ids`; where something is masked `masked_lm_positions`,
            `masked_lm_ids` and perhaps `masked_lm_weights`; perhaps `next_sentence_labels` [R],
            `token_boundary`.
        names: what the file calls features otherwise.

    Raises:
        DataError: naming the first record with a value that cannot be, or that there are no `masked_lm_ids`.
    """

    def within(name: str, below: int = _LARGEST) -> Any:
        return checked(names.get(name, name), features[name], where, first, below)

    ids = within("input_ids").astype(np.int32)
    inside, segments = within("input_mask", 2) != 0, within("segment_ids", 2) != 0
    predicted, originals, repeated = np.zeros(ids.shape, np.bool_), ids, 0
    most = features["masked_lm_positions"].shape[1] if "masked_lm_positions" in features else 0
    if most:
        if "masked_lm_ids" not in features:
            raise DataError(f"record {first} has no masked_lm_ids", where=where, fix=FIX)
        positions, labels = within("masked_lm_positions", ids.shape[1]), within("masked_lm_ids")
        used = features.get("masked_lm_weights", positions) > 0
        predicted, originals, repeated = put_back(ids, positions, labels, used)
    return Batch(
        where,
        first,
        ids,
        inside,
        predicted,
        originals,
        repeated,
        segments,
        features["token_boundary"] != 0 if "token_boundary" in features else None,
        within(SENTENCE, 2) if SENTENCE in features else None,
        most or None,
        most > 0,
    )


def dense(
    values: Shaped[np.ndarray, " tokens"], lengths: Int64[np.ndarray, " R"], fill: int, width: int
) -> Int64[np.ndarray, "R width"]:
    """Lists of many lengths, which lie one after the other, as rows filled up with `fill`."""
    rows = np.full((len(lengths), width), fill, np.int64)
    rows[np.arange(width) < lengths[:, None]] = values
    return rows
