"""Every example of a shard set once, as NumPy arrays, by the project's own readers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .readers import open_reader
from .shards import ShardSet


def evaluation_arrays(shards: ShardSet, batch_size: int) -> Iterator[dict[str, np.ndarray]]:
    """Batches of held-out shards; the last one is filled up.

    Returns: iterator of dicts of arrays named as in the shards, and float32 [B] ``example_weights``: 0 on
        the filling.

    Raises:
        DataError: a record is damaged, or there are fewer than the manifest claims.
    """
    return open_reader(shards.folder).evaluation(batch_size)
