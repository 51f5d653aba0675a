"""Sums over held-out shards while a run trains, on its strategy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import tensorflow as tf

from albert_data.read.shard_reader import Shards

from ..albert import AlbertPretrainer
from ..network.heads import SUMS, pretraining_sums
from ..settings import TrainSettings
from .tensorflow_data import over_replicas


def make_evaluation(
    strategy: tf.distribute.Strategy,
    model: AlbertPretrainer,
    shards: Shards,
    settings: TrainSettings,
) -> Callable[[], dict[str, float]]:
    """Returns a function that gives ``pretraining_sums`` of a model as it stands, each example once.

    Args:
        strategy: where to compute.
        model: AlbertPretrainer, made under its scope.
        shards: Shards of the model's vocabulary.
        settings: TrainSettings. Batches of ``evaluated_at_once``; ``eval_batches`` to stop after, 0: all.
    """
    size = settings.evaluated_at_once(strategy.num_replicas_in_sync)

    @tf.function
    def batch_sums(features: Any) -> dict[str, tf.Tensor]:
        sums = strategy.run(lambda part: pretraining_sums(model(part), part), args=(features,))
        add = tf.distribute.ReduceOp.SUM
        return {name: strategy.reduce(add, value, axis=None) for name, value in sums.items()}

    def evaluate() -> dict[str, float]:
        totals = dict.fromkeys(SUMS, 0.0)
        for batch in islice(shards.evaluation(size), settings.eval_batches or None):
            for name, value in batch_sums(over_replicas(strategy, batch)).items():
                totals[name] += float(value)
        return totals

    return evaluate
