"""tf.Example bytes → arrays, for checking and looking at shards (ours and the reference's).

Reads any field order, as protobuf requires; lists must be packed, as every TensorFlow version writes
them. Cost: about 5 µs a record of 512 tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from albert_data.errors import DataError
from albert_data.kernels import kernel
from albert_data.records.wire import NAME_LENGTHS, NAMES
from albert_data.schema import ALL_FEATURES, DYNAMIC_FEATURES, FEATURES, Feature

_OK, _MALFORMED, _WRONG_LENGTH = 0, 1, 2


@dataclass(frozen=True)
class Examples:
    """R records as arrays; L = max_length, P = max_predictions.

    Attributes:
        input_ids, input_mask, segment_ids, token_boundary: int64 [R, L].
        masked_lm_positions, masked_lm_ids: int64 [R, P].
        masked_lm_weights: float32 [R, P].
        next_sentence_labels: int64 [R].
    """

    input_ids: np.ndarray
    input_mask: np.ndarray
    masked_lm_ids: np.ndarray
    masked_lm_positions: np.ndarray
    masked_lm_weights: np.ndarray
    next_sentence_labels: np.ndarray
    segment_ids: np.ndarray
    token_boundary: np.ndarray


@dataclass(frozen=True)
class UnmaskedExamples:
    """R records of `masking.mode: dynamic` as arrays; L = max_length.

    Attributes:
        input_ids, input_mask, segment_ids, token_boundary: int64 [R, L].
        mask_stream: int64 [R, 4].
        next_sentence_labels: int64 [R].
    """

    input_ids: np.ndarray
    input_mask: np.ndarray
    mask_stream: np.ndarray
    next_sentence_labels: np.ndarray
    segment_ids: np.ndarray
    token_boundary: np.ndarray


def parse_examples(
    buffer: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
    max_length: int,
    max_predictions: int,
    where: str,
    first_record: int = 0,
) -> Examples:
    """Parses records of one shard.

    Args:
        buffer: uint8, the shard's bytes.
        begins, ends: int64 [R], where the records lie (see `tfrecord.find_records`).
        where, first_record: the shard's name and the ordinal of the first record, for errors.

    Raises:
        DataError: naming the first record that is no tf.Example of these features and lengths.
    """
    sizes = [f.size(max_length, max_predictions) for f in FEATURES]
    return Examples(**_arrays(buffer, begins, ends, FEATURES, sizes, where, first_record))


def parse_unmasked(
    buffer: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
    max_length: int,
    where: str,
    first_record: int = 0,
) -> UnmaskedExamples:
    """Parses records of one shard of `masking.mode: dynamic`; otherwise as `parse_examples`."""
    sizes = [f.size(max_length, 0) for f in DYNAMIC_FEATURES]
    found = _arrays(buffer, begins, ends, DYNAMIC_FEATURES, sizes, where, first_record)
    return UnmaskedExamples(**found)


def _arrays(
    buffer: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
    features: Sequence[Feature],
    lengths: Sequence[int],
    where: str,
    first_record: int,
) -> dict[str, np.ndarray]:
    sizes = np.array(lengths, np.int64)
    columns = np.concatenate([[0], np.cumsum(sizes)])
    values = np.zeros((len(begins), int(columns[-1])), np.int64)
    named = np.array([ALL_FEATURES.index(f) for f in features])
    floats = np.array([f.dtype == "float32" for f in features], np.bool_)
    row, status, feature = _parse(
        buffer, begins, ends, NAMES[named], NAME_LENGTHS[named], floats, sizes, columns, values
    )
    if status != _OK:
        name = features[feature].name if feature >= 0 else ""
        expected = f"{sizes[feature]} values" if feature >= 0 else ""
        problem = {
            _MALFORMED: "is not a tf.Example",
            _WRONG_LENGTH: f"has no feature {name} of {expected}",
        }[status]
        raise DataError(f"record {first_record + row} {problem}", where=where)
    arrays = {}
    for index, feature_ in enumerate(features):
        part = values[:, columns[index] : columns[index + 1]]
        if feature_.dtype == "float32":
            part = part.astype(np.uint32).view(np.float32)
        arrays[feature_.name] = part[:, 0] if feature_.length == "one" else part
    return arrays


@kernel
def _read_varint(buffer, at, end):
    """(value, next place); the place is -1 where the varint does not end in time."""
    value = np.int64(0)
    shift = 0
    while at < end and shift < 64:
        byte = np.int64(buffer[at])
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7
    return np.int64(0), -1


@kernel
def _enter(buffer, at, end, tag):
    """Steps into a length-delimited field with this tag: (begin, end) of its content, or (-1, -1)."""
    if at >= end or buffer[at] != tag:
        return -1, -1
    size, at = _read_varint(buffer, at + 1, end)
    if at < 0 or size < 0 or size > end - at:
        return -1, -1
    return at, at + size


@kernel
def _feature_of(buffer, begin, end, names, name_lengths):
    """Index of the feature with this name, -1 for another name."""
    for f in range(len(name_lengths)):
        if name_lengths[f] != end - begin:
            continue
        same = True
        for i in range(end - begin):
            if buffer[begin + i] != names[f, i]:
                same = False
                break
        if same:
            return f
    return -1


@kernel
def _parse_values(buffer, begin, end, is_float, size, row):
    """Fills `row` from a packed list; whether it had exactly `size` values."""
    if is_float:
        if end - begin != 4 * size:
            return False
        for i in range(size):
            bits = np.int64(0)
            for k in range(4):
                bits |= np.int64(buffer[begin + 4 * i + k]) << (8 * k)
            row[i] = bits
        return True
    at = begin
    for i in range(size):
        if at < end and buffer[at] < 128:
            row[i] = buffer[at]
            at += 1
            continue
        row[i], at = _read_varint(buffer, at, end)
        if at < 0:
            return False
    return at == end


@kernel
def _parse(buffer, begins, ends, names, name_lengths, floats, sizes, columns, values):
    """Fills one row a record; returns (first bad row, status, feature)."""
    seen = np.zeros(len(sizes), np.bool_)
    for row in range(len(begins)):
        at, end = _enter(buffer, begins[row], ends[row], 0x0A)
        if at < 0 or end != ends[row]:
            return row, _MALFORMED, -1
        seen[:] = False
        while at < end:
            entry, entry_end = _enter(buffer, at, end, 0x0A)
            name, name_end = _enter(buffer, entry, entry_end, 0x0A)
            if entry < 0 or name < 0:
                return row, _MALFORMED, -1
            value, value_end = _enter(buffer, name_end, entry_end, 0x12)
            if value < 0 or value_end != entry_end:
                return row, _MALFORMED, -1
            at = entry_end
            feature = _feature_of(buffer, name, name_end, names, name_lengths)
            if feature < 0:
                continue
            kind = 0x12 if floats[feature] else 0x1A
            items, items_end = _enter(buffer, value, value_end, kind)
            if items < 0 or items_end != value_end:
                return row, _WRONG_LENGTH, feature
            packed, packed_end = _enter(buffer, items, items_end, 0x0A)
            own = values[row, columns[feature] : columns[feature + 1]]
            whole = packed >= 0 and packed_end == items_end
            if not whole or not _parse_values(
                buffer, packed, packed_end, floats[feature], sizes[feature], own
            ):
                return row, _WRONG_LENGTH, feature
            seen[feature] = True
        for feature in range(len(sizes)):
            if not seen[feature]:
                return row, _WRONG_LENGTH, feature
    return -1, _OK, -1
