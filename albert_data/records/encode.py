"""Masked examples → tf.Example bytes in TFRecord framing, in one kernel over flat arrays.

Byte-equal to `tf.train.Example` serialised deterministically (feature names sorted, lists packed) and
to TensorFlow's own framing: length (uint64), its masked CRC-32C, the record, its masked CRC-32C.
The kernel leaves room for the checksums; `tfrecord.add_checksums` fills them in. Cost: about 20 µs an
example of 512 tokens, masks included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from albert_data.examples import masking, rng
from albert_data.examples.masking import (
    LABELS,
    POSITIONS,
    SEGMENTS,
    STARTS,
    TOKENS,
    MaskTables,
    choose_spans,
    lay_out,
    replace_pieces,
)
from albert_data.examples.pairs import Documents, Pairs
from albert_data.examples.rng import mix_seed, seek
from albert_data.examples.span_law import MaskLaw
from albert_data.kernels import kernel
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES, add_checksums
from albert_data.records.wire import (
    BOUNDARY,
    FLOAT_LIST,
    INPUT_IDS,
    INPUT_MASK,
    INT64_LIST,
    LABEL,
    MLM_IDS,
    MLM_POSITIONS,
    MLM_WEIGHTS,
    SEGMENT_IDS,
    entry_size,
    open_feature,
    open_record,
    packed_size,
    write_bits,
    write_values,
)
from albert_data.schema import FEATURES


@dataclass
class MaskCounts:
    """What the kernel counted, summed over examples. N = longest span, L = max_length.

    Attributes:
        spans: int64 [2, N + 1], spans by length in units: row 0 as drawn, row 1 bent by the budget.
        replaced: int64 [3], pieces masked, kept, replaced by a random piece.
        tokens: int64 [L + 1], examples by number of tokens; [0] counts those left out because no
            word in them fits max_predictions.
        labels: int64 [2], examples by label.
    """

    spans: np.ndarray
    replaced: np.ndarray
    tokens: np.ndarray
    labels: np.ndarray

    @classmethod
    def zeros(cls, longest: int, max_length: int) -> MaskCounts:
        return cls(*(np.zeros(s, np.int64) for s in ((2, longest + 1), 3, max_length + 1, 2)))

    def to_json(self) -> dict[str, list]:
        return {name: values.tolist() for name, values in vars(self).items()}


def record_bytes_bound(max_length: int, max_predictions: int, vocabulary_size: int) -> int:
    """No framed record is longer than this."""
    id_bytes = _varint_bound(vocabulary_size)
    position_bytes = _varint_bound(max_length)
    lists = max_length * (id_bytes + 3) + max_predictions * (id_bytes + position_bytes + 4) + 1
    return lists + len(FEATURES) * 64 + HEADER_BYTES + FOOTER_BYTES + 16


def _varint_bound(value: int) -> int:
    return max(1, -(-int(value).bit_length() // 7))


def encode_examples(
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
    """Masks and serialises some of the pairs.

    Args:
        rows: int64 [R], which pairs, in the order wanted.
        counts: is added to.

    Returns:
        buffer uint8 of framed records one after the other; uint32 [R] framed lengths and int64 [R]
        numbers of tokens (both 0 for an example left out because no word in it can be masked).
    """
    bound = record_bytes_bound(max_length, law.max_predictions, len(tables.starts))
    buffer = np.empty(len(rows) * bound, np.uint8)
    lengths = np.zeros(len(rows), np.uint32)
    tokens = np.zeros(len(rows), np.int64)
    used = _encode(
        documents.ids,
        documents.keys,
        pairs.ranges,
        pairs.document,
        pairs.chunk,
        pairs.label,
        rows,
        tables.starts,
        tables.ordinary,
        tables.cls,
        tables.sep,
        tables.mask,
        tables.pad,
        law.lengths,
        law.kinds,
        law.rate_millionths,
        law.max_predictions,
        law.words,
        max_length,
        np.uint64(seed),
        dupe,
        masking.example_scratch(max_length),
        buffer,
        lengths,
        tokens,
        counts.spans,
        counts.replaced,
    )
    counts.tokens += np.bincount(tokens, minlength=max_length + 1)
    counts.labels += np.bincount(pairs.label[rows[tokens > 0]], minlength=2)
    framed = buffer[:used]
    add_checksums(framed, lengths)
    return framed, lengths, tokens


@kernel
def _write_example(out, at, scratch, n, chosen, label, pad, max_length, max_predictions):
    """Writes one framed record (checksums left blank) at `at`; returns its end."""
    tokens = scratch[TOKENS]
    for i in range(n, max_length):
        tokens[i] = pad
    ids_size = packed_size(tokens, max_length, max_length)
    mlm_size = packed_size(scratch[LABELS], chosen, max_predictions)
    positions_size = packed_size(scratch[POSITIONS], chosen, max_predictions)
    features = (
        entry_size(INPUT_IDS, ids_size)
        + entry_size(INPUT_MASK, max_length)
        + entry_size(MLM_IDS, mlm_size)
        + entry_size(MLM_POSITIONS, positions_size)
        + entry_size(MLM_WEIGHTS, 4 * max_predictions)
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
    at += max_length
    at = open_feature(out, at, MLM_IDS, INT64_LIST, mlm_size)
    at = write_values(out, at, scratch[LABELS], chosen, max_predictions)
    at = open_feature(out, at, MLM_POSITIONS, INT64_LIST, positions_size)
    at = write_values(out, at, scratch[POSITIONS], chosen, max_predictions)
    at = open_feature(out, at, MLM_WEIGHTS, FLOAT_LIST, 4 * max_predictions)
    out[at : at + 4 * max_predictions] = 0
    for i in range(chosen):  # 1.0 as a little-endian float32
        out[at + 4 * i + 2] = 0x80
        out[at + 4 * i + 3] = 0x3F
    at += 4 * max_predictions
    at = open_feature(out, at, LABEL, INT64_LIST, 1)
    out[at] = label
    at = open_feature(out, at + 1, SEGMENT_IDS, INT64_LIST, max_length)
    at = write_bits(out, at, scratch[SEGMENTS], n, max_length)
    at = open_feature(out, at, BOUNDARY, INT64_LIST, max_length)
    at = write_bits(out, at, scratch[STARTS], n, max_length)
    return at + FOOTER_BYTES


@kernel
def _encode(
    ids, keys, ranges, document, chunk, label, rows, starts, ordinary, cls, sep, mask, pad,
    law_lengths, law_kinds, rate_millionths, max_predictions, words, max_length, seed, dupe,
    scratch, out, lengths, tokens, spans, replaced,
):  # fmt: skip
    stream = np.zeros(rng.STREAM_WORDS, np.uint32)
    at = 0
    for r in range(len(rows)):
        row = rows[r]
        d = document[row]
        seek(stream, mix_seed(keys[d], seed), chunk[row], dupe, rng.MASKS)
        n, middle = lay_out(ids, ranges[row], starts, cls, sep, scratch)
        units, first = choose_spans(
            stream, scratch, n, middle, law_lengths, rate_millionths, max_predictions, words, spans
        )
        chosen = replace_pieces(
            stream, scratch, units, first, middle, law_kinds, ordinary, mask, replaced
        )
        if chosen == 0:
            continue
        end = _write_example(
            out, at, scratch, n, chosen, label[row], pad, max_length, max_predictions
        )
        lengths[r] = end - at
        tokens[r] = n
        at = end
    return at
