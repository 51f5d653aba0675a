"""Files of runs, shards and models, here or in an object store; paths are text (``gs://bucket/name``).

Here by the standard library. In a store by TensorFlow's file systems where TensorFlow is at work, since the
environment of its TPUs cannot hold Beam, else by the library's own (``albert_data.storage.paths``), which
leaves TensorFlow out of a process that has JAX. Whatever fails is an OSError that names the path.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from albert_data.base.errors import DataError
from albert_data.storage.atomic import atomic_path, through_no_link
from albert_data.storage.atomic import to_disk as path_to_disk
from albert_data.storage.paths import RemotePath, is_remote, location


class _Files(Protocol):
    def exists(self, path: str) -> bool: ...
    def is_folder(self, path: str) -> bool: ...
    def names(self, folder: str) -> list[str]: ...
    def read(self, path: str, size: int | None) -> bytes: ...
    def write(self, path: str, content: bytes) -> None: ...
    def append(self, path: str, content: bytes) -> None: ...
    def make_folder(self, folder: str) -> None: ...
    def remove(self, path: str) -> None: ...


def exists(path: str) -> bool:
    """Whether there is such a file or folder."""
    return _of(path).exists(path)


def is_folder(path: str) -> bool:
    return _of(path).is_folder(path)


def names(folder: str) -> list[str]:
    """Names of what lies directly in a folder, in order; none where there is no folder."""
    return sorted(name.rstrip("/") for name in _of(folder).names(folder))


def read(path: str, size: int | None = None) -> bytes:
    """The content of a file, or its first ``size`` bytes."""
    return _of(path).read(path, size)


def read_text(path: str) -> str:
    """The text of a file.

    Raises:
        DataError: it is no UTF-8.
    """
    content = read(path)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        where, fix = f"{path} byte {error.start}", "restore the file, or write it in UTF-8"
        raise DataError("damaged, or no text (it is no UTF-8)", where=where, fix=fix) from None


def write(path: str, content: bytes | str) -> None:
    """Writes a file whole or not at all."""
    _of(path).write(path, content.encode() if isinstance(content, str) else content)


def append(path: str, content: bytes) -> None:
    """Writes behind the end of a file; in a store that writes it anew."""
    _of(path).append(path, content)


def make_folder(folder: str) -> None:
    """Makes a folder and those above it, where there is none."""
    _of(folder).make_folder(folder)


def remove(path: str) -> None:
    """Removes a file; one that is not there is no error."""
    _of(path).remove(path)


def to_disk(path: str) -> None:
    """Waits until what was appended to a file, and its name, would outlast a loss of power.

    One that is not there is no error; what a store has answered lasts.
    """
    if not is_remote(path) and os.path.exists(path):
        path_to_disk(Path(path))
        path_to_disk(Path(path).parent)


def copy(source: str, target: str) -> None:
    """Copies a file of this machine or a store; it is seen whole or not at all."""
    if is_remote(source) or is_remote(target):
        write(target, read(source))
        return
    with atomic_path(Path(target)) as temporary:
        shutil.copyfile(source, temporary)


@contextlib.contextmanager
def _named(path: str) -> Iterator[None]:
    """Lets an error of a file that is open name it, which Python leaves out."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or path
        raise


class _Local:
    def exists(self, path: str) -> bool:
        return os.path.exists(path)

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path)

    def names(self, folder: str) -> list[str]:
        return os.listdir(folder) if os.path.isdir(folder) else []

    def read(self, path: str, size: int | None) -> bytes:
        with _named(path), open(path, "rb") as file:
            return file.read(size)

    def write(self, path: str, content: bytes) -> None:
        with atomic_path(Path(path)) as temporary:
            temporary.write_bytes(content)

    def append(self, path: str, content: bytes) -> None:
        with _named(path), open(path, "ab", opener=through_no_link) as file:
            file.write(content)

    def make_folder(self, folder: str) -> None:
        os.makedirs(folder, exist_ok=True)

    def remove(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)


