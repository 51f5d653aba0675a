"""Pieces → shards: read the ranges with a shard's pieces, sort by order key, write, rename.

What stands in the pieces is records, here, or pairs that records are made of now (`shard_of_pairs.py`); a
shard is written alike. Its provenance sidecar is there before it, where origins are kept, and the offsets
of its records behind it: readers make these anew where they are lost or damaged. Memory: one
uncompressed shard and a few megabytes. The SHA-256 is taken of the bytes as written.

A finished shard has a sealed marker: the shard as the manifest will say it, and a fingerprint of what
it was made of. A later run keeps a shard when both fit and its bytes still have their SHA-256.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from isal import isal_zlib

from albert_data.base.arrays import Int64
from albert_data.base.code import code_fingerprint
from albert_data.base.gather import gather, offsets_of
from albert_data.config.settings import (
    MOST_SHARDS,
    SPECIAL_TOKENS_PER_PAIR,
    Config,
    PairSettings,
    fingerprint,
)
from albert_data.schema import Shard, ShardMarker, Sidecar
from albert_data.shards.offsets import read_offsets, write_offsets
from albert_data.shards.partition import Range, ShardRecords, read_shard
from albert_data.shards.provenance import write_provenance
from albert_data.storage.atomic import atomic_path
from albert_data.storage.file_names import offsets_name, shard_name, sidecar_name
from albert_data.storage.paths import file_sha256, location
from albert_data.storage.sealed import beside, read_marker, write_sealed

WRITE_BYTES = 4 * 2**20
# Of ISA-L: its archives are some percent larger than zlib's at level 6, in a tenth of the time.
GZIP_LEVEL = 1
Buffer: TypeAlias = bytes | memoryview


def shard_count(config: Config, documents: int, tokens: int) -> int:
    """How many shards: as set, or from the estimated bytes of all records."""
    pairs, shards = config.pairs, config.shards
    if shards.count:
        return shards.count
    chunk = (1 - pairs.short_probability / 2) * (pairs.max_length - SPECIAL_TOKENS_PER_PAIR)
    # A document's last chunk is half full on average, and every document has one.
    records = pairs.dupe_factor * max(documents, tokens / chunk + documents / 2)
    if pairs.objective == "nsp":  # the second half before a random segment is used again
        records /= 1 - pairs.negative_probability / 2
    predictions = config.masking.predictions if config.masking.mode == "static" else 0
    record_bytes = 250 + 4.5 * pairs.max_length + 8 * predictions
    return min(max(1, math.ceil(records * record_bytes / shards.target_bytes)), MOST_SHARDS)


def most_examples(pairs: PairSettings, sentences: int, tokens: int) -> int:
    """No more examples than this can be made of so many sentences: one a sentence and pass, or part of a
    sentence that is cut as no example can hold it."""
    half = max((pairs.max_length - SPECIAL_TOKENS_PER_PAIR) // 2, 1)
    return pairs.dupe_factor * (
        sentences + 5 * (tokens // half)
    )  # parts as `pairs.py` makes room for


def write_shard(
    folder: Path, index: int, count: int, ranges: Sequence[Range], config: Config
) -> Shard:
    """Writes shard `index` of `count` into a folder, whole or not at all.

    Args:
        ranges: that hold its pieces, in the order of the blocks that these are of.
    """
    return write_records(folder, index, count, _OfPieces(read_shard(ranges)), config)


class RecordSource(Protocol):
    """The records of a shard, in their order."""

    def chunks(self) -> Iterator[tuple[Buffer, Int64[np.ndarray, " some"]]]:
        """Framed records one after the other, some megabytes at a time, and their framed lengths."""

    def tokens(self) -> int:
        """Of all records, when they have been taken."""

    def write_sidecar(self, path: Path) -> Sidecar | None:
        """Writes where they come from, when they have been taken; None where that is not kept."""


def write_records(
    folder: Path, index: int, count: int, records: RecordSource, config: Config
) -> Shard:
    """Writes shard `index` of `count` into a folder, whole or not at all, its sidecar and its offsets."""
    compression = config.shards.compression
    name = shard_name(index, count, compression, config.shards.name)
    digest, size = hashlib.sha256(), 0
    lengths = [np.zeros(0, np.int64)]

    def framed() -> Iterator[tuple[Buffer, Int64[np.ndarray, " some"]]]:
        for chunk, own in records.chunks():
            lengths.append(own)
            yield chunk, own

    with (
        atomic_path(folder / name, lasting=False) as temporary,
        open(temporary, "wb") as stream,
    ):
        written = _packed(framed()) if compression == "gzip" else (chunk for chunk, _ in framed())
        for data in written:
            size += stream.write(data)
            digest.update(data)
        provenance = records.write_sidecar(folder / sidecar_name(index, count))
    offsets = offsets_of(np.concatenate(lengths))
    write_offsets(folder / offsets_name(name), digest.hexdigest(), offsets)
    return Shard(name, len(offsets) - 1, records.tokens(), size, digest.hexdigest(), provenance)


def _packed(chunks: Iterable[tuple[Buffer, Int64[np.ndarray, " some"]]]) -> Iterator[bytes]:
    """The chunks as gzip, cut anew: on how they are cut its bytes depend."""
    packer = isal_zlib.compressobj(GZIP_LEVEL, wbits=31)
    held: list[Buffer] = []
    begin, limit = 0, WRITE_BYTES
    for chunk, lengths in chunks:
        view, first, ends = memoryview(chunk), 0, begin + np.cumsum(lengths)
        while len(ends) and ends[-1] >= limit:
            before = np.searchsorted(ends, limit)
            cut = int(ends[before - 1]) - begin if before else 0
            yield packer.compress(b"".join([*held, view[first:cut]]))
            held, first, limit = [], cut, limit + WRITE_BYTES
        held.append(bytes(view[first:]))
        begin += len(view)
    yield packer.compress(b"".join(held))
    yield packer.flush()


def finished_shard(folder: Path, marker: Path, made_of: str) -> ShardMarker | None:
    """The marker of a shard that an earlier run made of the same; None unless its files are as they were."""
    known = read_marker(marker, ShardMarker)
    if known is None or known.made_of != made_of:
        return None
    for file in known.shard.files():
        path = beside(folder, file.name, str(marker))
        if not path.is_file() or path.stat().st_size != file.bytes:
            return None
        if file_sha256(path) != file.sha256:
            return None
    if read_offsets(folder / offsets_name(known.shard.name), known.shard.sha256) is None:
        return None
    return known


def mark_finished(marker: Path, finished: ShardMarker) -> None:
    """Marks a shard as finished."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    write_sealed(marker, finished)


