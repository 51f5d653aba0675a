"""gzip, bzip2, xz and Zstandard archives to their text, every byte of them accounted for.

An archive is one stream, or several one after the other (`cat a.gz b.gz`, pbzip2, multistream dumps,
`pzstd`). NUL bytes between them or after the last are padding, as of tape blocks and of xz; a Zstandard
frame that is marked as one to skip holds no text. Anything else is an error: Python's own readers stop
in silence at what is no bzip2 stream, and lose all that lies behind it.

Two losses cannot be seen here. An archive that was cut off exactly between two streams is a whole one:
only what is in it can tell, as a dump does by its `</mediawiki>`. And where the program that packed a
Zstandard frame or an xz stream left the checksum of its content out (`zstd --no-check`, several
libraries; `xz --check=none`), a changed byte may give other text of the same length.

Memory of a reader is bounded by MOST_WINDOW, beside the text it gives. Costs no more than Python's
readers. An archive that unpacks to more than `most_ratio()` times its own bytes (1,000, or what
ALBERT_DATA_MOST_RATIO says) is refused where it does so: text packs to a third or a fifth, and a bomb of a
megabyte would fill any disk.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol, cast

from backports import zstd

from albert_data.base.errors import ConfigError
from albert_data.corpus.source_protocol import BrokenFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

AGAIN = "fetch the file again and compare its checksum"
MOST_TEXT = 2**20  # bytes given at a time
MOST_WINDOW = (
    27  # log2 of bytes: what `zstd -d` takes without --long, and more than any preset needs
)
RATIO = "ALBERT_DATA_MOST_RATIO"
MOST_RATIO = 1000
_SMALL = 2**26  # bytes of text that no archive is too small for: of blanks, say
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


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2 * 2**MOST_WINDOW)


def _zstd() -> _Decompressor:
    window: dict[int, int] = {zstd.DecompressionParameter.window_log_max: MOST_WINDOW}
    return zstd.ZstdDecompressor(options=window)


@contextmanager
def _gzip_file(path: Path) -> Iterator[BinaryIO]:
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        yield cast(BinaryIO, file)


def _bz2_file(path: Path) -> AbstractContextManager[BinaryIO]:
    return cast(BinaryIO, bz2.open(path, "wb"))


def _xz_file(path: Path) -> AbstractContextManager[BinaryIO]:
    return cast(BinaryIO, lzma.open(path, "wb"))


def _zstd_file(path: Path) -> AbstractContextManager[BinaryIO]:
    checked: dict[int, int] = {zstd.CompressionParameter.checksum_flag: 1}
    return cast(BinaryIO, zstd.ZstdFile(path, "wb", options=checked))


class Packing(NamedTuple):
    """A kind of archive.

    Attributes:
        suffix: of a file's name.
        magics: what its streams begin with, one of them.
        ratio: how much text a byte of it holds, about.
        decompressor: makes that of one stream.
        opener: opens a file to write one stream; the same text gives the same bytes.
    """

    suffix: str
    magics: tuple[bytes, ...]
    ratio: int
    decompressor: Callable[[], _Decompressor]
    opener: Callable[[Path], AbstractContextManager[BinaryIO]]


_TO_SKIP = tuple(bytes([first]) + b"\x2a\x4d\x18" for first in range(0x50, 0x60))
# Every list of suffixes, in code, help and errors, comes from here.
PACKINGS = {
    "gzip": Packing(".gz", (b"\x1f\x8b",), 3, _Gzip, _gzip_file),
    "bzip2": Packing(".bz2", (b"BZh",), 4, bz2.BZ2Decompressor, _bz2_file),
    "xz": Packing(".xz", (b"\xfd7zXZ\0",), 4, _xz, _xz_file),
    "zstd": Packing(".zst", (b"\x28\xb5\x2f\xfd", *_TO_SKIP), 3, _zstd, _zstd_file),
}
SUFFIXES = tuple(packing.suffix for packing in PACKINGS.values())
MAGIC_BYTES = 6  # of the longest


def kind_of(head: bytes) -> str | None:
    """The kind of an archive by a file's first MAGIC_BYTES, None where it is none."""
    return next(
        (kind for kind, packing in PACKINGS.items() if head.startswith(packing.magics)), None
    )


def kind_by_name(path: str) -> str | None:
    """The kind of an archive by its name."""
    name = path.lower()
    return next((k for k, packing in PACKINGS.items() if name.endswith(packing.suffix)), None)


def without_suffix(path: str) -> str:
    """The name that a file has once it is unpacked."""
    kind = kind_by_name(path)
    return path[: -len(PACKINGS[kind].suffix)] if kind else path


