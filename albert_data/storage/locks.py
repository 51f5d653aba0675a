"""Keeps a folder to one process; the file or object `.lock` names it.

On this machine that is a lock of the operating system, which ends with the process; the file goes
when its owner is done, and stays of one that was killed. In an object store it is an object made only
where there is none, which goes likewise. An owner that was killed on this machine is found out and
replaced. One that was killed elsewhere cannot be told from one at work: `albert-data clean` removes
its lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from albert_data.base.errors import NetworkError
from albert_data.base.private import own_folder
from albert_data.storage.file_names import LOCK
from albert_data.storage.paths import RemotePath


class Held(Exception):
    """Another process has the folder; the text says which, where that is known.

    Attributes:
        maybe_dead: nobody here can tell whether it is still at work.
    """

    def __init__(self, owner: str = "", maybe_dead: bool = False) -> None:
        super().__init__(owner)
        self.maybe_dead = maybe_dead


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keeps a folder to this process until the block ends.

    Raises:
        Held: another process has it.
        OSError: the lock cannot be made.
    """
    if not isinstance(folder, RemotePath):
        with _flock(folder / LOCK):
            yield
        return
    # Two processes of this machine must not both replace a dead one.
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:32]
    here = own_folder() / f"{digest}.lock"
    with _flock(here):
        _take(folder / LOCK)
        try:
            yield
        finally:
            with suppress(OSError, NetworkError):
                (folder / LOCK).unlink()


def refuse_held(folder: Path) -> None:
    """Raises Held where another process has the folder; makes no lock."""
    if isinstance(folder, RemotePath):
        holder = owner(folder)
        if holder is not None and not is_dead(holder):
            raise Held(_named(holder), maybe_dead=True)
    else:
        try:
            lock = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(_written_in(lock)) from None
        finally:
            os.close(lock)


def owner(folder: RemotePath) -> dict[str, Any] | None:
    """Who holds a folder of an object store: host, process and a number of its own."""
    try:
        held: dict[str, Any] = json.loads((folder / LOCK).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return held


def is_dead(holder: dict[str, Any]) -> bool:
    """Whether the holder was a process of this machine that is gone."""
    return (
        holder["host"] == socket.gethostname() and not Path(f"/proc/{holder['process']}").exists()
    )


def _take(lock: RemotePath) -> None:
    holder = owner(lock.parent)
    if holder is not None:
        if not is_dead(holder):
            raise Held(_named(holder), maybe_dead=True)
        lock.unlink()
    content = {**_this_process(), "run": uuid.uuid4().hex}
    lock.create(json.dumps(content).encode())
    # Whoever made it, even by a request whose answer was lost, reads his own name; and so does one
    # of two at most where a server knows no conditional writing.
    if owner(lock.parent) != content:
        raise Held("which was a moment faster")


def _this_process() -> dict[str, Any]:
    return {"host": socket.gethostname(), "process": os.getpid()}


def _named(holder: dict[str, Any]) -> str:
    return f"process {holder['process']} of {holder['host']}"


@contextmanager
def _flock(path: Path) -> Iterator[None]:
    lock = _open_locked(path)
    try:
        os.truncate(lock, 0)
        with suppress(OSError):  # on a full disk it has no name
            os.write(lock, json.dumps(_this_process()).encode())
        yield
    finally:
        with suppress(OSError):  # while it is still ours
            path.unlink()
        with suppress(OSError):  # closed all the same; what ended the block is to be heard
            os.close(lock)


def _open_locked(path: Path) -> int:
    """The file, open and locked; through a symbolic link another file would be cut off."""
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_file(lock, path):
                return lock
        except BlockingIOError:
            holder = _written_in(lock)
            os.close(lock)
            raise Held(holder) from None
        os.close(lock)  # its owner removed it in between: another process may lock the next one


def _is_file(opened: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(opened), os.stat(path))
    except FileNotFoundError:
        return False


def _written_in(lock: int) -> str:
    """The process that wrote its name into a lock; nothing where it has not yet."""
    try:
        return _named(json.loads(os.pread(lock, 4096, 0)))
    except (ValueError, KeyError, TypeError):
        return ""
