"""64-bit hashes of many parts of a buffer (XXH64).

Not for what others may forge. Cost: 0.5 µs a part of 3 KB.
"""

from __future__ import annotations

import numpy as np
import xxhash

from albert_data.base.arrays import Shaped, UInt8, UInt64


def hashes_of(
    buffer: UInt8[np.ndarray, " B"],
    begins: Shaped[np.ndarray, " N"],
    ends: Shaped[np.ndarray, " N"],
) -> UInt64[np.ndarray, " N"]:
    """The hash of the bytes [begin, end) of every part, which must lie in the buffer."""
    view, digest = memoryview(buffer), xxhash.xxh64_intdigest
    places = zip(begins.tolist(), ends.tolist(), strict=True)
    return np.fromiter((digest(view[b:e]) for b, e in places), np.uint64, len(begins))
