"""A folder of shards as the trainer sees it: what the manifest says, checked before training.

In: a folder (local or gs://) with ``manifest.json`` and TFRecord files. Out: a ``ShardSet``.
``read_manifest`` is the only place that knows the manifest's layout.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

import tensorflow as tf

from albert_data.config import Config
from albert_data.config_file import from_dict
from albert_data.examples.masking import MaskTables
from albert_data.schema import SCHEMA_VERSION
from albert_data.vocabulary import vocabulary_from
from model.configs import AlbertConfig
from model.failures import first_line, read_json


@dataclass(frozen=True)
class ShardSet:
    """Shards of one build.

    Attributes:
        folder: str.
        max_length: int. S, positions of an example.
        max_predictions: int. P, masked positions of an example.
        objective: str. "sop", "nsp" or "none".
        vocabulary_size: int.
        names: tuple of str. File names, in the manifest's order.
        records: tuple of int. Examples in each file.
        sizes: tuple of int. Bytes of each file.
        compression: str. "GZIP" or "", found from the first file.
        dynamic: Config of the build where its records are unmasked, else None: see
            ``albert_data.examples.dynamic``.
    """

    folder: str
    max_length: int
    max_predictions: int
    objective: str
    vocabulary_size: int
    names: tuple[str, ...]
    records: tuple[int, ...]
    sizes: tuple[int, ...]
    compression: str = ""
    dynamic: Config | None = None

    @property
    def num_records(self) -> int:
        """Examples in all shards."""
        return sum(self.records)

    def path(self, at: int) -> str:
        """Full path of shard number ``at``."""
        return posixpath.join(self.folder, self.names[at])


def read_manifest(folder: str) -> ShardSet:
    """Reads the manifest of a shard folder.

    Raises:
        FileNotFoundError: no manifest (an unfinished build has none).
        ValueError: written by another schema version, a key is missing, or there is no shard.
    """
    path = posixpath.join(folder, "manifest.json")
    if not tf.io.gfile.exists(path):
        raise FileNotFoundError(f"{path}: no manifest; is the build finished?")
    manifest = read_json(path)
    try:
        version = manifest["schema_version"]
        if version != SCHEMA_VERSION:
            raise ValueError(
                f"{path}: schema version {version!r}, this trainer reads {SCHEMA_VERSION!r}"
            )
        config, shards = manifest["config"], manifest["shards"]
        found = ShardSet(
            folder=folder,
            max_length=config["pairs"]["max_length"],
            max_predictions=config["masking"]["max_predictions"],
            objective=config["pairs"]["objective"],
            vocabulary_size=manifest["vocabulary"]["size"],
            names=tuple(shard["name"] for shard in shards),
            records=tuple(shard["records"] for shard in shards),
            sizes=tuple(shard["bytes"] for shard in shards),
            dynamic=_dynamic(config, path),
        )
    except KeyError as error:
        raise ValueError(f"{path}: key {error} is missing") from error
    if not found.num_records:
        raise ValueError(f"{path}: lists no example")
    return found


def open_shards(folder: str, config: AlbertConfig) -> ShardSet:
    """Reads the manifest and checks it against the files and the model.

    Args:
        folder: str.
        config: AlbertConfig of the model that will read the shards.

    Raises:
        FileNotFoundError: no manifest, or a shard is absent.
        ValueError: a shard has another size than the manifest says; the vocabulary differs from
            the model's; examples are longer than the model's position table.
    """
    shards = read_manifest(folder)
    for at, size in enumerate(shards.sizes):
        path = shards.path(at)
        if not tf.io.gfile.exists(path):
            raise FileNotFoundError(f"{path}: named by the manifest and not there")
        found = tf.io.gfile.stat(path).length
        if found != size:
            raise ValueError(f"{path}: {found} bytes, the manifest says {size}")
    if shards.vocabulary_size != config.vocab_size:
        raise ValueError(
            f"{folder}: made with {shards.vocabulary_size} pieces, the model has "
            f"vocab_size={config.vocab_size}; set vocab_size={shards.vocabulary_size} or use "
            "the shards of its vocabulary"
        )
    if shards.max_length > config.max_position_embeddings:
        raise ValueError(
            f"{folder}: examples of {shards.max_length} positions, the model has "
            f"max_position_embeddings={config.max_position_embeddings}"
        )
    return ShardSet(**{**vars(shards), "compression": _compression(shards.path(0))})


@contextlib.contextmanager
def damage_named(shards: ShardSet) -> Iterator[None]:
    """While records are read: says whose they are where one is damaged.

    Raises:
        ValueError: in place of TensorFlow's error, which names no file.
    """
    try:
        yield
    except tf.errors.DataLossError as error:
        raise ValueError(
            f"{shards.folder}: a shard is damaged ({first_line(error)}); "
            f"`albert-data verify {shards.folder}` names it"
        ) from error


def mask_tables(shards: ShardSet) -> MaskTables:
    """What masking needs of the vocabulary that lies beside the shards."""
    path = posixpath.join(shards.folder, "vocab.model")
    with tf.io.gfile.GFile(path, "rb") as file:
        return MaskTables.of(vocabulary_from(file.read(), path))


def _dynamic(config: dict, path: str) -> Config | None:
    is_dynamic = config["masking"].get("mode") == "dynamic"
    return from_dict(config, where=path) if is_dynamic else None


def _compression(path: str) -> str:
    with tf.io.gfile.GFile(path, "rb") as file:
        return "GZIP" if file.read(3) == b"\x1f\x8b\x08" else ""
