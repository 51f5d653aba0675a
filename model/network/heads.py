"""The two pretraining heads and their losses.

Only the P masked positions of each example go through the masked-language-model head, so its V-wide
product costs P/S of what all positions would. Logits and losses are float32 under every policy.

A loss is returned as a sum and a weight, not as a mean: the caller divides by the weight of the
*global* batch, so that micro-batches and replicas with unequal numbers of masked positions add up
to the loss, and the gradient, of the whole batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from albert_data.base.arrays import Float, Float32, Integer

from ..configs import AlbertConfig
from .layers import LayerNorm, activation, dense, initializer

WEIGHT_EPSILON = 1e-5


class MaskedLanguageModelHead(keras.layers.Layer):
    """Dense H to E, activation, layer norm, decoder tied to the word table, bias."""

    def __init__(self, config: AlbertConfig, seed: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config = config
        more = {"dtype": self.dtype_policy}
        self.transform = dense(
            config, config.embedding_size, seed, f"{self.name}/transform", **more
        )
        self.layer_norm = LayerNorm(config.layer_norm_eps, name="layer_norm", **more)
        self.activation = activation(config.hidden_act)

    def build(self, shape: Any = None) -> None:
        self.transform.build((None, self.config.hidden_size))
        self.layer_norm.build((None, self.config.embedding_size))
        self.bias = self.add_weight(
            shape=(self.config.vocab_size,), initializer="zeros", name="bias", autocast=False
        )

    def call(
        self,
        sequence: Float[Any, "B S H"],
        positions: Integer[Any, "B P"],
        table: Float32[Any, "V E"],
    ) -> Float32[Any, "B P V"]:
        """Logits at the masked positions.

        Args:
            sequence: compute dtype [B, S, H].
            positions: int [B, P].
            table: float32 [V, E]. The word embeddings.

        Returns: float32 [B, P, V].
        """
        rows = tf.reshape(
            tf.gather(sequence, positions, batch_dims=1), [-1, self.config.hidden_size]
        )
        rows = self.layer_norm(self.activation(self.transform(rows)))
        table = tf.cast(tf.convert_to_tensor(table), rows.dtype)
        logits = tf.cast(tf.matmul(rows, table, transpose_b=True), tf.float32)
        logits += tf.convert_to_tensor(self.bias)
        return tf.reshape(logits, [-1, positions.shape[1], self.config.vocab_size])


class SentenceHead(keras.layers.Layer):
    """Two classes from the pooled output: 0 in order (or next), 1 swapped (or random)."""

    def __init__(self, config: AlbertConfig, seed: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config, self.seed = config, seed

    def build(self, shape: Any = None) -> None:
        self.kernel = self.add_weight(
            shape=(2, self.config.hidden_size),
            initializer=initializer(self.config, self.seed, f"{self.name}/kernel"),
            name="kernel",
            autocast=False,
        )
        self.bias = self.add_weight(shape=(2,), initializer="zeros", name="bias", autocast=False)

    def call(self, pooled: Float[Any, "B H"]) -> Float32[Any, "B 2"]:
        """[B, H] to float32 [B, 2]."""
        kernel = tf.convert_to_tensor(self.kernel)
        return tf.matmul(tf.cast(pooled, tf.float32), kernel, transpose_b=True) + self.bias


def pretraining_sums(
    outputs: Mapping[str, Any], features: Mapping[str, Any]
) -> dict[str, Float32[Any, ""]]:
    """Sums over one batch from which losses and accuracies are made.

    Args:
        outputs: ``mlm_logits`` [B, P, V] and ``sentence_logits`` [B, 2], float32.
        features: ``masked_lm_ids`` int [B, P], ``masked_lm_weights`` float32 [B, P],
            ``next_sentence_labels`` int [B, 1], and optionally ``example_weights`` float32 [B]: 0
            leaves an example out (padding of a last batch).

    Returns: dict of float32 scalars ``mlm_loss``, ``mlm_correct``, ``mlm_weight``,
        ``sentence_loss``, ``sentence_correct``, ``sentence_weight``: sums, not means.
    """
    ids = features["masked_lm_ids"]
    labels = features["next_sentence_labels"][:, 0]
    weights = features["masked_lm_weights"]
    examples = features.get("example_weights")
    if examples is None:
        examples = tf.ones_like(labels, tf.float32)
    else:
        weights = weights * examples[:, None]
    return {
        **_sums("mlm", outputs["mlm_logits"], ids, weights),
        **_sums("sentence", outputs["sentence_logits"], labels, examples),
    }


def _sums(
    task: str,
    logits: Float32[Any, "*cases classes"],
    labels: Integer[Any, "*cases"],
    weights: Float32[Any, "*cases"],
) -> dict[str, Float32[Any, ""]]:
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    correct = tf.argmax(logits, axis=-1, output_type=labels.dtype) == labels
    return {
        f"{task}_loss": tf.reduce_sum(losses * weights),
        f"{task}_correct": tf.reduce_sum(tf.cast(correct, tf.float32) * weights),
        f"{task}_weight": tf.reduce_sum(weights),
    }


def pretraining_means(sums: Mapping[str, Any]) -> dict[str, Any]:
    """Losses and accuracies from (added-up) ``pretraining_sums``.

    Returns: dict of ``mlm_loss``, ``mlm_accuracy``, ``sentence_loss``, ``sentence_accuracy``. A
        small constant in the denominators makes an empty batch 0, as in the reference.
    """
    means = {}
    for task in ("mlm", "sentence"):
        weight = sums[f"{task}_weight"] + (WEIGHT_EPSILON if task == "mlm" else 0.0)
        means[f"{task}_loss"] = sums[f"{task}_loss"] / weight
        means[f"{task}_accuracy"] = sums[f"{task}_correct"] / weight
    return means
