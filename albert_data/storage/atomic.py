"""Writing so that nothing half-written is visible: a temporary name, then a rename or an upload."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from albert_data.base.errors import ConfigError, NetworkError
from albert_data.storage.file_names import TEMPORARY
from albert_data.storage.paths import RemotePath


def check_name(path: str) -> None:
    """Raises ConfigError for a path that is not UTF-8: no report or manifest could name it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = path.encode(errors="backslashreplace").decode()
        raise ConfigError("the name is not valid UTF-8", where=shown, fix="rename it") from None


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary local path whose file becomes `path` when the block ends without an error.

    It lies beside `path`, or in a folder for temporary files where that is in an object store. An
    OSError of the block, such as a full disk, names `path`.
    """
    if isinstance(path, RemotePath):
        with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
            yield Path(folder, path.name)
            path.upload(Path(folder, path.name))
        return
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex[:12]}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.filename in (None, str(temporary)):
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


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


def remove_tree(folder: Path) -> None:
    """Removes a folder and all in it, as far as that can be done."""
    if isinstance(folder, RemotePath):
        with suppress(OSError, NetworkError):
            folder.remove_tree()
    else:
        shutil.rmtree(folder, ignore_errors=True)
