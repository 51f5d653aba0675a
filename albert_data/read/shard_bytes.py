"""The bytes of each shard of a set and where its records begin, opened when they are first needed.

A shard on this machine is mapped, not read: only the pages of records that are asked for come from the
disk. Of a shard in an object store a block of neighbours is one range read, kept in memory up to a limit
(`ranges.py`). A gzip file has no beginning but its first byte, so it is unpacked once into the user's
cache, up to a limit of bytes. The offsets come from the file beside the shard; where there is none, from
one pass over the shard, and are kept beside it (of a shard set of ours on this machine) or in the user's
cache.

At most `_OPEN` shards are open at a time.
"""

from __future__ import annotations

import mmap
import os
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import numpy as np

from albert_data.base.arrays import Int64, UInt8
from albert_data.base.errors import DataError
from albert_data.corpus.file_formats import compressed
from albert_data.read.ranges import RangeCache
from albert_data.records.tfrecord import find_frames
from albert_data.shards.offsets import content_of, read_offsets, write_offsets
from albert_data.storage.atomic import atomic_path
from albert_data.storage.file_names import offsets_name
from albert_data.storage.paths import fill, open_binary

_OPEN = 256
_COPY_BYTES = 2**20
_COPY_AGAIN = "copy the shard again, or build it again; `albert-data verify` checks a whole set"


@dataclass(frozen=True)
class ShardFile:
    """A file of records.

    Attributes:
        path: of the file.
        records, bytes, sha256: as the manifest says; None where there is none.
    """

    path: Path
    records: int | None = None
    bytes: int | None = None
    sha256: str | None = None

    def content(self) -> str:
        """What the file's content is known by (hex)."""
        if self.sha256:
            return self.sha256
        status = self.path.stat()
        changes = getattr(status, "version", None) or status.st_mtime_ns
        return content_of(str(self.path), status.st_size, changes)


@dataclass(frozen=True)
class OpenShard:
    """Where a shard's records begin, and its bytes (read-only) or whence they are fetched.

    Attributes:
        mapped: the file behind `buffer`.
    """

    offsets: Int64[np.ndarray, " places"]
    buffer: UInt8[np.ndarray, " B"] | None
    path: Path
    mapped: mmap.mmap | None = None

    def part(
        self, first: int, last: int, ranges: RangeCache
    ) -> tuple[UInt8[np.ndarray, " B"], Int64[np.ndarray, " places"], int]:
        """Bytes that hold records [first, last), where records begin in them, and number of the first.

        Raises:
            DataError: the file is shorter than it was: reading what is mapped and gone ends a process.
        """
        if self.mapped is not None and (size := self.mapped.size()) < len(self.mapped):
            problem = f"{size:,} bytes, of {len(self.mapped):,} when it was opened"
            raise DataError(problem, where=str(self.path), fix=_COPY_AGAIN)
        if self.buffer is not None:
            return self.buffer, self.offsets, 0
        begin, end = int(self.offsets[first]), int(self.offsets[last])
        return ranges.read(self.path, begin, end), self.offsets[first : last + 1] - begin, first


