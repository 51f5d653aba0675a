"""Pairs, masks and shards of a sample, by the build's own code, with what they cost."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albert_data.base.gather import offsets_of
from albert_data.config.settings import Config
from albert_data.examples.masking import MaskTables
from albert_data.insight.estimate.growing import Grown
from albert_data.insight.estimate.reading import Reading
from albert_data.shards.block import place_pairs, write_block
from albert_data.shards.partition import ranges_of
from albert_data.shards.provenance import read_names
from albert_data.shards.shard import write_shard
from albert_data.tokens.documents import Documents
from albert_data.tokens.token_file import read_documents

PRICED_DUPES = 2  # passes over the corpus that are made; the others cost and give the same


@dataclass(frozen=True)
class Made:
    """What was made of some documents and scaled up to all passes over the corpus.

    `examples`, `example_tokens`, `shard_bytes`, `provenance_bytes`, and CPU seconds of `masking` and
    `assembling`.
    """

    examples: float = 0
    example_tokens: float = 0
    shard_bytes: float = 0
    provenance_bytes: float = 0
    masking: float = 0
    assembling: float = 0

    def plus(self, other: Made) -> Made:
        return Made(**{name: own + getattr(other, name) for name, own in vars(self).items()})


def of_files(readings: Sequence[Reading], folder: Path) -> Iterator[Grown]:
    """The documents of all token files, as they are."""
    for reading in readings:
        for file in reading.files:
            path = folder / file.path
            yield Grown(read_documents(path, file.crc32c), read_names(path), 1.0)


def make(
    parts: Sequence[Grown] | Iterator[Grown],
    tables: MaskTables,
    config: Config,
    folder: Path,
    shards: int,
    scale: float,
) -> Made:
    """Makes blocks and shards of documents and removes them again.

    Args:
        shards: how many.
        scale: of the figures returned, beside that of passes that were not made.
    """
    dupes = min(config.pairs.dupe_factor, PRICED_DUPES)
    blocks = []
    began = time.process_time()
    for number, part in enumerate(parts):
        names = part.names if config.shards.provenance else None
        for dupe in range(dupes):
            path = folder / f"{number}-{dupe}.block"
            placed = place_pairs(
                part.documents, tables.starts, config.pairs, config.seed, dupe, names
            )
            order = (number, 0, dupe)
            blocks.append(write_block(path, order, placed, tables, config, shards))
    masked = time.process_time()
    pieces = [block.part() for block in blocks]
    made = []
    for index in range(shards):
        shard = write_shard(folder, index, shards, ranges_of(pieces, index), config)
        made.append(shard)
        for file in shard.files():
            (folder / file.name).unlink()
    assembled = time.process_time()
    for block in blocks:
        Path(block.path).unlink()
    times = scale * config.pairs.dupe_factor / dupes
    return Made(
        times * sum(shard.records for shard in made),
        times * sum(shard.tokens for shard in made),
        times * sum(shard.bytes for shard in made),
        times * sum(shard.provenance.bytes for shard in made if shard.provenance),
        times * (masked - began),
        times * (assembled - masked),
    )


def shards_for(scale: float, count: int) -> int:
    """How many shards the sample is made into, where the corpus is made into `count`."""
    return max(1, math.ceil(count / scale))


def warm_up(tables: MaskTables, config: Config, folder: Path) -> None:
    """Compiles or loads the kernels, so that their time is not taken for the corpus's."""
    lengths = np.full(8, 6, np.int64)
    documents = Documents(
        np.resize(tables.ordinary, lengths.sum()).astype(np.int32),
        offsets_of(lengths),
        np.array([0, 4, 8]),
        np.array([1, 2], np.uint64),
    )
    import pyarrow as pa

    text = pa.array(["a", "b"], pa.large_string())
    names = pa.table([text] * 3, names=["source", "document", "title"])
    make([Grown(documents, names, 1.0)], tables, config, folder, 1, 1.0)
