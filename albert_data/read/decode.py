"""Framed records in a buffer → int32 arrays of a batch, in one compiled pass without the GIL.

Both checksums of every record are checked. Each feature becomes one contiguous, aligned array [R, values]; a
record that cannot be read leaves its row undefined and a fault in `faults`, and the others are read.
Cost: about 2 µs a record of 512 tokens and 77 predictions, checksums included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Int32, Int64, Shaped, UInt8
from albert_data.base.intrinsics import load_word, short_varint, trailing_zeros
from albert_data.base.kernels import kernel, kernel_making_arrays
from albert_data.read.memory import Memory, places_of
from albert_data.records.features import FLOATS, Feature, FeatureTable, table_of
from albert_data.records.parse import MALFORMED, OK, WRONG_LENGTH, find_lists, read_varint
from albert_data.records.tfrecord import (
    FOOTER_BYTES,
    HEADER_BYTES,
    LENGTH_BYTES,
    has_checksum,
)

_Bytes: TypeAlias = UInt8[np.ndarray, " B"]
_Out: TypeAlias = Int32[np.ndarray, " values"]
DAMAGED, TOO_LARGE = WRONG_LENGTH + 1, WRONG_LENGTH + 2
FAULTS = {
    DAMAGED: "is damaged (CRC-32C)",
    MALFORMED: "is not a tf.Example",
    WRONG_LENGTH: "lacks a feature, or has another number of its values",
    TOO_LARGE: "has a number that is no int32",
}
_LAST_BYTES = np.uint64(0x8080808080808080)  # clear in the last byte of a varint
_ONE = np.uint64(1)


class Columns(NamedTuple):
    """The features of a batch and where they go.

    Attributes:
        features: F of them.
        table: the same for the kernels.
        limits: integers of each are below this.
    """

    features: tuple[Feature, ...]
    table: FeatureTable
    limits: Int64[np.ndarray, " F"]

    @classmethod
    def of(
        cls, features: Sequence[Feature], max_length: int, max_predictions: int, strict: bool
    ) -> Columns:
        """For records of these lengths; with `strict`, all of the features are needed."""
        table = table_of(features, max_length, max_predictions, strict)
        limits = np.array([2**32 if _is_wide(feature) else 2**31 for feature in features])
        return cls(tuple(features), table, limits)


def _is_wide(feature: Feature) -> bool:
    """Whether a feature's numbers need 32 bits without a sign."""
    return feature.below == 2**32


class Rows:
    """Room for R records, in memory of a run or of its own."""

    def __init__(self, columns: Columns, rows: int, memory: Memory | None = None) -> None:
        self.columns, self.count = columns, rows
        self._starts = places_of(columns.table["size"].astype(np.int64) * rows)
        self.values = (memory or Memory(0)).take(int(self._starts[-1]))
        self.faults = np.zeros(rows, np.uint8)

    def decode(
        self,
        buffer: UInt8[np.ndarray, " B"],
        offsets: Int64[np.ndarray, " places"],
        records: Int64[np.ndarray, " N"],
        at: Int64[np.ndarray, " N"],
    ) -> None:
        """Reads records of one shard into the rows `at`.

        Args:
            buffer: the shard's bytes, read-only.
            offsets: where its framed records begin, and where the last ends, in `buffer`.
            records: their numbers in the shard.
        """
        _, table, limits = self.columns
        _decode(buffer, offsets, records, at, table, limits, self._starts, self.values, self.faults)

    def arrays(self) -> dict[str, Shaped[np.ndarray, "R ..."]]:
        """The features by name, [R, values]: float32, uint32 where int32 is too small, else int32."""
        arrays = {}
        for at, feature in enumerate(self.columns.features):
            shape = self.count, int(self.columns.table["size"][at])
            start = int(self._starts[at])
            part = self.values[start : start + shape[0] * shape[1]].reshape(shape)
            if feature.dtype == "float32":
                part = part.view(np.float32)
            elif _is_wide(feature):
                part = part.view(np.uint32)
            arrays[feature.name] = part
        return arrays


