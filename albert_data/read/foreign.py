"""TFRecord files without a manifest, such as google-research/albert writes: which files, of what lengths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from albert_data.base.errors import DataError
from albert_data.read.shard_bytes import ShardFile

LONGEST = 2**16  # tokens of an example
_OTHERS = (".parquet", ".json", ".md", ".model", ".vocab", ".txt")


def shard_files(path: Path) -> tuple[ShardFile, ...]:
    """A TFRecord file, or those of a folder by name; empty where there are none."""
    if path.is_dir():
        return tuple(ShardFile(file) for file in sorted(path.iterdir()) if may_be_shard(file))
    return (ShardFile(path),) if path.is_file() else ()


def may_be_shard(path: Path) -> bool:
    """Whether a file of a folder without a manifest may be a TFRecord file."""
    return path.is_file() and not path.name.startswith(".") and path.suffix not in _OTHERS


def lengths_of(record: bytes, where: str) -> tuple[int, int]:
    """S and P of a serialised pretraining example.

    Raises:
        DataError: it is none.
    """
    lengths = feature_lengths(record)
    if {"input_ids", "masked_lm_positions"} <= lengths.keys():
        length, predictions = lengths["input_ids"], lengths["masked_lm_positions"]
        if 0 < length <= LONGEST and predictions <= length:  # batches are laid out by them
            return length, predictions
    raise DataError(
        "the first record is no pretraining example (input_ids, masked_lm_positions, …)",
        where=where,
        fix="name shards made by albert-data or google-research/albert",
    )


def feature_lengths(record: bytes) -> dict[str, int]:
    """Feature → number of values of a serialised tf.Example with packed lists."""
    found = {}
    for features in _fields(record, 1):
        for entry in _fields(features, 1):
            name = b"".join(_fields(entry, 1)).decode(errors="replace")
            for feature in _fields(entry, 2):
                for values in _fields(feature, 3):  # a packed int64 list: last bytes of varints
                    found[name] = sum(b < 128 for packed in _fields(values, 1) for b in packed)
    return found


def _fields(message: bytes, number: int) -> Iterator[bytes]:
    """The length-delimited fields of a protobuf message with this number."""
    at = 0
    while at < len(message):
        tag, at = message[at], at + 1
        size = shift = 0
        while at < len(message) and shift < 64:
            byte, at = message[at], at + 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if tag & 7 != 2:
            return
        if tag >> 3 == number:
            yield message[at : at + size]
        at += size
