"""What a person may have meant who named a place that is not a finished build or token cache."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from albert_data.storage.paths import RemotePath

_MOST = 3  # folders that are named
_LOOKED_AT = 1000  # names in a folder


def not_this(folder: Path, mark: str, what: str, usual: str) -> tuple[str, str]:
    """What is wrong with a place that has no file `mark`, and what to do.

    Args:
        what: what is wrong where it is a folder.
        usual: what to do where nothing near it has the mark.

    Returns:
        problem and fix, for a `DataError`.
    """
    if isinstance(folder, RemotePath):
        return what, usual
    if folder.is_file():
        inside = (folder.parent / mark).is_file()
        fix = f"name the folder: {folder.parent}" if inside else "name a folder"
        return "is a file, not a folder", fix
    if not folder.is_dir():
        return "no such folder", f"check the path, or {usual}"
    near = _with(folder, mark)
    return what, f"did you mean {' or '.join(near)}?" if near else usual


def _with(folder: Path, mark: str) -> list[str]:
    """The folders in a folder that have the mark, by name."""
    try:
        inside = sorted(islice(folder.iterdir(), _LOOKED_AT))
    except OSError:
        return []
    return [str(path) for path in inside if (path / mark).is_file()][:_MOST]
