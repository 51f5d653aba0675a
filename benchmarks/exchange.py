"""From blocks to shards: how many requests and bytes it takes of an object store.

    python benchmarks/exchange.py [--blocks 1000] [--shards 1024]

Makes block files of small records, then assembles all shards from a store that counts what it is
asked for (the files lie on this disk, so the seconds are those of our own code), directly and by way
of merged files. Prints two rows for a quarter of the blocks, a quarter of the shards, and all:
requests are blocks x shards, or that times (1 / group + 1 / width) and an index a file; bytes grow with
the records alone; seconds with requests, or with pieces, so nothing else hides a square.

    python benchmarks/exchange.py --units

What a size of units costs a store: corpora of books at dupe 10, cut into units of 32 MiB and as they are by
default, the same number of small records in both.

    python benchmarks/exchange.py --terabyte

One merge and one shard of a job of 1 TB of text, with its numbers of pieces and bytes: their processor
time and memory, each in a process of its own.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from record import Record

from albert_data.config.load import from_dict
from albert_data.config.settings import Config
from albert_data.corpus.plan import bytes_of_unit
from albert_data.shards.merge import Exchange, ranges_by_number, write_merged
from albert_data.shards.partition import Part, Range, make_piece
from albert_data.shards.provenance import Origins
from albert_data.shards.shard import shard_count, write_shard
from albert_data.storage.paths import Status, location, register

HEADINGS = ("blocks", "shards", "group x width", "requests", "MB read", "MB of records", "s")
TERABYTE_HEADINGS = ("what", "pieces", "MB", "processor s", "peak memory of the process, MB")
UNITS_HEADINGS = (
    "text, MB",
    "units of",
    "blocks",
    "shards",
    "group x width",
    "requests",
    "MB read",
    "s",
)
RECORDS, RECORD_BYTES = 2, 300  # of each piece
CORPORA = 100, 500, 1000  # MB of text; from 4,300 on, units are of BEFORE by default, too
BEFORE = 2**25  # bytes of a unit
DUPES, BOOK, TOKEN_BYTES = 10, 8e5, 4.3
ALL_RECORDS = 400_000
MOST_PIECES = 2**20  # of a store without merging (`most_pieces`)
TERABYTE = Exchange.of(298_000, 99_999, 2**24)  # see docs/scale.md
TERABYTE_RECORD = 3170  # bytes
TERABYTE_RECORDS = 4.7e9 / (TERABYTE.blocks * TERABYTE.shards)  # of a piece, on average
NAME_BYTES = (20, 10, 30)  # of a record's source, document and title


class Counting:
    """A folder of this disk as an object store."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.requests, self.bytes, self.written = folder, 0, 0, 0

    def read(self, path: str, begin: int, end: int | None) -> bytes:
        with open(self.folder / path.rpartition("/")[2], "rb", buffering=0) as stream:
            stream.seek(begin)
            data = stream.read(-1 if end is None else end - begin)
        self.requests += 1
        self.bytes += len(data)
        return data

    def status(self, path: str) -> Status:
        raise AssertionError("a file's metadata was asked for")

    def write(self, path: str, source: Path) -> None:
        source.replace(self.folder / path.rpartition("/")[2])
        self.requests += 1
        self.written += 1

    def create(self, path: str, content: bytes) -> bool: ...

    def list(self, prefix: str) -> Iterator[tuple[str, int]]: ...

    def delete(self, paths: Sequence[str]) -> None: ...


def write_blocks(folder: Path, count: int, shards: int, of_piece: int = RECORDS) -> list[Part]:
    """Blocks with a piece of so many records for every shard."""
    rng = np.random.default_rng(0)
    lengths = np.full(of_piece, RECORD_BYTES)
    records = rng.integers(0, 256, of_piece * RECORD_BYTES, np.uint8)
    blocks = []
    for number in range(count):
        offsets = np.zeros(shards + 1, "<u8")
        keys = rng.integers(0, 2**32, (shards, of_piece), np.uint64)
        with open(folder / f"{number}.block", "wb") as stream:
            for shard in range(shards):
                stream.write(make_piece([of_piece, 64, 0, 0], keys[shard], lengths, b"", records))
                offsets[shard + 1] = stream.tell()
        blocks.append(Part((number,), f"gs://bucket/{number}.block", offsets.tobytes()))
    return blocks


