"""Shards for PyTorch: batches for `DataLoader` with any number of workers and under DDP, or single records.

    loader = DataLoader(TorchBatches(shards, 256, names="huggingface"), batch_size=None, num_workers=2)

Worker w of W makes batches w, w + W, …, which `DataLoader` gives out in turn: the order is the run's,
whatever the number of workers. Under `torch.distributed`, a process is a host.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from albert_data.read.names import Names
from albert_data.read.needed import needed
from albert_data.read.run import OnDamage, Run, Share
from albert_data.read.shard_reader import Shards

with needed("torch"):
    import torch
    from torch.utils.data import Dataset, IterableDataset, get_worker_info

Tensors = dict[str, torch.Tensor]


class TorchBatches(IterableDataset[Tensors]):
    """A process's rows of batch after batch; arguments and features as of `Run.batches`.

    Args:
        host, hosts: rank and world size by default; 0 and 1 without `torch.distributed`.
    """

    def __init__(
        self,
        run: Run,
        batch_size: int,
        *,
        seed: int = 0,
        host: int | None = None,
        hosts: int | None = None,
        consumed: int = 0,
        epochs: int | None = None,
        names: Names = "shards",
        on_damage: OnDamage = "error",
    ) -> None:
        spread = torch.distributed.is_available() and torch.distributed.is_initialized()
        rank, world = 0, 1
        if spread:
            rank, world = torch.distributed.get_rank(), torch.distributed.get_world_size()
        host, hosts = rank if host is None else host, world if hosts is None else hosts
        self.run, self.consumed, self.epochs = run, consumed, epochs
        self.share = Share(batch_size, seed, host, hosts, on_damage, names)

    def __iter__(self) -> Iterator[Tensors]:
        info = get_worker_info()
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        first = self.consumed + worker * self.share.batch_size
        given = {**vars(self.share), "consumed": first, "epochs": self.epochs, "every": workers}
        for batch in self.run.batches(**given, threads=0 if info else 2):
            yield _tensors(batch)


class TorchRecords(Dataset[Tensors]):
    """Single records by number, for a sampler of one's own.

    Args:
        epoch: whose masks the records of a dynamic set have.
    """

    def __init__(self, shards: Shards, epoch: int = 0) -> None:
        self.shards, self.epoch = shards, epoch

    def __len__(self) -> int:
        return len(self.shards)

    def __getitem__(self, number: int) -> Tensors:
        return _tensors(self.shards.record(number, self.epoch))

    def __getitems__(self, numbers: Sequence[int]) -> list[Tensors]:
        batch = _tensors(self.shards.records(np.array(numbers, np.int64), self.epoch))
        return [
            {name: values[row] for name, values in batch.items()} for row in range(len(numbers))
        ]


def _tensors(arrays: dict[str, Any]) -> Tensors:
    return {name: torch.from_numpy(np.asarray(values)) for name, values in arrays.items()}
