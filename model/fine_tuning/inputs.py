"""Batches of a task's features: which examples come when, as arrays and as a ``tf.data`` set.

The order is a full shuffle of all examples by (seed, epoch), one epoch behind the other, so it is a function
of the examples consumed. On TensorFlow the pieces lie in memory as one flat tensor and a batch is gathered
by TensorFlow alone, so that it runs where the input of a TPU runs, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from albert_data.base.arrays import Int64
from albert_data.base.errors import DataError

from ..tasks.features.features import Features, epoch_order
from ..tasks.table import Task

Arrays = dict[str, np.ndarray]
_MULTIPLE = 8  # of pieces, which lengths are rounded up to


@dataclass(frozen=True)
class Inputs:
    """Examples as a model takes them.

    Attributes:
        features: of a split; ``piece_columns`` are left out of batches.
        length: S, of every input.
        pad: id of the padding piece.
        options: inputs of an example; 1 but for questions with options.
    """

    features: Features
    length: int
    pad: int
    options: int = 1

    def __len__(self) -> int:
        return len(self.features) // self.options

    def batch(self, examples: Int64[np.ndarray, " B"], columns: bool = True) -> Arrays:
        """``input_ids``, ``input_mask``, ``segment_ids`` int32 [B, S], of options [B, options, S], and,
        with ``columns``, those [B]."""
        rows = (examples[:, None] * self.options + np.arange(self.options)).ravel()
        bare = self.features
        plain = Features(
            bare.names,
            bare.ids,
            bare.offsets,
            bare.seconds,
            bare.examples,
            bare.columns if columns else {},
        )
        made = plain.batch(rows, self.length, self.pad)
        if self.options == 1:
            return made
        shaped = (len(examples), self.options)
        return {
            name: value.reshape(*shaped, self.length) if value.ndim == 2 else value[:: self.options]
            for name, value in made.items()
        }

    def dataset(self, order: Int64[np.ndarray, " N"], batch_size: int) -> Any:
        """A ``tf.data.Dataset`` of what ``batch`` gives for these examples, whole batches of them."""
        import tensorflow as tf

        features, length = self.features, self.length
        ids, begins = tf.constant(features.ids), tf.constant(features.offsets[:-1])
        lengths = tf.constant(np.diff(features.offsets))
        seconds = tf.constant(features.seconds, tf.int64)
        columns = {
            name: tf.constant(values[:: self.options]) for name, values in features.columns.items()
        }

        def of_examples(examples: tf.Tensor) -> dict[str, tf.Tensor]:
            of_options = examples[:, None] * self.options + tf.range(self.options, dtype=tf.int64)
            rows = tf.reshape(of_options, [-1, 1])
            places = tf.range(length, dtype=tf.int64)[None]
            inside = places < tf.gather(lengths, rows)
            source = tf.where(inside, tf.gather(begins, rows) + places, 0)
            second = inside & (places >= tf.gather(seconds, rows))
            shape = [batch_size, length]
            if self.options > 1:
                shape = [batch_size, self.options, length]
            made = {
                "input_ids": tf.where(inside, tf.gather(ids, source), self.pad),
                "input_mask": tf.cast(inside, tf.int32),
                "segment_ids": tf.cast(second, tf.int32),
            }
            made = {name: tf.reshape(value, shape) for name, value in made.items()}
            return made | {name: tf.gather(column, examples) for name, column in columns.items()}

        rows = tf.data.Dataset.from_tensor_slices(order.astype(np.int64))
        batches = rows.batch(batch_size, drop_remainder=True)
        return batches.map(of_examples, num_parallel_calls=tf.data.AUTOTUNE).prefetch(2)


def inputs_of(task: Task, features: Features, max_length: int, pad: int) -> Inputs:
    """Inputs no longer than the longest, in steps of 8 pieces; of spans always ``max_length``, for 1.1 looks
    for answers among the padding, too.

    Raises:
        DataError: no example, or questions with unequal numbers of options.
    """
    if not len(features):
        raise DataError("no example", where=task.title, fix="give a file that has some")
    longest = int(np.diff(features.offsets).max())
    length = min(max_length, -(-longest // _MULTIPLE) * _MULTIPLE)
    options = 1
    if task.head == "choice":
        numbers = np.bincount(features.examples)
        options = int(numbers[0])
        if (numbers != options).any():
            problem = f"questions with {numbers.min()} to {numbers.max()} options"
            raise DataError(problem, where=task.title, fix="give all the same number")
    if task.reader == "squad":
        length = max_length
    return Inputs(features, length, pad, options)


def order_from(count: int, seed: int, first: int, number: int) -> Int64[np.ndarray, " N"]:
    """The examples of a run from place ``first`` on: epoch after epoch, each shuffled."""
    begin, last = first // count, (first + max(number, 1) - 1) // count
    epochs = [epoch_order(count, seed, epoch) for epoch in range(begin, last + 1)]
    return np.concatenate(epochs)[first - begin * count :][:number]


def in_order(inputs: Inputs, batch_size: int) -> Iterator[Arrays]:
    """Every example once without its columns; the last batch is filled up with the last example."""
    for first in range(0, len(inputs), batch_size):
        rows = np.minimum(np.arange(first, first + batch_size), len(inputs) - 1)
        yield inputs.batch(rows, columns=False)
