"""Writes small shard folders, by a writer of tf.Example and TFRecord of its own, without TensorFlow."""

from __future__ import annotations

import gzip as gzip_files
import hashlib
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np

from albert_data.base.tally import Counted
from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.schema import (
    SCHEMA_VERSION,
    Fingerprints,
    HoldOut,
    Manifest,
    PairStatistics,
    Replaced,
    Shard,
    SpanStatistics,
    Statistics,
    TokenBalance,
    Totals,
    VocabularyIdentity,
)
from albert_data.storage.sealed import write_sealed


def example(number: int, length: int, predictions: int, vocabulary: int) -> dict[str, Any]:
    """An example whose second piece is its number, with a simple law that a model can learn."""
    rng = np.random.default_rng(number)
    ids = 5 + (rng.integers(0, vocabulary - 5) + np.arange(length)) % (vocabulary - 5)
    ids[0], ids[1] = 2, number % vocabulary
    used = int(rng.integers(length // 2, length + 1))
    masked = int(rng.integers(1, predictions + 1))
    positions = np.sort(rng.permutation(np.arange(2, used))[:masked])
    label = int(rng.integers(0, 2))
    mask = (np.arange(length) < used).astype(np.int64)
    filled = np.zeros(predictions, np.int64)
    masked_ids, masked_positions = filled.copy(), filled.copy()
    masked_ids[:masked], masked_positions[:masked] = ids[positions], positions
    ids[positions] = 4
    ids[2] = 5 + label
    return {
        "input_ids": ids * mask,
        "input_mask": mask,
        "segment_ids": (np.arange(length) >= used // 2) * mask,
        "token_boundary": mask,
        "masked_lm_positions": masked_positions,
        "masked_lm_ids": masked_ids,
        "masked_lm_weights": (np.arange(predictions) < masked).astype(np.float32),
        "next_sentence_labels": np.array([label]),
    }


def serialize(features: dict[str, Any]) -> bytes:
    """tf.Example bytes of one example: integers not negative."""
    entries = b""
    for name, value in features.items():
        if value.dtype == np.float32:
            listed = _field(2, _field(1, value.astype("<f4").tobytes()))
        else:
            listed = _field(3, _field(1, b"".join(map(_varint, value.tolist()))))
        entries += _field(1, _field(1, name.encode()) + _field(2, listed))
    return _field(1, entries)


def _field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer: its tag, its length, its content."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def framed(record: bytes) -> bytes:
    """A record as a TFRecord file has it: length, its checksum, the record, its checksum."""
    length = struct.pack("<Q", len(record))
    return length + _checksum(length) + record + _checksum(record)


def _checksum(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def write_shards(
    folder: Path,
    counts: list[int],
    length: int = 16,
    predictions: int = 3,
    vocabulary: int = 97,
    gzip: bool = False,
    objective: str = "sop",
    hold_out: HoldOut | None = None,
    make: Callable[[int, int, int, int], dict[str, Any]] = example,
) -> Path:
    """Writes shards of ``counts`` examples, numbered from 0 on, and their manifest.

    Args:
        make: function of (number, length, predictions, vocabulary) to the features of an example.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shards, number = [], 0
    for at, count in enumerate(counts):
        name = f"train-{at:05d}-of-{len(counts):05d}.tfrecord" + (".gz" if gzip else "")
        path = folder / name
        numbers = range(number, number + count)
        made = (make(number, length, predictions, vocabulary) for number in numbers)
        plain = b"".join(framed(serialize(one)) for one in made)
        data = gzip_files.compress(plain) if gzip else plain
        path.write_bytes(data)
        number += count
        digest = hashlib.sha256(data).hexdigest()
        shards.append(Shard(name, count, tokens=0, bytes=len(data), sha256=digest))
    config = from_dict(
        {
            "pairs": {"max_length": length, "objective": objective},
            "masking": {"max_predictions": predictions},
        }
    )
    manifest = replace(_manifest(config, vocabulary, shards), hold_out=hold_out)
    write_sealed(folder / "manifest.json", manifest)
    return folder


def _manifest(config: Config, vocabulary: int, shards: list[Shard]) -> Manifest:
    """A manifest with what a trainer needs of it."""
    records = sum(shard.records for shard in shards)
    balance = TokenBalance(1, 0, 0, 0, 0, 0)
    return Manifest(
        schema_version=SCHEMA_VERSION,
        made_by="a test",
        config=config.to_dict(),
        vocabulary=VocabularyIdentity("", vocabulary, {}),
        splitter={},
        fingerprints=Fingerprints("", "", "", ""),
        sources=[],
        totals=Totals(0, 0, 0, records, 0, 0),
        corpus={},
        reading=Counted({}, {}),
        statistics=Statistics(
            pairs=PairStatistics(0, 0, 0, 0, balance, [], 0),
            labels=[],
            examples_by_tokens=[],
            masked_tokens=0,
            replaced=Replaced(0, 0, 0),
            spans=SpanStatistics([], [], 0),
        ),
        features=[],
        provenance=None,
        shards=shards,
    )
