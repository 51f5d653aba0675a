"""Synthetic documents, vocabularies and records, for tests that need no trained SentencePiece model."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import tensorflow as tf

from albert_data.base.gather import offsets_of
from albert_data.config.settings import Config, MaskSettings, PairSettings
from albert_data.examples.masking import MaskTables
from albert_data.examples.pairs import Pairs, make_pairs
from albert_data.examples.span_law import MaskLaw, mask_law
from albert_data.records.encode import MaskCounts, encode_examples
from albert_data.shards import block, partition, shard
from albert_data.shards.partition import Range
from albert_data.shards.shard import Shard
from albert_data.tokens.documents import Documents

PAD, UNK, CLS, SEP, MASK = range(5)
FIRST_ORDINARY = 5

# The record as google-research/albert declares it: feature → (kind of list, which length).
REFERENCE_FEATURES = {
    "input_ids": ("int64_list", "max_length"),
    "input_mask": ("int64_list", "max_length"),
    "segment_ids": ("int64_list", "max_length"),
    "token_boundary": ("int64_list", "max_length"),
    "masked_lm_positions": ("int64_list", "max_predictions"),
    "masked_lm_ids": ("int64_list", "max_predictions"),
    "masked_lm_weights": ("float_list", "max_predictions"),
    "next_sentence_labels": ("int64_list", "one"),
}
REFERENCE_KINDS = {name: kind for name, (kind, _) in REFERENCE_FEATURES.items()}


def documents_of(*lengths: list[int]) -> Documents:
    """Documents with sentences of the given lengths; their pieces are 5, 6, 7, …"""
    flat = [n for document in lengths for n in document]
    return Documents(
        ids=np.arange(FIRST_ORDINARY, FIRST_ORDINARY + sum(flat), dtype=np.int32),
        sentence_offsets=offsets_of(np.array(flat, np.int64)),
        document_offsets=offsets_of(np.array([len(d) for d in lengths])),
        keys=np.arange(1, len(lengths) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )


def random_documents(
    seed: int, count: int, vocabulary_size: int, sentences: int = 12, tokens: int = 20
) -> Documents:
    """`count` documents of 2 … `sentences` sentences of 1 … `tokens` random ordinary pieces."""
    rng = np.random.default_rng(seed)
    lengths = [rng.integers(1, tokens + 1, rng.integers(2, sentences + 1)) for _ in range(count)]
    shape = documents_of(*(own.tolist() for own in lengths))
    return Documents(
        rng.integers(FIRST_ORDINARY, vocabulary_size, len(shape.ids), dtype=np.int32),
        shape.sentence_offsets,
        shape.document_offsets,
        rng.integers(0, 2**64, count, dtype=np.uint64),
    )


def tables_of(documents: Documents, vocabulary_size: int) -> MaskTables:
    """Tables of a vocabulary in which the pieces divisible by three continue a word."""
    pieces = np.unique(documents.ids)
    starts = np.zeros(vocabulary_size, np.bool_)  # mostly untouched: no memory for a large one
    starts[pieces] = pieces % 3 != 0
    return MaskTables(starts, pieces, CLS, SEP, MASK, PAD)


def model_of(pieces: Sequence[str]) -> bytes:
    """A SentencePiece model (protocol buffers) in which all ordinary pieces are equally probable.

    Args:
        pieces: in the order of their ids; those that begin with `<` or `[` are control pieces.
    """
    normal, unknown, control = 1, 2, 3
    content = b""
    for piece in pieces:
        kind = unknown if piece == "<unk>" else control if piece[0] in "<[" else normal
        text = piece.encode()
        entry = b"\x0a" + bytes([len(text)]) + text + b"\x15" + struct.pack("<f", -1)
        entry += b"\x18" + bytes([kind])
        content += b"\x0a" + bytes([len(entry)]) + entry
    return content


def encode(
    documents: Documents,
    tables: MaskTables,
    max_length: int,
    masking: MaskSettings | MaskLaw,
    pairs: Pairs | None = None,
    rows: np.ndarray | None = None,
    seed: int = 7,
    dupe: int = 0,
    mode: str = "static",
) -> tuple[list[bytes], Pairs, MaskCounts]:
    """Records (without framing; empty where left out), their pairs and the counts."""
    law = masking if isinstance(masking, MaskLaw) else mask_law(masking)
    if pairs is None:
        pairs = make_pairs(documents, PairSettings(max_length=max_length), seed, dupe)
    rows = np.arange(len(pairs.label)) if rows is None else rows
    counts = MaskCounts.zeros(law.lengths.shape[1], max_length)
    framed, lengths, _ = encode_examples(
        documents, pairs, rows, law, tables, max_length, seed, dupe, counts, mode
    )
    ends = np.cumsum(lengths, dtype=np.int64)
    assert ends[-1] == len(framed)
    frames = [framed[end - n : end].tobytes() for end, n in zip(ends, lengths, strict=True)]
    return [frame[12:-4] for frame in frames], pairs, counts


def write_block(
    path: Path,
    order: tuple[int, int, int],
    documents: Documents,
    tables: MaskTables,
    config: Config,
    shards: int,
    names: pa.Table | None = None,
) -> block.Block:
    """The block of a token file's documents for dupe `order[2]`."""
    placed = block.place_pairs(documents, tables.starts, config.pairs, config.seed, order[2], names)
    return block.write_block(path, order, placed, tables, config, shards)


def ranges_of(made: Sequence[block.Block], shard: int) -> list[Range]:
    """Where the pieces of a shard lie, in the order of the blocks."""
    return partition.ranges_of([block.part() for block in made], shard)


def order_keys(made: Sequence[block.Block], shard: int) -> np.ndarray:
    """uint64 [R], the order keys of a shard's records, block by block."""
    return partition.read_shard(ranges_of(made, shard)).keys


def write_shard(
    folder: Path, index: int, count: int, made: Sequence[block.Block], config: Config
) -> Shard:
    """A shard, made of blocks that were not merged."""
    return shard.write_shard(folder, index, count, ranges_of(made, index), config)


def example_of(
    fields: dict[str, Sequence], kinds: Mapping[str, str] = REFERENCE_KINDS
) -> tf.train.Example:
    """A tf.Example of these values; `kinds` names the lists that are not int64."""
    example = tf.train.Example()
    for name, values in fields.items():
        kind = kinds.get(name, "int64_list")
        getattr(example.features.feature[name], kind).value.extend(values)
    return example


def fields_of(record: bytes) -> dict[str, list]:
    """TensorFlow's reading of a record."""
    feature = tf.train.Example.FromString(record).features.feature
    return {name: list(getattr(feature[name], feature[name].WhichOneof("kind")).value)
            for name in feature}  # fmt: skip
