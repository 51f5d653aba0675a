"""Pairs → unmasked tf.Example records, for a trainer that masks them itself (`masking.mode: dynamic`).

As `encode.py`, with `mask_stream` in place of the predictions; `examples/dynamic.py` makes of such a
record what `encode.py` would have written. Examples that no masks can be made of are left out here too.
"""

from __future__ import annotations

import numpy as np

from albert_data.examples import masking
from albert_data.examples.masking import SEGMENTS, STARTS, TOKENS, MaskTables, can_mask, lay_out
from albert_data.examples.pairs import Documents, Pairs
from albert_data.examples.rng import mix_seed
from albert_data.examples.span_law import MaskLaw
from albert_data.kernels import kernel
from albert_data.records.encode import MaskCounts, record_bytes_bound
from albert_data.records.tfrecord import FOOTER_BYTES, add_checksums
from albert_data.records.wire import (
    BOUNDARY,
    INPUT_IDS,
    INPUT_MASK,
    INT64_LIST,
    LABEL,
    MASK_STREAM,
    SEGMENT_IDS,
    entry_size,
    open_feature,
    open_record,
    packed_size,
    write_bits,
    write_values,
)


def encode_unmasked(
    documents: Documents,
    pairs: Pairs,
    rows: np.ndarray,
    law: MaskLaw,
    tables: MaskTables,
    max_length: int,
    seed: int,
    dupe: int,
    counts: MaskCounts,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Serialises some of the pairs; arguments and result as of `encode.encode_examples`."""
    buffer = np.empty(len(rows) * record_bytes_bound(max_length, 0, len(tables.starts)), np.uint8)
    lengths = np.zeros(len(rows), np.uint32)
    tokens = np.zeros(len(rows), np.int64)
    used = _encode_unmasked(
        documents.ids,
        documents.keys,
        pairs.ranges,
        pairs.document,
        pairs.chunk,
        pairs.label,
        rows,
        tables.starts,
        tables.cls,
        tables.sep,
        tables.pad,
        law.max_predictions,
        law.words,
        max_length,
        np.uint64(seed),
        dupe,
        masking.example_scratch(max_length),
        buffer,
        lengths,
        tokens,
    )
    counts.tokens += np.bincount(tokens, minlength=max_length + 1)
    counts.labels += np.bincount(pairs.label[rows[tokens > 0]], minlength=2)
    framed = buffer[:used]
    add_checksums(framed, lengths)
    return framed, lengths, tokens


@kernel
def _write_unmasked(out, at, scratch, n, named, label, pad, max_length):
    """Writes one framed record (checksums left blank) at `at`; returns its end."""
    tokens = scratch[TOKENS]
    for i in range(n, max_length):
        tokens[i] = pad
    ids_size = packed_size(tokens, max_length, max_length)
    stream_size = packed_size(named, len(named), len(named))
    features = (
        entry_size(INPUT_IDS, ids_size)
        + entry_size(INPUT_MASK, max_length)
        + entry_size(MASK_STREAM, stream_size)
        + entry_size(LABEL, 1)
        + entry_size(SEGMENT_IDS, max_length)
        + entry_size(BOUNDARY, max_length)
    )
    at = open_record(out, at, features)
    at = open_feature(out, at, INPUT_IDS, INT64_LIST, ids_size)
    at = write_values(out, at, tokens, max_length, max_length)
    at = open_feature(out, at, INPUT_MASK, INT64_LIST, max_length)
    out[at : at + n] = 1
    out[at + n : at + max_length] = 0
    at = open_feature(out, at + max_length, MASK_STREAM, INT64_LIST, stream_size)
    at = write_values(out, at, named, len(named), len(named))
    at = open_feature(out, at, LABEL, INT64_LIST, 1)
    out[at] = label
    at = open_feature(out, at + 1, SEGMENT_IDS, INT64_LIST, max_length)
    at = write_bits(out, at, scratch[SEGMENTS], n, max_length)
    at = open_feature(out, at, BOUNDARY, INT64_LIST, max_length)
    at = write_bits(out, at, scratch[STARTS], n, max_length)
    return at + FOOTER_BYTES


@kernel
def _encode_unmasked(
    ids, keys, ranges, document, chunk, label, rows, starts, cls, sep, pad, max_predictions, words,
    max_length, seed, dupe, scratch, out, lengths, tokens,
):  # fmt: skip
    named = np.zeros(4, np.int64)
    at = 0
    for r in range(len(rows)):
        row = rows[r]
        n, middle = lay_out(ids, ranges[row], starts, cls, sep, scratch)
        if not can_mask(scratch, n, middle, max_predictions, words):
            continue
        key = mix_seed(keys[document[row]], seed)
        named[0] = np.int64(key & np.uint64(0xFFFFFFFF))
        named[1] = np.int64(key >> np.uint64(32))
        named[2], named[3] = chunk[row], dupe
        end = _write_unmasked(out, at, scratch, n, named, label[row], pad, max_length)
        lengths[r] = end - at
        tokens[r] = n
        at = end
    return at
