"""Pairs, masks and shards of a sample, by the build's own code, with what they cost."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from albert_data.base.gather import offsets_of
from albert_data.config.settings import Config
from albert_data.examples.masking import MaskTables
from albert_data.insight.estimate.recut import Part
from albert_data.shards.block import place_pairs
from albert_data.shards.mapped_tokens import map_tokens, write_mapped
from albert_data.shards.pair_block import write_pair_block
from albert_data.shards.partition import ranges_of
from albert_data.shards.shard_of_pairs import write_shard_of_pairs
from albert_data.tokens.documents import Documents

PRICED_DUPES = 2  # passes that are made at least; the others cost and give the same
MOST_PASSES = 100


@dataclass(frozen=True)
class Work:
    """What is made of documents to know what all passes over the corpus make of it.

    Attributes:
        shards, passes: how many.
        scale: what the build makes over what is made.
    """

    shards: int
    passes: int
    scale: float

    @classmethod
    def of(cls, shards: float, dupes: int, scale: float = 1.0) -> Work:
        """Two passes or as many as fill a shard: a sample is used more often than the corpus.

        Args:
            shards, dupes: of the build; shards may be a fraction of one.
            scale: tokens of the corpus over those of the documents.
        """
        full = min(round(dupes * scale / max(shards, 1)), MOST_PASSES)
        passes = max(min(dupes, PRICED_DUPES), full)
        times = scale * dupes / passes
        return cls(max(1, round(shards / times)), passes, times)


@dataclass(frozen=True)
class Made:
    """What was made of some documents and scaled up to all passes over the corpus.

    `examples`, `example_tokens`, `shard_bytes`, `provenance_bytes`, and CPU seconds of `pairing` and
    `assembling`.
    """

    examples: float = 0
    example_tokens: float = 0
    shard_bytes: float = 0
    provenance_bytes: float = 0
    pairing: float = 0
    assembling: float = 0

    def plus(self, other: Made) -> Made:
        return Made(**{name: own + getattr(other, name) for name, own in vars(self).items()})


def make(
    parts: Iterable[Part],
    tables: MaskTables,
    config: Config,
    folder: Path,
    work: Work,
) -> Made:
    """Makes blocks and shards of documents and removes them again.

    Args:
        parts: names may be of more documents, which the passes take by turns.
    """

    def mapped(number: int, turn: int) -> Path:
        return folder / f"{number}-{turn}.mapped"

    blocks = []
    began = time.process_time()
    for number, (documents, known) in enumerate(parts):
        count, names = len(documents.keys), None
        for turn in range(work.passes):
            if config.shards.provenance:
                rows = np.arange(turn * count, (turn + 1) * count) % len(known)
                names = known.take(pa.array(rows)).combine_chunks()
            placed = place_pairs(documents, tables.starts, config.pairs, config.seed, turn, names)
            path = folder / f"{number}-{turn}.block"
            order = (
                number,
                turn,
                turn % config.pairs.dupe_factor,
            )  # as if each pass had its own file
            write_mapped(mapped(number, turn), "", [documents], names, len(tables.starts))
            blocks.append(write_pair_block(path, order, placed, work.shards))
    paired = time.process_time()
    pieces = [block.part() for block in blocks]
    made = []
    for index in range(work.shards):
        shard, _ = write_shard_of_pairs(
            folder,
            index,
            work.shards,
            ranges_of(pieces, index),
            lambda number, turn: map_tokens(mapped(number, turn)),
            tables,
            config,
        )
        made.append(shard)
        for file in shard.files():
            (folder / file.name).unlink()
    assembled = time.process_time()
    for block in blocks:
        Path(block.path).unlink()
        mapped(*block.order[:2]).unlink()
    times = work.scale
    return Made(
        times * sum(shard.records for shard in made),
        times * sum(shard.tokens for shard in made),
        times * sum(shard.bytes for shard in made),
        times * sum(shard.provenance.bytes for shard in made if shard.provenance),
        times * (paired - began),
        times * (assembled - paired),
    )


def warm_up(tables: MaskTables, config: Config, folder: Path) -> None:
    """Compiles or loads the kernels, so that their time is not taken for the corpus's."""
    lengths = np.full(8, 6, np.int64)
    documents = Documents(
        np.resize(tables.ordinary, lengths.sum()).astype(np.int32),
        offsets_of(lengths),
        np.array([0, 4, 8]),
        np.array([1, 2], np.uint64),
    )
    text = pa.array(["a", "b"], pa.large_string())
    names = pa.table([text] * 3, names=["source", "document", "title"])
    make([(documents, names)], tables, config, folder, Work(1, 1, 1.0))
