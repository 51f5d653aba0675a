"""The features of a record, once: a row each. Writer, parser, checks, sizes, manifest and trainer read it.

A kernel of `examples/` leaves an example in working memory (`masking.example_memory`); a feature names
the row that holds its values. A new feature is a row of `ALL_FEATURES` and, where no row of working
memory holds its values yet, a row of memory and a line in `fill_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from albert_data.base.arrays import Shaped, UInt32
from albert_data.base.kernels import kernel
from albert_data.examples.masking import LABELS, POSITIONS, ROWS, SEGMENTS, STARTS, TOKENS, Memory
from albert_data.examples.pairs import Examples

# Further rows of working memory. A float stands there as its bits.
ONES, FLOAT_ONES, PAIR_LABEL, STREAM = range(ROWS, ROWS + 4)


@dataclass(frozen=True)
class Feature:
    """A feature of the tf.Example records.

    Attributes:
        name: as in google-research/albert, so that its input function reads our shards.
        dtype: `int64` or `float32`.
        length: `max_length` tokens, `max_predictions`, `one`, or `four`.
        meaning: one line for people.
        row: of working memory, that holds the values.
        below: integers are from 0 to below this number, or below the size of the vocabulary or
            max_length.
        padded: the row holds all values of the record; otherwise those of tokens or predictions, and
            zeros follow.
        written: under which `masking.mode`.
        needed: a record of others' shards that lacks it cannot be read; otherwise it is read as zeros.
        trained: the model's input.
    """

    name: str
    dtype: Literal["int64", "float32"]
    length: Literal["max_length", "max_predictions", "one", "four"]
    meaning: str
    row: int
    below: int | Literal["vocabulary", "max_length"] = 2
    padded: bool = False
    written: Literal["always", "static", "dynamic"] = "always"
    needed: bool = True
    trained: bool = True

    def size(self, max_length: int, max_predictions: int) -> int:
        """Number of values in a record."""
        sizes = {"max_length": max_length, "max_predictions": max_predictions, "one": 1, "four": 4}
        return sizes[self.length]

    def limit(self, max_length: int, vocabulary_size: int) -> int:
        """Its integers are below this number."""
        numbers = {"vocabulary": vocabulary_size, "max_length": max_length}
        return self.below if isinstance(self.below, int) else numbers[self.below]


# All features, in the order of the serialised record: sorted by name.
ALL_FEATURES = (
    Feature(
        "input_ids",
        "int64",
        "max_length",
        "[CLS] x1 [SEP] x2 [SEP], masked, then padding",
        row=TOKENS,
        below="vocabulary",
        padded=True,
    ),
    Feature("input_mask", "int64", "max_length", "1 on tokens, 0 on padding", row=ONES),
    Feature(
        "mask_stream",
        "int64",
        "four",
        "names the random stream of the masks: lower and upper 32 bits of the document's key under "
        "the seed, ordinal of the chunk, dupe",
        row=STREAM,
        below=2**32,
        written="dynamic",
        trained=False,
    ),
    Feature(
        "masked_lm_ids",
        "int64",
        "max_predictions",
        "the piece before masking, 0 where unused",
        row=LABELS,
        below="vocabulary",
        written="static",
    ),
    Feature(
        "masked_lm_positions",
        "int64",
        "max_predictions",
        "ascending positions, 0 where unused",
        row=POSITIONS,
        below="max_length",
        written="static",
    ),
    Feature(
        "masked_lm_weights",
        "float32",
        "max_predictions",
        "1.0 on predictions, 0.0 where unused",
        row=FLOAT_ONES,
        written="static",
    ),
    Feature(
        "next_sentence_labels",
        "int64",
        "one",
        "1 = swapped (sop) or random (nsp) second segment; 0 under objective none",
        row=PAIR_LABEL,
    ),
    Feature(
        "segment_ids",
        "int64",
        "max_length",
        "0 on [CLS] x1 [SEP], 1 on x2 [SEP], 0 on padding",
        row=SEGMENTS,
    ),
    Feature(
        "token_boundary",
        "int64",
        "max_length",
        "1 where a word begins and on [CLS] and [SEP]",
        row=STARTS,
        needed=False,
        trained=False,
    ),
)


def features_of(mode: str) -> tuple[Feature, ...]:
    """The features of a record under `masking.mode`."""
    return tuple(f for f in ALL_FEATURES if f.written in ("always", mode))


def working_memory(max_length: int) -> UInt32[np.ndarray, "rows {max_length}+2"]:
    """For one example of up to max_length tokens."""
    memory = np.zeros((STREAM + 1, max_length + 2), np.uint32)
    memory[ONES] = 1
    memory[FLOAT_ONES] = np.float32(1).view(np.uint32)
    return memory


@kernel
def fill_rows(
    memory: Memory,
    examples: Examples,
    row: int,
    key: np.uint64,
    n: int,
    pad: int,
) -> None:
    """Fills the rows that no kernel of `examples/` fills, for example `row` laid out in n tokens.

    `key` is the document's key under the seed.
    """
    memory[TOKENS, n:] = pad
    memory[PAIR_LABEL, 0] = examples.label[row]
    memory[STREAM, 0] = key & np.uint64(0xFFFFFFFF)
    memory[STREAM, 1] = key >> np.uint64(32)
    memory[STREAM, 2] = examples.chunk[row]
    memory[STREAM, 3] = examples.dupe[row]


# Some features as the kernels take them, for records of one shape: a row each.
TABLE = np.dtype(
    [
        ("name", np.uint8, 32),
        ("name_length", np.int64),
        ("size", np.int64),  # number of values
        ("row", np.int64),  # of working memory
        ("held", np.int64),  # how many values the row holds: OF_TOKENS, OF_PREDICTIONS or OF_ALL
        ("packing", np.int64),  # BYTES, VARINTS or FLOATS
        ("needed", np.int64),  # a record without it is damaged
    ]
)
FeatureTable: TypeAlias = Shaped[np.ndarray, " F"]  # of TABLE
FeatureRow: TypeAlias = Any  # a row of such a table
OF_TOKENS, OF_PREDICTIONS, OF_ALL = range(3)
BYTES, VARINTS, FLOATS = range(3)


def table_of(
    features: Sequence[Feature], max_length: int, max_predictions: int, strict: bool = True
) -> FeatureTable:
    """The features of records of this shape; with `strict`, all of them are needed."""
    table = np.zeros(len(features), TABLE)
    held = {"max_length": OF_TOKENS, "max_predictions": OF_PREDICTIONS}
    for row, feature in zip(table, features, strict=True):
        name = feature.name.encode()
        row["name"][: len(name)] = list(name)
        row["name_length"] = len(name)
        row["size"] = feature.size(max_length, max_predictions)
        row["row"] = feature.row
        row["held"] = OF_ALL if feature.padded else held.get(feature.length, OF_ALL)
        small = isinstance(feature.below, int) and feature.below <= 128
        row["packing"] = FLOATS if feature.dtype == "float32" else BYTES if small else VARINTS
        row["needed"] = strict or feature.needed
    return table