class ShardBytes:
    """The shards of a set, opened as they are needed; safe for threads.

    Args:
        memory: most bytes that are kept of shards in an object store.
        disk: most bytes of gzip shards that are unpacked into the user's cache.
    """

    def __init__(self, files: tuple[ShardFile, ...], memory: int, disk: int) -> None:
        self.files, self.memory, self.disk = files, memory, disk
        self.ranges = RangeCache(memory)
        self._open: OrderedDict[int, OpenShard] = OrderedDict()
        self._lock = Lock()
        self._unpacked: dict[Path, int] = {}

    def __reduce__(self) -> tuple[object, ...]:
        return ShardBytes, (self.files, self.memory, self.disk)

    def shard(self, number: int) -> OpenShard:
        """Shard number `number` of the set.

        Raises:
            DataError: it is not there, has another size or number of records than the manifest says, its
                frames are damaged, or there is no room to unpack it.
        """
        with self._lock:
            shard = self._open.get(number)
            if shard is None:
                self._open[number] = shard = self._opened(self.files[number])
                if len(self._open) > _OPEN:
                    self._open.popitem(last=False)
            self._open.move_to_end(number)
            return shard

    def counted(self) -> tuple[ShardFile, ...]:
        """The files with their numbers of records, those that nobody tells counted."""
        return tuple(
            file if file.records is not None else replace(file, records=self._count(number))
            for number, file in enumerate(self.files)
        )

    def _count(self, number: int) -> int:
        return len(self.shard(number).offsets) - 1

    def _opened(self, file: ShardFile) -> OpenShard:
        try:
            size = file.path.stat().st_size
            if file.bytes is not None and size != file.bytes:
                problem = f"{size} bytes, the manifest says {file.bytes}"
                raise DataError(problem, where=str(file.path), fix=_COPY_AGAIN)
            head = bytearray(min(size, compressed.MAGIC_BYTES))
            fill([(file.path, 0, memoryview(head))])
            kind = compressed.kind_of(bytes(head))
            path = file.path if kind is None else self._unpack(file, kind)
            mapped = _mapped(path) if isinstance(path, _LOCAL) else None
            buffer = None if mapped is None else np.frombuffer(mapped, np.uint8)
            offsets = _offsets(file, buffer)
        except OSError as error:
            problem = f"the shard cannot be read: {error.strerror}"
            raise DataError(problem, where=str(file.path), fix=_COPY_AGAIN) from None
        if file.records is not None and len(offsets) - 1 != file.records:
            problem = f"{len(offsets) - 1} records, the manifest says {file.records}"
            raise DataError(problem, where=str(file.path), fix=_COPY_AGAIN)
        return OpenShard(offsets, buffer, path, mapped if isinstance(mapped, mmap.mmap) else None)

    def _unpack(self, file: ShardFile, kind: str) -> Path:
        """The uncompressed copy of a shard in the user's cache, made where there is none."""
        path = _cache_folder(file.content()) / file.path.name
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            with (
                open_binary(file.path) as packed,
                atomic_path(path, lasting=False) as temporary,
            ):
                text = compressed.TextOf(packed, kind, file.path.name, _COPY_AGAIN)
                with open(temporary, "wb") as out:
                    while data := text.read(_COPY_BYTES):
                        out.write(data)
                        self._limit(path, out.tell())
        self._limit(path, path.stat().st_size)
        return path

    def _limit(self, path: Path, size: int) -> None:
        self._unpacked[path] = size
        if sum(self._unpacked.values()) > self.disk:
            raise DataError(
                f"its gzip shards need more than {self.disk:,} bytes unpacked",
                where=str(path.parent.parent),
                fix="open_shards(…, disk=BYTES), or build with --set shards.compression=none",
            )


_LOCAL = type(Path())


def bytes_of(path: Path) -> UInt8[np.ndarray, " B"]:
    """A file's bytes, read-only; mapped where it is on this machine."""
    return np.frombuffer(_mapped(path) if isinstance(path, _LOCAL) else path.read_bytes(), np.uint8)


def _mapped(path: Path) -> mmap.mmap | bytes:
    with open(path, "rb") as stream:
        if not os.fstat(stream.fileno()).st_size:
            return b""
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _offsets(
    file: ShardFile, buffer: UInt8[np.ndarray, " B"] | None
) -> Int64[np.ndarray, " places"]:
    content = file.content()
    name = offsets_name(file.path.name)
    beside, cached = file.path.with_name(name), _cache_folder(content) / name
    for path in (beside, cached):
        if (offsets := read_offsets(path, content)) is not None:
            return offsets
    if buffer is None:
        buffer = np.frombuffer(file.path.read_bytes(), np.uint8)
    offsets = find_frames(buffer, str(file.path))
    for path in (beside, cached) if file.sha256 and isinstance(beside, _LOCAL) else (cached,):
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_offsets(path, content, offsets)
            break
    return offsets


def _cache_folder(content: str) -> Path:
    """Where what is made of a shard of this content is kept."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    return base / "albert-data" / "read" / content[:20]
