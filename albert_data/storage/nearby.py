"""What a person may have meant who named a place that is not a finished build or token cache."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from albert_data.storage import file_names
from albert_data.storage.paths import RemotePath

_MOST = 3  # folders that are named
_LOOKED_AT = 1000  # names in a folder
_AGAIN = "run the command that made it again: it goes on where it was"


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


def no_shards(folder: Path, what: str, usual: str) -> tuple[str, str]:
    """The same of a place that should be a shard set: it may be another folder of ours."""
    return told_apart(folder) or not_this(folder, file_names.MANIFEST, what, usual)


def told_apart(folder: Path) -> tuple[str, str] | None:
    """(what a folder without a manifest is, what to do); None where it is nothing of ours."""
    if (folder / file_names.GRID).is_file():
        variants = sorted(str(path.parent) for path in folder.glob(f"*/{file_names.MANIFEST}"))
        more = ", …" if len(variants) > _MOST else ""
        fix = f"name one of them: {', '.join(variants[:_MOST])}{more}" if variants else _AGAIN
        return "this is a grid's folder, in which each variant is a shard set", fix
    if (folder / file_names.BUILD_IDENTITY).is_file():
        return "this build is not finished: there is no manifest.json", _AGAIN
    if (folder / file_names.CACHE_IDENTITY).is_file():
        fix = "name the --output folder of a build, or make shards of it: albert-data remask"
        return "this is a token cache, which holds no records", fix
    return None


def _with(folder: Path, mark: str) -> list[str]:
    """The folders in a folder that have the mark, by name."""
    try:
        inside = sorted(islice(folder.iterdir(), _LOOKED_AT))
    except OSError:
        return []
    return [str(path) for path in inside if (path / mark).is_file()][:_MOST]
