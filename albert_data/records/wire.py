"""A tf.Example's bytes (protobuf's wire format) from working memory, for any list of features.

A feature is `name → list of packed values`; features are written in the order of their names, as
deterministic serialisation does. Sizes come before contents, so each has a function of its own.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Bool, Int64, UInt8, UInt32
from albert_data.base.intrinsics import copy_bytes, store_half
from albert_data.base.kernels import kernel
from albert_data.examples.masking import Memory
from albert_data.records.features import (
    BYTES,
    FLOATS,
    OF_PREDICTIONS,
    OF_TOKENS,
    TABLE,
    FeatureRow,
    FeatureTable,
)
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES, LENGTH_BYTES, seal

_Bytes: TypeAlias = UInt8[np.ndarray, " B"]
INT64_LIST, FLOAT_LIST = 0x1A, 0x12  # tags of a feature's list
# Of all copies of an opening or a name, so that no loop goes over their bytes; what follows is overwritten.
_OPENING_BYTES, _NAME_BYTES = 64, TABLE["name"].itemsize
# A number below 2^21 has a code: its varint and, in the byte above, how many bytes of it count. All sizes are
# below: an example has at most 65,536 tokens, of 20 bytes.
_SIZE = np.uint32(24)
_LARGEST = np.uint32(2**21)


class Scratch(NamedTuple):
    """What writing a record keeps for the next one, of F features and lists of up to `width` values.

    Attributes:
        packed: bytes of each feature's values in the last record.
        openings: of each, its entry up to values of so many bytes; most are the same in every record.
        opening_sizes: bytes of these.
        codes: of a list of varints.
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
    """Writes one framed record at `at`; returns its end. Up to 64 bytes behind it may be overwritten.

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
        copy_bytes(out, at, scratch.openings[f], 0, _OPENING_BYTES)
        at += scratch.opening_sizes[f]
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
def _code(value: np.uint32) -> np.uint32:
    """The code of a number below 2^21.

    Ids of one, two and three bytes are mixed: a branch would be guessed wrong every few of them.
    """
    seven = np.uint32(127)
    second, third = np.uint32(value >= np.uint32(2**7)), np.uint32(value >= np.uint32(2**14))
    code = (value & seven) | (second << np.uint32(7))
    code |= (((value >> np.uint32(7)) & seven) | (third << np.uint32(7))) << np.uint32(8)
    code |= (value >> np.uint32(14)) << np.uint32(16)
    return code + ((np.uint32(1) + second + third) << _SIZE)


@kernel
def _code_size(code: np.uint32) -> int:
    return np.int64(code >> _SIZE)  # type: ignore[return-value]  # compiled, an int64 is an int


@kernel
def _write_code(out: _Bytes, at: int, code: np.uint32) -> int:
    store_half(out, at, code)
    return at + _code_size(code)


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
    """Bytes of a feature's packed list; of varints, their codes are made."""
    size: int = feature["size"]
    if feature["packing"] == FLOATS:
        return 4 * size
    if feature["packing"] == BYTES:
        return size
    values, codes = memory[feature["row"], :held], scratch.codes[f, :held]
    most, packed = np.uint32(0), np.uint32(size - held)
    for i in range(held):
        most |= values[i]
        codes[i] = _code(values[i])
        packed += codes[i] >> _SIZE
    scratch.large[f] = most >= _LARGEST
    if scratch.large[f]:
        packed = np.uint32(size - held)
        for i in range(held):
            packed += np.uint32(_varint_size(values[i]))
    return np.int64(packed)  # type: ignore[return-value]  # compiled, an int64 is an int


@kernel
def _open_record(out: _Bytes, at: int, features: int) -> int:
    """Writes a frame's length (checksums left blank) and an example up to its map of `features` bytes."""
    code = _code(np.uint32(features))
    size = 1 + _code_size(code) + features
    for i in range(LENGTH_BYTES):
        out[at + i] = (size >> (8 * i)) & 255
    at += HEADER_BYTES
    out[at] = 0x0A
    return _write_code(out, at + 1, code)


@kernel
def _open_feature(out: _Bytes, feature: FeatureRow, packed: int) -> int:
    """Writes a map entry up to its packed values of `packed` bytes; returns its size."""
    name_length = feature["name_length"]
    of_packed = _code(np.uint32(packed))
    list_size = 1 + _code_size(of_packed) + packed
    of_list = _code(np.uint32(list_size))
    value_size = 1 + _code_size(of_list) + list_size
    of_value = _code(np.uint32(value_size))
    entry = 2 + name_length + 1 + _code_size(of_value) + value_size
    out[0] = 0x0A
    at = _write_code(out, 1, _code(np.uint32(entry)))
    out[at] = 0x0A
    out[at + 1] = name_length
    at += 2
    copy_bytes(out, at, feature["name"], 0, _NAME_BYTES)
    at += name_length
    out[at] = 0x12
    at = _write_code(out, at + 1, of_value)
    out[at] = FLOAT_LIST if feature["packing"] == FLOATS else INT64_LIST
    at = _write_code(out, at + 1, of_list)
    out[at] = 0x0A
    return _write_code(out, at + 1, of_packed)


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
            at = _write_code(out, at, codes[i])
    end: int = at + width * (feature["size"] - held)
    for i in range(at, end):
        out[i] = 0
    return end
