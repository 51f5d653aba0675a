"""Bytes from many places of a buffer, one after the other: how records are sorted and read apart."""

from __future__ import annotations

import numpy as np

from albert_data.kernels import kernel


def gather(buffer: np.ndarray, begins: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The bytes (uint8) of N places of a buffer (uint8), in the order given.

    Args:
        begins, lengths: int64 [N].
    """
    out = np.empty(int(lengths.sum()), np.uint8)
    _copy(buffer, begins, lengths, out)
    return out


@kernel
def _copy(buffer, begins, lengths, out):
    at = 0
    for i in range(len(begins)):
        n = lengths[i]
        out[at : at + n] = buffer[begins[i] : begins[i] + n]
        at += n
