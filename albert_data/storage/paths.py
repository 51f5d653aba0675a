"""Files on this machine and in object stores, behind one interface: the part of pathlib's in use here.

`location` turns text into a `pathlib.Path`, or into a `RemotePath` where it has a scheme (`gs://`,
`s3://`). Both have the same methods, so that no stage knows where its files lie. What differs:

- An object appears whole when it is written, under its last name; there is no rename.
- Folders need not be made, and are there as soon as an object is.
- Every call costs a request and some 10 to 100 ms, so `fill` reads ranges side by side.

The stores are registered at the first use of one (`object_stores.py`), since they load Beam.
"""

from __future__ import annotations

import errno
import fnmatch
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from albert_data.base.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READERS = 16  # requests at a time of one process
CHUNK = 8 * 2**20  # read ahead of a file that is read from its beginning to its end


class Status(NamedTuple):
    """What a store says of an object.

    Attributes:
        st_size: bytes.
        version: changes whenever it is written (a generation or checksum).
        content: the store's own checksum over its bytes, where it has one: equal for copies.
    """

    st_size: int
    version: str
    content: str = ""


class Store(Protocol):
    """An object store. Paths are whole, `gs://bucket/name`; failures are OSErrors that name them."""

    def status(self, path: str) -> Status:
        """Raises FileNotFoundError where there is no such object."""
        ...

    def read(self, path: str, begin: int, end: int | None) -> bytes:
        """These bytes and no others, in one request; fewer where the object ends before."""
        ...

    def write(self, path: str, source: Path) -> None:
        """Stores a local file; it is seen whole or not at all."""
        ...

    def create(self, path: str, content: bytes) -> bool:
        """Stores an object unless there is one: of several callers, one is answered True."""
        ...

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Path and size of all objects whose path begins so."""
        ...

    def delete(self, paths: Sequence[str]) -> None:
        """Removes objects; those that are not there are no error."""
        ...


_stores: dict[str, Callable[[], Store]] = {}
SCHEMES = ("gs", "s3")


def register(scheme: str, store: Callable[[], Store]) -> None:
    """Makes paths that begin with `scheme://` known; `store` is called at each use."""
    _stores[scheme] = store


def is_remote(path: str | os.PathLike[str]) -> bool:
    """Whether a path has a scheme."""
    scheme, mark, _ = os.fspath(path).partition("://")
    return bool(mark) and scheme.isalnum()


def location(path: str | os.PathLike[str]) -> Path:
    """A path of this machine or of an object store.

    Raises:
        ConfigError: no store has this scheme, or no bucket is named.
    """
    text = os.fspath(path)
    if not is_remote(text):
        return Path(text)
    scheme, _, rest = text.partition("://")
    if scheme not in SCHEMES:
        known = ", ".join(f"{name}://" for name in SCHEMES)
        raise ConfigError(
            "no such kind of storage", where=text, fix=f"use a local folder or one of {known}"
        )
    if not rest.strip("/"):
        raise ConfigError("no bucket in this path", where=text, fix=f"write {scheme}://BUCKET/NAME")
    return cast(Path, RemotePath(text))


class RemotePath(PurePosixPath):
    """A path of an object store, with the methods of `pathlib.Path` that are used in this project."""

    def __str__(self) -> str:
        return super().__str__().replace(":/", "://", 1)

    @property
    def store(self) -> Store:
        scheme = self.parts[0].rstrip(":")
        if scheme not in _stores:
            from albert_data.storage import object_stores  # loads Beam

            object_stores.register_all()
        return _stores[scheme]()

    def stat(self) -> Status:
        return self.store.status(str(self))

    def is_file(self) -> bool:
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        return next(self.objects(), None) is not None

    def exists(self) -> bool:
        return self.is_file() or self.is_dir()

    def resolve(self) -> RemotePath:
        return self

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Does nothing: there are no folders."""

    def objects(self) -> Iterator[tuple[RemotePath, int]]:
        """Path and size of everything in this folder and its subfolders."""
        for path, size in self.store.list(f"{self}/"):
            yield RemotePath(path), size

    def iterdir(self) -> Iterator[RemotePath]:
        depth = len(self.parts)
        yield from dict.fromkeys(RemotePath(*path.parts[: depth + 1]) for path, _ in self.objects())

    def glob(self, pattern: str) -> Iterator[RemotePath]:
        """What lies directly in this folder; the pattern is one of names."""
        return (path for path in self.iterdir() if fnmatch.fnmatchcase(path.name, pattern))

    def read_bytes(self) -> bytes:
        return self.store.read(str(self), 0, None)

    def read_text(self, encoding: str = "utf-8") -> str:
        return self.read_bytes().decode(encoding)

    def open(self, encoding: str) -> io.TextIOWrapper:
        """Its text, fetched as it is read."""
        return io.TextIOWrapper(open_binary(self), encoding=encoding)

    def upload(self, source: Path) -> None:
        """Stores a local file under this name."""
        self.store.write(str(self), source)

    def create(self, content: bytes) -> bool:
        """Stores an object unless there is one; whether it did."""
        return self.store.create(str(self), content)

    def unlink(self, missing_ok: bool = False) -> None:
        self.store.delete([str(self)])

    def remove_tree(self) -> None:
        """Removes everything in this folder."""
        self.store.delete([str(path) for path, _ in self.objects()])


def open_binary(path: str | os.PathLike[str], ahead: int = CHUNK) -> io.BufferedReader:
    """A file for reading, with seek; an object is fetched in ranges of `ahead` bytes as they are needed."""
    if not is_remote(path):
        return open(path, "rb")
    return io.BufferedReader(_Ranges(RemotePath(path)), ahead)


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    digest = hashlib.sha256()
    with open_binary(path) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class _Ranges(io.RawIOBase):
    def __init__(self, path: RemotePath) -> None:
        self.path, self.size, self.at = path, path.stat().st_size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        self.at = max(0, start + offset)
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer)
        end = min(self.at + len(room), self.size)
        if self.at >= end:
            return 0
        data = self.path.store.read(str(self.path), self.at, end)
        room[: len(data)] = data
        self.at += len(data)
        return len(data)


def fill(ranges: Iterable[tuple[Path, int, memoryview]]) -> None:
    """Reads ranges of files: each is (file, its first byte, where the bytes go).

    Raises:
        OSError: naming the file; EIO where it ends too early.
    """
    remote: list[tuple[RemotePath, int, memoryview]] = []
    for path, begin, buffer in ranges:
        if isinstance(path, RemotePath):
            remote.append((path, begin, buffer))
            continue
        with open(path, "rb", buffering=0) as stream:
            stream.seek(begin)
            read = 0
            while read < len(buffer) and (more := stream.readinto(buffer[read:])):
                read += more
        _whole(path, begin, read, buffer)
    if remote:
        with ThreadPoolExecutor(READERS) as pool:
            list(pool.map(_fetch, remote))


def _fetch(piece: tuple[RemotePath, int, memoryview]) -> None:
    path, begin, buffer = piece
    if len(buffer):
        data = path.store.read(str(path), begin, begin + len(buffer))
        buffer[: len(data)] = data
        _whole(path, begin, len(data), buffer)


def _whole(path: PurePosixPath | Path, begin: int, read: int, buffer: memoryview) -> None:
    if read < len(buffer):
        raise OSError(errno.EIO, f"it ends before byte {begin + len(buffer)}", str(path))