def merged(blocks: list[Part], plan: Exchange) -> Iterator[list[Range]]:
    """The ranges of each shard, of merged files that are written meanwhile."""
    files: dict[int, list[Part]] = {}
    for number, first in enumerate(range(0, plan.blocks, plan.group)):
        group = []
        for block in blocks[first : first + plan.group]:
            bounds = np.frombuffer(block.bounds, "<u8")
            cut = np.append(bounds[: -1 : plan.width], bounds[-1:])
            group.append(Part(block.order, block.path, cut.tobytes()))
        for place, ranges in enumerate(ranges_by_number(group)):
            path = location(f"gs://bucket/{number}-{place}.merged")
            shards = min(plan.width, plan.shards - place * plan.width)
            bounds = write_merged(path, ranges, shards)
            files.setdefault(place, []).append(Part((number,), str(path), bounds))
    for place in sorted(files):
        yield from ranges_by_number(files[place])


def assemble(folder: Path, blocks: list[Part], plan: Exchange) -> tuple[Counting, float]:
    """Writes all shards; what the store was asked for, and the seconds."""
    store = Counting(folder)
    register("gs", lambda: store)
    began = time.perf_counter()
    every = merged(blocks, plan) if plan.group else ranges_by_number(blocks)
    for index, ranges in enumerate(every):
        shard = write_shard(folder, index, plan.shards, ranges, Config())
        assert shard.records % len(blocks) == 0 < shard.records
        (folder / shard.name).unlink()
    assert index == plan.shards - 1
    return store, time.perf_counter() - began


