"""Batches from shards, in an order that is a function of (seed, host, example number) alone.

In: a ``ShardSet``. Out: a ``tf.data.Dataset`` of dicts of tensors with static shapes: the features
of the shards under their names that a model takes (``Feature.trained``), integers as int32.

Order: host h of n reads shards h, h+n, …; each epoch permutes them by (seed, epoch, host); runs of
``interleave`` shards are read round robin, one record of each in turn. The order is laid out an epoch
at a time. The pipeline has put the records in a random global order, so there is no shuffle buffer, and
a resumed run finds its place by arithmetic on the manifest's record counts: it skips whole runs unread
and at most one run's records unparsed.

Unmasked shards (``masking.mode: dynamic``) are masked here: the pass over the data in which an
example is read is the epoch of its masks, so they too depend on nothing but (seed, host, number).

Cost: records are parsed a batch at a time (four times faster than one by one).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from albert_data.base.arrays import Integer
from albert_data.base.errors import DataError
from albert_data.config.settings import Config
from albert_data.examples.dynamic import UNMASKED, mask_examples
from albert_data.records.features import ALL_FEATURES, features_of

from .failures import first_line
from .hosts import own_shards
from .shards import ShardSet, mask_tables, too_few

TRAINED = {feature.name for feature in ALL_FEATURES if feature.trained}
MASKED = ("input_ids", "masked_lm_positions", "masked_lm_ids", "masked_lm_weights")


@contextlib.contextmanager
def damage_named(shards: ShardSet) -> Iterator[None]:
    """While records are read: says whose they are where one is damaged.

    Raises:
        DataError: in place of TensorFlow's errors, which name no file.
    """
    try:
        yield
    except tf.errors.OutOfRangeError as error:
        raise too_few(shards) from error
    except tf.errors.DataLossError as error:
        raise DataError(
            f"a shard is damaged ({first_line(error)})",
            where=shards.folder,
            fix=f"`albert-data verify {shards.folder}` names it; copy or build it again",
        ) from error


def epoch_order(
    own: Sequence[int], seed: int, epoch: Any, host: int, hosts: int
) -> Integer[Any, " shards"]:
    """The order in which a host reads its shards in an epoch: a function of these alone."""
    key = tf.stack([tf.constant(seed, tf.int64), tf.cast(epoch, tf.int64) * hosts + host])
    order = tf.constant(own, tf.int32)
    return tf.random.experimental.stateless_shuffle(order, seed=key, alg="philox")


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

    Raises:
        DataError: fewer shards than hosts.
    """
    own = own_shards(shards, host, hosts)
    one_epoch = sum(shards.records[at] for at in own)
    if examples is None:
        examples = one_epoch - first_example
    epoch, skip = divmod(first_example, one_epoch)
    last = (first_example + max(examples, 1) - 1) // one_epoch

    def order(epoch: Any) -> Any:
        return epoch_order(own, seed, epoch, host, hosts)

    # Whole runs of the first epoch that were consumed are not opened.
    begun, at = order(epoch).numpy().tolist(), 0
    while skip >= (held := sum(shards.records[i] for i in begun[at : at + interleave])):
        skip, at = skip - held, at + interleave
    records = _records(shards, begun[at:], epoch, interleave).skip(skip)
    if last > epoch:
        later = tf.data.Dataset.range(epoch + 1, last + 1)
        records = records.concatenate(
            later.flat_map(lambda epoch: _records(shards, order(epoch), epoch, interleave))
        )
    batches = records.take(examples).batch(batch_size, drop_remainder=True)
    parsed = batches.map(_parser(shards), num_parallel_calls=tf.data.AUTOTUNE)
    return parsed.prefetch(tf.data.AUTOTUNE)


def evaluation_batches(shards: ShardSet, batch_size: int, interleave: int = 4) -> tf.data.Dataset:
    """Every example once, the shards in the manifest's order; the last batch is filled up.

    Returns: as ``training_batches``, with float32 [B] ``example_weights``: 0 on the filling.
    """
    parse = _parser(shards)

    def parse_filled(serialized: tf.Tensor, epochs: tf.Tensor) -> dict[str, tf.Tensor]:
        count = tf.shape(serialized)[0]
        filling = tf.repeat(serialized[:1], batch_size - count)
        filled = tf.ensure_shape(tf.concat([serialized, filling], 0), [batch_size])
        weights = tf.cast(tf.range(batch_size) < count, tf.float32)
        return {**parse(filled, tf.zeros(batch_size, tf.int64)), "example_weights": weights}

    records = _records(shards, list(range(len(shards.names))), 0, interleave)
    batches = records.batch(batch_size)
    return batches.map(parse_filled, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2)


def _records(shards: ShardSet, order: Any, epoch: Any, interleave: int) -> tf.data.Dataset:
    """(serialised record, epoch) of shards, ``interleave`` of them round robin, then the next ones.

    Args:
        order: numbers of the shards, a list or a tensor.
        epoch: int or int64 scalar.
    """
    paths = tf.constant([shards.path(at) for at in range(len(shards.names))])
    ordered = tf.data.Dataset.from_tensor_slices(tf.gather(paths, order))

    def read_run(run: tf.Tensor) -> tf.data.Dataset:
        return tf.data.Dataset.from_tensor_slices(run).interleave(
            lambda path: tf.data.TFRecordDataset(path, compression_type=shards.compression),
            cycle_length=interleave,
            block_length=1,
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )

    records = ordered.batch(interleave).flat_map(read_run)
    number = tf.cast(epoch, tf.int64)
    return records.map(lambda record: (record, number))


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
