"""Things of many lengths that lie one after the other: where each begins, and picking some of them."""

from __future__ import annotations

import numpy as np

from albert_data.base.kernels import kernel


def offsets_of(lengths: np.ndarray) -> np.ndarray:
    """Where each of N things of these lengths begins and the last one ends, int64 [N + 1]."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


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
