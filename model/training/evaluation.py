"""Sums over held-out data, and a model's outputs, while a run trains, on its strategy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from ..settings import TrainSettings
from .job import Arrays, Job
from .tensorflow_data import over_replicas


def make_evaluation(
    strategy: tf.distribute.Strategy, model: Any, job: Job, settings: TrainSettings
) -> Callable[[], dict[str, float]]:
    """Returns a function that gives ``Objective.sums`` of a model as it stands, each example once.

    Args:
        strategy: where to compute.
        model: made under its scope.
        job: Job with held-out data.
        settings: TrainSettings. Batches of ``evaluated_at_once``; ``eval_batches`` to stop after, 0: all.
    """
    size = settings.evaluated_at_once(strategy.num_replicas_in_sync)
    sums_of = job.objective.sums_of

    @tf.function(autograph=False)
    def batch_sums(features: Any) -> dict[str, tf.Tensor]:
        sums = strategy.run(lambda part: sums_of(model(part), part), args=(features,))
        add = tf.distribute.ReduceOp.SUM
        return {name: strategy.reduce(add, value, axis=None) for name, value in sums.items()}

    def evaluate() -> dict[str, float]:
        totals = dict.fromkeys(job.objective.sums, 0.0)
        for batch in islice(job.held_out_batches(size), settings.eval_batches or None):
            for name, value in batch_sums(over_replicas(strategy, batch)).items():
                totals[name] += float(value)
        return totals

    return evaluate


def make_outputs(strategy: tf.distribute.Strategy, model: Any) -> Callable[[Arrays], Arrays]:
    """Returns a function that gives what a model, as it stands, makes of a batch of arrays.

    The batch is divided over the replicas and put together again in its order.
    """

    @tf.function(autograph=False)
    def of_replicas(features: Any) -> Any:
        return strategy.run(lambda part: model(part), args=(features,))

    def outputs(batch: Arrays) -> Arrays:
        found = of_replicas(over_replicas(strategy, batch))
        return {
            name: np.concatenate(
                [value.numpy() for value in strategy.experimental_local_results(values)]
            )
            for name, values in found.items()
        }

    return outputs
