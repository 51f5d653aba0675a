"""A tf.Example's bytes (protobuf's wire format) from working memory, for any list of features.

A feature is `name → list of packed values`; features are written in the order of their names, as
deterministic serialisation does. Sizes come before contents, so each has a function of its own.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Bool, Int64, UInt8, UInt32
from albert_data.base.intrinsics import store_half
from albert_data.base.kernels import kernel
from albert_data.examples.masking import Memory
from albert_data.records.features import (
    BYTES,
    FLOATS,
    OF_PREDICTIONS,
    OF_TOKENS,
    FeatureRow,
    FeatureTable,
)
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES, LENGTH_BYTES, seal

_Bytes: TypeAlias = UInt8[np.ndarray, " B"]
INT64_LIST, FLOAT_LIST = 0x1A, 0x12  # tags of a feature's list
_OPENING_BYTES = 96  # at least those of any feature's entry up to its values
_SIZE = np.uint32(24)  # in a code: bits below the size of its varint
_LARGEST = np.uint32(2**21)  # numbers below it have codes


class Scratch(NamedTuple):
    """What writing a record keeps for the next one, of F features and lists of up to `width` values.

    Attributes:
        packed: bytes of each feature's values in the last record.
        openings: of each, its entry up to values of so many bytes; most are the same in every record.
        opening_sizes: bytes of these.
        codes: of a list of varints, each one's bytes and, above them, their number.
        large: a list holds a number that has no code.
    """

    packed: Int64[np.ndarray, " F"]
    openings: UInt8[np.ndarray, "F opening"]
    opening_sizes: Int64[np.ndarray, " F"]
    codes: UInt32[np.ndarray, "F width"]
    large: Bool[np.ndarray, " F"]


def new_scratch(features: FeatureTable) -> Scratch:
    """For records of these features."""
    count, width = len(features), int(features["size"].max(initial=0))
    return Scratch(
        np.full(count, -1),
        np.zeros((count, _OPENING_BYTES), np.uint8),
        np.zeros(count, np.int64),
        np.zeros((count, width), np.uint32),
        np.zeros(count, np.bool_),
    )


@kernel
def write_example(
    out: _Bytes,
    at: int,
    memory: Memory,
    n: int,
    chosen: int,
    features: FeatureTable,
    scratch: Scratch,
) -> int:
    """Writes one framed record at `at`; returns its end. Up to three bytes behind it may be overwritten.

    Args:
        memory: an example of n tokens and `chosen` predictions.
        scratch: of these features.
    """
    size = 0
    for f in range(len(features)):
        packed = _pack(memory, _held(features[f], n, chosen), features[f], f, scratch)
        if packed != scratch.packed[f]:
            opening = scratch.openings[f]
            scratch.packed[f] = packed
            scratch.opening_sizes[f] = _open_feature(opening, features[f], packed)
        size += scratch.opening_sizes[f] + packed
    begin = at
    at = _open_record(out, at, size)
    for f in range(len(features)):
        opening, opening_size = scratch.openings[f], scratch.opening_sizes[f]
        for i in range(opening_size):
            out[at + i] = opening[i]
        at += opening_size
        at = _write_values(out, at, memory, _held(features[f], n, chosen), features[f], f, scratch)
    end = at + FOOTER_BYTES
    seal(out, begin, end)
    return end


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
def _pack(memory: Memory, held: int, feature: FeatureRow, f: int, scratch: Scratch) -> int:
    """Bytes of a feature's packed list; of varints, their codes are made.

    Ids of one, two and three bytes are mixed: a branch would be guessed wrong every few of them.
    """
    size: int = feature["size"]
    if feature["packing"] == FLOATS:
        return 4 * size
    if feature["packing"] == BYTES:
        return size
    values, codes = memory[feature["row"], :held], scratch.codes[f, :held]
    seven, two, three = np.uint32(127), np.uint32(2**7), np.uint32(2**14)
    most, more = np.uint32(0), np.uint32(0)
    for i in range(held):
        value = values[i]
        most |= value
        second, third = np.uint32(value >= two), np.uint32(value >= three)
        code = (value & seven) | (second << np.uint32(7))
        code |= (((value >> np.uint32(7)) & seven) | (third << np.uint32(7))) << np.uint32(8)
        code |= (value >> np.uint32(14)) << np.uint32(16)
        more += second + third
        codes[i] = code + ((np.uint32(1) + second + third) << _SIZE)
    scratch.large[f] = most >= _LARGEST
    if scratch.large[f]:
        size -= held
        for i in range(held):
            size += _varint_size(values[i])
        return size
    return size + np.int64(more)  # type: ignore[return-value]  # compiled, an int64 is an int


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
def _open_feature(out: _Bytes, feature: FeatureRow, packed: int) -> int:
    """Writes a map entry up to its packed values of `packed` bytes; returns its size."""
    name_length = feature["name_length"]
    list_size = 1 + _varint_size(packed) + packed
    value_size = 1 + _varint_size(list_size) + list_size
    entry = 2 + name_length + 1 + _varint_size(value_size) + value_size
    out[0] = 0x0A
    at = _write_varint(out, 1, entry)
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
def _write_values(
    out: _Bytes,
    at: int,
    memory: Memory,
    held: int,
    feature: FeatureRow,
    f: int,
    scratch: Scratch,
) -> int:
    """Writes a feature's packed values: those that memory holds, then zeros."""
    values = memory[feature["row"], :held]
    width = 1
    if feature["packing"] == BYTES:
        room = out[at : at + held]
        for i in range(held):
            room[i] = values[i]
        at += held
    elif feature["packing"] == FLOATS:
        width = 4
        for i in range(held):
            store_half(out, at + 4 * i, values[i])
        at += 4 * held
    elif scratch.large[f]:
        for i in range(held):
            at = _write_varint(out, at, values[i])
    else:
        codes = scratch.codes[f, :held]
        for i in range(held):
            store_half(out, at, codes[i])
            at += np.int64(codes[i] >> _SIZE)  # type: ignore[assignment]  # compiled, an int
    end: int = at + width * (feature["size"] - held)
    out[at:end] = 0
    return end
