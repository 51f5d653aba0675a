"""The two pretraining heads and their losses.

Only the P masked positions of each example go through the masked-language-model head, so its V-wide
product costs P/S of what all positions would. Logits and losses are float32 under every policy.

A loss is returned as a sum and a weight, not as a mean: the caller divides by the weight of the
*global* batch, so that micro-batches and replicas with unequal numbers of masked positions add up
to the loss, and the gradient, of the whole batch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Float, Float32, Integer

from ..configs import AlbertConfig
from .backend import largest_class, rows_at, times_transposed
from .layers import LayerNorm, activation, dense, initializer

WEIGHT_EPSILON = 1e-5
TASKS = ("mlm", "sentence")
SUMS = tuple(f"{task}_{what}" for task in TASKS for what in ("loss", "correct", "weight"))
_OF_THE_SENTENCE = re.compile(r"(?:^|/)(?:pooler|sentence_head)/")


def reached_by_loss(variables: Sequence[Any], objective: str) -> list[int]:
    """Places of the variables that a loss of the objective reaches.

    The others must not be updated: their gradients come back as zeros, and weight decay with a trust
    ratio would shrink them to nothing. Every training step takes its list from here.

    Args:
        variables: with a ``path`` each.
        objective: str. "none": the pooler and the sentence head have no loss.
    """
    return [
        at
        for at, variable in enumerate(variables)
        if objective != "none" or not _OF_THE_SENTENCE.search(variable.path)
    ]


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
        rows = rows_at(sequence, positions)
        rows = self.layer_norm(self.activation(self.transform(rows)))
        table = ops.cast(ops.convert_to_tensor(table), rows.dtype)
        logits = ops.cast(times_transposed(rows, table), "float32")
        logits += ops.convert_to_tensor(self.bias)
        return ops.reshape(logits, [*ops.shape(positions), self.config.vocab_size])


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
        kernel = ops.convert_to_tensor(self.kernel)
        return times_transposed(ops.cast(pooled, "float32"), kernel) + self.bias


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
        examples = ops.ones_like(labels, dtype="float32")
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
    losses = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    correct = ops.cast(largest_class(logits), labels.dtype) == labels
    return {
        f"{task}_loss": ops.sum(losses * weights),
        f"{task}_correct": ops.sum(ops.cast(correct, "float32") * weights),
        f"{task}_weight": ops.sum(weights),
    }


def pretraining_means(sums: Mapping[str, Any]) -> dict[str, Any]:
    """Losses and accuracies from (added-up) ``pretraining_sums``.

    Returns: dict of ``mlm_loss``, ``mlm_accuracy``, ``sentence_loss``, ``sentence_accuracy``. A
        small constant in the denominators makes an empty batch 0, as in the reference.
    """
    means = {}
    for task in TASKS:
        weight = sums[f"{task}_weight"] + (WEIGHT_EPSILON if task == "mlm" else 0.0)
        means[f"{task}_loss"] = sums[f"{task}_loss"] / weight
        means[f"{task}_accuracy"] = sums[f"{task}_correct"] / weight
    return means
