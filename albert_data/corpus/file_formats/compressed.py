"""gzip and bzip2 archives to their text, every byte of them accounted for.

An archive is one stream, or several one after the other (`cat a.gz b.gz`, pbzip2, multistream dumps).
NUL bytes between them or after the last are padding, as of tape blocks. Anything else is an error:
Python's own readers stop in silence at what is no bzip2 stream, and lose all that lies behind it.

One loss cannot be seen here: an archive that was cut off exactly between two streams is a whole one.
Only what is in it can tell, as a dump does by its `</mediawiki>`. Costs no more than Python's readers.
"""

from __future__ import annotations

import bz2
import io
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Protocol

from albert_data.corpus.source_protocol import BrokenFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

AGAIN = "fetch the file again and compare its checksum"
MOST_TEXT = 2**20  # bytes given at a time
_READ = 2**13  # bytes unpacked at a time: where one of them is damaged, the text of all is lost


class _Decompressor(Protocol):
    """Of one stream, as `bz2.BZ2Decompressor`."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's decompressor, holding what it has not unpacked yet."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self._held = b""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._held

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        text = self._stream.decompress(self._held + data, max_length)
        self._held = self._stream.unconsumed_tail
        return text


_KINDS: dict[str, tuple[bytes, Callable[[], _Decompressor]]] = {
    "gzip": (b"\x1f\x8b", _Gzip),
    "bzip2": (b"BZh", bz2.BZ2Decompressor),
}


def kind_of(head: bytes) -> str | None:
    """`gzip` or `bzip2` by a file's first bytes, None where it is neither."""
    return next((kind for kind, (magic, _) in _KINDS.items() if head.startswith(magic)), None)


def texts(file: BinaryIO, kind: str, path: str, fix: str = AGAIN) -> Iterator[tuple[int, bytes]]:
    """(byte of the archive at which its stream begins, text) from the file's position to its end.

    Args:
        file: at the beginning of a stream; seekable.
        kind: `gzip` or `bzip2`.
        path, fix: for errors.

    Raises:
        BrokenFile: the archive is truncated (or has no byte at all) or damaged, or something else
            follows its streams. The text before has been given, but for some KB.
    """
    data = file.read(_READ)
    while True:
        begin = file.tell() - len(data)
        stream = _KINDS[kind][1]()
        while not stream.eof:
            if stream.needs_input:
                data = data or file.read(_READ)
            ended = stream.needs_input and not data
            try:
                text = stream.decompress(data, MOST_TEXT)
            except (OSError, ValueError, zlib.error):
                raise _broken(file, kind, path, begin, "damaged", fix) from None
            if text:
                yield begin, text
            elif ended and not stream.eof:
                raise _broken(file, kind, path, begin, "truncated", fix)
            data = b""
        data = _after_padding(file, stream.unused_data)
        if not data:
            return


def _broken(file: BinaryIO, kind: str, path: str, begin: int, how: str, fix: str) -> BrokenFile:
    """The error of a stream that begins at a byte and cannot be unpacked beyond the file's position."""
    reached = file.tell()
    file.seek(begin)
    magic, _ = _KINDS[kind]
    if not magic.startswith(file.read(len(magic))):
        problem, place = f"damaged: no {kind} stream begins here", f"byte {begin}"
    elif how == "truncated":
        problem, place = "truncated: it ends in the middle of its data", f"byte {reached}"
    else:
        problem, place = "damaged", f"bytes {begin} to {reached}"
    return BrokenFile(f"the {kind} archive is {problem}", where=f"{path}, {place}", fix=fix)


def _after_padding(file: BinaryIO, data: bytes) -> bytes:
    """Some of what follows NUL bytes; empty at the file's end."""
    while not (rest := data.lstrip(b"\0")):
        data = file.read(_READ)
        if not data:
            break
    return rest


class TextOf(io.RawIOBase):
    """The text of an archive as a stream. Reading raises what `texts` does, after the text before."""

    def __init__(self, file: BinaryIO, kind: str, path: str, fix: str = AGAIN) -> None:
        self._file = file
        self._texts = texts(file, kind, path, fix)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not self._left:
            self._left = memoryview(next(self._texts, (0, b""))[1])
        room = memoryview(buffer)
        count = min(len(room), len(self._left))
        room[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