class _Library:
    """A store by ``albert_data.storage``."""

    def exists(self, path: str) -> bool:
        return location(path).exists()

    def is_folder(self, path: str) -> bool:
        return location(path).is_dir()

    def names(self, folder: str) -> list[str]:
        return [path.name for path in location(folder).iterdir()]

    def read(self, path: str, size: int | None) -> bytes:
        place = location(path)
        assert isinstance(place, RemotePath)
        return place.store.read(str(place), 0, size)

    def write(self, path: str, content: bytes) -> None:
        with atomic_path(location(path)) as temporary:
            temporary.write_bytes(content)

    def append(self, path: str, content: bytes) -> None:
        self.write(path, (self.read(path, None) if location(path).is_file() else b"") + content)

    def make_folder(self, folder: str) -> None:
        location(folder).mkdir(parents=True, exist_ok=True)

    def remove(self, path: str) -> None:
        location(path).unlink(missing_ok=True)


class _TensorFlow:
    """A store by TensorFlow's file systems."""

    def __init__(self, tensorflow: Any) -> None:
        self._tf, self._gfile = tensorflow, tensorflow.io.gfile

    def exists(self, path: str) -> bool:
        with self.named(path):
            return bool(self._gfile.exists(path))

    def is_folder(self, path: str) -> bool:
        with self.named(path):
            return bool(self._gfile.isdir(path))

    def names(self, folder: str) -> list[str]:
        with self.named(folder):
            return list(self._gfile.listdir(folder)) if self._gfile.isdir(folder) else []

    def status(self, path: str) -> tuple[int, str]:
        """Bytes of a file, and when it was changed."""
        with self.named(path):
            found = self._gfile.stat(path)
            return int(found.length), str(found.mtime_nsec)

    def read(self, path: str, size: int | None, begin: int = 0) -> bytes:
        with self.named(path), self._gfile.GFile(path, "rb") as file:
            file.seek(begin)
            return bytes(file.read() if size is None else file.read(size))

    def write(self, path: str, content: bytes) -> None:
        with self.named(path):
            with self._gfile.GFile(f"{path}.new", "wb") as file:
                file.write(content)
            self._gfile.rename(f"{path}.new", path, overwrite=True)

    def append(self, path: str, content: bytes) -> None:
        with self.named(path), self._gfile.GFile(path, "ab") as file:
            file.write(content)

    def make_folder(self, folder: str) -> None:
        with self.named(folder):
            self._gfile.makedirs(folder)

    def remove(self, path: str) -> None:
        with self.named(path), contextlib.suppress(self._tf.errors.NotFoundError):
            self._gfile.remove(path)

    @contextlib.contextmanager
    def named(self, path: str) -> Iterator[None]:
        """Raises OSError that names the path for what a file system refuses TensorFlow meanwhile."""
        try:
            yield
        except self._tf.errors.OpError as error:
            number, said = self._number_of(error), str(error.message)
            known = os.strerror(number)  # what TensorFlow puts around it is its graph's
            reason = known if known in said or not said else said.splitlines()[0]
            raise OSError(number, reason, path) from error

    def _number_of(self, error: Any) -> int:
        """The errno that TensorFlow has put in words, or into one of its kinds."""
        if found := [n for n in errno.errorcode if os.strerror(n) in str(error.message)]:
            return max(found, key=lambda number: len(os.strerror(number)))
        known = {
            self._tf.errors.NotFoundError: errno.ENOENT,
            self._tf.errors.PermissionDeniedError: errno.EACCES,
            self._tf.errors.UnauthenticatedError: errno.EACCES,
        }
        return known.get(type(error), errno.EIO)


def of_tensorflow() -> _TensorFlow:
    """Files by TensorFlow, which the process has loaded."""
    return _TensorFlow(sys.modules["tensorflow"])


def _of(path: str) -> _Files:
    if not is_remote(path):
        return _Local()
    return of_tensorflow() if "tensorflow" in sys.modules else _Library()
