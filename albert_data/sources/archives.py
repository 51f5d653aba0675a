"""The text of a file, plain or compressed, in chunks of about 1 MiB, from any part of it.

A .bz2 may consist of several bzip2 streams (multistream dumps: about 100 pages a stream; pbzip2:
900 kB). They begin at whole bytes with a ten-byte signature, so a part of such an archive is found
and read without its index, which would have to be unpacked whole (1 GB for English) first.
"""

from __future__ import annotations

import bz2
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from albert_data import storage
from albert_data.errors import DataError

CHUNK = 2**20
AGAIN = "download it again and compare its checksum with the one published beside it"
_READ = CHUNK // 4
_STREAM_START = re.compile(rb"BZh[1-9]1AY&SY")
_SIGNATURE_BYTES = 10


def has_streams(path: str) -> bool:
    """Whether a bzip2 file consists of several streams: another begins in its first 2 MiB."""
    with open_file(path) as file:
        return _STREAM_START.search(file.read(2 * CHUNK), 1) is not None


def open_file(path: str) -> BinaryIO:
    """The file as bytes; a failure to open it is a DataError."""
    try:
        return storage.open_binary(path)
    except OSError as error:
        fix = "check the path and its permissions"
        raise DataError(f"cannot be read: {error.strerror}", where=path, fix=fix) from None


def chunks(path: str, start: int, end: int | None) -> Iterator[tuple[bytes, bool]]:
    """(text, whether it belongs to the part) from the part's start to the file's end.

    Args:
        start, end: bytes of the file. Of a bzip2 file, the streams that begin between them are the
            part; other compressed files are always read whole.

    Raises:
        DataError: the archive is truncated or damaged.
    """
    with open_file(path) as file:
        magic = file.read(4)
        file.seek(start)
        if magic[:3] == b"BZh":
            yield from _bz2_chunks(file, path, start, end)
        elif magic[:2] == b"\x1f\x8b":
            yield from _gzip_chunks(file, path)
        else:
            position = start
            while True:
                inside = end is None or position < end
                size = CHUNK if end is None or not inside else min(CHUNK, end - position)
                if not (chunk := file.read(size)):
                    return
                position += len(chunk)
                yield chunk, inside


def _bz2_chunks(
    file: BinaryIO, path: str, start: int, end: int | None
) -> Iterator[tuple[bytes, bool]]:
    if start:
        found = _next_stream(file, start, end)
        if found < 0:
            return
        start = found
    file.seek(start)
    position, data = start, b""
    while True:
        data = data or file.read(_READ)
        if not data:
            return
        inside = end is None or position < end
        stream = bz2.BZ2Decompressor()
        while not stream.eof:
            if stream.needs_input and not data:
                data = file.read(_READ)
                if not data:
                    raise _truncated(path, file.tell(), "bz2")
            try:
                text = stream.decompress(data, CHUNK)
            except (OSError, ValueError):
                raise _damaged(path, position, file.tell(), "bz2") from None
            data = b""
            if text:
                yield text, inside
        data = stream.unused_data
        position = file.tell() - len(data)


def _next_stream(file: BinaryIO, start: int, end: int | None) -> int:
    """Offset of the first bzip2 stream that begins at `start` or later and before `end`, or -1."""
    position, tail = start, b""
    file.seek(start)
    while (end is None or position - len(tail) < end) and (block := file.read(CHUNK)):
        block = tail + block
        match = _STREAM_START.search(block)
        if match is not None:
            found = position - len(tail) + match.start()
            return found if end is None or found < end else -1
        position += len(block) - len(tail)
        tail = block[1 - _SIGNATURE_BYTES :]
    return -1


def _gzip_chunks(file: BinaryIO, path: str) -> Iterator[tuple[bytes, bool]]:
    data = b""
    while True:
        data = data or file.read(_READ)
        if not data.rstrip(b"\0"):
            if not data:
                return
            data = b""
            continue
        position = file.tell() - len(data)
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            data = data or file.read(_READ)
            try:
                text = stream.decompress(data, CHUNK)
            except zlib.error:
                raise _damaged(path, position, file.tell(), "gzip") from None
            if not (data or text or stream.eof):
                raise _truncated(path, file.tell(), "gzip")
            data = stream.unconsumed_tail
            if text:
                yield text, True
        data = stream.unused_data


def _truncated(path: str, offset: int, kind: str) -> DataError:
    problem = f"the {kind} archive is truncated: it ends in the middle of its data"
    return DataError(problem, where=f"{path}, byte {offset}", fix=AGAIN)


def _damaged(path: str, start: int, reached: int, kind: str) -> DataError:
    problem = f"the {kind} archive is damaged"
    return DataError(problem, where=f"{path}, bytes {start} to {reached}", fix=AGAIN)
