"""Batches from shards, in an order that is a function of (seed, host, example number) alone.

In: a ``ShardSet``. Out: a ``tf.data.Dataset`` of dicts of tensors with static shapes: the features
of the shards under their names that a model takes (``Feature.trained``), integers as int32.

Order: host h of n reads shards h, h+n, …; each epoch permutes them by (seed, epoch, host); runs of
``interleave`` shards are read round robin, one record of each in turn. The pipeline has put the
records in a random global order, so there is no shuffle buffer, and a resumed run finds its place
by arithmetic on the manifest's record counts: it skips whole runs unread and at most one run's
records unparsed.

Unmasked shards (``masking.mode: dynamic``) are masked here: the pass over the data in which an
example is read is the epoch of its masks, so they too depend on nothing but (seed, host, number).

Cost: records are parsed a batch at a time (four times faster than one by one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from albert_data.base.errors import DataError
from albert_data.config.settings import Config
from albert_data.examples.dynamic import UNMASKED, mask_examples
from albert_data.records.features import ALL_FEATURES, features_of

from .shards import ShardSet, mask_tables

TRAINED = {feature.name for feature in ALL_FEATURES if feature.trained}
MASKED = ("input_ids", "masked_lm_positions", "masked_lm_ids", "masked_lm_weights")


@dataclass(frozen=True)
class Run:
    """Shards read together, round robin: their numbers, the examples they hold, the epoch."""

    shards: tuple[int, ...]
    records: int
    epoch: int


def epoch_runs(
    shards: ShardSet, seed: int, epoch: int, host: int, hosts: int, interleave: int
) -> list[Run]:
    """Returns the runs of one host's epoch in reading order.

    Raises:
        DataError: fewer shards than hosts.
    """
    own = list(range(len(shards.names)))[host::hosts]
    if len(shards.names) < hosts:
        problem = f"{len(shards.names)} shards cannot feed {hosts} hosts"
        fix = f"build at least {hosts}: --set shards.count={hosts}"
        raise DataError(problem, where=shards.folder, fix=fix)
    order = np.random.Generator(np.random.Philox(key=[seed, epoch * hosts + host]))
    own = [own[i] for i in order.permutation(len(own))]
    runs = [tuple(own[i : i + interleave]) for i in range(0, len(own), interleave)]
    return [Run(run, sum(shards.records[at] for at in run), epoch) for run in runs]


def training_batches(
    shards: ShardSet,
    batch_size: int,
    seed: int,
    first_example: int = 0,
    examples: int | None = None,
    host: int = 0,
    hosts: int = 1,
    interleave: int = 16,
) -> tf.data.Dataset:
    """Batches for training: epoch after epoch, static shapes, no partial batch.

    Args:
        shards: ShardSet.
        batch_size: int. Examples of a batch.
        seed: int.
        first_example: int. Examples that this host has already consumed.
        examples: int. Examples to give out from there; None: one epoch from the start.
        host, hosts: int. This host's number and how many there are.
        interleave: int. Shards read at once.

    Returns: dataset of dicts: int32 [B, S] ``input_ids``, ``input_mask``, ``segment_ids``; int32
        [B, P] ``masked_lm_positions``, ``masked_lm_ids``; float32 [B, P] ``masked_lm_weights``;
        int32 [B, 1] ``next_sentence_labels``.
    """
    one_epoch = sum(run.records for run in epoch_runs(shards, seed, 0, host, hosts, interleave))
    if examples is None:
        examples = one_epoch - first_example
    epoch, skip = divmod(first_example, one_epoch)
    runs: list[Run] = []
    held = -skip
    while held < examples:
        runs += epoch_runs(shards, seed, epoch, host, hosts, interleave)
        held += one_epoch
        epoch += 1
    while skip >= runs[0].records:
        skip -= runs.pop(0).records
    records = _records(shards, runs, interleave).skip(skip).take(examples)
    batches = records.batch(batch_size, drop_remainder=True)
    parsed = batches.map(_parser(shards), num_parallel_calls=tf.data.AUTOTUNE)
    return parsed.prefetch(tf.data.AUTOTUNE)


def evaluation_batches(shards: ShardSet, batch_size: int, interleave: int = 4) -> tf.data.Dataset:
    """Every example once, in the manifest's order of shards; the last batch is filled up.

    Returns: as ``training_batches``, with float32 [B] ``example_weights``: 0 on the filling.
    """
    runs = epoch_runs(shards, 0, 0, 0, 1, interleave)
    parse = _parser(shards)

    def parse_filled(serialized: tf.Tensor, epochs: tf.Tensor) -> dict[str, tf.Tensor]:
        count = tf.shape(serialized)[0]
        filling = tf.repeat(serialized[:1], batch_size - count)
        filled = tf.ensure_shape(tf.concat([serialized, filling], 0), [batch_size])
        weights = tf.cast(tf.range(batch_size) < count, tf.float32)
        return {**parse(filled, tf.zeros(batch_size, tf.int64)), "example_weights": weights}

    batches = _records(shards, runs, interleave).batch(batch_size)
    return batches.map(parse_filled, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2)


def _records(shards: ShardSet, runs: list[Run], interleave: int) -> tf.data.Dataset:
    """(serialised record, epoch) of runs: one run after the other, shards of a run round robin."""
    width = max(len(run.shards) for run in runs)
    table = np.full((len(runs), width), "", dtype=object)
    for row, run in zip(table, runs, strict=True):
        row[: len(run.shards)] = [shards.path(at) for at in run.shards]

    def read_run(paths: tf.Tensor, epoch: tf.Tensor) -> tf.data.Dataset:
        files = tf.data.Dataset.from_tensor_slices(tf.boolean_mask(paths, paths != ""))
        records = files.interleave(
            lambda path: tf.data.TFRecordDataset(path, compression_type=shards.compression),
            cycle_length=min(interleave, width),
            block_length=1,
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        return tf.data.Dataset.zip(records, tf.data.Dataset.from_tensors(epoch).repeat())

    epochs = np.array([run.epoch for run in runs], np.int64)
    return tf.data.Dataset.from_tensor_slices((table.astype(str), epochs)).flat_map(read_run)


def _parser(shards: ShardSet) -> Any:
    """Returns a function from serialised records and epochs [B] to a dict of features."""
    mask = _masker(shards, shards.dynamic) if shards.dynamic else None
    read = {*TRAINED, *UNMASKED} if mask else TRAINED
    types = {"int64": tf.int64, "float32": tf.float32}
    spec = {
        feature.name: tf.io.FixedLenFeature(
            [feature.size(shards.max_length, shards.max_predictions)], types[feature.dtype]
        )
        for feature in features_of("dynamic" if mask else "static")
        if feature.name in read
    }

    def parse(serialized: tf.Tensor, epochs: tf.Tensor) -> dict[str, tf.Tensor]:
        parsed = tf.io.parse_example(serialized, spec)
        parsed = mask(parsed, epochs) if mask else parsed
        return {
            name: tf.cast(value, tf.int32) if value.dtype == tf.int64 else value
            for name, value in parsed.items()
            if name in TRAINED
        }

    return parse


def _masker(shards: ShardSet, config: Config) -> Any:
    """Returns a function from unmasked features and epochs [B] to masked features."""
    tables = mask_tables(shards)

    def draw(*columns: np.ndarray) -> list[np.ndarray]:
        masked = mask_examples(*columns, config=config, tables=tables)
        return [getattr(masked, name) for name in MASKED]

    def mask(parsed: dict[str, tf.Tensor], epochs: tf.Tensor) -> dict[str, tf.Tensor]:
        columns = [parsed[name] for name in UNMASKED]
        types = [tf.int32, tf.int32, tf.int32, tf.float32]
        drawn = tf.numpy_function(draw, [*columns, epochs], types, stateful=False)
        batch = parsed["input_ids"].shape[0]
        sizes = [shards.max_length, *[shards.max_predictions] * 3]
        shaped = {
            name: tf.ensure_shape(value, [batch, size])
            for name, value, size in zip(MASKED, drawn, sizes, strict=True)
        }
        return {**parsed, **shaped}

    return mask
