"""A tf.Example's bytes (protobuf's wire format) from working memory, for any list of features.

A feature is `name → list of packed values`; features are written in the order of their names, as
deterministic serialisation does. Sizes come before contents, so each has a function of its own.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Int64, UInt8, UInt32
from albert_data.base.intrinsics import copy_bytes, sevens, store_half
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
_OPENING_BYTES, _NAME_BYTES = 64, TABLE["name"].itemsize
# Sizes are of at most three bytes: an example has at most 65,536 tokens, of 20 bytes.
_TWO_BYTES, _THREE_BYTES, _LARGEST = np.uint64(2**7), np.uint64(2**14), np.uint64(2**21)


class Scratch(NamedTuple):
    """What the last record left for the next one: most of it is the same. Of F features.

    Attributes:
        packed: bytes of each feature's values.
        openings: of each, its entry up to these.
        opening_sizes: bytes of the openings.
        record: of the record's opening, its bytes.
    """

    packed: Int64[np.ndarray, " F"]
    openings: UInt8[np.ndarray, "F opening"]
    opening_sizes: Int64[np.ndarray, " F"]
    record: Int64[np.ndarray, " 1"]


def new_scratch(features: FeatureTable) -> Scratch:
    """For records of these features."""
    count = len(features)
    openings = np.zeros((count, _OPENING_BYTES), np.uint8)
    return Scratch(np.full(count, -1), openings, np.zeros(count, np.int64), np.zeros(1, np.int64))


@kernel
def write_example(
    out: _Bytes,
    begin: int,
    memory: Memory,
    n: int,
    chosen: int,
    features: FeatureTable,
    scratch: Scratch,
) -> int:
    """Writes one framed record at `begin`; returns its end. Up to 64 bytes behind it may be overwritten.

    What a list comes to is known when it is written, and its sizes stand before it: values are written
    behind an opening as long as that of the record before, and moved in the rare case that it is of
    another length.

    Args:
        memory: an example of n tokens and `chosen` predictions.
        scratch: of these features.
    """
    first: int = begin + HEADER_BYTES + scratch.record[0]
    at = first
    for f in range(len(features)):
        opening, size = scratch.openings[f], scratch.opening_sizes[f]
        values = at + size
        end = _write_values(out, values, memory, _held(features[f], n, chosen), features[f])
        if end - values != scratch.packed[f]:
            scratch.packed[f] = end - values
            size = _open_feature(opening, features[f], end - values)
            scratch.opening_sizes[f] = size
            if at + size != values:
                end = _move(out, values, end, at + size)
        copy_bytes(out, at, opening, 0, size)
        at = end
    size = 1 + _short_size(at - first)
    scratch.record[0] = size
    if first != begin + HEADER_BYTES + size:
        at = _move(out, first, at, begin + HEADER_BYTES + size)
    _open_record(out, begin, at - begin - HEADER_BYTES - size)
    end = at + FOOTER_BYTES
    seal(out, begin, end)
    return end


@kernel
def _move(out: _Bytes, begin: int, end: int, to: int) -> int:
    """Moves bytes [begin, end) to another place, which may overlap; returns their end there."""
    size = end - begin
    for i in range(size):
        own = i if to < begin else size - 1 - i
        out[to + own] = out[begin + own]
    return to + size


@kernel
def _held(feature: FeatureRow, n: int, chosen: int) -> int:
    """How many values of a feature the memory holds; the others are 0."""
    if feature["held"] == OF_TOKENS:
        return n
    held: int = chosen if feature["held"] == OF_PREDICTIONS else feature["size"]
    return held


@kernel
def _short_varint(number: np.uint64) -> tuple[np.uint32, int]:
    """The varint of a number below 2^21, its first byte lowest, and how many bytes it has.

    Ids of one, two and three bytes are mixed: a branch would be guessed wrong every few of them.
    """
    second, third = np.uint64(number >= _TWO_BYTES), np.uint64(number >= _THREE_BYTES)
    goes_on = (second << np.uint64(7)) | (third << np.uint64(15))
    size: int = np.int64(np.uint64(1) + second + third)  # type: ignore[assignment]  # compiled, an int
    return np.uint32(sevens(number) | goes_on), size


@kernel
def _short_size(number: int) -> int:
    return _short_varint(np.uint64(number))[1]


@kernel
def _write_short(out: _Bytes, at: int, number: int) -> int:
    """Writes a number below 2^21, and up to three bytes behind it; returns its end."""
    varint, size = _short_varint(np.uint64(number))
    store_half(out, at, varint)
    return at + size


@kernel
def _write_varint(out: _Bytes, at: int, value: int) -> int:
    while value >= 128:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@kernel
def _open_record(out: _Bytes, at: int, features: int) -> None:
    """Writes a frame's length (checksums left blank) and an example up to its map of `features` bytes."""
    varint, width = _short_varint(np.uint64(features))
    size = 1 + width + features
    for i in range(LENGTH_BYTES):
        out[at + i] = (size >> (8 * i)) & 255
    at += HEADER_BYTES
    out[at] = 0x0A
    for i in range(width):
        out[at + 1 + i] = (varint >> np.uint32(8 * i)) & np.uint32(255)


@kernel
def _open_feature(out: _Bytes, feature: FeatureRow, packed: int) -> int:
    """Writes a map entry up to its packed values of `packed` bytes; returns its size."""
    name_length = feature["name_length"]
    list_size = 1 + _short_size(packed) + packed
    value_size = 1 + _short_size(list_size) + list_size
    entry = 2 + name_length + 1 + _short_size(value_size) + value_size
    out[0] = 0x0A
    at = _write_short(out, 1, entry)
    out[at] = 0x0A
    out[at + 1] = name_length
    at += 2
    copy_bytes(out, at, feature["name"], 0, _NAME_BYTES)
    at += name_length
    out[at] = 0x12
    at = _write_short(out, at + 1, value_size)
    out[at] = FLOAT_LIST if feature["packing"] == FLOATS else INT64_LIST
    at = _write_short(out, at + 1, list_size)
    out[at] = 0x0A
    return _write_short(out, at + 1, packed)


@kernel
def _write_values(out: _Bytes, at: int, memory: Memory, held: int, feature: FeatureRow) -> int:
    """Writes a feature's packed values: those that memory holds, then zeros; returns their end."""
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
    else:
        at = _write_varints(out, at, values)
    end: int = at + width * (feature["size"] - held)
    for i in range(at, end):
        out[i] = 0
    return end


@kernel
def _write_varints(out: _Bytes, at: int, values: UInt32[np.ndarray, " held"]) -> int:
    """Writes numbers one after the other; returns their end."""
    begin, all_bits = at, np.uint64(0)
    for i in range(len(values)):
        all_bits |= np.uint64(values[i])
        at = _write_short(out, at, values[i])
    if all_bits >= _LARGEST:
        at = begin
        for i in range(len(values)):
            at = _write_varint(out, at, np.int64(values[i]))  # type: ignore[arg-type]  # the same
    return at
