"""Batches of a task's features: which examples come when, as arrays.

The order is a full shuffle of all examples by (seed, epoch), one epoch behind the other, so it is a function
of the examples consumed.

A batch is as long as its longest input needs, in a few steps of length, each of which an engine compiles
once: most inputs of most tasks are far shorter than the longest, and padding says nothing to a model that
masks it.
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
_MULTIPLE = 8  # of pieces, which the longest input is rounded up to
LENGTHS = np.array(
    [32, 64, 96, 128, 192, 256, 384, 512]
)  # of batches, up to that of the longest input


@dataclass(frozen=True)
class Inputs:
    """Examples as a model takes them.

    Attributes:
        features: of a split; ``piece_columns`` are left out of batches.
        length: of the longest batch.
        pad: id of the padding piece.
        options: inputs of an example; 1 but for questions with options.
        cut: whether a batch may be shorter.
    """

    features: Features
    length: int
    pad: int
    options: int = 1
    cut: bool = False

    def __len__(self) -> int:
        return len(self.features) // self.options

    def longest(self, examples: Int64[np.ndarray, " B"]) -> Int64[np.ndarray, " B"]:
        """Pieces of the longest input of each example."""
        lengths = np.diff(self.features.offsets).reshape(-1, self.options)
        return lengths.max(1)[examples]

    def length_of(self, examples: Int64[np.ndarray, " B"]) -> int:
        """S of a batch of them."""
        if not self.cut:
            return self.length
        at = np.searchsorted(LENGTHS, self.longest(examples).max())
        return (
            min(self.length, *LENGTHS[at : at + 1].tolist()) if at < len(LENGTHS) else self.length
        )

    def mean_length(self, batch_size: int, seed: int) -> float:
        """The mean S of an epoch's batches."""
        batches = order_from(len(self), seed, 0, batch_size)
        count = -(-len(self) // batch_size)
        return float(np.mean([self.length_of(next(batches)) for _ in range(count)]))

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
        length = self.length_of(examples)
        made = plain.batch(rows, length, self.pad)
        if self.options == 1:
            return made
        shaped = (len(examples), self.options)
        return {
            name: value.reshape(*shaped, length) if value.ndim == 2 else value[:: self.options]
            for name, value in made.items()
        }


def inputs_of(task: Task, features: Features, max_length: int, pad: int) -> Inputs:
    """Inputs no longer than the longest, in steps of 8 pieces; of spans always ``max_length``, for 1.1 looks
    for answers among the padding, too, and windows are full.

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
        return Inputs(features, max_length, pad)
    return Inputs(features, length, pad, options, cut=True)


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


def by_length(inputs: Inputs, batch_size: int) -> list[Int64[np.ndarray, " B"]]:
    """Batches that hold every example once, those of like lengths together; the last one is filled up with
    its last example."""
    order = np.argsort(inputs.longest(np.arange(len(inputs))), kind="stable")
    return [
        order[np.minimum(np.arange(first, first + batch_size), len(order) - 1)]
        for first in range(0, len(order), batch_size)
    ]
