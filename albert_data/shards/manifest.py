"""manifest.json: everything a shard set claims about itself, read and checked at the door.

Trainers read it too: nothing is imported here that making shards needs.
"""

from __future__ import annotations

from pathlib import Path

from albert_data.base.errors import DataError
from albert_data.schema import Manifest
from albert_data.storage.file_names import MANIFEST
from albert_data.storage.nearby import no_shards
from albert_data.storage.sealed import beside, parse_sealed

_NOT_FINISHED = "there is no manifest.json: not a finished build"
_NO_BUILD = "name the --output folder of a build, or run the build again to finish it"


class NoManifestError(DataError):
    """There is no manifest in a folder."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a shard set; its seal and the names in it are checked.

    Raises:
        Damaged: it is not as it was written.
        NoManifestError: there is none.
        DataError: it is of another schema version.
    """
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        problem, fix = no_shards(folder, _NOT_FINISHED, _NO_BUILD)
        raise NoManifestError(problem, where=str(folder), fix=fix) from None
    return parse_manifest(raw, folder)


def parse_manifest(raw: bytes, folder: Path) -> Manifest:
    """The manifest in these bytes, of the shard set in a folder.

    Raises:
        Damaged: it is not as it was written.
        DataError: it is of another schema version, or names a file out of its folder.
    """
    where = str(folder / MANIFEST)
    manifest = parse_sealed(raw, Manifest, where)
    for file in manifest.files():
        beside(folder, file.name, where)
    return manifest
