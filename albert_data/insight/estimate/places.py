"""What a predicted build takes where it runs: memory, disk, time and money, here and in the clouds.

Bases. CPU seconds are this machine's, measured by the estimate or by this project (`measured.yaml`); a core
of another machine may be faster or slower. Prices: `prices.yaml`, with source and date. Marked *assumed*
below, as in docs/scale.md: what no run of ours has measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from albert_data.config.settings import Config
from albert_data.schema import Figure, Place
from albert_data.shards.pair_block import ROW

PROCESS_BYTES = 573 * 2**20  # peak of a process at shards of 128 MiB, measured: README, corpus x 30
USUAL_SHARD = 128 * 2**20
MERGED_PIECES = {True: 2**20, False: 2**24}  # above which blocks are merged: in a store, on a disk
STORE_BYTES_PER_SECOND = 100e6  # of a process, assumed
TIMES_MOVED = 5  # records are written three times and read twice (docs/scale.md)
READ_SECONDS = 0.030 / 16  # a range read of a store, 16 at a time, assumed
TOKEN_BYTES = 2  # mapped, of a vocabulary of up to 65,536 pieces
MACHINES_START = 240.0  # seconds until Dataflow's machines work, assumed
REFERENCE_BYTES = 500  # of an element of Beam, which is what Dataflow's shuffle moves


@cache
def prices() -> Any:
    """`prices.yaml`."""
    return yaml.safe_load(Path(__file__).with_name("prices.yaml").read_text(encoding="utf-8"))


def memory_bytes(config: Config, workers: int, documents: float) -> float:
    """Of all processes: what one was measured to hold, with shards of the size asked for."""
    shard = 2.0 * (config.shards.target_bytes - USUAL_SHARD)
    signatures = 50.0 * documents if config.tokens.dedup != "off" else 0.0
    return workers * max(PROCESS_BYTES + shard, PROCESS_BYTES / 2) + signatures


class Exchange(NamedTuple):
    """Numbers of blocks and shards; every shard has a piece of every block."""

    blocks: float
    shards: float

    def merged(self, store: bool) -> bool:
        """Whether blocks are merged before shards read them."""
        return self.blocks * self.shards > MERGED_PIECES[store]

    def reads(self) -> float:
        """Ranges that are read in a store."""
        pieces = self.blocks * self.shards
        return 2 * pieces / math.sqrt(self.blocks) if self.merged(True) else pieces


def work_bytes(exchange: Exchange, examples: float, tokens: float) -> float:
    """Of work files beside the shards on this machine: mapped tokens, and pairs in blocks, and merged."""
    return TOKEN_BYTES * tokens + (2 if exchange.merged(False) else 1) * ROW.itemsize * examples


def places(
    predicted: Mapping[str, Figure],
    workers: int,
    machines: int,
    exchange: Exchange,
    own_price: float | None = None,
) -> list[Place]:
    """Where the build may run, with time and price.

    Args:
        workers: processes of a build on one machine, rented or not.
        machines: Dataflow's workers, of two cores each.
        own_price: of a machine of two cores for an hour, in place of the table's.
    """
    seconds = predicted["seconds"].value
    found = [Place("this machine", workers, seconds, None, "no rent")]
    rows = prices()["machines"]
    if own_price is not None:
        rows = [{"cloud": "your machines", "machine": "2 cores", "region": "", "cores": 2,
                 "usd_per_hour": own_price, "of": "--machine-price"}]  # fmt: skip
    for row in rows:
        count = math.ceil(workers / row["cores"])
        name = " ".join(filter(None, (row["cloud"], row["machine"], row["region"])))
        size = f"{count} x " if count > 1 else ""
        usd = count * row["usd_per_hour"] * seconds / 3600
        basis = f"{row['usd_per_hour']:g} USD an hour ({row['of']})"
        found.append(Place(size + name, workers, seconds, usd, basis))
    return [*found, _dataflow(predicted, machines, exchange)]


def _dataflow(predicted: Mapping[str, Figure], machines: int, exchange: Exchange) -> Place:
    rates = prices()["dataflow"]
    cores, memory, disk = 2, 16, 50  # of an n2-highmem-2 with the disk that a job asks for
    processes = machines * cores
    moved = TIMES_MOVED * predicted["shard_bytes"].value / STORE_BYTES_PER_SECOND
    requests = exchange.reads() * READ_SECONDS
    work = (predicted["cpu_seconds"].value + moved + requests) / processes
    seconds = MACHINES_START + work
    hourly = (
        cores * rates["usd_per_core_hour"]
        + memory * rates["usd_per_gib_hour"]
        + disk * rates["usd_per_disk_gb_hour"]
    )
    shuffled = (exchange.blocks + exchange.shards) * REFERENCE_BYTES / 1e9
    usd = machines * hourly * seconds / 3600 + shuffled * rates["usd_per_shuffled_gb"]
    basis = (
        f"{hourly:.3f} USD a machine and hour ({rates['of']}); its start of 4 minutes is assumed"
    )
    return Place(
        f"Dataflow {machines} x n2-highmem-2 {rates['region']}", processes, seconds, usd, basis
    )
