"""Pieces → shards: read the ranges with a shard's pieces, sort by order key, write, rename.

A shard's provenance sidecar is written before it, where the pieces hold origins, and the offsets of its
records behind it: readers make these anew where they are lost or damaged. Memory: one
uncompressed shard and a few megabytes. The SHA-256 is taken of the bytes as written.

A finished shard has a sealed marker: the shard as the manifest will say it, and a fingerprint of what
it was made of. A later run keeps a shard when both fit and its bytes still have their SHA-256.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from isal import isal_zlib

from albert_data.base.arrays import Int64
from albert_data.base.code import code_fingerprint
from albert_data.base.gather import gather, offsets_of
from albert_data.config.settings import MOST_SHARDS, SPECIAL_TOKENS_PER_PAIR, Config, fingerprint
from albert_data.schema import Shard, ShardMarker
from albert_data.shards.offsets import write_offsets
from albert_data.shards.partition import Range, ShardRecords, read_shard
from albert_data.shards.provenance import write_provenance
from albert_data.storage.atomic import atomic_path
from albert_data.storage.file_names import offsets_name, shard_name, sidecar_name
from albert_data.storage.paths import file_sha256, location
from albert_data.storage.sealed import beside, read_marker, write_sealed

WRITE_BYTES = 4 * 2**20
# Of ISA-L: its archives are some percent larger than zlib's at level 6, in a tenth of the time.
GZIP_LEVEL = 1


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


def write_shard(
    folder: Path, index: int, count: int, ranges: Sequence[Range], config: Config
) -> Shard:
    """Writes shard `index` of `count` into a folder, whole or not at all.

    Args:
        ranges: that hold its pieces, in the order of the blocks that these are of.
    """
    records = read_shard(ranges)
    order = np.argsort(records.keys, kind="stable")
    provenance = None
    if records.origins is not None:
        sidecar = folder / sidecar_name(index, count)
        provenance = write_provenance(sidecar, records.origins, records.dupes, order)
    compression = config.shards.compression
    name = shard_name(index, count, compression, config.shards.name)
    gzip = isal_zlib.compressobj(GZIP_LEVEL, wbits=31) if compression == "gzip" else None
    digest, size = hashlib.sha256(), 0
    with atomic_path(folder / name) as temporary, open(temporary, "wb") as stream:
        for chunk in _in_order(records, order):
            data = gzip.compress(chunk) if gzip else chunk
            size += stream.write(data)
            digest.update(data)
        if gzip:
            data = gzip.flush()
            size += stream.write(data)
            digest.update(data)
    offsets = offsets_of(records.lengths[order])
    write_offsets(folder / offsets_name(name), digest.hexdigest(), offsets)
    return Shard(name, len(order), records.tokens, size, digest.hexdigest(), provenance)


def finished_shard(
    folder: Path, marker: Path, ranges: Sequence[Range], config: Config
) -> Shard | None:
    """The shard that an earlier run made of these ranges; None unless its files are as they were."""
    known = read_marker(marker, ShardMarker)
    if known is None or known.made_of != _made_of(ranges, config):
        return None
    for file in known.shard.files():
        path = beside(folder, file.name, str(marker))
        if not path.is_file() or path.stat().st_size != file.bytes:
            return None
        if file_sha256(path) != file.sha256:
            return None
    return known.shard


def mark_finished(marker: Path, shard: Shard, ranges: Sequence[Range], config: Config) -> None:
    """Marks a shard as made of these ranges."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    write_sealed(marker, ShardMarker(_made_of(ranges, config), shard))


def _made_of(ranges: Sequence[Range], config: Config) -> str:
    """Fingerprint of a shard's pieces: the names of their files say all that these depend on."""
    pieces = [(location(path).name, begin, end) for path, begin, end in ranges]
    return fingerprint([pieces, config.shards.compression, code_fingerprint("shards.shard")])


def _in_order(records: ShardRecords, order: Int64[np.ndarray, " R"]) -> Iterator[memoryview]:
    """The framed records in the given order, some megabytes at a time."""
    begins, lengths = records.begins[order], records.lengths[order]
    ends = np.cumsum(lengths)
    if not len(ends):
        return
    cuts = np.searchsorted(ends, np.arange(0, int(ends[-1]), WRITE_BYTES))
    for first, last in zip(cuts, [*cuts[1:], len(order)], strict=True):
        yield memoryview(gather(records.buffer, begins[first:last], lengths[first:last]))