def table(most_blocks: int, most_shards: int) -> None:
    with Record("exchange", *HEADINGS) as record:
        for shards in (most_shards // 4, most_shards):
            with tempfile.TemporaryDirectory() as name:
                for row in rows(Path(name), most_blocks, shards):
                    record.row(*row)


def rows(folder: Path, most_blocks: int, shards: int) -> Iterator[list[str]]:
    """Assembled directly and by way of merged files: a quarter of the blocks, and all."""
    blocks = write_blocks(folder, most_blocks, shards)
    for some in (blocks[: len(blocks) // 4], blocks):
        for most_pieces in (len(some) * shards, 0):
            plan = Exchange.of(len(some), shards, most_pieces)
            store, seconds = assemble(folder, some, plan)
            assert store.written == plan.merges
            useful = len(some) * shards * RECORDS * RECORD_BYTES
            how = f"{plan.group} x {plan.width}" if plan.group else "not merged"
            counts = (store.requests, round(store.bytes / 1e6), round(useful / 1e6))
            yield [
                f"{len(some):,}",
                f"{shards:,}",
                how,
                *(f"{n:,}" for n in counts),
                f"{seconds:.1f}",
            ]


def units_table() -> None:
    """A row for each corpus with units of BEFORE and with the default ones."""
    with Record("exchange-units", *UNITS_HEADINGS) as record:
        for megabytes in CORPORA:
            text = megabytes * 10**6
            config = from_dict({"pairs": {"dupe_factor": DUPES}})
            shards = shard_count(config, int(text / BOOK), int(text / TOKEN_BYTES))
            for unit in (BEFORE, bytes_of_unit(text, config.sources.unit_bytes)):
                count = DUPES * math.ceil(text / unit)
                plan = Exchange.of(count, shards, MOST_PIECES)
                with tempfile.TemporaryDirectory() as name:
                    of_piece = max(1, ALL_RECORDS // (count * shards))
                    blocks = write_blocks(Path(name), count, shards, of_piece)
                    store, seconds = assemble(Path(name), blocks, plan)
                how = f"{plan.group} x {plan.width}" if plan.group else "not merged"
                record.row(
                    f"{megabytes:,}", f"{unit / 2**20:.0f} MiB", f"{count:,}", f"{shards:,}", how,
                    f"{store.requests:,}", f"{store.bytes / 1e6:,.0f}", f"{seconds:.1f}",
                )  # fmt: skip


def write_group(folder: Path) -> list[Range]:
    """A group of blocks of the job of 1 TB: of each, what one merge reads."""
    rng = np.random.default_rng(0)
    record = rng.integers(0, 256, TERABYTE_RECORD, np.uint8)
    ranges = []
    for number in range(TERABYTE.group):
        path = folder / f"{number}.block"
        with open(path, "wb") as stream:
            for count in rng.poisson(TERABYTE_RECORDS, TERABYTE.width).tolist():
                sizes = np.full((count, len(NAME_BYTES)), NAME_BYTES)
                numbers = np.concatenate([np.ones((count, 5), int), sizes], axis=1).astype("<u4")
                names = tuple(np.full(count * n, 65, np.uint8) for n in NAME_BYTES)
                origins = Origins(numbers, names).pieces(np.array([0, count]))[0]
                keys = rng.integers(0, 2**64, count, np.uint64)
                head = [count, 480 * count, number % 10, len(NAME_BYTES)]
                lengths = np.full(count, TERABYTE_RECORD)
                stream.write(make_piece(head, keys, lengths, origins, np.tile(record, count)))
            ranges.append(Range(str(path), 0, stream.tell()))
    return ranges


def terabyte() -> None:
    """A row for one merge and for one shard, each in a process of its own."""
    own_process = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as name,
        Record("exchange-terabyte", *TERABYTE_HEADINGS) as record,
    ):
        ranges = write_group(Path(name))
        for what in (merge_once, assemble_once):
            with ProcessPoolExecutor(1, own_process) as pool:
                row, ranges = pool.submit(what, Path(name), ranges).result()
                record.row(*row)


def merge_once(folder: Path, ranges: list[Range]) -> tuple[list[str], list[Range]]:
    """Merges; its row, and the file's ranges of each shard, which may stand for a shard's of each file."""
    write_merged(folder / "warm", [one_piece(ranges[0])], 1)
    began = time.process_time()
    bounds = write_merged(folder / "merged", ranges, TERABYTE.width)
    part = Part((0,), str(folder / "merged"), bounds)
    return row_of("a merge", ranges, began), [part.range(shard) for shard in range(TERABYTE.width)]


def assemble_once(folder: Path, ranges: list[Range]) -> tuple[list[str], list[Range]]:
    write_shard(folder, 0, 2, [one_piece(ranges[0])], Config())
    began = time.process_time()
    write_shard(folder, 1, 2, ranges, Config())
    return row_of("a shard", ranges, began), ranges


def one_piece(range: Range) -> Range:
    """The first piece of a range."""
    with open(range.path, "rb") as stream:
        stream.seek(range.begin + 8)
        size = int.from_bytes(stream.read(8), "little")
    return Range(range.path, range.begin, range.begin + size)


def row_of(what: str, ranges: list[Range], began: float) -> list[str]:
    """What was done since this process had used `began` seconds of a processor."""
    seconds = time.process_time() - began
    size = sum(end - begin for _, begin, end in ranges)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    pieces = f"{TERABYTE.group * TERABYTE.width:,}"
    return [what, pieces, f"{size / 1e6:,.0f}", f"{seconds:.2f}", f"{memory / 1e6:,.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--blocks", type=int, default=1000)
    parser.add_argument("--shards", type=int, default=1024)
    parser.add_argument("--units", action="store_true")
    parser.add_argument("--terabyte", action="store_true")
    asked = parser.parse_args()
    if asked.terabyte:
        terabyte()
    elif asked.units:
        units_table()
    else:
        table(asked.blocks, asked.shards)


if __name__ == "__main__":
    main()
