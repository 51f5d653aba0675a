"""Memory of batches, which is used again as soon as nobody holds the batch that stood in it.

A batch of 256 records of 512 tokens is 1.8 MB. Memory of that size goes back to the system when the last
array of a batch is dropped, and taken anew costs some hundred page faults: 2 µs a record on a virtual
machine, as much as decoding. Arrays begin at multiples of 64 bytes, where TensorFlow and JAX take them
as they are, without a copy.
"""

from __future__ import annotations

import weakref
from collections import deque

import numpy as np

from albert_data.base.arrays import Int32, Int64, Shaped, UInt8

ALIGNMENT = 64  # bytes
_PLACE = ALIGNMENT // 4


class Memory:
    """Parts for arrays of int32; safe for threads.

    Args:
        kept: of the parts that nobody holds, all but so many are given back.
    """

    def __init__(self, kept: int) -> None:
        self._free: deque[UInt8[np.ndarray, " B"]] = deque(maxlen=kept)

    def take(self, values: int) -> Int32[np.ndarray, " values"]:
        """Undefined values; their memory comes back when no array of it is held any more."""
        try:
            part = self._free.pop()
        except IndexError:
            part = np.empty(0, np.uint8)
        if len(part) < 4 * values + ALIGNMENT:
            part = np.empty(4 * values + ALIGNMENT, np.uint8)
        skipped = -part.ctypes.data % ALIGNMENT
        # Views of an array over a buffer hold that array: it lives as long as any of them.
        owner = np.frombuffer(memoryview(part), np.int32, values, skipped)
        weakref.finalize(owner, self._free.append, part).atexit = False
        return owner


def places_of(sizes: Int64[np.ndarray, " columns"]) -> Int64[np.ndarray, " columns+1"]:
    """Where columns of these sizes begin, each at a multiple of 64 bytes, and the end."""
    rounded = -(-sizes // _PLACE) * _PLACE
    return np.concatenate([[0], np.cumsum(rounded)])


def aligned(array: Shaped[np.ndarray, "*shape"]) -> Shaped[np.ndarray, "*shape"]:
    """The array, or a copy where its memory is not aligned, in one piece and writable."""
    flags = array.flags
    if flags.c_contiguous and flags.writeable and array.ctypes.data % ALIGNMENT == 0:
        return array
    room = np.empty(array.nbytes + ALIGNMENT, np.uint8)
    skipped = -room.ctypes.data % ALIGNMENT
    copy = room[skipped : skipped + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy
