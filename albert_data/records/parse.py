"""tf.Example bytes → arrays, for checking and looking at shards (ours and the reference's).

Reads any field order, as protobuf requires; lists must be packed, as every TensorFlow version writes
them. Cost: about 5 µs a record of 512 tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TypeAlias

import numpy as np

from albert_data.base.arrays import Int64, Shaped, UInt8
from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel, kernel_making_arrays
from albert_data.records.features import FLOATS, Feature, FeatureTable, features_of, table_of
from albert_data.records.wire import FLOAT_LIST, INT64_LIST

_Bytes: TypeAlias = UInt8[np.ndarray, " B"]
OK, MALFORMED, WRONG_LENGTH = 0, 1, 2


class Examples(SimpleNamespace):
    """R records as arrays under their features' names (see `features.py`).

    Integers are int64, floats float32; [R, length], or [R] for a feature of one value.
    """


class UnmaskedExamples(SimpleNamespace):
    """R records of `masking.mode: dynamic`, otherwise as `Examples`."""


def parse_examples(
    buffer: UInt8[np.ndarray, " B"],
    begins: Int64[np.ndarray, " R"],
    ends: Int64[np.ndarray, " R"],
    max_length: int,
    max_predictions: int,
    where: str,
    first_record: int = 0,
    strict: bool = True,
) -> Examples:
    """Parses records of one shard.

    Args:
        buffer: the shard's bytes.
        begins, ends: where the records lie (see `tfrecord.find_records`).
        where, first_record: the shard's name and the ordinal of the first record, for errors.
        strict: every feature must be there; otherwise those that are not `needed` may be absent from
            records, which are 0 then.

    Raises:
        DataError: naming the first record that is no tf.Example of these features and lengths.
    """
    features = features_of("static")
    table = table_of(features, max_length, max_predictions, strict)
    return Examples(**parse_features(buffer, begins, ends, features, table, where, first_record))


def parse_unmasked(
    buffer: UInt8[np.ndarray, " B"],
    begins: Int64[np.ndarray, " R"],
    ends: Int64[np.ndarray, " R"],
    max_length: int,
    where: str,
    first_record: int = 0,
) -> UnmaskedExamples:
    """Parses records of one shard of `masking.mode: dynamic`; otherwise as `parse_examples`."""
    features = features_of("dynamic")
    table = table_of(features, max_length, 0)
    return UnmaskedExamples(
        **parse_features(buffer, begins, ends, features, table, where, first_record)
    )


def parse_features(
    buffer: UInt8[np.ndarray, " B"],
    begins: Int64[np.ndarray, " R"],
    ends: Int64[np.ndarray, " R"],
    features: Sequence[Feature],
    table: FeatureTable,
    where: str,
    first_record: int,
) -> dict[str, Shaped[np.ndarray, "R ..."]]:
    columns = offsets_of(table["size"])
    values = np.zeros((len(begins), int(columns[-1])), np.int64)
    row, status, feature = _parse(buffer, begins, ends, table, columns, values)
    if status == MALFORMED:
        raise DataError(f"record {first_record + row} is not a tf.Example", where=where)
    if status == WRONG_LENGTH:
        expected = f"{features[feature].name} of {table['size'][feature]} values"
        raise DataError(f"record {first_record + row} has no feature {expected}", where=where)
    arrays = {}
    for index, feature_ in enumerate(features):
        part = values[:, columns[index] : columns[index + 1]]
        if feature_.dtype == "float32":
            part = part.astype(np.uint32).view(np.float32)
        arrays[feature_.name] = part[:, 0] if feature_.length == "one" else part
    return arrays


@kernel
def read_varint(buffer: _Bytes, at: int, end: int) -> tuple[np.int64, int]:
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
def _enter(buffer: _Bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Steps into a length-delimited field with this tag: (begin, end) of its content, or (-1, -1)."""
    if at >= end or buffer[at] != tag:
        return -1, -1
    size, at = read_varint(buffer, at + 1, end)
    if at < 0 or size < 0 or size > end - at:
        return -1, -1
    return at, at + size  # type: ignore[return-value]  # compiled, an int64 is an int


@kernel
def _feature_of(buffer: _Bytes, begin: int, end: int, features: FeatureTable, likely: int) -> int:
    """Index of the feature with this name, -1 for another name; looked for from the likely one on."""
    for k in range(len(features)):
        f = likely + k if likely + k < len(features) else likely + k - len(features)
        if features[f]["name_length"] != end - begin:
            continue
        same = True
        for i in range(end - begin):
            if buffer[begin + i] != features[f]["name"][i]:
                same = False
                break
        if same:
            return f
    return -1


@kernel
def _parse_values(
    buffer: _Bytes, begin: int, end: int, is_float: bool, size: int, row: Int64[np.ndarray, " size"]
) -> bool:
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
        row[i], at = read_varint(buffer, at, end)
        if at < 0:
            return False
    return at == end


@kernel
def find_lists(
    buffer: _Bytes, begin: int, end: int, features: FeatureTable, lists: Int64[np.ndarray, "F 2"]
) -> tuple[int, int]:
    """Finds the packed values of each feature of one record; returns (status, feature).

    Args:
        lists: is filled with where they begin and end, -1 for a feature that is not there.
    """
    at, stop = _enter(buffer, begin, end, 0x0A)
    if at < 0 or stop != end:
        return MALFORMED, -1
    lists[:] = -1
    likely = 0
    while at < end:
        entry, entry_end = _enter(buffer, at, end, 0x0A)
        name, name_end = _enter(buffer, entry, entry_end, 0x0A)
        if entry < 0 or name < 0:
            return MALFORMED, -1
        value, value_end = _enter(buffer, name_end, entry_end, 0x12)
        if value < 0 or value_end != entry_end:
            return MALFORMED, -1
        at = entry_end
        feature = _feature_of(buffer, name, name_end, features, likely)
        if feature < 0:
            continue
        likely = feature + 1
        kind = FLOAT_LIST if features[feature]["packing"] == FLOATS else INT64_LIST
        items, items_end = _enter(buffer, value, value_end, kind)
        if items < 0 or items_end != value_end:
            return WRONG_LENGTH, feature
        packed, packed_end = _enter(buffer, items, items_end, 0x0A)
        if packed < 0 or packed_end != items_end:
            return WRONG_LENGTH, feature
        lists[feature, 0], lists[feature, 1] = packed, packed_end
    for feature in range(len(features)):
        if features[feature]["needed"] and lists[feature, 0] < 0:
            return WRONG_LENGTH, feature
    return OK, -1


@kernel_making_arrays
def _parse(
    buffer: _Bytes,
    begins: Int64[np.ndarray, " R"],
    ends: Int64[np.ndarray, " R"],
    features: FeatureTable,
    columns: Int64[np.ndarray, " F+1"],
    values: Int64[np.ndarray, "R columns"],
) -> tuple[int, int, int]:
    """Fills one row a record; returns (first bad row, status, feature)."""
    lists = np.empty((len(features), 2), np.int64)
    for row in range(len(begins)):
        status, feature = find_lists(buffer, begins[row], ends[row], features, lists)
        if status != OK:
            return row, status, feature
        for feature in range(len(features)):
            begin, end = lists[feature]
            if begin < 0:
                continue
            place = values[row, columns[feature] : columns[feature + 1]]
            is_float = features[feature]["packing"] == FLOATS
            if not _parse_values(buffer, begin, end, is_float, features[feature]["size"], place):
                return row, WRONG_LENGTH, feature
    return -1, OK, -1
