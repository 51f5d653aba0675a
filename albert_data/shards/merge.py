"""The second level of the exchange between masking and assembly, for jobs of very many blocks.

A shard needs a piece of every block: B blocks and S shards make B x S range reads. Where those are too
many, the pieces of G blocks (in their order) for R shards are first brought together in one *merged
file*: G reads, each of R pieces that lie one after the other, and one file that holds, shard by shard,
the G pieces byte for byte in the order of their blocks. A shard then reads B / G ranges.

    reads = (B / G) (S / R) G + S (B / G) = B x S (1 / R + 1 / G)

A merge holds G x R of the B x S pieces in memory. An assembler holds B of them, so G x R = B takes no
more memory (where blocks are of about one size, as units are), and G = R = sqrt(B) makes the fewest
reads. As many files are then written as there are shards, and every byte once more. Cost: 2 to 3 µs a piece.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albert_data.base.errors import DataError
from albert_data.base.gather import gather, offsets_of
from albert_data.schema import PieceIndex
from albert_data.shards.partition import Part, Range, read_pieces, reopen, write_index
from albert_data.storage.atomic import atomic_path


@dataclass(frozen=True)
class Exchange:
    """How the pieces of a variant come from its blocks to its shards.

    Attributes:
        blocks, shards: how many there are.
        group: blocks of a merged file; 0 where shards are made of the blocks themselves.
        width: shards of a merged file.
    """

    blocks: int
    shards: int
    group: int = 0
    width: int = 0

    @classmethod
    def of(cls, blocks: int, shards: int, most_pieces: int) -> Exchange:
        """Merges where there are more than so many pieces.

        It follows from numbers that are known before masking and from nothing that an engine decides.
        """
        if blocks * shards <= most_pieces or not blocks:
            return cls(blocks, shards)
        width = min(shards, math.isqrt(blocks))
        return cls(blocks, shards, blocks // width, width)

    @property
    def merges(self) -> int:
        """How many files are merged."""
        if not self.group:
            return 0
        return math.ceil(self.blocks / self.group) * math.ceil(self.shards / self.width)


def ranges_by_number(parts: Iterable[Part]) -> Iterator[list[Range]]:
    """The ranges of each number, from the first to the last, each list in the files' order."""
    parts = sorted(parts, key=lambda part: part.order)
    for number in range(len(parts[0].bounds) // 8 - 1):
        yield [part.range(number) for part in parts]


def write_merged(path: Path, ranges: Sequence[Range], shards: int) -> bytes:
    """Writes a merged file, whole or not at all.

    Args:
        ranges: of each block its pieces for these shards, in the order of the blocks.
        shards: how many.

    Returns:
        uint64 [shards + 1], where each shard's pieces begin, as little-endian bytes.

    Raises:
        DataError: a block is missing or damaged.
    """
    pieces = read_pieces(ranges)
    if (pieces.counts != shards).any():
        where = ranges[int(np.argmax(pieces.counts != shards))].path
        raise DataError("a block has other shards than the job", where=where)
    begins, sizes = (
        np.ascontiguousarray(of_blocks.reshape(-1, shards).T)
        for of_blocks in (pieces.bounds[:-1], np.diff(pieces.bounds))
    )
    offsets = offsets_of(sizes.sum(axis=1)).astype("<u8")
    with atomic_path(path, lasting=False) as temporary, open(temporary, "wb") as stream:
        for begin, size in zip(begins, sizes, strict=True):
            stream.write(memoryview(gather(pieces.buffer, begin, size)))
        write_index(stream, PieceIndex(path.name, offsets.tolist()))
    return offsets.tobytes()


def open_merged(path: Path) -> bytes | None:
    """What `write_merged` returned in an earlier run; None where there is no whole file of it."""
    index = reopen(path)
    return None if index is None else np.array(index.offsets, "<u8").tobytes()
