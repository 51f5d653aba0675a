"""Whether parsed records are what the pipeline writes: layout, masks, the name of the mask stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from albert_data.base.arrays import Bool
from albert_data.base.errors import DataError
from albert_data.records.features import ALL_FEATURES
from albert_data.records.parse import Examples, UnmaskedExamples

REBUILD = "restore the file, or remove the folder and build it again"
_Faults: TypeAlias = dict[str, Bool[np.ndarray, " R"]]
_Vocabulary: TypeAlias = Mapping[str, Any]  # `size` and `special_ids`, as in a manifest


def check_examples(
    examples: Examples | UnmaskedExamples,
    vocabulary: _Vocabulary,
    where: str,
    first_record: int = 0,
) -> None:
    """Checks that records are what the pipeline writes.

    Args:
        vocabulary: `size` and `special_ids`, as in a manifest.

    Raises:
        DataError: naming the first bad record and its fault.
    """
    faults = _layout(examples, vocabulary)
    if isinstance(examples, Examples):
        faults |= _masks(examples, vocabulary)
    faults |= _ranges(examples, vocabulary["size"])
    wrong = {fault: int(np.argmax(bad)) for fault, bad in faults.items() if bad.any()}
    if wrong:
        fault = min(wrong, key=lambda name: wrong[name])
        raise DataError(f"record {first_record + wrong[fault]}: {fault}", where=where, fix=REBUILD)


def _layout(examples: Examples | UnmaskedExamples, vocabulary: _Vocabulary) -> _Faults:
    special = vocabulary["special_ids"]
    cls, sep, pad = special["[CLS]"], special["[SEP]"], special["<pad>"]
    ids, mask, boundary = examples.input_ids, examples.input_mask, examples.token_boundary
    lengths = mask.sum(axis=1)
    rows = np.arange(len(ids))
    place = np.arange(ids.shape[1])
    inside = place < lengths[:, None]
    separators = (ids == sep) & inside
    last = np.clip(lengths - 1, 0, ids.shape[1] - 1)
    first_sep = separators.argmax(axis=1)
    second = (place > first_sep[:, None]) & inside
    return {
        "input_mask is not ones followed by zeros": (mask != inside).any(axis=1),
        "it does not read [CLS] x1 [SEP] x2 [SEP]": (ids[:, 0] != cls)
        | (separators.sum(axis=1) != 2)
        | (ids[rows, last] != sep)
        | (np.minimum(first_sep, last - first_sep) < 2),  # of an empty segment
        "padding is not <pad>": ((ids != pad) & ~inside).any(axis=1),
        "segment_ids do not follow the separators": (examples.segment_ids != second).any(axis=1),
        "token_boundary is not 1 on [CLS] and [SEP], or not 0 on padding": (boundary[:, 0] != 1)
        | ((separators & (boundary != 1)) | ((boundary != 0) & ~inside)).any(axis=1),
    }


def _ranges(examples: Examples | UnmaskedExamples, vocabulary_size: int) -> _Faults:
    """Integers that are not in the range of their feature."""
    max_length = examples.input_ids.shape[1]
    faults = {}
    for feature in ALL_FEATURES:
        if feature.dtype != "int64" or not hasattr(examples, feature.name):
            continue
        limit = feature.limit(max_length, vocabulary_size)
        values = getattr(examples, feature.name).view(np.uint64)  # negative: too large as well
        if values.max(initial=0) >= limit:
            outside = (values >= limit).reshape(len(values), -1).any(axis=1)
            faults[f"{feature.name} is not from 0 to {limit - 1}"] = outside
    return faults


def _masks(examples: Examples, vocabulary: _Vocabulary) -> _Faults:
    special = vocabulary["special_ids"]
    cls, sep, pad = special["[CLS]"], special["[SEP]"], special["<pad>"]
    weights, positions = examples.masked_lm_weights, examples.masked_lm_positions
    ids, labels = examples.input_ids, examples.masked_lm_ids
    lengths = examples.input_mask.sum(axis=1)
    used = weights > 0
    at = np.take_along_axis(ids, np.clip(positions, 0, ids.shape[1] - 1), axis=1)
    special_at = np.isin(at, (cls, sep, pad)) | np.isin(labels, (cls, sep, pad, special["[MASK]"]))
    return {
        "masked_lm_weights are not ones followed by zeros": (
            weights != (np.arange(weights.shape[1]) < used.sum(axis=1)[:, None])
        ).any(axis=1),
        "nothing is masked": ~used.any(axis=1),
        "a mask position is out of range": (
            used & ((positions < 1) | (positions >= lengths[:, None]))
        ).any(axis=1),
        "mask positions do not ascend": (used[:, 1:] & (np.diff(positions, axis=1) <= 0)).any(
            axis=1
        ),
        "a mask position is on a special token": (used & special_at).any(axis=1),
        "unused predictions are not 0": (~used & ((positions != 0) | (labels != 0))).any(axis=1),
    }
