"""The project's own readers in a process of the trainer.

Objects of Google's store come by the library's client (`albert_data.storage`), or, where that is not
installed, by TensorFlow's file system: an environment of its TPUs cannot hold the client.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from albert_data.read.shard_reader import Shards, open_shards
from albert_data.storage.paths import Status, register

from . import files


def open_reader(folder: str) -> Shards:
    """The shards of a folder, here or in a store.

    Raises: as ``albert_data.open_shards``.
    """
    if "tensorflow" in sys.modules and not _has_client():
        register("gs", TensorFlowStore)
    return open_shards(folder)


def _has_client() -> bool:
    with suppress(ModuleNotFoundError):
        return importlib.util.find_spec("google.cloud.storage") is not None
    return False


class TensorFlowStore:
    """``albert_data.storage.paths.Store`` by TensorFlow's file systems, for reading alone."""

    def status(self, path: str) -> Status:
        return Status(*files.of_tensorflow().status(path))

    def read(self, path: str, begin: int, end: int | None) -> bytes:
        return files.of_tensorflow().read(path, None if end is None else end - begin, begin)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        folder, _, begin = prefix.rpartition("/")
        for name in files.names(folder):
            if name.startswith(begin):
                yield f"{folder}/{name}", self.status(f"{folder}/{name}").st_size

    def write(self, path: str, source: Path) -> NoReturn:
        raise OSError(None, "not written by this reader", path)

    def create(self, path: str, content: bytes) -> NoReturn:
        raise OSError(None, "not written by this reader", path)

    def delete(self, paths: Sequence[str]) -> NoReturn:
        raise OSError(None, "not removed by this reader", ", ".join(paths))
