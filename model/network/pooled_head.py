"""The head of tasks that look at a whole input: dropout and a dense layer on the pooled output.

Classes have a logit each, a regression has one output, and of a question with options each option,
which is an input of its own, has one logit. Logits and losses are float32 under every policy. Losses
are sums and weights, as in `heads`.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Float, Float32, Int32, Integer

from ..configs import AlbertConfig
from .dropout import drop
from .layers import dense


class PooledHead(keras.layers.Layer):
    """Dropout of ``classifier_dropout_prob`` and a dense layer.

    Args:
        config: AlbertConfig.
        outputs: int. C, logits an input.
        seed: int. Fixes the initial weights.
    """

    def __init__(self, config: AlbertConfig, outputs: int, seed: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config = config
        self.dense = dense(config, outputs, seed, f"{self.name}/dense", dtype="float32")

    def build(self, shape: Any = None) -> None:
        self.dense.build((None, self.config.hidden_size))

    def call(
        self, pooled: Float[Any, "B H"], dropout_key: Int32[Any, " 2"] | None = None
    ) -> Float32[Any, "B C"]:
        """Logits of pooled outputs of any float dtype; ``dropout_key`` None: no dropout."""
        rows = drop(ops.cast(pooled, "float32"), self.config.classifier_dropout_prob, dropout_key)
        return self.dense(rows)


def classification_sums(
    logits: Float32[Any, "B C"], labels: Integer[Any, " B"], weights: Float32[Any, " B"]
) -> dict[str, Float32[Any, ""]]:
    """``loss``, the sum of cross-entropies, and ``weight``."""
    losses = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    return {"loss": ops.sum(losses * weights), "weight": ops.sum(weights)}


def regression_sums(
    logits: Float32[Any, "B 1"], labels: Float32[Any, " B"], weights: Float32[Any, " B"]
) -> dict[str, Float32[Any, ""]]:
    """``loss``, the sum of squared errors, and ``weight``."""
    return {
        "loss": ops.sum(ops.square(logits[:, 0] - labels) * weights),
        "weight": ops.sum(weights),
    }


def choice_logits(logits: Float32[Any, "inputs 1"], options: int) -> Float32[Any, "B options"]:
    """The logits of each question's options, which are inputs one after the other."""
    return ops.reshape(logits, [-1, options])
