"""Counter-based random streams: (seed, document, dupe, purpose, item) → the same numbers anywhere.

Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011): a keyed
permutation of a 128-bit counter, ten rounds of two 32-bit multiplications. The key is the document's
64-bit key mixed with the seed; the counter is (block, item, dupe, purpose). A stream therefore needs
no state from any other: workers, bundles and retries cannot change what is drawn.

A stream is a uint32 array: key (2), counter (4), place of the next number (1), numbers (4 a block). One of
several blocks makes them side by side, which takes a third of the time a number, and draws the same.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from albert_data.base.arrays import UInt32
from albert_data.base.kernels import kernel

_NEXT, NUMBERS = 6, 7  # places in a stream
STREAM_WORDS = NUMBERS + 4  # of one of a single block
Stream: TypeAlias = UInt32[np.ndarray, " words"]

# Purposes: what a stream is for. New purposes get new numbers; these never change meaning.
PAIRS, MASKS, ORDER = 1, 2, 3


def new_stream(blocks: int = 1) -> Stream:
    """An unpositioned stream that makes so many blocks at once; `seek` it before drawing."""
    return np.zeros(NUMBERS + 4 * blocks, np.uint32)


@kernel
def philox(stream: Stream) -> None:
    """Fills the numbers of all blocks, the first from key and counter."""
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    key0, key1, first = np.uint64(stream[0]), np.uint64(stream[1]), np.uint64(stream[2])
    item, dupe, purpose = np.uint64(stream[3]), np.uint64(stream[4]), np.uint64(stream[5])
    numbers = stream[NUMBERS:]
    for block in range(len(numbers) // 4):
        k0, k1 = key0, key1
        c0, c1, c2, c3 = (first + np.uint64(block)) & mask, item, dupe, purpose
        for _ in range(10):
            p0 = np.uint64(0xD2511F53) * c0
            p1 = np.uint64(0xCD9E8D57) * c2
            c0, c1, c2, c3 = (p1 >> shift) ^ c1 ^ k0, p1 & mask, (p0 >> shift) ^ c3 ^ k1, p0 & mask
            k0 = (k0 + np.uint64(0x9E3779B9)) & mask
            k1 = (k1 + np.uint64(0xBB67AE85)) & mask
        at = 4 * block
        numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3] = c0, c1, c2, c3


@kernel
def mix_seed(key: int | np.uint64, seed: int | np.uint64) -> np.uint64:
    """A document key under a seed: the finaliser of SplitMix64, one-to-one for each seed."""
    z = np.uint64(key) + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def seek(stream: Stream, mixed_key: np.uint64, item: int, dupe: int, purpose: int) -> None:
    """Positions a stream at the start of (mixed key, item, dupe, purpose)."""
    key = np.uint64(mixed_key)
    stream[0] = np.uint32(key & np.uint64(0xFFFFFFFF))
    stream[1] = np.uint32(key >> np.uint64(32))
    stream[2] = np.uint32(0)
    stream[3] = np.uint32(item)
    stream[4] = np.uint32(dupe)
    stream[5] = np.uint32(purpose)
    stream[_NEXT] = np.uint32(len(stream))


@kernel
def draw(stream: Stream) -> np.uint64:
    """The next number, uniform on 0 … 2^32 - 1, as uint64 (so that products do not overflow)."""
    place = np.int64(stream[_NEXT])
    if place == len(stream):
        philox(stream)
        stream[2] += np.uint32((len(stream) - NUMBERS) // 4)
        place = np.int64(NUMBERS)
    stream[_NEXT] = np.uint32(place + 1)
    return np.uint64(stream[place])


@kernel
def below(stream: Stream, n: int) -> int:
    """A number from 0 to n - 1 by multiply-and-shift; its bias is at most n / 2^32."""
    number = (draw(stream) * np.uint64(n)) >> np.uint64(32)
    return np.int64(number)  # type: ignore[return-value]  # compiled, an int64 is an int


def threshold(probability: float) -> int:
    """t such that `draw(stream) < t` holds with the probability; 0 never and 2^32 always."""
    return round(probability * 2**32)