def made_of(ranges: Sequence[Range], config: Config, module: str = "shards.shard") -> str:
    """Fingerprint of a shard's pieces: the names of their files say all that these depend on.

    Args:
        module: whose code makes a shard of them.
    """
    pieces = [(location(path).name, begin, end) for path, begin, end in ranges]
    return fingerprint([pieces, config.shards.compression, code_fingerprint(module)])


class _OfPieces:
    """The records that stand in a shard's pieces."""

    def __init__(self, records: ShardRecords) -> None:
        self._records, self._order = records, np.argsort(records.keys, kind="stable")

    def chunks(self) -> Iterator[tuple[Buffer, Int64[np.ndarray, " some"]]]:
        records = self._records
        begins, lengths = records.begins[self._order], records.lengths[self._order]
        ends = np.cumsum(lengths)
        if not len(ends):
            return
        cuts = np.searchsorted(ends, np.arange(0, int(ends[-1]), WRITE_BYTES))
        for first, last in zip(cuts, [*cuts[1:], len(ends)], strict=True):
            own = lengths[first:last]
            yield memoryview(gather(records.buffer, begins[first:last], own)), own

    def tokens(self) -> int:
        return self._records.tokens

    def write_sidecar(self, path: Path) -> Sidecar | None:
        records = self._records
        if records.origins is None:
            return None
        return write_provenance(path, records.origins, records.dupes, self._order)
