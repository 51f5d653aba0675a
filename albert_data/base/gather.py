"""Things of many lengths that lie one after the other: where each begins, and picking some of them."""

from __future__ import annotations

import numpy as np

from albert_data.base.arrays import Int64, Shaped, UInt8
from albert_data.base.intrinsics import copy_bytes
from albert_data.base.kernels import kernel


def offsets_of(lengths: Shaped[np.ndarray, " N"]) -> Int64[np.ndarray, " N+1"]:
    """Where each of N things of these lengths (integers or flags) begins and the last one ends."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def gather(
    buffer: UInt8[np.ndarray, " B"],
    begins: Int64[np.ndarray, " N"],
    lengths: Int64[np.ndarray, " N"],
) -> UInt8[np.ndarray, " taken"]:
    """The bytes of N places of a buffer, in the order given."""
    out = np.empty(int(lengths.sum()), np.uint8)
    _copy(buffer, begins, lengths, out)
    return out


@kernel
def copy_segments(
    source: Shaped[np.ndarray, " T"],
    segments: Int64[np.ndarray, "N 4"],
    places: Int64[np.ndarray, " N"],
    out: Shaped[np.ndarray, " taken"],
) -> None:
    """Copies two segments of each row (begin and end, begin and end), one behind the other, to its place.

    `out` may hold wider numbers.
    """
    for i in range(len(segments)):
        place = places[i]
        for segment in range(2):
            begin, end = segments[i, 2 * segment], segments[i, 2 * segment + 1]
            taken, target = source[begin:end], out[place : place + end - begin]
            for at in range(len(taken)):  # three times as fast as an assignment of slices
                target[at] = taken[at]
            place += len(taken)


@kernel
def _copy(
    buffer: UInt8[np.ndarray, " B"],
    begins: Int64[np.ndarray, " N"],
    lengths: Int64[np.ndarray, " N"],
    out: UInt8[np.ndarray, " taken"],
) -> None:
    at = np.int64(0)
    for i in range(len(begins)):
        copy_bytes(out, at, buffer, begins[i], lengths[i])
        at += lengths[i]
