"""Pieces: the records of a block that belong to one shard, as they lie in block and merged files.

    piece = CRC-32C of all else in the piece, its bytes, records, tokens, dupe number, names in an
            origin (6 x uint64), order keys (uint64 each), framed lengths (uint32 each), origins (see
            `provenance.py`; nothing where they have 0 names), framed records
    file  = pieces, index (JSON: the file's name, their offsets, and what else its kind has), its
            length and CRC-32C (2 x uint64)

A piece knows its length, so a range of a file may hold any number of them: one of a block for a
shard, those of a group of blocks in a merged file (`merge.py`). Cost of reading: 2 to 3 µs a piece
of half a kilobyte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

import google_crc32c
import msgspec
import numpy as np

from albert_data.base.arrays import Int64, UInt8
from albert_data.base.errors import DataError, file_of
from albert_data.base.gather import gather
from albert_data.base.kernels import kernel_making_arrays
from albert_data.schema import PieceIndex
from albert_data.shards.provenance import Origins
from albert_data.storage.paths import fill, location, open_binary

HEADER_BYTES = 6 * 8
_CRC, _BYTES, RECORDS, TOKENS, DUPE, NAMES = range(6)
TRAILER_BYTES = 2 * 8
_CHUNK = 1 << 20
FIX = "remove the file and run the same command again: it is made anew"


class Range(NamedTuple):
    """Bytes [begin, end) of a file: pieces, one after the other."""

    path: str
    begin: int
    end: int


@dataclass(frozen=True)
class Part:
    """A file of pieces, cut into ranges.

    Attributes:
        order: its place among the files that are read with it.
        path: of the file.
        bounds: uint64 [ranges + 1], where the ranges begin and the last one ends, as little-endian
            bytes.
    """

    order: tuple[int, ...]
    path: str
    bounds: bytes

    def range(self, number: int) -> Range:
        begin, end = np.frombuffer(self.bounds, "<u8", 2, 8 * number).tolist()
        return Range(self.path, begin, end)


def ranges_of(parts: Iterable[Part], number: int) -> list[Range]:
    """The range of this number of every file, in the files' order."""
    return [part.range(number) for part in sorted(parts, key=lambda part: part.order)]


@dataclass(frozen=True)
class Pieces:
    """Whole pieces in memory.

    Attributes:
        buffer: uint8, as they lie in their files.
        bounds: int64 [P + 1], where they begin in the buffer.
        headers: int64 [P, 6].
        counts: int64 [ranges], how many each range had.
    """

    buffer: np.ndarray
    bounds: np.ndarray
    headers: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class ShardRecords:
    """All records of one shard, in the order of their pieces.

    Attributes:
        buffer: uint8, the pieces as they lie in their files.
        begins, lengths: int64 [R], where the framed records lie in the buffer.
        keys: uint64 [R], their order keys.
        dupes: int64 [R], their dupe numbers.
        tokens: number of tokens in all.
        origins: of the records; None where the pieces have none.
    """

    buffer: np.ndarray
    begins: np.ndarray
    lengths: np.ndarray
    keys: np.ndarray
    dupes: np.ndarray
    tokens: int
    origins: Origins | None


def make_piece(
    head: Sequence[int], keys: np.ndarray, lengths: np.ndarray, origins: bytes, records: np.ndarray
) -> bytes:
    """A piece; `head` has its records, tokens, dupe number and names in an origin."""
    body = keys.astype("<u8").tobytes() + lengths.astype("<u4").tobytes() + origins
    return frame_piece(head, body + records.tobytes())


def frame_piece(head: Sequence[int], body: bytes) -> bytes:
    """A piece of any body: its checksum and size, the four numbers of `head`, the body."""
    rest = np.array([HEADER_BYTES + len(body), *head], "<u8").tobytes() + body
    crc: int = google_crc32c.value(rest)
    return crc.to_bytes(8, "little") + rest


def write_index(stream: BinaryIO, index: PieceIndex) -> None:
    """Ends a file of pieces."""
    raw = msgspec.json.encode(index)
    stream.write(raw)
    stream.write(np.array([len(raw), google_crc32c.value(raw)], "<u8").tobytes())


def read_index(stream: BinaryIO) -> tuple[PieceIndex, int] | None:
    """The index at a file's end, and where its pieces end; None unless it is as it was written."""
    end = stream.seek(0, 2)
    if end < TRAILER_BYTES:
        return None
    stream.seek(end - TRAILER_BYTES)
    size, crc = np.frombuffer(stream.read(TRAILER_BYTES), "<u8").tolist()
    stream.seek(max(end - TRAILER_BYTES - size, 0))
    raw = stream.read(min(size, end))
    if google_crc32c.value(raw) != crc:
        return None
    return msgspec.json.decode(raw, type=PieceIndex), end - TRAILER_BYTES - size


def reopen(path: Path) -> PieceIndex | None:
    """The index of a file that an earlier run finished; None unless the whole file is as it was.

    Its name, its index and every piece are checked. Cost: one reading of the file.
    """
    try:
        with open_binary(path) as stream:
            found = read_index(stream)
        if found is None:
            return None
        index, end = found
        if index.name != path.name or index.offsets[-1] != end:
            return None
        bounds = read_pieces([Range(str(path), 0, end)]).bounds
    except (OSError, ValueError, DataError):
        return None
    return index if np.isin(index.offsets, bounds).all() else None


