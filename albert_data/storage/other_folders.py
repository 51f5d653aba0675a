"""Folders of ours that are no shard set, and what was meant by them."""

from __future__ import annotations

from pathlib import Path

from albert_data.storage import file_names

_NAMED = 3  # variants
_AGAIN = "run the command that made it again: it goes on where it was"


def told_apart(folder: Path) -> tuple[str, str] | None:
    """(what a folder without a manifest is, what to do); None where it is nothing of ours."""
    if (folder / file_names.GRID).is_file():
        variants = sorted(str(path.parent) for path in folder.glob(f"*/{file_names.MANIFEST}"))
        more = ", …" if len(variants) > _NAMED else ""
        fix = f"name one of them: {', '.join(variants[:_NAMED])}{more}" if variants else _AGAIN
        return "this is a grid's folder, in which each variant is a shard set", fix
    if (folder / file_names.BUILD_IDENTITY).is_file():
        return "this build is not finished: there is no manifest.json", _AGAIN
    if (folder / file_names.CACHE_IDENTITY).is_file():
        fix = "name the --output folder of a build, or make shards of it: albert-data remask"
        return "this is a token cache, which holds no records", fix
    return None
