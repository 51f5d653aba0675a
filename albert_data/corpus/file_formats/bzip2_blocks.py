"""The text of a bzip2 archive from any byte on: its blocks are found by their 48-bit magic, at any bit.

bzip2 packs up to 900 kB (more where bytes repeat) as a block that needs no other one. A stream is `BZh`
and a digit, then blocks, each beginning with 0x314159265359 and the CRC-32 of its text, one following the
other bit by bit, then 0x177245385090 and a CRC of all of these, up to a whole byte; streams follow each
other at whole bytes. So a part of an archive needs neither an index nor what lies before it.

A magic may stand in a block's data by chance (once in 2⁴⁸ bits) or on purpose. A decompressor tells them
apart: it gets the bits up to the next magic, and gives text if and only if the block ends there, since a
block's text comes with its last bit. Every bit is given to it once, so time is linear, whatever the magics.

A block's text is given when its CRC was found right. That of a whole stream is checked where its first
block was read, so not by a part that begins within a stream: what such a part could miss is a block that
someone took out to the bit. Memory is that of a block.
The format: https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf.
"""

from __future__ import annotations

import bz2
import re
from bisect import bisect_left
from collections.abc import Generator, Iterator
from typing import BinaryIO

import numpy as np

from albert_data.corpus.file_formats.compressed import AGAIN
from albert_data.corpus.source_protocol import BrokenFile

# Of the longest block: 900,000 symbols of 20 bits, and its tables.
MOST_BLOCK = 5 * 2**19
_READ = 2**20
_BLOCK, _END = 0x314159265359, 0x177245385090
_MAGIC, _CRC = 48, 32  # bits
_HEAD = re.compile(rb"BZh[1-9]")
_HEAD_BYTES = 4
_SOME_HEAD = b"BZh9"  # of the largest blocks, for a part that begins within a stream


def _tables() -> list[bytes]:
    """Of each of the middle three of the seven bytes that hold a magic from bit s of the first on: for each
    value it may have, bit s set where it fits one."""
    tables = [bytearray(256) for _ in range(3)]
    for magic in (_BLOCK, _END):
        for shift in range(8):
            held = (magic << 8 - shift).to_bytes(7, "big")
            for table, value in zip(tables, held[2:5], strict=True):
                table[value] |= 1 << shift
    return [bytes(table) for table in tables]


_TABLES = _tables()


def marks(data: bytes) -> list[tuple[int, bool]]:
    """(bit, whether it ends a stream) of each magic that lies in the data, in order. About 300 MB/s."""
    second, third, fourth = (np.frombuffer(data.translate(t), np.uint8) for t in _TABLES)
    possible = second[2:-2] & third[3:-1] & fourth[4:]
    found = []
    for byte in np.flatnonzero(possible != 0).tolist():
        held = int.from_bytes(data[byte : byte + 7].ljust(7, b"\0"), "big")
        for shift in range(8):
            bits = held >> 8 - shift & (1 << _MAGIC) - 1
            if bits in (_BLOCK, _END) and 8 * byte + shift + _MAGIC <= 8 * len(data):
                found.append((8 * byte + shift, bits == _END))
    return found