def packed(*suffixes: str) -> tuple[str, ...]:
    """Suffixes, each of them plain and with that of every archive behind it."""
    return tuple(f"{name}{ending}" for name in suffixes for ending in ("", *SUFFIXES))


def writer(path: Path) -> AbstractContextManager[BinaryIO]:
    """A new file, to be written as the archive that its name says, or plain."""
    kind = kind_by_name(path.name)
    return PACKINGS[kind].opener(path) if kind else open(path, "wb")


def texts(file: BinaryIO, kind: str, path: str, fix: str = AGAIN) -> Iterator[tuple[int, bytes]]:
    """(byte of the archive at which its stream begins, text) from the file's position to its end.

    Args:
        file: at the beginning of a stream; seekable.
        kind: of PACKINGS.
        path, fix: for errors.

    Raises:
        BrokenFile: the archive is truncated (or has no byte at all) or damaged, or something else
            follows its streams. The text before has been given, but for some KB.
    """
    data, given, most = file.read(_READ), 0, most_ratio()
    first = file.tell() - len(data)
    while True:
        begin = file.tell() - len(data)
        stream = PACKINGS[kind].decompressor()
        while not stream.eof:
            if stream.needs_input:
                data = data or file.read(_READ)
            ended = stream.needs_input and not data
            try:
                text = stream.decompress(data, MOST_TEXT)
            except (OSError, ValueError, zlib.error, lzma.LZMAError, zstd.ZstdError) as error:
                raise _broken(file, kind, path, begin, str(error), fix) from None
            given += len(text)
            if given > _SMALL and given > most * (file.tell() - first):
                raise _bomb(file, kind, path, given, most)
            if text:
                yield begin, text
            elif ended and not stream.eof:
                raise _broken(file, kind, path, begin, "truncated", fix)
            data = b""
        data = _after_padding(file, stream.unused_data)
        if not data:
            return


def most_ratio() -> float:
    """Most bytes of text for each byte of an archive.

    Raises:
        ConfigError: ALBERT_DATA_MOST_RATIO is no number of 1 or more.
    """
    said = os.environ.get(RATIO) or str(MOST_RATIO)
    try:
        most = float(said)
    except ValueError:
        most = 0.0
    if not most >= 1:
        raise ConfigError(f"{said!r} is no number of 1 or more", where=RATIO, fix="write 1000")
    return most


def _bomb(file: BinaryIO, kind: str, path: str, given: int, most: float) -> BrokenFile:
    return BrokenFile(
        f"the {kind} archive unpacks to more than {most:g} times its size: {given:,} bytes of "
        f"{file.tell():,} so far",
        where=path,
        fix=f"leave the file out, or, if it is what you mean to read, set {RATIO} higher",
    )


# What the libraries say of streams that are whole but cannot be unpacked here → problem, fix.
_NOT_HERE = (
    (
        re.compile("too much memory|Memory usage limit", re.IGNORECASE),
        f"needs more memory than {2**MOST_WINDOW >> 20} MiB to be unpacked",
        "pack it anew with a smaller window: zstd -dc --long=31 FILE | zstd > NEW.zst",
    ),
    (
        re.compile("Dictionary"),
        "was packed with a dictionary, which lies in another file",
        "pack it anew without one: zstd -dc -D DICTIONARY FILE | zstd > NEW.zst",
    ),
)


def _broken(file: BinaryIO, kind: str, path: str, begin: int, how: str, fix: str) -> BrokenFile:
    """The error of a stream that begins at a byte and cannot be unpacked beyond the file's position.

    Args:
        how: `truncated`, or what the library says.
    """
    reached = file.tell()
    file.seek(begin)
    place = f"bytes {begin} to {reached}"
    head = file.read(MAGIC_BYTES)
    if not any(magic.startswith(head[: len(magic)]) for magic in PACKINGS[kind].magics):
        if begin == 0 and (other := kind_of(head)):
            problem = f"no {kind} archive, as its name says: it is packed with {other}"
            fix = f"rename it to end in {PACKINGS[other].suffix}"
            return BrokenFile(problem, where=f"{path}, byte 0", fix=fix)
        if begin == 0:
            fix = f"if it is not packed, take {PACKINGS[kind].suffix} off its name; else {fix}"
        problem, place = f"is damaged: no {kind} stream begins here", f"byte {begin}"
    elif how == "truncated":
        problem, place = "is truncated: it ends in the middle of its data", f"byte {reached}"
    else:
        known = ((problem, way) for said, problem, way in _NOT_HERE if said.search(how))
        problem, fix = next(known, ("is damaged", fix))
    return BrokenFile(f"the {kind} archive {problem}", where=f"{path}, {place}", fix=fix)


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
