"""The one global order: which record stands at each place of an endless run over N records.

A run is epoch after epoch without a gap; place p is place p mod N of epoch p // N. Within an epoch the
records, numbered through all shards, are taken in *blocks* of `BLOCK` neighbours: the blocks in an order
drawn for (seed, epoch), the records of each in an order drawn for (seed, epoch, block). Who reads, how
many hosts there are and how large batches are has no part in it.

The order of blocks is a Feistel network of eight rounds over a power of two, walked until it falls among
the blocks (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002): fewer than two steps on
average, nothing stored. That of a block is a Fisher-Yates shuffle. Both draw from Philox. Cost: about 20 ns
a record.

Price: 64 neighbours on disk come one after the other in every epoch, in another order. Our shards are in a
random global order on disk, so neighbours are strangers; of shards that nobody shuffled they are not.
In return a host's part of a batch is a few ranges of about 200 KB, and other hosts need others.
"""

from __future__ import annotations

import numpy as np

from albert_data.base.arrays import Int64
from albert_data.base.kernels import kernel, kernel_making_arrays
from albert_data.examples.rng import NUMBERS, STREAM_WORDS, Stream, draw, mix_seed, philox, seek

BLOCK = 64
_ROUNDS = 8
_FEWEST_BITS = 8  # of the network's domain: with fewer, not all orders are possible
_BLOCKS, _RECORDS = (
    17,
    18,
)  # purposes of random streams, other than those that records are made with


def records_at(
    first: int, count: int, records: int, seed: int
) -> tuple[Int64[np.ndarray, " R"], Int64[np.ndarray, " R"]]:
    """The records at places [first, first + count) of a run.

    Args:
        records: N, of the whole set; at least 1.
        seed: of the order, from 0 to below 2^63.

    Returns:
        numbers of the records, from 0 to below N, and the epoch of each.
    """
    numbers, epochs = np.empty(count, np.int64), np.empty(count, np.int64)
    _fill(first, records, np.uint64(seed), numbers, epochs)
    return numbers, epochs


@kernel_making_arrays
def _fill(
    first: int,
    records: int,
    seed: np.uint64,
    numbers: Int64[np.ndarray, " R"],
    epochs: Int64[np.ndarray, " R"],
) -> None:
    stream = np.zeros(STREAM_WORDS, np.uint32)
    inside = np.empty(BLOCK, np.int64)
    blocks = (records + BLOCK - 1) // BLOCK
    short = blocks * BLOCK - records  # by which the last block is shorter
    bits = _FEWEST_BITS
    while (1 << bits) < blocks:
        bits += 1
    key = np.uint64(0)
    epoch, block, short_at, drawn_at = -1, -1, 0, -1
    for row in range(len(numbers)):
        place = first + row
        if place // records != epoch:
            epoch = place // records
            key = mix_seed(np.uint64(epoch), mix_seed(np.uint64(0), seed))
            short_at = _place_of(stream, blocks - 1, blocks, bits, key)
            drawn_at = -1
        place -= epoch * records
        if place >= (short_at + 1) * BLOCK - short:
            place += short
        if place // BLOCK != drawn_at:
            drawn_at = place // BLOCK
            block = _block_at(stream, drawn_at, blocks, bits, key)
            _shuffle(stream, inside, BLOCK - short if block == blocks - 1 else BLOCK, block, key)
        numbers[row] = block * BLOCK + inside[place % BLOCK]
        epochs[row] = epoch


@kernel
def _shuffle(
    stream: Stream, inside: Int64[np.ndarray, " block"], size: int, block: int, key: np.uint64
) -> None:
    """Fills `inside[:size]` with an order of 0 … size - 1."""
    seek(stream, mix_seed(np.uint64(block), key), 0, 0, _RECORDS)
    for i in range(size):
        j = np.int64((draw(stream) * np.uint64(i + 1)) >> np.uint64(32))
        inside[i] = inside[j]
        inside[j] = i


@kernel
def _block_at(stream: Stream, place: int, blocks: int, bits: int, key: np.uint64) -> int:
    """The block at a place of the epoch's order of blocks."""
    low = bits // 2
    value = place
    while True:
        for number in range(_ROUNDS):
            # The halves change places, and so their widths do where the bits are odd.
            width = low if number % 2 == 0 else bits - low
            left, right = value >> width, value & ((1 << width) - 1)
            value = (right << (bits - width)) | (
                left ^ _round(stream, right, number, key, bits - width)
            )
        if value < blocks:
            return value


@kernel
def _place_of(stream: Stream, block: int, blocks: int, bits: int, key: np.uint64) -> int:
    """The place at which `_block_at` gives this block."""
    low = bits // 2
    value = block
    while True:
        for number in range(_ROUNDS - 1, -1, -1):
            width = low if number % 2 == 0 else bits - low
            right, mixed = value >> (bits - width), value & ((1 << (bits - width)) - 1)
            left = mixed ^ _round(stream, right, number, key, bits - width)
            value = (left << width) | right
        if value < blocks:
            return value


@kernel
def _round(stream: Stream, right: int, number: int, key: np.uint64, width: int) -> int:
    """The round function: `width` random bits for (key, round, half)."""
    seek(stream, key, right, number, _BLOCKS)
    philox(stream)
    return np.int64(stream[NUMBERS]) & ((1 << width) - 1)  # type: ignore[return-value]  # as in `rng.below`
