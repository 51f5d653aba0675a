"""The library of faults (`shim.c`): built once, told what is to fail, and asked what it saw."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
CALLS = ("open", "read", "write", "sync", "close", "rename", "unlink", "mkdir", "truncate")
# Calls of each kind and of any; fired, stopped, clock; calls on a rule's part, for the library alone.
_STATE = struct.Struct(f"={len(CALLS) + 1}q3q128x")


def compiled() -> Path:
    """The library, compiled where no earlier run did."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    library = Path(tempfile.gettempdir(), f"albert-faults-{os.getuid()}-{digest}.so")
    if not library.exists():
        made = library.with_suffix(f".{os.getpid()}")
        command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", str(made), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        os.replace(made, library)
    return library


def has_compiler() -> bool:
    return shutil.which("cc") is not None


@dataclass
class Log:
    """What the library noted of one command.

    Attributes:
        fired: `call number action path` of each fault that was met.
        unsynced: files whose last bytes were not fsynced.
        unnamed: files whose name a folder may have lost: made or renamed since.
    """

    fired: list[tuple[str, ...]] = field(default_factory=list)
    unsynced: set[str] = field(default_factory=set)
    unnamed: set[str] = field(default_factory=set)


class Faults:
    """The faults of one command, and what became of them.

    Args:
        home: a folder for the state and the log.
        under: files under these folders are counted, and meet the faults.
        rules: as `shim.c` has them.
    """

    def __init__(self, home: Path, under: Sequence[Path], rules: Sequence[str] = ()) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._state, self._log = home / "state", home / "log"
        self._state.write_bytes(bytes(_STATE.size))
        self._log.write_bytes(b"")
        self.environment = {
            "FAULTS_STATE": str(self._state),
            "FAULTS_UNDER": ":".join(str(folder.resolve()) for folder in under),
            "FAULTS_RULES": ";".join(rules),
            "FAULTS_LOG": str(self._log),
        }

    def counts(self) -> dict[str, int]:
        """Calls so far by kind, and `any`, `fired`, `stopped` (a process), `clock` (seconds)."""
        names = (*CALLS, "any", "fired", "stopped", "clock")
        return dict(zip(names, _STATE.unpack(self._state.read_bytes()), strict=True))

    def log(self) -> Log:
        """The log so far. A folder's fsync makes the names in it last."""
        log = Log()
        for line in self._log.read_text(errors="surrogateescape").splitlines():
            what, *rest = line.split("\t")
            if what == "fired":
                log.fired.append(tuple(rest))
            elif what == "dirty":
                log.unsynced.add(rest[0])
                log.unnamed.add(rest[0])
            elif what == "synced":
                log.unsynced.discard(rest[0])
                log.unnamed = {path for path in log.unnamed if os.path.dirname(path) != rest[0]}
            elif what == "gone":
                log.unsynced.discard(rest[0])
                log.unnamed.discard(rest[0])
            elif what == "moved":
                for paths in (log.unsynced, log.unnamed):
                    paths.discard(rest[1])
                if rest[0] in log.unsynced:
                    log.unsynced.remove(rest[0])
                    log.unsynced.add(rest[1])
                log.unnamed.discard(rest[0])
                log.unnamed.add(rest[1])
        return log


def begin() -> None:
    """Lets the library, which this process was started with, read the environment anew."""
    ctypes.CDLL(None).faults_begin()
