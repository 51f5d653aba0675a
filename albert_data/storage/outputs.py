"""Files that a command is told to write: never over what it reads, or what a build or cache consists of."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from albert_data.base.errors import ConfigError
from albert_data.storage import file_names
from albert_data.storage.atomic import remove_left_of
from albert_data.storage.paths import RemotePath, is_remote

_DEEPEST = 3  # folders of ours, one in another: OUTPUT/work/blocks


def refuse_output(
    path: Path | None, option: str, named: str = "", inputs: Iterable[str] = ()
) -> None:
    """Looks at a file that is to be written, before any work is done; what a killed run left of it goes.

    Args:
        path: None where there is none.
        option: that named it.
        named: the file of a build or cache that the command is to write.
        inputs: files that are read.

    Raises:
        ConfigError: it belongs to a build or to a token cache, or is read.
    """
    if path is None:
        return
    whole = path if isinstance(path, RemotePath) else Path(os.path.abspath(path))
    for folder in list(whole.parents)[:_DEEPEST]:
        name = whole.relative_to(folder).parts[0]
        inside = folder != whole.parent
        if name == named and not inside or name == file_names.TOKENS and inside:
            continue
        if file_names.is_ours(name, begun=True) and _is_ours(folder):
            raise ConfigError(
                "a file of a build or token cache would be written over",
                where=str(path),
                fix=f"name another {option}",
            )
    if _real(str(whole)) in map(_real, inputs):
        raise ConfigError(
            "a file that is read would be written over",
            where=str(path),
            fix=f"name another {option}",
        )
    remove_left_of(path)


def _is_ours(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in file_names.MARKS)


def _real(path: str) -> str:
    return path if is_remote(path) else os.path.realpath(path)
