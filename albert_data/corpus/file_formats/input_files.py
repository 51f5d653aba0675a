"""Input files: their size and stamp, cutting them into ranges, opening them."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO, cast

from albert_data.base.errors import DataError
from albert_data.corpus.file_formats import compressed, content_hash
from albert_data.corpus.source_protocol import BrokenFile as BrokenFile
from albert_data.corpus.source_protocol import Split
from albert_data.storage import paths

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1 << 20
_GRAIN = 2 * 10**9


def size(path: str) -> int:
    """Bytes of the file."""
    return paths.location(path).stat().st_size


def stamp(path: str) -> str:
    """What changes when the content may have changed.

    Of an object, its size and version. Of a file here, its size, time of modification, and, since these
    two can be set (`cp -p`, `rsync -t`), what cannot: its time of change and inode.
    """
    status = paths.location(path).stat()
    if isinstance(status, paths.Status):
        return f"{status.st_size}-{status.version}"
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"


def is_settled(path: str, known: str, moment: int) -> bool:
    """Whether a file's stamp is still the known one, and will be another when the file changes again.

    It may not be where the file was written just before: times have grains, of two seconds at worst.

    Args:
        moment: before the stamp was taken, nanoseconds since 1970.
    """
    if paths.is_remote(path):
        return True
    try:
        return stamp(path) == known and os.stat(path).st_ctime_ns + _GRAIN < moment
    except OSError:
        return False


def check_unchanged(split: Split) -> None:
    """Raises DataError unless the split's file is what it was when it was planned.

    Where size and time are the same, and only what nobody can set is not (its rights or links changed,
    a copy on another machine), its content decides, where the plan knows it: a file is hashed once a process.
    """
    planned = split.stamp.partition("-")[0]
    try:
        now = stamp(split.path)
        if now == split.stamp:
            return
        settable = now.split("-")[:2] == split.stamp.split("-")[:2]
        if settable and split.content and content_hash.content(split.path, now) == split.content:
            return
    except FileNotFoundError:
        problem = "the file is gone; it was there when this was planned"
        fix = "put it back, or leave it out, then run the same command again"
    else:
        found = now.partition("-")[0]
        sizes = f"had {planned} bytes, now {found}"
        if found == planned:
            sizes = f"had {planned} bytes as now, but was written again"
        problem = f"the file changed since this was planned (it {sizes})"
        fix = "let nothing write to it, then run the same command again"
    raise DataError(problem, where=split.path, fix=fix)


def is_compressed(path: str) -> bool:
    return compressed.kind_by_name(path) is not None


def packing(name: str) -> int | None:
    """Estimated bytes of text for a byte of a file, by its name; None where it is not packed."""
    kind = compressed.kind_by_name(name)
    return compressed.PACKINGS[kind].ratio if kind else None


def weight(path: str) -> int:
    """Estimated bytes of text in the file."""
    return size(path) * (packing(path) or 1)


def byte_ranges(kind: str, path: str, name: str, unit_bytes: int) -> list[Split]:
    """Splits of about unit_bytes; a compressed file, which must be read from its start, is one."""
    total, mark = weight(path), stamp(path)
    parts = 1 if is_compressed(path) else max(1, round(total / unit_bytes))
    bounds = [total * i // parts for i in range(parts)]
    ends: list[int | None] = [*bounds[1:], None]
    return [
        Split(kind, name, path, start, end, (total if end is None else end) - start, mark)
        for start, end in zip(bounds, ends, strict=True)
    ]


def open_binary(path: str) -> io.BufferedReader:
    """The file's content, decompressed by its suffix, as a buffered stream.

    Opening and reading raise BrokenFile, which names the file and its byte, where it is truncated,
    damaged or unreadable. The text of an archive is not seekable.
    """
    content: io.RawIOBase = _Reader(path)
    kind = compressed.kind_by_name(path)
    if kind:
        content = compressed.TextOf(cast(BinaryIO, content), kind, path)
    return io.BufferedReader(content, _CHUNK)


class _Reader(io.RawIOBase):
    """The bytes of a file, whose failures are BrokenFiles."""

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            self._raw = paths.open_binary(path)
        except OSError as error:
            raise BrokenFile(_reason(error), where=path, fix="check name and permissions") from None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def readinto(self, buffer: WriteableBuffer) -> int:
        try:
            return self._raw.readinto1(buffer)
        except OSError as error:
            where = f"{self._path}: near byte {self._raw.tell()}"
            raise BrokenFile(_reason(error), where=where, fix=compressed.AGAIN) from None

    def close(self) -> None:
        if not self.closed and hasattr(self, "_raw"):  # opening may have failed
            self._raw.close()
        super().close()


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
