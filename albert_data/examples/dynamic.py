"""Masks for unmasked records while training: the same law and the same random streams as the builder.

In epoch e a record of dupe d gets the masks that `masking.mode: static` writes for dupe
e x pairs.dupe_factor + d. So, with one pass on disk, epoch e is byte for byte the static dupe e of the
same configuration with `pairs.distinct: 1`, and never ends. Masks depend on the record and the epoch
alone, not on batches, workers or restarts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Float32, Int32, Int64, Integer
from albert_data.base.kernels import kernel_making_arrays
from albert_data.config.settings import Config
from albert_data.examples import rng
from albert_data.examples.masking import (
    LABELS,
    MASK_BLOCKS,
    POSITIONS,
    STARTS,
    TOKENS,
    MaskTables,
    Memory,
    choose_spans,
    example_memory,
    replace_pieces,
)
from albert_data.examples.rng import seek
from albert_data.examples.span_law import MaskLaw, mask_law

# What `mask_examples` takes of a record, in the order of its arguments.
UNMASKED = ("input_ids", "input_mask", "segment_ids", "token_boundary", "mask_stream")


class Masked(NamedTuple):
    """R masked examples, values as in static records."""

    input_ids: Int32[np.ndarray, "R max_length"]
    masked_lm_positions: Int32[np.ndarray, "R max_predictions"]
    masked_lm_ids: Int32[np.ndarray, "R max_predictions"]
    masked_lm_weights: Float32[np.ndarray, "R max_predictions"]


def mask_examples(
    input_ids: Integer[np.ndarray, "R max_length"],
    input_mask: Integer[np.ndarray, "R max_length"],
    segment_ids: Integer[np.ndarray, "R max_length"],
    token_boundary: Integer[np.ndarray, "R max_length"],
    mask_stream: Integer[np.ndarray, "R 4"],
    epochs: Integer[np.ndarray, " R"],
    *,
    config: Config,
    tables: MaskTables,
) -> Masked:
    """Masks unmasked examples.

    Args:
        input_ids, input_mask, segment_ids, token_boundary, mask_stream: as in the records.
        epochs: the pass over the data in which each example is used, from 0.
        config: of the shards' manifest.
        tables: of the shards' vocabulary.
    """
    law, shape = mask_law(config.masking), (len(input_ids), config.masking.predictions)
    masked = Masked(
        input_ids.astype(np.int32),
        np.zeros(shape, np.int32),
        np.zeros(shape, np.int32),
        np.zeros(shape, np.float32),
    )
    dupes = np.asarray(epochs, np.int64) * config.pairs.dupe_factor + mask_stream[:, 3]
    stream, memory = rng.new_stream(MASK_BLOCKS), example_memory(input_ids.shape[1])
    _mask(
        masked, input_mask, segment_ids, token_boundary, mask_stream, dupes, law, tables, stream, memory
    )  # fmt: skip
    return masked


@kernel_making_arrays
def _mask(
    masked: Masked,
    input_mask: Integer[np.ndarray, "R max_length"],
    segments: Integer[np.ndarray, "R max_length"],
    boundary: Integer[np.ndarray, "R max_length"],
    named: Integer[np.ndarray, "R 4"],
    dupes: Int64[np.ndarray, " R"],
    law: MaskLaw,
    tables: MaskTables,
    stream: rng.Stream,
    memory: Memory,
) -> None:
    spans = np.zeros((2, law.lengths.shape[1] + 1), np.int64)
    replaced = np.zeros(3, np.int64)
    ids, positions, labels, weights = masked
    for r in range(len(ids)):
        n, middle = 0, 0
        while n < ids.shape[1] and input_mask[r, n]:
            memory[TOKENS, n], memory[STARTS, n] = ids[r, n], boundary[r, n]
            if segments[r, n] == 0:
                middle = n
            n += 1
        key = np.uint64(named[r, 0]) | (np.uint64(named[r, 1]) << np.uint64(32))
        seek(stream, key, named[r, 2], dupes[r], rng.MASKS)
        units, first = choose_spans(stream, memory, n, middle, law, spans)
        for i in range(replace_pieces(stream, memory, units, first, law, tables, replaced)):
            position = memory[POSITIONS, i]
            ids[r, position] = memory[TOKENS, position]
            positions[r, i], labels[r, i], weights[r, i] = position, memory[LABELS, i], 1.0
