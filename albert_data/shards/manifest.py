"""manifest.json: everything a shard set claims about itself, read and checked at the door.

Trainers read it too: nothing is imported here that making shards needs.
"""

from __future__ import annotations

from pathlib import Path

from albert_data.base.errors import ConfigError, DataError
from albert_data.schema import Manifest
from albert_data.storage.file_names import MANIFEST
from albert_data.storage.nearby import no_shards
from albert_data.storage.sealed import Damaged, beside, parse_sealed

_NOT_FINISHED = "there is no manifest.json: not a finished build"
_FIX = "restore the file, or build anew"
# Keys that are read by name; others of another version may be missing.
_NEEDED = (
    "seed", "pairs.max_length", "pairs.dupe_factor", "pairs.objective",
    "masking.rate", "masking.mode", "masking.max_predictions",
)  # fmt: skip
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
    _check(manifest, where)
    return manifest


def _check(manifest: Manifest, where: str) -> None:
    """Raises Damaged for values that no build writes, though each is of its type."""
    from albert_data.config.load import from_dict
    from albert_data.config.settings import Config

    usual = Config().to_dict()
    known = {key: value for key, value in manifest.config.items() if key in usual}
    try:  # keys of other versions may be there or not
        for group, keys in usual.items():
            if isinstance(keys, dict) and isinstance(own := known.get(group), dict):
                known[group] = {key: value for key, value in own.items() if key in keys}
        from_dict(known, where)
    except ConfigError as error:
        problem = f"the file is damaged: config: {error.problem}"
        raise Damaged(problem, where=where, fix=error.fix) from None
    for name in _NEEDED:
        group, _, key = name.rpartition(".")
        if key not in (manifest.config.get(group, ()) if group else manifest.config):
            problem = f"the file is damaged: config lacks {name}"
            raise Damaged(problem, where=where, fix=_FIX)
    vocabulary, spans = manifest.vocabulary, manifest.statistics.spans
    for piece, number in vocabulary.special_ids.items():
        if not 0 <= number < vocabulary.size:
            problem = f"the file is damaged: {piece} is piece {number} of {vocabulary.size}"
            raise Damaged(problem, where=where, fix=_FIX)
    if len(spans.law) != len(spans.by_units):
        problem = "the file is damaged: statistics.spans.law and by_units differ in length"
        raise Damaged(problem, where=where, fix=_FIX)
