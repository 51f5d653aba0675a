"""Keeps a folder to one process.

On this machine that is a lock of the operating system, which ends with the process. In an object
store it is an object, `.lock`, made only where there is none; it names its owner and goes when the
owner is done. An owner that was killed on this machine is found out and replaced. One that was
killed elsewhere cannot be told from one at work: `albert-data clean` removes its lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from albert_data.storage import RemotePath

LOCK = ".lock"


class Held(Exception):
    """Another process has the folder; the text says which, where that is known."""


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
    here = Path(tempfile.gettempdir(), f"albert-data-{os.getuid()}-{digest}.lock")
    with _flock(here):
        _take(folder / LOCK)
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / LOCK).unlink()


def owner(folder: RemotePath) -> dict[str, Any] | None:
    """Who holds a folder of an object store: host, process and a number of its own."""
    try:
        return json.loads((folder / LOCK).read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def is_dead(holder: dict[str, Any]) -> bool:
    """Whether the holder was a process of this machine that is gone."""
    return (
        holder["host"] == socket.gethostname() and not Path(f"/proc/{holder['process']}").exists()
    )


def _take(lock: RemotePath) -> None:
    holder = owner(lock.parent)
    if holder is not None:
        if not is_dead(holder):
            raise Held(f"process {holder['process']} of {holder['host']}")
        lock.unlink()
    content = {"host": socket.gethostname(), "process": os.getpid(), "run": uuid.uuid4().hex}
    lock.create(json.dumps(content).encode())
    # Whoever made it, even by a request whose answer was lost, reads his own name; and so does one
    # of two at most where a server knows no conditional writing.
    if owner(lock.parent) != content:
        raise Held("which was a moment faster")


@contextmanager
def _flock(path: Path) -> Iterator[None]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held from None
        yield
    finally:
        os.close(lock)
