"""Blocks of pairs: what one machine exchanges between making pairs and making shards.

    pieces as in `partition.py`, a piece a shard: records, unit, dupe number and token file's number in the
    header, then a row of `ROW` a pair, by ascending order key

A row is 56 bytes, where a record of 512 tokens is 3 kB. It leads to a token file's mapped tokens
(`mapped_tokens.py`), so blocks of pairs are for workers that all have these at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albert_data.base.arrays import Int64, Shaped
from albert_data.base.gather import gather
from albert_data.config.settings import Config, fingerprint
from albert_data.schema import BlockCounts, PieceIndex, TokenFile
from albert_data.shards.block import Block, PlacedPairs, pairs_fingerprint, shard_of
from albert_data.shards.partition import (
    HEADER_BYTES,
    RECORDS,
    Range,
    frame_piece,
    read_pieces,
    write_index,
)
from albert_data.shards.provenance import NUMBERS
from albert_data.storage.atomic import atomic_path

_UNIT, _DUPE, _FILE = 3, 4, 5  # in a piece's header, behind RECORDS

ROW = np.dtype(
    [
        ("key", "<u8"),  # order key
        ("ranges", "<u4", 4),  # of x1 and x2, in tokens of the token file
        ("documents", "<u4", 2),  # of the pair, and of its second segment
        ("label", "<u4"),
        ("numbers", "<u4", len(NUMBERS)),  # chunk; of sentences, 0 where origins are not kept
    ]
)


@dataclass(frozen=True)
class ShardPairs:
    """All pairs of one shard, in the order of their pieces.

    Attributes:
        rows: [R] of `ROW`.
        dupes: int64 [R].
        files: (unit, token file) of the files that they are of, in order.
        bounds: int64 [files + 1], where each file's rows begin, and the last one's end.
    """

    rows: Shaped[np.ndarray, " R"]
    dupes: Int64[np.ndarray, " R"]
    files: list[tuple[int, int]]
    bounds: Int64[np.ndarray, " files+1"]


def pair_block_fingerprint(
    config: Config, file: TokenFile, place: tuple[int, int], shards: int, revision: str
) -> str:
    """Of all that the block of a token file and dupe depends on.

    Args:
        place: unit and number of the token file, by which its pieces lead to its mapped tokens: where
            sources have changed, the same file stands elsewhere.
        shards: that it is cut for.
        revision: of vocabulary and code.
    """
    made_of = ["pairs", pairs_fingerprint(config), file.path, file.content]
    return fingerprint([*made_of, place, shards, revision])


def write_pair_block(
    path: Path, order: tuple[int, int, int], placed: PlacedPairs, shards: int
) -> Block:
    """Writes the pairs of one token file for dupe `order[2]` as a block; nothing of masks is counted."""
    unit, file, dupe = order
    rows = _rows_of(placed)
    bounds = np.searchsorted(shard_of(rows["key"], shards), np.arange(shards + 1)).tolist()
    offsets = np.zeros(shards + 1, "<u8")
    with atomic_path(path, lasting=False) as temporary, open(temporary, "wb") as stream:
        for shard in range(shards):
            own = rows[bounds[shard] : bounds[shard + 1]]
            stream.write(frame_piece([len(own), unit, dupe, file], own.tobytes()))
            offsets[shard + 1] = stream.tell()
        pairs = placed.pairs
        counts = BlockCounts(pairs.totals.tolist(), spans=[], replaced=[], tokens=[], labels=[])
        dropped = pairs.dropped.tolist()
        write_index(stream, PieceIndex(path.name, offsets.tolist(), counts, dropped))
    return Block(order, str(path), offsets.tobytes(), counts, tuple(dropped))


def read_pairs(ranges: Sequence[Range]) -> ShardPairs:
    """Reads the pairs of one shard from the ranges that hold its pieces, in the order given.

    Raises:
        DataError: a file is missing or damaged.
    """
    pieces = read_pieces(ranges)
    records = pieces.headers[:, RECORDS]
    body = gather(pieces.buffer, pieces.bounds[:-1] + HEADER_BYTES, ROW.itemsize * records)
    files = pieces.headers[:, [_UNIT, _FILE]]
    first = np.flatnonzero(np.diff(files, axis=0, prepend=-1).any(axis=1))
    ends = np.cumsum(records)
    bounds = np.append((ends - records)[first], ends[-1:])
    known = [(unit, file) for unit, file in files[first].tolist()]
    return ShardPairs(body.view(ROW), np.repeat(pieces.headers[:, _DUPE], records), known, bounds)


def _rows_of(placed: PlacedPairs) -> Shaped[np.ndarray, " N"]:
    """The pairs as rows, by ascending order key."""
    pairs, order = placed.pairs, placed.rows
    rows = np.zeros(len(order), ROW)
    rows["key"] = placed.keys[order]
    rows["ranges"] = pairs.ranges[order]
    rows["label"] = pairs.label[order]
    rows["documents"] = pairs.document[order][:, None]
    rows["numbers"][:, 0] = pairs.chunk[order]
    if placed.origins is not None:
        rows["numbers"] = placed.origins.numbers[order]
        rows["documents"][:, 1] = placed.origins.documents[-1][order]
    return rows
