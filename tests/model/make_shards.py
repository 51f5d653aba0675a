"""Writes small shard folders with TensorFlow itself: an independent writer of the format."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from albert_data.base.tally import Counted
from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.schema import (
    SCHEMA_VERSION,
    Fingerprints,
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
    """tf.Example bytes of one example."""

    def feature(value: Any) -> tf.train.Feature:
        if value.dtype == np.float32:
            return tf.train.Feature(float_list=tf.train.FloatList(value=value))
        return tf.train.Feature(int64_list=tf.train.Int64List(value=value))

    made = {name: feature(value) for name, value in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def write_shards(
    folder: Path,
    counts: list[int],
    length: int = 16,
    predictions: int = 3,
    vocabulary: int = 97,
    gzip: bool = False,
    objective: str = "sop",
) -> Path:
    """Writes shards of ``counts`` examples, numbered from 0 on, and their manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    shards, number = [], 0
    for at, count in enumerate(counts):
        name = f"train-{at:05d}-of-{len(counts):05d}.tfrecord" + (".gz" if gzip else "")
        path = folder / name
        with tf.io.TFRecordWriter(str(path), "GZIP" if gzip else "") as writer:
            for _ in range(count):
                writer.write(serialize(example(number, length, predictions, vocabulary)))
                number += 1
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        shards.append(Shard(name, count, tokens=0, bytes=len(data), sha256=digest))
    config = from_dict(
        {
            "pairs": {"max_length": length, "objective": objective},
            "masking": {"max_predictions": predictions},
        }
    )
    write_sealed(folder / "manifest.json", _manifest(config, vocabulary, shards))
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