def texts(
    file: BinaryIO, path: str, start: int = 0, end: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """(byte in which its block begins, text) of each block from a byte on, to the archive's end.

    Args:
        file: seekable.
        path: for errors.
        start: 0, or any byte: blocks that begin before it are passed over, and one behind it that is
            damaged, too, as long as none was whole. Whoever reads on from before it comes upon that one.
        end: where no block begins between the two, nothing is read.

    Raises:
        BrokenFile: the archive is truncated or damaged, or something else follows its streams. The
            text of the blocks before has been given.
    """
    archive = _Archive(file, path, start)
    position = 0
    if start:
        blocks = _first_whole(archive, start, end)
        if blocks is None:
            return
        position = yield from blocks
    while archive.has(position := archive.after_padding(position)):
        head = archive.between(position, position + _HEAD_BYTES)
        if not _HEAD.fullmatch(head):
            if head == _SOME_HEAD[: len(head)]:
                raise archive.truncated()
            raise archive.no_stream(position)
        position = yield from _stream(archive, 8 * (position + _HEAD_BYTES), head)


def _first_whole(
    archive: _Archive, start: int, end: int | None
) -> Generator[tuple[int, bytes], None, int] | None:
    """The blocks from the first one on that begins between two bytes and is whole; what a magic
    in a block's data begins is not."""
    bit, last = 8 * start, None if end is None else 8 * end - 1
    while last is None or bit <= last:
        reach = bit + 8 * _READ
        mark = archive.next_mark(bit, reach if last is None else min(reach, last))
        if mark is None:
            if not archive.has(reach // 8):
                return None
            bit = reach
        else:
            bit, ends = mark
            if not ends:
                blocks = _stream(archive, bit, None)
                try:
                    return _again(next(blocks), blocks)
                except BrokenFile:
                    pass
            bit += 1
        archive.forget(bit // 8)
    return None


def _again(
    first: tuple[int, bytes], others: Generator[tuple[int, bytes], None, int]
) -> Generator[tuple[int, bytes], None, int]:
    """Gives the first one again, before the others."""
    yield first
    return (yield from others)


def _stream(
    archive: _Archive, bit: int, head: bytes | None
) -> Generator[tuple[int, bytes], None, int]:
    """The blocks of a stream from one on; returns the byte behind the stream.

    Args:
        bit: the place of a magic.
        head: of the stream, where it begins here.
    """
    stream = bz2.BZ2Decompressor()
    stream.decompress(head or _SOME_HEAD)
    mark = archive.next_mark(bit, bit)
    if mark is None:
        begin = bit // 8 - _HEAD_BYTES
        raise archive.no_stream(begin) if archive.has(bit // 8 + 6) else archive.truncated()
    begin, ends = mark
    combined, given = 0, bit
    while not ends:
        text, given, mark = _block(archive, stream, begin, given)
        combined = (combined << 1 | combined >> 31) & 0xFFFFFFFF ^ archive.crc(begin)
        yield begin // 8, text
        begin, ends = mark
        archive.forget(begin // 8)
    behind = (begin + _MAGIC + _CRC + 7) // 8
    if not archive.has(behind - 1):
        raise archive.truncated()
    if head and archive.crc(begin) != combined:
        raise archive.damaged(bit // 8 - _HEAD_BYTES, behind)
    return behind


def _block(
    archive: _Archive, stream: bz2.BZ2Decompressor, begin: int, given: int
) -> tuple[bytes, int, tuple[int, bool]]:
    """(text of a block, bit up to which the decompressor was given the archive, the magic behind it).

    Args:
        begin: bit of the block.
        given: bit up to which the decompressor was given the archive, some way into the block.
    """
    most = begin + 8 * MOST_BLOCK
    mark = archive.next_mark(begin + 1, most)
    while mark is not None:
        upto = given + max(0, -(-(mark[0] - given) // 8)) * 8
        text = archive.unpack(stream, begin, given, upto)
        given = upto
        if text:  # The next magic's bytes have the rest of it given and its CRC looked at.
            upto = given + (mark[0] + _MAGIC - given) // 8 * 8
            return text + archive.unpack(stream, begin, given, upto), upto, mark
        mark = archive.next_mark(mark[0] + 1, most)
    reached = min(most // 8, archive.reached)
    archive.unpack(stream, begin, given, given + max(0, 8 * reached - given) // 8 * 8)
    if archive.has(reached):
        raise archive.damaged(begin // 8, reached)
    raise archive.truncated()


class _Archive:
    """The bytes of an archive from one on, as far as they are needed, and the magics in them.

    Attributes:
        reached: the byte up to which they were read.
    """

    def __init__(self, file: BinaryIO, path: str, start: int) -> None:
        self._file, self._path = file, path
        self._begin, self._data = start, b""
        self._forgotten = start
        self._marks: list[tuple[int, bool]] = []
        file.seek(start)

    @property
    def reached(self) -> int:
        return self._begin + len(self._data)

    def next_mark(self, bit: int, last: int) -> tuple[int, bool] | None:
        """(bit, whether it ends a stream) of the first magic between two bits, both included."""
        while True:
            place = bisect_left(self._marks, (bit, False))
            if place < len(self._marks):
                mark = self._marks[place]
                return mark if mark[0] <= last else None
            if 8 * self.reached >= last + _MAGIC or not self._read():
                return None

    def has(self, byte: int) -> bool:
        """Whether the archive reaches beyond a byte that was not forgotten."""
        while self.reached <= byte:
            if not self._read():
                return False
        return True

    def between(self, begin: int, end: int) -> bytes:
        """These, as far as there are any."""
        self.has(end - 1)
        return self._data[begin - self._begin : end - self._begin]

    def bits(self, begin: int, end: int) -> bytes:
        """Bits that were read, a multiple of 8, as bytes."""
        data = self.between(begin // 8, -(-end // 8))
        if not (shift := begin % 8) or begin == end:
            return data[: (end - begin) // 8]
        codes = np.frombuffer(data, np.uint8)
        return (codes[:-1] << shift | codes[1:] >> 8 - shift).tobytes()

    def crc(self, mark: int) -> int:
        """What follows a magic."""
        begin = mark + _MAGIC
        return int.from_bytes(self.bits(begin, begin + _CRC), "big")

    def after_padding(self, byte: int) -> int:
        """The place of the first byte from one on that is not NUL, or of the end."""
        while self.has(byte):
            data = self.between(byte, self.reached)
            byte += len(data) - len(data.lstrip(b"\0"))
            self.forget(byte)
            if byte < self.reached:
                break
        return byte

    def forget(self, byte: int) -> None:
        """What lies before a byte is not asked for any more."""
        self._forgotten = byte

    def _read(self) -> bool:
        """Reads on; whether there was more."""
        more = self._file.read(_READ)
        known = self.reached
        kept = min(self._forgotten, known)
        del self._marks[: bisect_left(self._marks, (8 * kept, False))]
        self._data = self._data[kept - self._begin :] + more
        self._begin = kept
        first = max(known - _MAGIC // 8, kept)
        for bit, ends in marks(self._data[first - kept :]):
            if 8 * first + bit + _MAGIC > 8 * known:
                self._marks.append((8 * first + bit, ends))
        return bool(more)

    def unpack(self, stream: bz2.BZ2Decompressor, block: int, begin: int, end: int) -> bytes:
        """Text that bits of a block add."""
        bits = self.bits(begin, end)
        try:
            return stream.decompress(bits)
        except OSError:
            raise self.damaged(block // 8, -(-end // 8)) from None

    def damaged(self, begin: int, end: int) -> BrokenFile:
        return self._broken("is damaged", f"bytes {begin} to {end}")

    def no_stream(self, byte: int) -> BrokenFile:
        return self._broken("is damaged: no bzip2 stream begins here", f"byte {byte}")

    def truncated(self) -> BrokenFile:
        """Where everything has been read."""
        problem = "is truncated: it ends in the middle of its data"
        return self._broken(problem, f"byte {self.reached}")

    def _broken(self, problem: str, place: str) -> BrokenFile:
        return BrokenFile(f"the bzip2 archive {problem}", where=f"{self._path}, {place}", fix=AGAIN)
