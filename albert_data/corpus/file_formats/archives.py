"""The text of a file, plain or compressed, in chunks of at most 1 MiB, from any part of it.

A .bz2 may consist of several bzip2 streams (multistream dumps: about 100 pages a stream; pbzip2:
900 kB). They begin at whole bytes with a ten-byte signature, so a part of such an archive is found
and read without its index, which would have to be unpacked whole (1 GB for English) first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from albert_data.base.errors import DataError
from albert_data.corpus.file_formats import compressed, forms
from albert_data.storage import paths

CHUNK = 2**20
_STREAM_START = re.compile(rb"BZh[1-9]1AY&SY")
_SIGNATURE_BYTES = 10


def kind_of(path: str) -> str | None:
    """The kind of an archive by its first bytes, None where it is plain."""
    with open_file(path) as file:
        return compressed.kind_of(file.read(compressed.MAGIC_BYTES))


def has_streams(path: str) -> bool:
    """Whether a bzip2 file consists of several streams: another begins in its first 2 MiB."""
    with open_file(path) as file:
        return _STREAM_START.search(file.read(2 * CHUNK), 1) is not None


def open_file(path: str) -> BinaryIO:
    """The file as bytes; a failure to open it is a DataError."""
    try:
        return paths.open_binary(path)
    except OSError as error:
        fix = "check the path and its permissions"
        raise DataError(f"cannot be read: {error.strerror}", where=path, fix=fix) from None


def chunks(path: str, start: int, end: int | None) -> Iterator[tuple[bytes, bool]]:
    """(text, whether it belongs to the part) from the part's start to the file's end.

    A part whose first stream has a damaged head begins after it; the part before it, which is read
    until a page begins beyond its end, comes upon the damage.

    Args:
        start, end: bytes of the file. Of a bzip2 file, the streams that begin between them are the
            part; other compressed files are always read whole.

    Raises:
        DataError: the archive is truncated or damaged.
    """
    with open_file(path) as file:
        kind = compressed.kind_of(file.read(compressed.MAGIC_BYTES))
        file.seek(start)
        if kind == "bzip2" and start:
            first = _next_stream(file, start, end)
            if first < 0:
                return
            file.seek(first)
        if kind is None:
            found = _plain_chunks(file, start, end)
        else:
            texts = compressed.texts(file, kind, path)
            found = ((text, end is None or begin < end) for begin, text in texts)
        for number, (text, inside) in enumerate(found):
            if not number and not start:
                # Other XML is the reader's to refuse, which names the element and the place.
                forms.refuse(text, path, own=("mediawiki", "html", "xml"))
            yield text, inside


def _plain_chunks(file: BinaryIO, start: int, end: int | None) -> Iterator[tuple[bytes, bool]]:
    position = start
    while True:
        inside = end is None or position < end
        size = CHUNK if end is None or not inside else min(CHUNK, end - position)
        if not (chunk := file.read(size)):
            return
        position += len(chunk)
        yield chunk, inside


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
