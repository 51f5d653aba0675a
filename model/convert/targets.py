"""Writes a new folder whole or not at all, on this machine or in a store.

The files are made in a folder of this machine. Here it is renamed to its place; into a store its files
are copied one by one, that by which a reader knows the folder last.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from albert_data.base.errors import ConfigError
from albert_data.storage.file_names import TEMPORARY

from .. import files

_LAST = ("config.json", "model.json", "albert_config.json", "saved_model.pb")


def check_new(folder: str) -> None:
    """Raises ConfigError unless a folder is absent or empty."""
    if not files.exists(folder):
        return
    if not files.is_folder(folder):
        raise ConfigError("is a file", where=folder, fix="name a new folder")
    if files.names(folder):
        fix = "name a new folder, or remove this one"
        raise ConfigError("holds files already", where=folder, fix=fix)


@contextlib.contextmanager
def new_folder(folder: str) -> Iterator[Path]:
    """A local folder to fill; its files are in ``folder`` when the block ends without an error.

    Raises:
        ConfigError: ``folder`` holds files.
        OSError: it cannot be written; what was written of it is removed.
    """
    check_new(folder)
    if "://" in folder:
        with tempfile.TemporaryDirectory(prefix=TEMPORARY) as scratch:
            yield Path(scratch)
            _copy(Path(scratch), folder)
        return
    place = Path(os.path.realpath(folder))
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f"{TEMPORARY}{uuid.uuid4().hex[:12]}-{place.name}")
    temporary.mkdir()
    try:
        yield temporary
        os.replace(temporary, place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _copy(source: Path, folder: str) -> None:
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*") if path.is_file())
    copied: list[str] = []
    try:
        for name in sorted(names, key=lambda name: name in _LAST):
            target = posixpath.join(folder, name)
            files.make_folder(posixpath.dirname(target))
            copied.append(target)
            files.copy(str(source / name), target)
    except BaseException:
        for target in copied:
            with contextlib.suppress(OSError):
                files.remove(target)
        raise
