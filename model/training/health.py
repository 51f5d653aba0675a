"""Whether the state of a run is worth keeping: finite weights and slots, and a finite loss made with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from .job import Job

EXAMPLES = 8


def make_health_check(
    strategy: tf.distribute.Strategy, model: Any, optimizer: Any, job: Job
) -> Callable[[], bool]:
    """Returns a function that says whether the state, as it is now, can be gone on from.

    The loss that a step returns was made with the weights *before* its update, so it says nothing of what
    would be saved. The check costs a forward pass of a few examples, the first of the data.
    """
    sums_of = job.objective.sums_of

    @tf.function(autograph=False)
    def finite() -> tf.Tensor:
        def of_a_replica() -> tf.Tensor:
            sums = sums_of(model(features), features)
            values = [*model.variables, *optimizer.variables]
            floats = [tf.convert_to_tensor(v) for v in values]
            parts = [v for v in floats if v.dtype.is_floating] + list(sums.values())
            return tf.reduce_all([tf.reduce_all(tf.math.is_finite(part)) for part in parts])

        results = strategy.experimental_local_results(strategy.run(of_a_replica))
        return tf.reduce_all(results)

    features = next(job.batches(min(EXAMPLES, job.sizes.examples), 0, 0))
    return lambda: bool(finite())
