"""Scores of held-out shards while a run trains, on its strategy."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..albert import AlbertPretrainer
from ..inputs import evaluation_batches
from ..network.heads import SUMS, pretraining_means, pretraining_sums
from ..shards import ShardSet, damage_named


class Evaluation:
    """Evaluates a model as it stands; every example counts once.

    Args:
        strategy: where to compute.
        model: AlbertPretrainer, made under its scope.
        shards: ShardSet of the model's vocabulary.
        batch_size: int. Over all replicas.
        batches: int. Batches to stop after; 0: all.
        sentence: bool. Whether the model's sentence head is trained.
    """

    def __init__(
        self,
        strategy: tf.distribute.Strategy,
        model: AlbertPretrainer,
        shards: ShardSet,
        batch_size: int,
        batches: int,
        sentence: bool,
    ) -> None:
        self._strategy, self._shards, self._sentence = strategy, shards, sentence
        self._batches = evaluation_batches(shards, batch_size).take(batches or -1)

        @tf.function
        def batch_sums(features: Any) -> dict[str, tf.Tensor]:
            sums = strategy.run(lambda part: pretraining_sums(model(part), part), args=(features,))
            add = tf.distribute.ReduceOp.SUM
            return {name: strategy.reduce(add, value, axis=None) for name, value in sums.items()}

        self._batch_sums = batch_sums

    def scores(self) -> dict[str, float]:
        """``eval_loss`` (what a run is judged by) and its parts and accuracies, ``eval_…`` each."""
        totals = dict.fromkeys(SUMS, 0.0)
        with damage_named(self._shards):
            for features in self._strategy.experimental_distribute_dataset(self._batches):
                for name, value in self._batch_sums(features).items():
                    totals[name] += float(value)
        means = {f"eval_{name}": float(mean) for name, mean in pretraining_means(totals).items()}
        if not self._sentence:
            means = {name: mean for name, mean in means.items() if "sentence" not in name}
        return {
            "eval_loss": sum(v for name, v in means.items() if name.endswith("_loss")),
            **means,
        }
