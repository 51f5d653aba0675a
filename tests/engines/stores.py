"""Files of object stores, seen from this process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from albert_data.storage import object_stores
from albert_data.storage.paths import location


@contextlib.contextmanager
def known_here(environment: dict[str, str]) -> Iterator[None]:
    """Has this process use the store that processes with this environment use."""
    with pytest.MonkeyPatch.context() as patch:
        for key, value in environment.items():
            patch.setenv(key, value)
        object_stores._store.cache_clear()
        yield
    object_stores._store.cache_clear()


def downloaded(folder: str, here: Path) -> Path:
    """A copy on this machine."""
    source = location(folder)
    for path, _ in source.objects():
        target = here / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return here


def upload(folder: Path, target: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            (location(target) / path.relative_to(folder).as_posix()).upload(path)


def names_in(folder: str) -> set[str]:
    return {path.name for path in location(folder).iterdir()}
