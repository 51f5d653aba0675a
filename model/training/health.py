"""Whether the state of a run is worth keeping: finite weights and slots, and a finite loss made with them."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from albert_data.read.shard_reader import Shards

from ..albert import AlbertPretrainer
from ..moments import MomentsOptimizer
from ..network.heads import pretraining_sums

EXAMPLES = 8


def make_health_check(
    strategy: tf.distribute.Strategy,
    model: AlbertPretrainer,
    optimizer: MomentsOptimizer,
    shards: Shards,
) -> Callable[[], bool]:
    """Returns a function that says whether the state, as it is now, can be gone on from.

    The loss that a step returns was made with the weights *before* its update, so it says nothing of what
    would be saved. The check costs a forward pass of a few examples, the first of the data.
    """
    count = min(EXAMPLES, len(shards))

    @tf.function
    def finite() -> tf.Tensor:
        def of_a_replica() -> tf.Tensor:
            sums = pretraining_sums(model(features), features)
            values = [*model.variables, *optimizer.variables]
            floats = [tf.convert_to_tensor(v) for v in values]
            parts = [v for v in floats if v.dtype.is_floating] + list(sums.values())
            return tf.reduce_all([tf.reduce_all(tf.math.is_finite(part)) for part in parts])

        results = strategy.experimental_local_results(strategy.run(of_a_replica))
        return tf.reduce_all(results)

    features = next(shards.batches(count, threads=0))
    return lambda: bool(finite())
