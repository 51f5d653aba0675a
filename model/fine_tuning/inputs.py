"""Batches of a task's features: which examples come when, as arrays.

The order is a full shuffle of all examples by (seed, epoch), one epoch behind the other, so it is a function
of the examples consumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


def order_from(
    count: int, seed: int, first: int, batch_size: int
) -> Iterator[Int64[np.ndarray, " B"]]:
    """The examples of batch after batch of a run, from place ``first`` on: epoch after epoch without an end,
    each shuffled; a batch may lie in several."""
    orders: dict[int, Int64[np.ndarray, " N"]] = {}
    while True:
        epochs, places = np.divmod(np.arange(first, first + batch_size), count)
        of = np.unique(epochs).tolist()
        orders = {e: orders[e] if e in orders else epoch_order(count, seed, e) for e in of}
        yield np.concatenate([orders[e][places[epochs == e]] for e in of])
        first += batch_size


def in_order(inputs: Inputs, batch_size: int) -> Iterator[Arrays]:
    """Every example once without its columns; the last batch is filled up with the last example."""
    for first in range(0, len(inputs), batch_size):
        rows = np.minimum(np.arange(first, first + batch_size), len(inputs) - 1)
        yield inputs.batch(rows, columns=False)
