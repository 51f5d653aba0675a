"""A tf.Example's bytes (protobuf's wire format) from working memory, for any list of features.

A feature is `name → list of packed values`; features are written in the order of their names, as
deterministic serialisation does. Sizes come before contents, so each has a function of its own.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from albert_data.base.arrays import Int64, UInt8
from albert_data.base.kernels import kernel
from albert_data.examples.masking import Memory
from albert_data.records.features import (
    BYTES,
    FLOATS,
    OF_PREDICTIONS,
    OF_TOKENS,
    VARINTS,
    FeatureRow,
    FeatureTable,
)
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES, LENGTH_BYTES

_Bytes: TypeAlias = UInt8[np.ndarray, " B"]
INT64_LIST, FLOAT_LIST = 0x1A, 0x12  # tags of a feature's list


@kernel
def write_example(
    out: _Bytes,
    at: int,
    memory: Memory,
    n: int,
    chosen: int,
    features: FeatureTable,
    packed: Int64[np.ndarray, " F"],
) -> int:
    """Writes one framed record (checksums left blank) at `at`; returns its end.

    Args:
        memory: an example of n tokens and `chosen` predictions.
        packed: is overwritten.
    """
    size = 0
    for f in range(len(features)):
        packed[f] = _packed_size(memory, _held(features[f], n, chosen), features[f])
        size += _entry_size(features[f]["name_length"], packed[f])
    at = _open_record(out, at, size)
    for f in range(len(features)):
        at = _open_feature(out, at, features[f], packed[f])
        at = _write_values(out, at, memory, _held(features[f], n, chosen), features[f])
    return at + FOOTER_BYTES


@kernel
def _held(feature: FeatureRow, n: int, chosen: int) -> int:
    """How many values of a feature the memory holds; the others are 0."""
    if feature["held"] == OF_TOKENS:
        return n
    held: int = chosen if feature["held"] == OF_PREDICTIONS else feature["size"]
    return held


@kernel
def _varint_size(value: int) -> int:
    size = 1
    while value >= 128:
        value >>= 7
        size += 1
    return size


@kernel
def _write_varint(out: _Bytes, at: int, value: int) -> int:
    while value >= 128:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@kernel
def _write_short_varint(out: _Bytes, at: int, value: int) -> int:
    """As `_write_varint`; a value below 2^21 without a branch, and perhaps two bytes too many.

    Ids of one, two and three bytes are mixed: a branch would be guessed wrong every few of them.
    """
    if value >= 2**21:
        return _write_varint(out, at, value)
    two, three = value >= 2**7, value >= 2**14
    out[at] = (value & 127) | (two << 7)
    out[at + 1] = ((value >> 7) & 127) | (three << 7)
    out[at + 2] = value >> 14
    return at + 1 + two + three


@kernel
def _packed_size(memory: Memory, held: int, feature: FeatureRow) -> int:
    """Bytes of a feature's packed list."""
    size: int = feature["size"]
    if feature["packing"] == FLOATS:
        return 4 * size
    if feature["packing"] == VARINTS:
        values = memory[feature["row"]]
        for i in range(held):  # without branches, as in `_write_short_varint`
            value = values[i]
            size = size + (value >= 2**7) + (value >= 2**14) + (value >= 2**21) + (value >= 2**28)
    return size


@kernel
def _open_record(out: _Bytes, at: int, features: int) -> int:
    """Writes a frame's length (checksums left blank) and an example up to its map of `features` bytes."""
    size = 1 + _varint_size(features) + features
    for i in range(LENGTH_BYTES):
        out[at + i] = (size >> (8 * i)) & 255
    at += HEADER_BYTES
    out[at] = 0x0A
    return _write_varint(out, at + 1, features)


@kernel
def _open_feature(out: _Bytes, at: int, feature: FeatureRow, packed: int) -> int:
    """Writes a map entry up to its packed values of `packed` bytes."""
    name_length = feature["name_length"]
    list_size = 1 + _varint_size(packed) + packed
    value_size = 1 + _varint_size(list_size) + list_size
    entry = 2 + name_length + 1 + _varint_size(value_size) + value_size
    out[at] = 0x0A
    at = _write_varint(out, at + 1, entry)
    out[at] = 0x0A
    out[at + 1] = name_length
    at += 2
    for i in range(name_length):
        out[at + i] = feature["name"][i]
    at += name_length
    out[at] = 0x12
    at = _write_varint(out, at + 1, value_size)
    out[at] = FLOAT_LIST if feature["packing"] == FLOATS else INT64_LIST
    at = _write_varint(out, at + 1, list_size)
    out[at] = 0x0A
    return _write_varint(out, at + 1, packed)


@kernel
def _entry_size(name_length: int, packed: int) -> int:
    list_size = 1 + _varint_size(packed) + packed
    value_size = 1 + _varint_size(list_size) + list_size
    entry = 2 + name_length + 1 + _varint_size(value_size) + value_size
    return 1 + _varint_size(entry) + entry


@kernel
def _write_values(out: _Bytes, at: int, memory: Memory, held: int, feature: FeatureRow) -> int:
    """Writes a feature's packed values: those that memory holds, then zeros."""
    values = memory[feature["row"]]
    width = 1
    if feature["packing"] == BYTES:
        for i in range(held):
            out[at + i] = values[i]
        at += held
    elif feature["packing"] == FLOATS:
        width = 4
        for i in range(held):
            for k in range(4):  # little-endian
                out[at + 4 * i + k] = (values[i] >> np.uint32(8 * k)) & np.uint32(255)
        at += 4 * held
    else:
        for i in range(held):
            at = _write_short_varint(out, at, values[i])
    end: int = at + width * (feature["size"] - held)
    for i in range(at, end):
        out[i] = 0
    return end
