"""Features: what a model is given, one row an input, without padding; and the batches made of them.

    [CLS] first [SEP]                        segment 0
    [CLS] first [SEP] second [SEP]           segment 0 to the first [SEP], 1 behind it

An example has one input, in RACE one for each option, in SQuAD one for each window of the paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Int32, Int64, Shaped
from albert_data.base.errors import ConfigError
from albert_data.base.gather import offsets_of

from .tokenizer import Tokenizer


@dataclass(frozen=True)
class Features:
    """N inputs of M examples.

    Attributes:
        names: ids of the examples.
        ids: int32 [T], pieces of all inputs, special ones included.
        offsets: int64 [N+1], where each input begins and the last one ends.
        seconds: int32 [N], place in an input where segment 1 begins; its length where there is none.
        examples: int32 [N], the number of each input's example; ascending.
        columns: a value for each input, such as `label`.
        piece_columns: a value for each piece, as long as `ids`.
        counts: what was cut or could not be used, by reason.
    """

    names: list[str]
    ids: Int32[np.ndarray, " T"]
    offsets: Int64[np.ndarray, " bounds"]
    seconds: Int32[np.ndarray, " N"]
    examples: Int32[np.ndarray, " N"]
    columns: dict[str, Shaped[np.ndarray, " N"]] = field(default_factory=dict)
    piece_columns: dict[str, Shaped[np.ndarray, " T"]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.seconds)

    def batch(
        self, rows: Int64[np.ndarray, " B"], length: int, pad: int
    ) -> dict[str, Shaped[np.ndarray, "B ..."]]:
        """Some inputs, padded.

        Args:
            rows: numbers of inputs.
            length: int. S, of every input.
            pad: id of the padding piece.

        Raises:
            ConfigError: one of them is longer.

        Returns: ``input_ids``, ``input_mask``, ``segment_ids`` int32 [B, S], the columns [B], and the
        columns
            of pieces [B, S], 0 at the padding.
        """
        begins = self.offsets[:-1][rows][:, None]
        lengths = np.diff(self.offsets)[rows][:, None]
        if lengths.max(initial=0) > length:
            problem = f"an input of {lengths.max()} pieces in a batch of {length}"
            raise ConfigError(problem, where="max_length", fix="make the features of that length")
        places = np.arange(length)
        inside = places < lengths
        source = np.where(inside, begins + places, 0)
        made: dict[str, np.ndarray] = {
            "input_ids": np.where(inside, self.ids[source], np.int32(pad)),
            "input_mask": inside.astype(np.int32),
            "segment_ids": (inside & (places >= self.seconds[rows][:, None])).astype(np.int32),
        }
        for name, values in self.piece_columns.items():
            made[name] = np.where(inside, values[source], values.dtype.type(0))
        return made | {name: values[rows] for name, values in self.columns.items()}


def epoch_order(count: int, seed: int, epoch: int) -> Int64[np.ndarray, " N"]:
    """A shuffle of all N examples, that of (seed, epoch) alone."""
    return np.random.default_rng([seed, epoch]).permutation(count)


class Rows(NamedTuple):
    """N stretches of a flat array."""

    flat: Shaped[np.ndarray, " T"]
    begins: Int64[np.ndarray, " N"]
    lengths: Int64[np.ndarray, " N"]


def joined(
    tokenizer: Tokenizer, first: Rows, second: Rows | None
) -> tuple[Int32[np.ndarray, " T"], Int64[np.ndarray, " bounds"], Int32[np.ndarray, " N"]]:
    """Inputs of N first and second parts: `ids`, `offsets`, `seconds` of `Features`."""
    lengths = first.lengths + 2
    seconds = lengths
    if second is not None:
        lengths = lengths + second.lengths + 1
    offsets = offsets_of(lengths)
    ids = np.full(int(offsets[-1]), tokenizer.sep, np.int32)
    ids[offsets[:-1]] = tokenizer.cls
    fill(ids, offsets[:-1] + 1, first)
    if second is not None:
        fill(ids, offsets[:-1] + seconds, second)
    return ids, offsets, seconds.astype(np.int32)


def fill(out: Shaped[np.ndarray, " T"], places: Int64[np.ndarray, " N"], rows: Rows) -> None:
    """Writes N stretches at N places of an array."""
    total = int(rows.lengths.sum())
    within = np.arange(total) - np.repeat(np.cumsum(rows.lengths) - rows.lengths, rows.lengths)
    source = within + np.repeat(rows.begins, rows.lengths)
    out[within + np.repeat(places, rows.lengths)] = rows.flat[source]


def rows_of(tokenizer: Tokenizer, texts: Sequence[str]) -> Rows:
    """The pieces of texts."""
    ids, offsets = tokenizer.ids(texts)
    return Rows(ids, offsets[:-1], np.diff(offsets))