@kernel_making_arrays
def _decode(
    buffer: _Bytes,
    offsets: Int64[np.ndarray, " places"],
    records: Int64[np.ndarray, " N"],
    rows: Int64[np.ndarray, " N"],
    features: FeatureTable,
    limits: Int64[np.ndarray, " F"],
    starts: Int64[np.ndarray, " columns"],
    out: _Out,
    faults: UInt8[np.ndarray, " R"],
) -> None:
    lists = np.empty((len(features), 2), np.int64)
    for i in range(len(records)):
        record, row = records[i], rows[i]
        begin, end = offsets[record] + HEADER_BYTES, offsets[record + 1] - FOOTER_BYTES
        if not _intact(buffer, begin, end):
            faults[row] = DAMAGED
            continue
        status, _ = find_lists(buffer, begin, end, features, lists)
        for f in range(len(features)):
            if status != OK:
                break
            size = features[f]["size"]
            at = starts[f] + size * row
            packed, packed_end = lists[f]
            if packed < 0:
                out[at : at + size] = 0
            elif features[f]["packing"] == FLOATS:
                status = _copy_floats(buffer, packed, packed_end, size, out, at)
            else:
                status = _read_integers(buffer, packed, packed_end, size, limits[f], out, at)
        faults[row] = status


@kernel
def _intact(buffer: _Bytes, begin: int, end: int) -> bool:
    """Whether a record lies in the buffer, is as long as its frame says and has its checksums."""
    frame = begin - HEADER_BYTES
    if frame < 0 or end < begin or end + FOOTER_BYTES > len(buffer):
        return False
    if load_word(buffer, frame) != np.uint64(end - begin):
        return False
    if not has_checksum(buffer, frame, frame + LENGTH_BYTES):
        return False
    return has_checksum(buffer, begin, end)


@kernel
def _copy_floats(buffer: _Bytes, begin: int, end: int, size: int, out: _Out, at: int) -> int:
    if end - begin != 4 * size:
        return WRONG_LENGTH
    values = out[at : at + size]
    for i in range(size):  # the upper half of the last word is the record's checksum
        values[i] = np.int32(load_word(buffer, begin + 4 * i) & np.uint64(0xFFFFFFFF))
    return OK


@kernel
def _read_integers(
    buffer: _Bytes, begin: int, end: int, size: int, limit: int, out: _Out, at: int
) -> int:
    """Fills `out` from a packed list of varints below `limit`, which are stored by their lower 32 bits."""
    if end - begin == size:  # a byte each
        packed, values = buffer[begin:end], out[at : at + size]
        seen = np.uint8(0)
        for i in range(size):
            values[i] = packed[i]
            seen |= packed[i]
        return OK if seen < 128 else WRONG_LENGTH
    i = 0
    while i < size:
        if begin + 8 <= end and i + 8 <= size:
            word = load_word(buffer, begin)
            ends = ~word & _LAST_BYTES
            if ends == _LAST_BYTES:
                for k in range(8):
                    out[at + i + k] = np.int32((word >> np.uint64(8 * k)) & np.uint64(0x7F))
                begin, i = begin + 8, i + 8
                continue
            # Three numbers of one to three bytes without a branch: their lengths cannot be foreseen.
            later = ends & (ends - _ONE)
            last = later & (later - _ONE)
            first = trailing_zeros(ends) + _ONE  # bits up to the end of the first one
            second = trailing_zeros(later) + _ONE
            third = trailing_zeros(last) + _ONE
            widest = max(first, second - first, third - second)
            if widest <= np.uint64(24) and third <= np.uint64(64):
                of_first, of_two = ends ^ (ends - _ONE), later ^ (later - _ONE)
                of_three = last ^ (last - _ONE)
                out[at + i] = np.int32(short_varint(word & of_first))
                out[at + i + 1] = np.int32(short_varint((word & of_two) >> first))
                out[at + i + 2] = np.int32(short_varint((word & of_three) >> second))
                begin += np.int64(third >> np.uint64(3))  # type: ignore[assignment]  # compiled, an int
                i += 3
                continue
        value, begin = read_varint(buffer, begin, end)
        if begin < 0:
            return WRONG_LENGTH
        if value < 0 or value >= limit:
            return TOO_LARGE
        out[at + i] = np.int32(np.uint32(value))
        i += 1
    return OK if begin == end else WRONG_LENGTH
