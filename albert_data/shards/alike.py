"""How many records are equal to others, from a sample that finds equal ones wherever they lie.

Kept are the SAMPLE smallest checksums (CRC-32C, as framed) and how many records have each: all copies of a
record are in the sample or none is, so that the share of different ones is that of the build, exact where
there are none alike. What two samples have in common adds up, in whatever order. Cost: 80 ns a record.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from albert_data.base.arrays import Int64, UInt8, UInt32

SAMPLE = 1024
_CHECKSUM = 4  # bytes at a record's end
NO_RECORDS: list[list[int]] = [[], []]


def checksums_of(
    framed: UInt8[np.ndarray, " B"], ends: Int64[np.ndarray, " R"]
) -> UInt32[np.ndarray, " R"]:
    """Those of framed records, by where these end."""
    checksums: np.ndarray = framed[ends[:, None] - np.arange(_CHECKSUM, 0, -1)]
    return checksums.view("<u4").ravel()


def alike(checksums: UInt32[np.ndarray, " R"]) -> list[list[int]]:
    """The sample of some records: checksums, ascending, and how many records have each."""
    return _smallest(checksums.astype(np.int64), np.ones(len(checksums), np.int64))


def together(samples: Iterable[list[list[int]]]) -> list[list[int]]:
    """The sample of the records of all samples."""
    parts = [np.array(sample, np.int64).reshape(2, -1) for sample in samples]
    checksums, counts = np.concatenate([np.zeros((2, 0), np.int64), *parts], axis=1)
    return _smallest(checksums, counts)


def _smallest(
    checksums: Int64[np.ndarray, " N"], counts: Int64[np.ndarray, " N"]
) -> list[list[int]]:
    values, of = np.unique(checksums, return_inverse=True)
    sums = np.bincount(of, counts, len(values)).astype(np.int64)
    return [values[:SAMPLE].tolist(), sums[:SAMPLE].tolist()]
