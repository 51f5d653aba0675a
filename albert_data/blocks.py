"""Block files: the records of one (token file, dupe), grouped by destination shard, in global order.

This is the exchange between masking and assembly. A block holds one *piece* per shard, one after the
other, and an index at its end, so that a shard's assembler reads one byte range of every block:

    piece  = header (records, tokens, names in an origin, CRC-32C of all else in the piece: 4 x uint64)
             order keys (uint64 each), framed lengths (uint32 each), origins (see `provenance.py`;
             nothing where they have 0 names), framed records
    block  = pieces, index (JSON: piece offsets and counts), its length and CRC-32C (2 x uint64)

A record's place in the build is its 64-bit order key, drawn from the document's random stream. Shard
s of S holds the keys k with floor(h x S / 2^32) = s, h = floor(k / 2^32), sorted: the records of all
shards, read one after the other, are in the same order for every S.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import pyarrow as pa

from albert_data import rng
from albert_data.config import SPECIAL_TOKENS_PER_PAIR, Config, PairSettings
from albert_data.errors import DataError
from albert_data.files import atomic_path
from albert_data.kernels import kernel
from albert_data.mask_law import mask_law
from albert_data.masking import MaskTables
from albert_data.pairs import Documents, Pairs, cut_long_sentences, make_pairs
from albert_data.provenance import Origins, PairOrigins
from albert_data.records import MaskCounts, encode_examples
from albert_data.rng import draw, mix_seed, seek
from albert_data.storage import fill, location, open_binary
from albert_data.unmasked import encode_unmasked

ENCODE_ROWS = 4096
_HEADER = 4 * 8
_TRAILER = 2 * 8
_FIX = "remove the file and run the same command again: it is made anew"


@dataclass(frozen=True)
class Block:
    """A finished block file.

    Attributes:
        order: place of the block among all blocks: (unit, token file, dupe).
        path: of the file.
        offsets: uint64 [shards + 1], where pieces begin, as little-endian bytes.
        counts: what masking counted, as in a manifest.
    """

    order: tuple[int, int, int]
    path: str
    offsets: bytes
    counts: dict[str, Any]


@dataclass(frozen=True)
class PlacedPairs:
    """The pairs of one token file and dupe with their places: what all its masks start from.

    Attributes:
        documents: long sentences cut.
        pairs: N of them.
        keys: uint64 [N], order keys.
        rows: int64 [N], the pairs by ascending order key.
        origins: of the pairs; None where they are not asked for.
    """

    documents: Documents
    pairs: Pairs
    keys: np.ndarray
    rows: np.ndarray
    origins: PairOrigins | None


def place_pairs(
    documents: Documents,
    starts: np.ndarray,
    settings: PairSettings,
    seed: int,
    dupe: int,
    names: pa.Table | None = None,
) -> PlacedPairs:
    """Makes the pairs of one token file for a dupe.

    Args:
        starts: bool [V], the piece begins a word.
        names: of the documents (`provenance.read_names`); None keeps no origins.
    """
    cut = cut_long_sentences(documents, starts, settings.max_length - SPECIAL_TOKENS_PER_PAIR)
    pairs = make_pairs(cut, settings, seed, dupe)
    origins = None
    if names is not None:
        origins = PairOrigins.of(documents, pairs, names, partners=settings.objective == "nsp")
    keys = np.empty(len(pairs.label), np.uint64)
    _order_keys(cut.keys, pairs.document, pairs.chunk, np.uint64(seed), dupe, keys)
    return PlacedPairs(cut, pairs, keys, np.argsort(keys, kind="stable"), origins)


def write_block(
    path: Path,
    order: tuple[int, int, int],
    placed: PlacedPairs,
    tables: MaskTables,
    config: Config,
    shards: int,
) -> Block:
    """Makes the examples of one token file for dupe `order[2]` and writes them as a block."""
    dupe, settings, law = order[2], config.pairs, mask_law(config.masking)
    encode = encode_unmasked if config.masking.mode == "dynamic" else encode_examples
    documents, pairs, keys, rows = placed.documents, placed.pairs, placed.keys, placed.rows
    origins = placed.origins
    bounds = np.searchsorted(shard_of(keys[rows], shards), np.arange(shards + 1))
    counts = MaskCounts.zeros(law.lengths.shape[1], settings.max_length)
    offsets = np.zeros(shards + 1, "<u8")
    with atomic_path(path) as temporary, open(temporary, "wb") as stream:
        for first, last in _groups(bounds, ENCODE_ROWS):
            group = rows[bounds[first] : bounds[last]]
            framed, lengths, tokens = encode(
                documents, pairs, group, law, tables, settings.max_length, config.seed, dupe, counts
            )
            kept = lengths > 0
            group, lengths, tokens = group[kept], lengths[kept], tokens[kept]
            cuts = _offsets(kept)[bounds[first : last + 1] - bounds[first]]
            ends = _offsets(lengths)
            names_kept, of_origins = 0, [b""] * (last - first)
            if origins is not None:
                names_kept, of_origins = len(origins.names), origins.take(group).pieces(cuts)
            for shard in range(first, last):
                own = slice(cuts[shard - first], cuts[shard - first + 1])
                head = [own.stop - own.start, int(tokens[own].sum()), names_kept]
                records = framed[ends[own.start] : ends[own.stop]]
                of_pieces = of_origins[shard - first]
                stream.write(_piece(head, keys[group[own]], lengths[own], of_pieces, records))
                offsets[shard + 1] = stream.tell()
        report = _report(pairs, counts)
        index = json.dumps({"offsets": offsets.tolist(), "counts": report}).encode()
        stream.write(index)
        stream.write(np.array([len(index), google_crc32c.value(index)], "<u8").tobytes())
    return Block(order, str(path), offsets.tobytes(), report)


def open_block(path: Path, order: tuple[int, int, int]) -> Block | None:
    """A block that an earlier run finished; None where there is none, or its index is damaged."""
    try:
        with open_binary(path) as stream:
            stream.seek(-_TRAILER, 2)
            size, crc = np.frombuffer(stream.read(_TRAILER), "<u8").tolist()
            stream.seek(-_TRAILER - size, 2)
            raw = stream.read(size)
        if google_crc32c.value(raw) != crc:
            return None
        index = json.loads(raw)
    except (OSError, ValueError):
        return None
    return Block(order, str(path), np.array(index["offsets"], "<u8").tobytes(), index["counts"])


def shard_of(keys: np.ndarray, shards: int) -> np.ndarray:
    """The shard of each order key (by its upper 32 bits), int64."""
    upper = keys >> np.uint64(32)
    return ((upper * np.uint64(shards)) >> np.uint64(32)).astype(np.int64)


@dataclass(frozen=True)
class ShardRecords:
    """All records of one shard, in block order.

    Attributes:
        buffer: uint8, the pieces as they lie in their files.
        begins, lengths: int64 [R], where the framed records lie in the buffer.
        keys: uint64 [R], their order keys.
        dupes: int64 [R], their dupe numbers.
        tokens: number of tokens in all.
        origins: of the records; None where the blocks have none.
    """

    buffer: np.ndarray
    begins: np.ndarray
    lengths: np.ndarray
    keys: np.ndarray
    dupes: np.ndarray
    tokens: int
    origins: Origins | None


def read_shard(blocks: Sequence[Block], shard: int) -> ShardRecords:
    """Reads one shard's piece of every block, in the order given.

    Raises:
        DataError: a block is missing or damaged.
    """
    ranges = [np.frombuffer(b.offsets, "<u8")[shard : shard + 2].astype(np.int64) for b in blocks]
    sizes = [int(end - begin) for begin, end in ranges]
    buffer = np.empty(sum(sizes), np.uint8)
    begins, lengths, keys, origins = [], [], [], []
    ends = np.cumsum(sizes, dtype=np.int64).tolist()
    pieces = [buffer[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    try:
        fill(
            (location(block.path), int(begin), memoryview(raw))
            for block, (begin, _), raw in zip(blocks, ranges, pieces, strict=True)
        )
    except OSError as error:
        raise DataError(
            f"a block file cannot be read: {error.strerror}", where=str(error.filename), fix=_FIX
        ) from None
    tokens, at = 0, 0
    for block, (begin, _), raw in zip(blocks, ranges, pieces, strict=True):
        count, own_tokens, names, crc = (int(x) for x in raw[:_HEADER].view("<u8"))
        if _piece_crc(raw[: _HEADER - 8].tobytes(), raw[_HEADER:].tobytes()) != crc:
            raise DataError(
                "a block file is damaged (CRC-32C)", where=f"{block.path} byte {begin}", fix=_FIX
            )
        body = _HEADER + 12 * count
        keys.append(raw[_HEADER : _HEADER + 8 * count].view("<u8"))
        own = raw[_HEADER + 8 * count : body].view("<u4").astype(np.int64)
        lengths.append(own)
        if names:
            part, taken = Origins.parse(raw[body:], count, names)
            origins.append(part)
            body += taken
        begins.append(at + body + np.cumsum(own) - own)
        tokens += own_tokens
        at += len(raw)
    none = np.zeros(0, np.int64)
    return ShardRecords(
        buffer,
        np.concatenate([none, *begins]),
        np.concatenate([none, *lengths]),
        np.concatenate([none.astype(np.uint64), *keys]),
        np.repeat([block.order[2] for block in blocks], [len(own) for own in keys]).astype(
            np.int64
        ),
        tokens,
        Origins.join(origins) if origins else None,
    )


def _offsets(lengths: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _piece(
    head: list[int], keys: np.ndarray, lengths: np.ndarray, origins: bytes, records: np.ndarray
) -> bytes:
    body = keys.astype("<u8").tobytes() + lengths.astype("<u4").tobytes() + origins
    body += records.tobytes()
    of_head = np.array(head, "<u8").tobytes()
    return of_head + _piece_crc(of_head, body).to_bytes(8, "little") + body


def _piece_crc(head: bytes, body: bytes) -> int:
    return google_crc32c.extend(google_crc32c.value(head), body)


def _groups(bounds: np.ndarray, rows: int):
    """Ranges of consecutive shards with about `rows` records or more each."""
    first = 0
    for shard in range(1, len(bounds)):
        if bounds[shard] - bounds[first] >= rows or shard == len(bounds) - 1:
            yield first, shard
            first = shard


def _report(pairs: Pairs, counts: MaskCounts) -> dict[str, Any]:
    return {
        "pairs": pairs.totals.tolist(),
        "dropped": pairs.dropped.tolist(),
        **counts.to_json(),
    }


@kernel
def _order_keys(document_keys, document, chunk, seed, dupe, out):
    stream = np.zeros(rng.STREAM_WORDS, np.uint32)
    for i in range(len(out)):
        seek(stream, mix_seed(document_keys[document[i]], seed), chunk[i], dupe, rng.ORDER)
        out[i] = (draw(stream) << np.uint64(32)) | draw(stream)
