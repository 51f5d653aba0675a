"""Shards for Grain: a source of whole batches, in the order of the run.

    source = GrainBatches(shards, 256, epochs=40, host=jax.process_index(), hosts=jax.process_count())
    batches = grain.MapDataset.source(source).to_iter_dataset()

Element k is this host's rows of batch k: no shuffle, batch or shard step belongs behind it, and Grain's own
checkpoint of the iterator is the number of the batch. Grain itself is not imported: a source is what has a
length and items.
"""

from __future__ import annotations

from typing import SupportsIndex

from albert_data.read.names import Names
from albert_data.read.record_set import Arrays
from albert_data.read.run import OnDamage, Run, Share


class GrainBatches:
    """The whole batches of some epochs; arguments and features as of `Run.batches`."""

    def __init__(
        self,
        run: Run,
        batch_size: int,
        *,
        epochs: int,
        seed: int = 0,
        host: int = 0,
        hosts: int = 1,
        names: Names = "shards",
        on_damage: OnDamage = "error",
    ) -> None:
        self.run, self.epochs = run, epochs
        self.share = Share(batch_size, seed, host, hosts, on_damage, names)

    def __len__(self) -> int:
        return self.epochs * len(self.run) // self.share.batch_size

    def __getitem__(self, number: SupportsIndex) -> Arrays:
        at = number.__index__()
        if not 0 <= at < len(self):
            raise IndexError(f"batch {at} of {len(self)}")
        return self.run.batch(at, self.share)

    def __repr__(self) -> str:
        return f"GrainBatches({self.share}, epochs={self.epochs}, records={len(self.run)})"
