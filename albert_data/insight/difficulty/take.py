"""A sample of a build's records, of bounded size, which depends on the shards alone.

Records lie in random order, so the first ones of shards spread over the build are a fair sample. At most
SHARDS shards are opened, RECORDS records read (fewer of long ones: TOKENS tokens at most).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from albert_data.base.arrays import Bool, Int32, Int64, UInt64
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel
from albert_data.insight.difficulty.pair_sample import PairSample, joined
from albert_data.insight.shard_set import ShardSet
from albert_data.records.parse import Examples, UnmaskedExamples
from albert_data.tokens.vocabulary import Vocabulary

SHARDS, RECORDS, TOKENS = 16, 16_384, 2**23
_FIRST, _SECOND = ("source", "document"), ("x2_source", "x2_document")


def take_sample(shards: ShardSet, records: int = RECORDS) -> PairSample:
    """The first records of some shards, with the documents that their sidecars name.

    Raises:
        DataError: a record or a sidecar is damaged.
    """
    return joined(_parts(shards, records))


def _parts(shards: ShardSet, records: int) -> Iterator[PairSample]:
    for file, left in zip(
        shards.files, first_records(len(shards.files), shards.max_length, records), strict=True
    ):
        if not left:
            continue
        origins, taken = shards.origins(file, _FIRST + _SECOND), 0
        documents = None if origins is None else documents_of(origins.slice(0, left))
        for _, batch in shards.stored(file):
            kept = type(batch)(**{n: values[: left - taken] for n, values in vars(batch).items()})
            size = len(kept.input_ids)
            own = None if documents is None else documents[taken : taken + size]
            yield _texts(kept, shards.vocabulary, own)
            taken += size
            if taken == left:
                break


def first_records(shards: int, max_length: int, records: int = RECORDS) -> list[int]:
    """How many records of each shard a sample takes: its first ones, and of most shards none."""
    step = max(1, -(-shards // SHARDS))
    each = -(-max(1, min(records, TOKENS // max_length)) // len(range(0, shards, step)))
    return [0 if shard % step else each for shard in range(shards)]


def _texts(
    batch: Examples | UnmaskedExamples,
    vocabulary: Vocabulary,
    documents: UInt64[np.ndarray, "R 2"] | None,
) -> PairSample:
    ids = batch.input_ids.astype(np.int32)
    predicted = predictions = None
    if isinstance(batch, Examples):
        rows, places = np.nonzero(batch.masked_lm_weights > 0)
        predicted = batch.masked_lm_ids[rows, places].astype(np.int32)
        predictions = np.bincount(rows, minlength=len(ids))
        ids[rows, batch.masked_lm_positions[rows, places]] = predicted
    is_special = np.zeros(vocabulary.size, np.bool_)
    is_special[list(vocabulary.specials)] = True
    texts, starts = np.empty(ids.size, np.int32), np.empty(ids.size, np.bool_)
    sizes = np.zeros(2 * len(ids), np.int64)
    there = ids, batch.input_mask, batch.segment_ids, batch.token_boundary
    size = _take_texts(*there, is_special, texts, starts, sizes)
    texts, starts = texts[:size], starts[:size]
    if predicted is None or predictions is None:
        predicted, predictions = texts, sizes[::2] + sizes[1::2]
    labels = batch.next_sentence_labels.astype(np.int64)
    ends = offsets_of(predictions)
    return PairSample(texts, offsets_of(sizes), labels, starts, documents, predicted, ends)


@kernel
def _take_texts(
    ids: Int32[np.ndarray, "R S"],
    mask: Int64[np.ndarray, "R S"],
    segments: Int64[np.ndarray, "R S"],
    boundaries: Int64[np.ndarray, "R S"],
    is_special: Bool[np.ndarray, " V"],
    texts: Int32[np.ndarray, " T"],
    starts: Bool[np.ndarray, " T"],
    sizes: Int64[np.ndarray, " 2R"],
) -> int:
    """Puts the pieces of texts, whether each begins a word, and sizes of segments; returns how many."""
    at = 0
    for r in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            if mask[r, t] > 0 and not is_special[ids[r, t]]:
                texts[at], starts[at] = ids[r, t], boundaries[r, t] > 0
                sizes[2 * r + (segments[r, t] > 0)] += 1
                at += 1
    return at


def documents_of(origins: pa.Table) -> UInt64[np.ndarray, "R 2"]:
    """Hashes that name the documents of x1 and x2, from rows of provenance."""
    first = _hashes(origins, *_FIRST)
    own = _SECOND[1] not in origins.column_names
    second = first if own else _hashes(origins, *_SECOND)
    return np.stack([first, second], axis=1)


def _hashes(origins: pa.Table, source: str, document: str) -> UInt64[np.ndarray, " R"]:
    sources, documents = (_coded(origins[name]) for name in (source, document))
    number = sources.indices.to_numpy() * len(documents.dictionary) + documents.indices.to_numpy()
    known, rows = np.unique(number, return_inverse=True)
    names = (
        (sources.dictionary[first].as_py(), documents.dictionary[second].as_py())
        for first, second in zip(*np.divmod(known, len(documents.dictionary)), strict=True)
    )
    hashes: UInt64[np.ndarray, " R"] = np.array([_hash(*name) for name in names], np.uint64)[rows]
    return hashes


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column's different values, and for each row the number of its own, int64."""
    coded = column.dictionary_encode().combine_chunks()
    return pa.DictionaryArray.from_arrays(coded.indices.cast(pa.int64()), coded.dictionary)


def _hash(source: str, document: str) -> int:
    digest = hashlib.blake2b(f"{source}\0{document}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")
