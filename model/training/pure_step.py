"""The training step as a pure function of arrays, for compilers.

The same parts as ``step`` (``part_gradients``, ``lamb_update``), with no variable read
or written: weights, slots, rate and step number come in, new ones go out. That form can be lowered
for a TPU without one (``model/check_tpu.py``) and compared with the running step in a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from ..albert import AlbertPretrainer
from ..lamb import NOT_ADAPTED, lamb_update
from ..network.dropout import dropout_key
from ..network.heads import WEIGHT_EPSILON
from .step import part_gradients

Arrays = Sequence[tf.Tensor]


def make_pure_step(
    model: AlbertPretrainer,
    clip_norm: float = 1.0,
    seed: int = 0,
    add_up: Callable[[tf.Tensor], tf.Tensor] = lambda value: value,
) -> Callable[..., Any]:
    """Returns the step of one micro-batch as a function of arrays.

    Args:
        model: AlbertPretrainer. Gives the shapes; its weights are not read.
        clip_norm: float.
        seed: int. For dropout.
        add_up: function from a tensor to its sum over replicas.

    Returns: function (weights, m, v, rate, step, features) to (weights, m, v, sums). ``weights``,
        ``m`` and ``v`` are lists of float32 tensors in the order of ``model.trainable_variables``,
        ``rate`` a float32 and ``step`` an int32 scalar.
    """
    adapted = [re.search(NOT_ADAPTED, v.path) is None for v in model.trainable_variables]
    config = model.config
    drops = config.hidden_dropout_prob > 0 or config.attention_probs_dropout_prob > 0

    def step(
        weights: Arrays,
        m: Arrays,
        v: Arrays,
        rate: tf.Tensor,
        number: tf.Tensor,
        features: dict[str, tf.Tensor],
    ) -> Any:
        def call(features: dict[str, tf.Tensor], dropout_key: Any) -> Any:
            return model.stateless_call(weights, [], features, dropout_key=dropout_key)[0]

        share = tf.constant(float(features["input_ids"].shape[0]))
        mlm_total = add_up(tf.reduce_sum(features["masked_lm_weights"])) + WEIGHT_EPSILON
        key = dropout_key(seed, number, 0, 0) if drops else None
        gradients, sums = part_gradients(
            call, list(weights), features, key, mlm_total, add_up(share)
        )
        gradients, _ = tf.clip_by_global_norm([add_up(g) for g in gradients], clip_norm)
        updated = [
            lamb_update(weight, m_, v_, gradient, rate, adapt=adapt)[:3]
            for weight, m_, v_, gradient, adapt in zip(
                weights, m, v, gradients, adapted, strict=True
            )
        ]
        return (*(list(part) for part in zip(*updated, strict=True)), sums)

    return step
