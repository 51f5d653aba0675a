"""Input files: finding them by path, folder or glob, cutting them into ranges, opening them."""

from __future__ import annotations

import difflib
import glob
import io
import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, cast

from fsspec.utils import glob_translate

from albert_data.base.errors import ConfigError, DataError
from albert_data.corpus.file_formats import compressed
from albert_data.corpus.source_protocol import BrokenFile as BrokenFile
from albert_data.corpus.source_protocol import Split
from albert_data.storage import paths

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

COMPRESSED = {".gz": 3, ".bz2": 4}  # how much text a byte holds, about
_KINDS = {".gz": "gzip", ".bz2": "bzip2"}
_CHUNK = 1 << 20


def find(target: str, suffixes: Sequence[str], kind: str) -> list[tuple[str, str]]:
    """The files of a path, folder or glob as (path, name), sorted by name.

    A folder is searched to its depth for files ending in one of `suffixes`, hidden ones left out; a
    file named outright, or by a glob (`**` crosses folders), may have any suffix. The name is
    relative to the folder, or to the part of a glob before its first wildcard.

    Raises:
        ConfigError: there is nothing of that name, or it holds no such file.
    """
    path = target if paths.is_remote(target) else os.path.expanduser(target)
    where = f"{kind}:{target}"
    if not path:
        raise ConfigError(
            "no path after the colon", where=where, fix=f"write {kind}:PATH, a file, folder or glob"
        )
    if paths.location(path).is_file():
        return [(path, os.path.basename(path))]
    if is_folder(path):
        found = [p for p in _walk(path) if p.lower().endswith(tuple(suffixes))]
        if not found:
            ends = ", ".join(f"*{s}" for s in suffixes)
            raise ConfigError(
                "no input in this folder",
                where=where,
                fix=f"{kind} reads {ends} in it and its subfolders; a glob reads any name",
            )
        return sorted(((p, _relative(p, path)) for p in found), key=lambda f: f[1])
    if glob.has_magic(path):
        found = _matching(path)
        if not found:
            raise ConfigError(
                "no file matches this pattern",
                where=where,
                fix="quote the pattern for the shell; ** crosses folders, as in 'corpus/**/*.txt'",
            )
        return sorted(((p, _relative(p, _fixed_part(path))) for p in found), key=lambda f: f[1])
    raise ConfigError("no such file or folder", where=where, fix=_nearest(path))


def is_folder(path: str) -> bool:
    return paths.location(path).is_dir()


def size(path: str) -> int:
    """Bytes of the file."""
    return paths.location(path).stat().st_size


def stamp(path: str) -> str:
    """Size and time of modification or version: changes when the content may have changed."""
    status = paths.location(path).stat()
    if isinstance(status, paths.Status):
        return f"{status.st_size}-{status.version}"
    return f"{status.st_size}-{status.st_mtime_ns}"


def check_unchanged(split: Split) -> None:
    """Raises DataError unless the split's file has the stamp that it had when it was planned."""
    planned = split.stamp.partition("-")[0]
    try:
        now = stamp(split.path)
    except FileNotFoundError:
        problem = "the file is gone; it was there when this was planned"
        fix = "put it back, or leave it out, then run the same command again"
    else:
        if now == split.stamp:
            return
        found = now.partition("-")[0]
        sizes = f"had {planned} bytes, now {found}"
        if found == planned:
            sizes = f"had {planned} bytes as now, but was written again"
        problem = f"the file changed since this was planned (it {sizes})"
        fix = "let nothing write to it, then run the same command again"
    raise DataError(problem, where=split.path, fix=fix)


def is_compressed(path: str) -> bool:
    return path.lower().endswith(tuple(COMPRESSED))


def weight(path: str) -> int:
    """Estimated bytes of text in the file."""
    suffix = os.path.splitext(path)[1].lower()
    return size(path) * COMPRESSED.get(suffix, 1)


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
    kind = _KINDS.get(os.path.splitext(path)[1].lower())
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


def _walk(folder: str) -> Iterator[str]:
    if paths.is_remote(folder):
        yield from (path for path in _objects(folder) if not _hidden(_relative(path, folder)))
        return

    def fail(error: OSError) -> None:
        raise ConfigError(_reason(error), where=str(error.filename), fix="check its permissions")

    seen = set()
    for root, folders, names in os.walk(folder, onerror=fail, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:  # through a symbolic link, perhaps to a folder above
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [f for f in folders if not f.startswith(".")]
        yield from (os.path.join(root, n) for n in names if not n.startswith("."))


def _hidden(name: str) -> bool:
    return name.startswith(".") or "/." in name


def _objects(folder: str) -> Iterator[str]:
    """Everything in a folder of an object store and its subfolders."""
    return (str(path) for path, _ in paths.RemotePath(folder).objects())


def _matching(pattern: str) -> list[str]:
    """The files that a glob names."""
    if not paths.is_remote(pattern):
        return [path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path)]
    matches = re.compile(glob_translate(pattern)).match
    return [path for path in _objects(_fixed_part(pattern)) if matches(path)]


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder or ".").replace(os.sep, "/")


def _fixed_part(pattern: str) -> str:
    parts = pattern.split("/")
    plain = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return "/".join(parts[:plain]) or ("/" if pattern.startswith("/") else ".")


def _nearest(path: str) -> str:
    folder, name = os.path.split(path)
    try:
        known = [path.name for path in paths.location(folder or ".").iterdir()]
        near = difflib.get_close_matches(name, known, n=1)
    except OSError:
        return f"there is no folder {folder} either"
    return f"did you mean {os.path.join(folder, near[0])}?" if near else "check the path"


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
