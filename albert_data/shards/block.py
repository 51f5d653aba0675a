"""Block files: the records of one (token file, dupe), grouped by destination shard, in global order.

This is the exchange between masking and assembly. A block holds one *piece* per shard, one after the
other, and an index at its end (format: `partition.py`), so that what a shard needs of a block is one
byte range.

A record's place in the build is its 64-bit order key, drawn from the document's random stream. Shard
s of S holds the keys k with floor(h x S / 2^32) = s, h = floor(k / 2^32), sorted: the records of all
shards, read one after the other, are in the same order for every S.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from albert_data.base.arrays import Int64, UInt64
from albert_data.base.gather import offsets_of
from albert_data.base.kernels import kernel_making_arrays
from albert_data.base.tally import SAMPLES_PER_REASON
from albert_data.config.settings import SPECIAL_TOKENS_PER_PAIR, Config, PairSettings, fingerprint
from albert_data.examples import rng
from albert_data.examples.masking import MaskTables
from albert_data.examples.pairs import Pairs, cut_long_sentences, make_pairs
from albert_data.examples.rng import draw, mix_seed, seek
from albert_data.examples.span_law import mask_law
from albert_data.records.encode import MaskCounts, encode_examples
from albert_data.schema import BlockCounts, PieceIndex, TokenFile
from albert_data.shards.alike import NO_RECORDS, alike, checksums_of, together
from albert_data.shards.partition import Part, make_piece, reopen, write_index
from albert_data.shards.provenance import PairOrigins
from albert_data.storage.atomic import atomic_path
from albert_data.tokens.documents import Documents

ENCODE_ROWS = 4096


@dataclass(frozen=True)
class Block:
    """A finished block file.

    Attributes:
        order: place of the block among all blocks: (unit, token file, dupe).
        path: of the file.
        offsets: uint64 [shards + 1], where pieces begin, as little-endian bytes.
        counts: what masking counted.
        dropped: rows of the documents that no pair was made of.
    """

    order: tuple[int, int, int]
    path: str
    offsets: bytes
    counts: BlockCounts
    dropped: tuple[int, ...] = ()

    def part(self, width: int = 1) -> Part:
        """The file, cut into ranges of `width` shards; the last one may have fewer."""
        offsets = np.frombuffer(self.offsets, "<u8")
        bounds = np.append(offsets[:-1:width], offsets[-1:])
        return Part(self.order, self.path, bounds.tobytes())

    def totals(self) -> MaskTotals:
        """Its counts, and which documents were dropped first."""
        rows = self.dropped[:SAMPLES_PER_REASON] if self.order[2] == 0 else ()
        return MaskTotals(self.counts, ((self.order, rows),) if rows else ())


@dataclass(frozen=True)
class MaskTotals:
    """What masking counted over some blocks.

    Attributes:
        counts: sums.
        dropped: (order of a block, rows of its first dropped documents) of the first blocks with any,
            as many as are enough for a data card's samples.
    """

    counts: BlockCounts
    dropped: tuple[tuple[tuple[int, int, int], tuple[int, ...]], ...]


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


def of_any_dupe(pairs: PairSettings) -> PairSettings:
    """The settings without the number of dupes: what the pairs of one dupe depend on."""
    return replace(pairs, dupe_factor=1)


def pairs_fingerprint(config: Config) -> str:
    """Of what the pairs of a token file and dupe, and their origins, depend on in a configuration."""
    rule = config.masking.word_rule  # by which sentences are cut that no example holds
    own = [config.seed, asdict(of_any_dupe(config.pairs)), config.shards.provenance, rule]
    return fingerprint(own)


def block_fingerprint(config: Config, file: TokenFile, shards: int, revision: str) -> str:
    """Of all that the block of a token file and dupe depends on.

    Args:
        shards: that it is cut for.
        revision: of vocabulary and code.
    """
    made_of = [pairs_fingerprint(config), asdict(config.masking), file.path, file.content]
    return fingerprint([*made_of, shards, revision])


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
    documents, pairs, keys, rows = placed.documents, placed.pairs, placed.keys, placed.rows
    origins = placed.origins
    bounds = np.searchsorted(shard_of(keys[rows], shards), np.arange(shards + 1))
    counts = MaskCounts.zeros(law.lengths.shape[1], settings.max_length)
    offsets, alikes = np.zeros(shards + 1, "<u8"), NO_RECORDS
    with atomic_path(path, lasting=False) as temporary, open(temporary, "wb") as stream:
        for first, last in _groups(bounds, ENCODE_ROWS):
            group = rows[bounds[first] : bounds[last]]
            framed, lengths, tokens = encode_examples(
                documents, pairs, group, law, tables, settings.max_length, config.seed, dupe,
                counts, config.masking.mode,
            )  # fmt: skip
            kept = lengths > 0
            group, lengths, tokens = group[kept], lengths[kept], tokens[kept]
            cuts = offsets_of(kept)[bounds[first : last + 1] - bounds[first]]
            ends = offsets_of(lengths)
            alikes = together([alikes, alike(checksums_of(framed, ends[1:]))])
            names_kept, of_origins = 0, [b""] * (last - first)
            if origins is not None:
                names_kept, of_origins = len(origins.names), origins.take(group).pieces(cuts)
            for shard in range(first, last):
                own = slice(cuts[shard - first], cuts[shard - first + 1])
                head = [own.stop - own.start, int(tokens[own].sum()), dupe, names_kept]
                records = framed[ends[own.start] : ends[own.stop]]
                of_pieces = of_origins[shard - first]
                stream.write(make_piece(head, keys[group[own]], lengths[own], of_pieces, records))
                offsets[shard + 1] = stream.tell()
        of_masks = counts.to_json()
        made = BlockCounts(pairs=pairs.totals.tolist(), **of_masks, alike=alikes)
        dropped = pairs.dropped.tolist()
        write_index(stream, PieceIndex(path.name, offsets.tolist(), made, dropped))
    return Block(order, str(path), offsets.tobytes(), made, tuple(dropped))


def open_block(path: Path, order: tuple[int, int, int]) -> Block | None:
    """A block that an earlier run finished; None where there is none, or it is not as it was."""
    index = reopen(path)
    if index is None or index.counts is None:
        return None
    offsets = np.array(index.offsets, "<u8").tobytes()
    return Block(order, str(path), offsets, index.counts, tuple(index.dropped))


def add_totals(totals: Iterable[MaskTotals]) -> MaskTotals:
    """The totals of some blocks as those of one."""
    parts = list(totals)
    sums = {}
    for own in fields(BlockCounts):
        counted = [count for part in parts if (count := getattr(part.counts, own.name))]
        if own.name != "alike":
            sums[own.name] = np.sum(counted, axis=0).tolist() if counted else []
    alikes = together([part.counts.alike for part in parts])
    dropped = (block for part in parts for block in part.dropped)
    first = tuple(heapq.nsmallest(SAMPLES_PER_REASON, dropped))
    return MaskTotals(BlockCounts(**sums, alike=alikes), first)


def shard_of(keys: np.ndarray, shards: int) -> np.ndarray:
    """The shard of each order key (by its upper 32 bits), int64."""
    upper = keys >> np.uint64(32)
    return ((upper * np.uint64(shards)) >> np.uint64(32)).astype(np.int64)


def _groups(bounds: np.ndarray, rows: int) -> Iterator[tuple[int, int]]:
    """Ranges of consecutive shards with about `rows` records or more each."""
    first = 0
    for shard in range(1, len(bounds)):
        if bounds[shard] - bounds[first] >= rows or shard == len(bounds) - 1:
            yield first, shard
            first = shard


@kernel_making_arrays
def _order_keys(
    document_keys: UInt64[np.ndarray, " D"],
    document: Int64[np.ndarray, " N"],
    chunk: Int64[np.ndarray, " N"],
    seed: np.uint64,
    dupe: int,
    out: UInt64[np.ndarray, " N"],
) -> None:
    stream = np.zeros(rng.STREAM_WORDS, np.uint32)
    for i in range(len(out)):
        seek(stream, mix_seed(document_keys[document[i]], seed), chunk[i], dupe, rng.ORDER)
        out[i] = (draw(stream) << np.uint64(32)) | draw(stream)
