"""What failed or interrupted runs left in a build's folder, on this machine or in an object store.

A run that goes on by itself needs no cleaning: it uses what is finished. This is for folders that
nobody will go on with, and for a lock in an object store whose owner was killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from albert_data.base.errors import ConfigError
from albert_data.storage import file_names, locks
from albert_data.storage.file_names import offsets_name
from albert_data.storage.paths import RemotePath


@dataclass(frozen=True)
class Leftover:
    """A file that no finished build needs, its bytes, and why it is here."""

    path: Path
    bytes: int
    why: str


def leftovers(folder: Path, claimed: set[str] | None, everything: bool = False) -> list[Leftover]:
    """Files that may be removed, by path.

    Args:
        claimed: shards and sidecars of the folder's manifest; None where there is no manifest.
        everything: also what a run of the same command would go on with: all files of a build that
            is not finished.

    Raises:
        ConfigError: no build wrote this folder, or one is at work in it.
    """
    if not any((folder / mark).is_file() for mark in file_names.MARKS):
        raise ConfigError("no build wrote this folder", where=str(folder), fix="check the path")
    if not isinstance(folder, RemotePath):
        try:
            locks.refuse_held(folder)
        except locks.Held:
            raise ConfigError(
                "a build is writing into this folder", where=str(folder), fix="wait for it"
            ) from None
    found = []
    for path, size in _files(folder):
        inside = path.relative_to(folder).parts
        why = ""
        if inside[-1] == file_names.LOCK and isinstance(path, RemotePath):
            holder = locks.owner(path.parent)
            why = f"lock of process {holder['process']} of {holder['host']}" if holder else "lock"
        elif inside[-1].startswith(file_names.TEMPORARY):
            why = "half-written"
        elif claimed is None:
            why = "of an unfinished build" if everything else ""
        elif inside[0] == file_names.WORK:
            why = "work file of a finished build"
        elif file_names.is_of_shards(inside[0]) and inside[0] not in claimed:
            why = "shard or sidecar that is not in the manifest"
        elif file_names.is_offsets(inside[0]) and inside[0] not in map(offsets_name, claimed):
            why = "offsets of no shard in the manifest"
        if why:
            found.append(Leftover(path, size, why))
    return sorted(found, key=lambda leftover: str(leftover.path))


def remove(found: list[Leftover]) -> None:
    """Removes files."""
    for leftover in found:
        leftover.path.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Files with their bytes; a symbolic link counts as itself, and nothing behind it is looked at."""
    if isinstance(folder, RemotePath):
        yield from folder.objects()
        return
    for path in folder.rglob("*"):
        if path.is_symlink() or path.is_file():
            yield path, path.lstat().st_size
