"""Every example of a shard set once, as NumPy arrays, by the readers of this process' engine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .network.backend import ON_JAX
from .shards import ShardSet


def evaluation_arrays(shards: ShardSet, batch_size: int) -> Iterator[dict[str, np.ndarray]]:
    """Batches of held-out shards; the last one is filled up.

    Yields: dict of arrays named as in the shards, and float32 [B] ``example_weights``: 0 on the filling.

    Raises:
        DataError: a record is damaged, or there are fewer than the manifest claims.
    """
    if ON_JAX:
        from albert_data.read.shard_reader import open_shards

        yield from open_shards(shards.folder).evaluation(batch_size)
        return
    from .inputs import damage_named, evaluation_batches  # these have TensorFlow

    with damage_named(shards):
        yield from evaluation_batches(shards, batch_size).as_numpy_iterator()
