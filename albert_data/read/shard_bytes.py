"""The bytes of each shard of a set and where its records begin, opened when they are first needed.

A shard on this machine is mapped, not read: only the pages of records that are asked for come from the
disk. A gzip file has no beginning but its first byte, so it is unpacked once into the user's cache. The
offsets come from the file beside the shard; where there is none, from one pass over the shard, and are
kept beside it (of a shard set of ours) or in the user's cache.

At most `_OPEN` shards are open at a time.
"""

from __future__ import annotations

import mmap
import os
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from albert_data.base.arrays import Int64, UInt8
from albert_data.base.errors import DataError
from albert_data.corpus.file_formats import compressed
from albert_data.records.tfrecord import find_frames
from albert_data.shards.offsets import content_of, read_offsets, write_offsets
from albert_data.storage.atomic import atomic_path
from albert_data.storage.file_names import offsets_name

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
        return content_of(str(self.path), status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class OpenShard:
    """Bytes of a shard (read-only) and where its records begin in them."""

    buffer: UInt8[np.ndarray, " B"]
    offsets: Int64[np.ndarray, " places"]


class ShardBytes:
    """The shards of a set, opened as they are needed; safe for threads."""

    def __init__(self, files: tuple[ShardFile, ...]) -> None:
        self.files = files
        self._open: OrderedDict[int, OpenShard] = OrderedDict()
        self._lock = Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return ShardBytes, (self.files,)

    def shard(self, number: int) -> OpenShard:
        """Shard number `number` of the set.

        Raises:
            DataError: it is not there, has another size or number of records than the manifest says,
                or its frames are damaged.
        """
        with self._lock:
            shard = self._open.get(number)
            if shard is None:
                self._open[number] = shard = open_shard(self.files[number])
                if len(self._open) > _OPEN:
                    self._open.popitem(last=False)
            self._open.move_to_end(number)
            return shard


def open_shard(file: ShardFile) -> OpenShard:
    """Maps a shard and finds its records; raises as `ShardBytes.shard`."""
    try:
        size = file.path.stat().st_size
        if file.bytes is not None and size != file.bytes:
            problem = f"{size} bytes, the manifest says {file.bytes}"
            raise DataError(problem, where=str(file.path), fix=_COPY_AGAIN)
        with open(file.path, "rb") as stream:
            kind = compressed.kind_of(stream.read(compressed.MAGIC_BYTES))
        buffer = _mapped(file.path if kind is None else _unpacked(file, kind))
    except OSError as error:
        problem = f"the shard cannot be read: {error.strerror}"
        raise DataError(problem, where=str(file.path), fix=_COPY_AGAIN) from None
    return OpenShard(buffer, _offsets(file, buffer))


def _mapped(path: Path) -> UInt8[np.ndarray, " B"]:
    with open(path, "rb") as stream:
        if not os.fstat(stream.fileno()).st_size:
            return np.frombuffer(b"", np.uint8)
        return np.frombuffer(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)


def _offsets(file: ShardFile, buffer: UInt8[np.ndarray, " B"]) -> Int64[np.ndarray, " places"]:
    content = file.content()
    name = offsets_name(file.path.name)
    beside, cached = file.path.with_name(name), _cache_folder(content) / name
    offsets = read_offsets(beside, content)
    if offsets is None:
        offsets = read_offsets(cached, content)
    if offsets is None:
        offsets = find_frames(buffer, file.path.name)
        for path in (beside, cached) if file.sha256 else (cached,):
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_offsets(path, content, offsets)
                break
    if file.records is not None and len(offsets) - 1 != file.records:
        problem = f"{len(offsets) - 1} records, the manifest says {file.records}"
        raise DataError(problem, where=str(file.path), fix=_COPY_AGAIN)
    return offsets


def _unpacked(file: ShardFile, kind: str) -> Path:
    """The uncompressed copy of a shard in the user's cache, made where there is none."""
    path = _cache_folder(file.content()) / file.path.name
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(file.path, "rb") as packed, atomic_path(path) as temporary:
        text = compressed.TextOf(packed, kind, file.path.name, _COPY_AGAIN)
        with open(temporary, "wb") as out:
            while data := text.read(_COPY_BYTES):
                out.write(data)
    return path


def _cache_folder(content: str) -> Path:
    """Where what is made of a shard of this content is kept."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    return base / "albert-data" / "read" / content[:20]
