"""Pairs → tf.Example bytes in TFRecord framing, masked or not, in one kernel over flat arrays.

Byte-equal to `tf.train.Example` serialised deterministically (feature names sorted, lists packed) and
to TensorFlow's own framing: length (uint64), its masked CRC-32C, the record, its masked CRC-32C.
Cost: about 6 µs an example of 512 tokens, masks and checksums included.

Under `masking.mode: dynamic` a record has the name of its masks' random stream in place of predictions,
and `examples/dynamic.py` makes of it what is written here otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from albert_data.base.arrays import Int64, UInt8, UInt32
from albert_data.base.kernels import kernel
from albert_data.examples.masking import (
    MASK_BLOCKS,
    MaskTables,
    Memory,
    can_mask,
    choose_spans,
    lay_out,
    lay_starts,
    replace_pieces,
)
from albert_data.examples.pairs import Examples, Pairs
from albert_data.examples.rng import MASKS, Stream, mix_seed, new_stream, seek
from albert_data.examples.span_law import MaskLaw
from albert_data.records.features import (
    Feature,
    FeatureTable,
    features_of,
    fill_rows,
    table_of,
    working_memory,
)
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES
from albert_data.records.wire import Scratch, new_scratch, write_example
from albert_data.tokens.documents import Documents


class MaskCounts(NamedTuple):
    """What the kernel counted, summed over examples. N = longest span, L = max_length.

    Attributes:
        spans: [2, N + 1], by length in units: row 0 as drawn, row 1 bent by the budget.
        replaced: pieces masked, kept, replaced by a random piece.
        tokens: [L + 1], examples by number of tokens; [0] counts those left out because no
            word in them fits max_predictions.
        labels: examples by label.
    """

    spans: Int64[np.ndarray, "2 spans"]
    replaced: Int64[np.ndarray, " 3"]
    tokens: Int64[np.ndarray, " numbers"]
    labels: Int64[np.ndarray, " 2"]

    @classmethod
    def zeros(cls, longest: int, max_length: int) -> MaskCounts:
        return cls(*(np.zeros(s, np.int64) for s in ((2, longest + 1), 3, max_length + 1, 2)))

    def to_json(self) -> dict[str, Any]:
        return {name: values.tolist() for name, values in self._asdict().items()}


def record_bytes_bound(
    features: Sequence[Feature], max_length: int, max_predictions: int, vocabulary_size: int
) -> int:
    """No framed record of these features is longer than this."""
    values = sum(
        f.size(max_length, max_predictions)
        * (4 if f.dtype == "float32" else _varint_bound(f.limit(max_length, vocabulary_size)))
        for f in features
    )
    return values + len(features) * 64 + HEADER_BYTES + FOOTER_BYTES + 16


def _varint_bound(value: int) -> int:
    return max(1, -(-int(value - 1).bit_length() // 7))


def encode_examples(
    documents: Documents,
    pairs: Pairs,
    rows: Int64[np.ndarray, " R"],
    law: MaskLaw,
    tables: MaskTables,
    max_length: int,
    seed: int,
    dupe: int,
    counts: MaskCounts,
    mode: str = "static",
) -> tuple[UInt8[np.ndarray, " B"], UInt32[np.ndarray, " R"], Int64[np.ndarray, " R"]]:
    """Masks some of the pairs, or names their masks' random streams, and serialises them.

    Args:
        rows: which pairs, in the order wanted.
        counts: is added to.
        mode: `masking.mode`.

    Returns:
        framed records one after the other, their framed lengths, their numbers of tokens (both 0 for
        an example left out because no word in it can be masked).
    """
    examples = Examples.of(documents, pairs, rows, dupe)
    return encode(examples, law, tables, max_length, seed, counts, mode)


def encode(
    examples: Examples,
    law: MaskLaw,
    tables: MaskTables,
    max_length: int,
    seed: int,
    counts: MaskCounts,
    mode: str = "static",
) -> tuple[UInt8[np.ndarray, " B"], UInt32[np.ndarray, " R"], Int64[np.ndarray, " R"]]:
    """The same for examples of any token files and dupes, all of them in their order."""
    features = features_of(mode)
    sizes = max_length, law.max_predictions
    bound = record_bytes_bound(features, *sizes, len(tables.starts))
    buffer = np.empty(len(examples.keys) * bound, np.uint8)
    lengths = np.zeros(len(examples.keys), np.uint32)
    tokens = np.zeros(len(examples.keys), np.int64)
    table = _table(mode, *sizes)
    working = new_stream(MASK_BLOCKS), working_memory(max_length), new_scratch(table)
    used = _encode(
        examples, law, tables, np.uint64(seed), mode == "static", table, *working,
        buffer, lengths, tokens, counts,
    )  # fmt: skip
    return buffer[:used], lengths, tokens


@cache
def _table(mode: str, max_length: int, max_predictions: int) -> FeatureTable:
    return table_of(features_of(mode), max_length, max_predictions)


@kernel
def _encode(
    examples: Examples,
    law: MaskLaw,
    tables: MaskTables,
    seed: np.uint64,
    masked: bool,
    features: FeatureTable,
    stream: Stream,
    memory: Memory,
    scratch: Scratch,
    out: UInt8[np.ndarray, " B"],
    lengths: UInt32[np.ndarray, " R"],
    tokens: Int64[np.ndarray, " R"],
    counts: MaskCounts,
) -> int:
    """Fills `out`, `lengths` and `tokens` and adds to `counts`; returns the number of bytes."""
    # Of a literal 0 all that is called would be compiled once more, for its type.
    at: int = np.int64(0)  # type: ignore[assignment]
    for r in range(len(lengths)):
        n, middle = lay_out(examples.ids, examples.ranges[r], tables, memory)
        if len(examples.starts):
            lay_starts(examples.starts, examples.ranges[r], memory)
        key = mix_seed(examples.keys[r], seed)
        if masked:
            seek(stream, key, examples.chunk[r], examples.dupe[r], MASKS)
            units, first = choose_spans(stream, memory, n, middle, law, counts.spans)
            chosen = replace_pieces(stream, memory, units, first, law, tables, counts.replaced)
        else:
            chosen = int(can_mask(memory, n, middle, law))
        if chosen == 0:
            counts.tokens[0] += 1
            continue
        fill_rows(memory, examples, r, key, n, tables.pad)
        end = write_example(out, at, memory, n, chosen, features, scratch)
        lengths[r], tokens[r] = end - at, n
        counts.tokens[n] += 1
        counts.labels[examples.label[r]] += 1
        at = end
    return at
