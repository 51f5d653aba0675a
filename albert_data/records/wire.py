"""The protobuf wire format of a tf.Example as kernels: varints, and features as map entries.

A feature is `name → list of packed values`; features are written in the order of their names, as
deterministic serialisation does. Sizes come before contents, so each has a function of its own.
"""

from __future__ import annotations

import numpy as np

from albert_data.kernels import kernel
from albert_data.records.tfrecord import HEADER_BYTES, LENGTH_BYTES
from albert_data.schema import ALL_FEATURES

NAMES = np.zeros((len(ALL_FEATURES), 32), np.uint8)
for _row, _feature in enumerate(ALL_FEATURES):
    NAMES[_row, : len(_feature.name)] = np.frombuffer(_feature.name.encode(), np.uint8)
NAME_LENGTHS = np.array([len(f.name) for f in ALL_FEATURES], np.int64)
# Rows of NAMES.
(
    INPUT_IDS, INPUT_MASK, MASK_STREAM, MLM_IDS, MLM_POSITIONS, MLM_WEIGHTS, LABEL, SEGMENT_IDS,
    BOUNDARY,
) = range(len(ALL_FEATURES))  # fmt: skip
INT64_LIST, FLOAT_LIST = 0x1A, 0x12  # tags of a feature's list


@kernel
def varint_size(value):
    size = 1
    while value >= 128:
        value >>= 7
        size += 1
    return size


@kernel
def write_varint(out, at, value):
    while value >= 128:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@kernel
def packed_size(values, n, total):
    """Bytes of a packed list: n values, then zeros up to total."""
    size = total - n
    for i in range(n):
        size += varint_size(values[i])
    return size


@kernel
def open_record(out, at, features):
    """Writes a frame's length (checksums left blank) and an example up to its map of `features` bytes."""
    size = 1 + varint_size(features) + features
    for i in range(LENGTH_BYTES):
        out[at + i] = (size >> (8 * i)) & 255
    at += HEADER_BYTES
    out[at] = 0x0A
    return write_varint(out, at + 1, features)


@kernel
def open_feature(out, at, feature, kind, packed):
    """Writes a map entry up to its packed values; `kind` is the tag of the list (float or int64)."""
    names, name_length = NAMES[feature], NAME_LENGTHS[feature]
    list_size = 1 + varint_size(packed) + packed
    value_size = 1 + varint_size(list_size) + list_size
    entry = 2 + name_length + 1 + varint_size(value_size) + value_size
    out[at] = 0x0A
    at = write_varint(out, at + 1, entry)
    out[at] = 0x0A
    out[at + 1] = name_length
    at += 2
    for i in range(name_length):
        out[at + i] = names[i]
    at += name_length
    out[at] = 0x12
    at = write_varint(out, at + 1, value_size)
    out[at] = kind
    at = write_varint(out, at + 1, list_size)
    out[at] = 0x0A
    return write_varint(out, at + 1, packed)


@kernel
def entry_size(feature, packed):
    list_size = 1 + varint_size(packed) + packed
    value_size = 1 + varint_size(list_size) + list_size
    entry = 2 + NAME_LENGTHS[feature] + 1 + varint_size(value_size) + value_size
    return 1 + varint_size(entry) + entry


@kernel
def write_values(out, at, values, n, total):
    for i in range(n):
        at = write_varint(out, at, values[i])
    for _ in range(total - n):
        out[at] = 0
        at += 1
    return at


@kernel
def write_bits(out, at, values, n, total):
    """Values below 128: a byte each."""
    for i in range(n):
        out[at + i] = values[i]
    for i in range(n, total):
        out[at + i] = 0
    return at + total
