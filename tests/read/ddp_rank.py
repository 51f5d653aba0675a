"""What each process of the test of DDP does: a module of its own, so that it imports little."""

from __future__ import annotations

import itertools
import os
import pickle
from typing import Any


def read(rank: int, shards: bytes, port: int, given: dict[str, Any], queue: Any) -> None:
    """Puts (rank, numbers of the records of its first six batches of 12) into a queue."""
    import torch

    from albert_data.read.for_torch import TorchBatches

    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.distributed.init_process_group("gloo", rank=rank, world_size=2)
    data = TorchBatches(pickle.loads(shards), 12, **given)
    loader = torch.utils.data.DataLoader(data, batch_size=None, num_workers=1)
    seen = [batch["input_ids"][:, 1].tolist() for batch in itertools.islice(loader, 6)]
    queue.put((rank, seen))
    torch.distributed.destroy_process_group()
