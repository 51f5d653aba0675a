"""Stage 3 with many blocks and shards: how many requests and bytes it takes from an object store.

    python benchmarks/exchange.py [--blocks 1000] [--shards 1024]

Makes block files of small records, then assembles all shards from a store that counts what it is
asked for (the files lie on this disk, so the seconds are those of our own code). Prints a row for a
quarter of the blocks, a quarter of the shards, and all: requests are their product, exactly; bytes
grow with the records alone; seconds with requests, so nothing else hides a square.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from albert_data.blocks import Block, _piece
from albert_data.config import Config
from albert_data.shards import write_shard
from albert_data.storage import Status, register

RECORDS, RECORD_BYTES = 2, 300  # of each piece


class Counting:
    """A folder of this disk as an object store."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.requests, self.bytes = folder, 0, 0

    def read(self, path: str, begin: int, end: int | None) -> bytes:
        with open(self.folder / path.rpartition("/")[2], "rb", buffering=0) as stream:
            stream.seek(begin)
            data = stream.read(-1 if end is None else end - begin)
        self.requests += 1
        self.bytes += len(data)
        return data

    def status(self, path: str) -> Status:
        raise AssertionError("a block's metadata was asked for")

    def write(self, path: str, source: Path) -> None: ...

    def create(self, path: str, content: bytes) -> bool: ...

    def list(self, prefix: str) -> Iterator[tuple[str, int]]: ...

    def delete(self, paths: Sequence[str]) -> None: ...


def write_blocks(folder: Path, count: int, shards: int) -> list[Block]:
    """Blocks with a piece of RECORDS records for every shard."""
    rng = np.random.default_rng(0)
    lengths = np.full(RECORDS, RECORD_BYTES)
    records = rng.integers(0, 256, RECORDS * RECORD_BYTES, np.uint8)
    blocks = []
    for number in range(count):
        offsets = np.zeros(shards + 1, "<u8")
        keys = rng.integers(0, 2**32, (shards, RECORDS), np.uint64)
        with open(folder / f"{number}.block", "wb") as stream:
            for shard in range(shards):
                stream.write(_piece([RECORDS, 64, 0], keys[shard], lengths, b"", records))
                offsets[shard + 1] = stream.tell()
        path = f"gs://bucket/{number}.block"
        blocks.append(Block((number, 0, 0), path, offsets.tobytes(), {}))
    return blocks


def assemble(folder: Path, blocks: list[Block], shards: int) -> tuple[Counting, float]:
    """Writes all shards; what the store was asked for, and the seconds."""
    store = Counting(folder)
    register("gs", lambda: store)
    began = time.perf_counter()
    for index in range(shards):
        shard = write_shard(folder, index, shards, blocks, Config())
        assert shard.records == RECORDS * len(blocks)
        (folder / shard.name).unlink()
    return store, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--blocks", type=int, default=1000)
    parser.add_argument("--shards", type=int, default=1024)
    asked = parser.parse_args()
    print("| blocks | shards | requests | MB read | MB of records | s | µs a request |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for shards in (asked.shards // 4, asked.shards):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            blocks = write_blocks(folder, asked.blocks, shards)
            for some in (blocks[: len(blocks) // 4], blocks):
                store, seconds = assemble(folder, some, shards)
                useful = len(some) * shards * RECORDS * RECORD_BYTES
                print(
                    f"| {len(some):,} | {shards:,} | {store.requests:,} | {store.bytes / 1e6:,.0f} "
                    f"| {useful / 1e6:,.0f} | {seconds:.1f} | {1e6 * seconds / store.requests:.0f} |"
                )


if __name__ == "__main__":
    main()