def stream_piece(
    stream: BinaryIO, head: Callable[[], Sequence[int]], parts: Iterable[bytes]
) -> None:
    """Writes a piece whose body comes in parts at the end of a stream that can be read and moved in.

    Args:
        head: gives the four numbers, when all parts have come.
    """
    begin = stream.tell()
    stream.write(bytes(HEADER_BYTES))
    size = HEADER_BYTES + sum(map(stream.write, parts))
    stream.seek(begin + 8)
    stream.write(np.array([size, *head()], "<u8").tobytes())
    crc = _crc_of(stream, begin + 8, begin + size)
    stream.seek(begin)
    stream.write(crc.to_bytes(8, "little"))
    stream.seek(begin + size)


def _crc_of(stream: BinaryIO, begin: int, end: int) -> int:
    """CRC-32C of bytes [begin, end) of a stream, some at a time; of fewer where it ends before."""
    checksum = google_crc32c.Checksum()
    stream.seek(begin)
    while (left := end - stream.tell()) > 0 and (part := stream.read(min(left, _CHUNK))):
        checksum.update(part)
    return int.from_bytes(checksum.digest(), "big")


def reopen_large(path: Path) -> PieceIndex | None:
    """As `reopen`, of a file of few large pieces, each from one offset of the index to the next."""
    try:
        with open_binary(path) as stream:
            found = read_index(stream)
            if found is None or found[0].name != path.name or found[0].offsets[-1] != found[1]:
                return None
            for begin, end in pairwise(found[0].offsets):
                stream.seek(begin)
                if int.from_bytes(stream.read(8), "little") != _crc_of(stream, begin + 8, end):
                    return None
    except (OSError, ValueError):
        return None
    return found[0]


def read_pieces(ranges: Sequence[Range]) -> Pieces:
    """Reads ranges, in the order given, and checks every piece.

    Raises:
        DataError: a file is missing or damaged.
    """
    ends = np.cumsum([0, *(end - begin for _, begin, end in ranges)], dtype=np.int64)
    buffer = np.empty(int(ends[-1]), np.uint8)
    places = zip(ranges, ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    try:
        fill(
            (location(path), begin, memoryview(buffer[first:last]))
            for (path, begin, _), first, last in places
        )
    except OSError as error:
        raise DataError(
            f"a block file cannot be read: {error.strerror}", where=file_of(error), fix=FIX
        ) from None
    bounds, headers, counts = _walk(buffer, ends)
    view, crc = memoryview(buffer), google_crc32c.value
    pairs = zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    found = np.fromiter((crc(bytes(view[b + 8 : e])) for b, e in pairs), np.int64, len(headers))
    wrong = np.flatnonzero(found != headers[:, _CRC])
    if len(wrong):
        number = int(np.searchsorted(np.cumsum(counts), wrong[0], "right"))
        at = ranges[number].begin + int(bounds[wrong[0]] - ends[number])
        where = f"{ranges[number].path} byte {at}"
        raise DataError("a block file is damaged (CRC-32C)", where=where, fix=FIX)
    return Pieces(buffer, bounds, headers, counts)


def read_shard(ranges: Sequence[Range]) -> ShardRecords:
    """Reads the records of one shard from the ranges that hold its pieces, in the order given.

    Raises:
        DataError: a file is missing or damaged.
    """
    pieces = read_pieces(ranges)
    buffer, headers = pieces.buffer, pieces.headers
    records, at = headers[:, RECORDS], pieces.bounds[:-1] + HEADER_BYTES
    keys = gather(buffer, at, 8 * records).view("<u8")
    lengths = gather(buffer, at + 8 * records, 4 * records).view("<u4").astype(np.int64)
    at, origins = at + 12 * records, None
    if len(headers) and (names := int(headers[0, NAMES])):
        origins, at = Origins.read(buffer, at, records, names)
    # A record lies behind all those before it, less those of other pieces, plus its piece's place.
    before = np.cumsum(lengths) - lengths
    of_pieces = np.concatenate([before, [0]])[np.cumsum(records) - records]
    begins = before + np.repeat(at - of_pieces, records)
    dupes = np.repeat(headers[:, DUPE], records)
    return ShardRecords(
        buffer, begins, lengths, keys, dupes, int(headers[:, TOKENS].sum()), origins
    )


@kernel_making_arrays
def _walk(
    buffer: UInt8[np.ndarray, " B"], ends: Int64[np.ndarray, " ranges+1"]
) -> tuple[Int64[np.ndarray, " P+1"], Int64[np.ndarray, "P 6"], Int64[np.ndarray, " ranges"]]:
    """Bounds and headers of the pieces in each range [ends[i], ends[i + 1]), and their numbers.

    A piece that cannot be whole takes the rest of its range and gets a checksum that none has.
    """
    most = len(buffer) // HEADER_BYTES + len(ends)
    bounds = np.empty(most + 1, np.int64)
    headers = np.empty((most, 6), np.int64)  # mostly untouched: no memory
    counts = np.zeros(len(ends) - 1, np.int64)
    count = 0
    for i in range(len(ends) - 1):
        at, end = ends[i], ends[i + 1]
        while at < end:
            bounds[count] = at
            size = np.int64(0)
            if end - at >= HEADER_BYTES:
                for field in range(6):
                    value = np.int64(0)
                    for byte in range(8):
                        value |= np.int64(buffer[at + 8 * field + byte]) << (8 * byte)
                    headers[count, field] = value
                size = headers[count, _BYTES]
            if size < HEADER_BYTES or size > end - at:
                headers[count, _CRC] = -1
                size = end - at
            count += 1
            counts[i] += 1
            at += size
    bounds[count] = len(buffer)
    return bounds[: count + 1].copy(), headers[:count].copy(), counts
