"""Writing so that nothing half-written is visible: a temporary name, then a rename or an upload."""

from __future__ import annotations

import errno
import fcntl
import glob
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from albert_data.base.errors import ConfigError, NetworkError, file_of
from albert_data.storage.file_names import TEMPORARY
from albert_data.storage.paths import RemotePath


def check_name(path: str) -> None:
    """Raises ConfigError for a path that is not UTF-8: no report or manifest could name it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = path.encode(errors="backslashreplace").decode()
        raise ConfigError("the name is not valid UTF-8", where=shown, fix="rename it") from None


# What a file system answers that cannot be asked to wait for its disk, of folders above all.
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EACCES, errno.EISDIR)


def to_disk(path: Path) -> None:
    """Waits until a file's bytes, or the names in a folder, would outlast a loss of power.

    What an object store has answered does.
    """
    if isinstance(path, RemotePath):
        return
    try:
        opened = os.open(path, os.O_RDONLY)
    except PermissionError:  # a folder may be written and not read
        return
    try:
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            error.filename = str(path)
            raise


def files_to_disk(folder: Path) -> None:
    """`to_disk` of all files that lie directly in a folder, of their names, and of the folder's own."""
    if isinstance(folder, RemotePath):
        return
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.is_symlink():
            to_disk(path)
    to_disk(folder)
    to_disk(folder.parent)


@contextmanager
def atomic_path(path: Path, lasting: bool = True) -> Iterator[Path]:
    """A temporary local path whose file becomes `path` when the block ends without an error.

    It lies beside `path`, or in a folder for temporary files where that is in an object store. An
    OSError of the block, such as a full disk, names `path`.

    Args:
        lasting: it would outlast a loss of power, whole, as soon as it is seen. False for files that
            are many or large and are checked before they are used: `to_disk` makes those last that stay.
    """
    if isinstance(path, RemotePath):
        with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
            yield Path(folder, path.name)
            path.upload(Path(folder, path.name))
        return
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex[:12]}-{path.name}")
    try:
        with _held(temporary):
            yield temporary
        if lasting:
            to_disk(temporary)
        os.replace(temporary, path)
        if lasting:
            to_disk(path.parent)
    except OSError as error:
        if file_of(error) in ("", str(temporary)):
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _held(temporary: Path) -> Iterator[None]:
    """Makes a file and holds its lock: one that nobody holds is of a process that is gone."""
    opened = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):  # nothing was written through it
            os.close(opened)


def remove_left_of(path: Path) -> None:
    """Removes what killed processes left half-written of a file; what is being written stays."""
    if isinstance(path, RemotePath):
        return
    for left in path.parent.glob(f"{TEMPORARY}{'[0-9a-f]' * 12}-{glob.escape(path.name)}"):
        try:
            opened = os.open(left, os.O_WRONLY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink(missing_ok=True)
        except OSError:  # held, or a file system without locks
            continue
        finally:
            with suppress(OSError):
                os.close(opened)


def through_no_link(path: str, flags: int) -> int:
    """An `opener` for what is written in place: a link there would lead to another file."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 file atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Writes a JSON file atomically, for people too: indented, keys as given."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def remove_temporary(folder: Path, pattern: str = "**/") -> None:
    """Removes what a killed process was writing under a folder; an object store has no such files.

    Args:
        pattern: of the folders to look into; what others write to beside must not go.
    """
    left_of = f"{pattern}{TEMPORARY}*"
    for left in [] if isinstance(folder, RemotePath) else folder.glob(left_of):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Removes a folder and all in it, as far as that can be done."""
    if isinstance(folder, RemotePath):
        with suppress(OSError, NetworkError):
            folder.remove_tree()
    else:
        shutil.rmtree(folder, ignore_errors=True)
