"""A folder of shards as the trainer sees it: what the manifest says, checked before training.

In: a folder (local or gs://) with ``manifest.json`` and TFRecord files. Out: a ``ShardSet``.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass

from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.shards.manifest import parse_manifest
from albert_data.storage import file_names
from albert_data.storage.nearby import no_shards
from albert_data.storage.paths import location

from . import files
from .configs import AlbertConfig, SettingError

_COPY_AGAIN = "copy the folder again, or repeat its build, which makes what is not there"


@dataclass(frozen=True)
class ShardSet:
    """Shards of one build.

    Attributes:
        folder: str.
        max_length: int. S, positions of an example.
        max_predictions: int. P, masked positions of an example.
        objective: str. "sop", "nsp" or "none".
        vocabulary_size: int.
        vocabulary_sha256: str. Of the SentencePiece model.
        normalization: str. Clean-up of the text before it was tokenised.
        names: tuple of str. File names, in the manifest's order.
        records: tuple of int. Examples in each file.
        sizes: tuple of int. Bytes of each file.
        hold_out: str. What was held out of these (`hold_out`); empty of none, and of held-out shards.
    """

    folder: str
    max_length: int
    max_predictions: int
    objective: str
    vocabulary_size: int
    vocabulary_sha256: str
    normalization: str
    names: tuple[str, ...]
    records: tuple[int, ...]
    sizes: tuple[int, ...]
    hold_out: str = ""

    @property
    def num_records(self) -> int:
        """Examples in all shards."""
        return sum(self.records)

    def describe(self) -> str:
        """What the shards are, in words, to notice that a run goes on with others."""
        return (
            f"{len(self.names)} shards, {self.num_records} examples, {sum(self.sizes)} bytes, "
            f"length {self.max_length}, objective {self.objective}"
        )

    def path(self, at: int) -> str:
        """Full path of shard number ``at``."""
        return posixpath.join(self.folder, self.names[at])


def read_manifest(folder: str) -> ShardSet:
    """Reads the manifest of a shard folder.

    Raises:
        DataError: no manifest (an unfinished build has none); it is damaged, written by another
            schema version, a name leads out of the folder, or there is no shard.
    """
    path = posixpath.join(folder, file_names.MANIFEST)
    if not files.exists(path):
        usual = "name the folder of a finished build; the command that was stopped goes on with it"
        missing = "no manifest; is the build finished?"
        problem, fix = no_shards(location(folder), missing, usual)
        raise DataError(problem, where=path if problem == missing else folder, fix=fix)
    manifest = parse_manifest(files.read(path), location(folder))
    config = from_dict(manifest.config, where=path)
    found = ShardSet(
        folder=folder,
        max_length=config.pairs.max_length,
        max_predictions=config.masking.predictions,
        objective=config.pairs.objective,
        vocabulary_size=manifest.vocabulary.size,
        vocabulary_sha256=manifest.vocabulary.sha256,
        normalization=config.tokens.normalization,
        names=tuple(shard.name for shard in manifest.shards),
        records=tuple(shard.records for shard in manifest.shards),
        sizes=tuple(shard.bytes for shard in manifest.shards),
        hold_out=part.wish if (part := manifest.hold_out) and part.part == "training" else "",
    )
    if not found.num_records:
        raise DataError("lists no example", where=path, fix="build shards of a larger corpus")
    return found


def held_out_folder(folder: str) -> str:
    """The folder of the documents that were held out of a shard folder; empty where there is none."""
    beside = posixpath.join(folder, file_names.HELD_OUT)
    return beside if files.exists(posixpath.join(beside, file_names.MANIFEST)) else ""


def open_shards(folder: str, config: AlbertConfig) -> ShardSet:
    """Reads the manifest and checks it against the files and the model.

    Args:
        folder: str.
        config: AlbertConfig of the model that will read the shards.

    Raises:
        DataError: no manifest, or a shard is absent or has another size than the manifest says.
        SettingError: the vocabulary differs from the model's; examples are longer than the model's
            position table.
    """
    shards = read_manifest(folder)
    _check_files(shards)
    if shards.vocabulary_size != config.vocab_size:
        size = shards.vocabulary_size
        raise SettingError(
            f"made with {size} pieces, the model has vocab_size={config.vocab_size}",
            where=folder,
            fix=f"set vocab_size={size} or use the shards of the model's vocabulary",
        )
    if shards.max_length > config.max_position_embeddings:
        room = config.max_position_embeddings
        raise SettingError(
            f"examples of {shards.max_length} positions, the model has max_position_embeddings={room}",
            where=folder,
            fix=f"set max_position_embeddings={shards.max_length} or use shorter examples",
        )
    return shards


def _check_files(shards: ShardSet) -> None:
    """Checks that every shard is there, by one listing, and here on this machine its size, too.

    Of an object store a size is a request each: a shard that is cut there is an error when it is read.
    """
    present = set(files.names(shards.folder))
    for at, (name, size) in enumerate(zip(shards.names, shards.sizes, strict=True)):
        path = shards.path(at)
        if name not in present:
            raise DataError("named by the manifest and not there", where=path, fix=_COPY_AGAIN)
        if "://" not in path and (found := os.path.getsize(path)) != size:
            problem = f"{found} bytes, the manifest says {size}"
            raise DataError(problem, where=path, fix=_COPY_AGAIN)
