"""An encoder with the head of a task, and what its steps are taken for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Int32

from ..albert import AlbertEncoder
from ..configs import AlbertConfig
from ..network.pooled_head import (
    PooledHead,
    choice_logits,
    classification_sums,
    regression_sums,
)
from ..network.span_head import SpanHead, span_sums
from ..network.span_or_none_head import SpanOrNoneHead, may_answer, span_or_none_sums
from ..tasks.table import Task
from ..training.objective import Objective, count_examples

INPUTS = ("input_ids", "input_mask", "segment_ids")
SPANS = ("span", "span_or_none")
_SITE = 1 << 20  # of the head's dropout: the encoder counts its own from 1


class TaskModel(keras.Model):
    """ALBERT or BERT with one head.

    Args:
        task: Task. Says which head.
        config: AlbertConfig.
        seed: int. Fixes the initial weights.
        recompute: str. See ``AlbertEncoder``.
        dtype: str or Keras dtype policy.
    """

    def __init__(
        self,
        task: Task,
        config: AlbertConfig,
        seed: int = 0,
        recompute: str = "none",
        dtype: Any = None,
    ) -> None:
        super().__init__(name="albert", dtype=dtype, autocast=False)
        self.task_head, self.config = task.head, config
        policy = self.dtype_policy
        self.encoder = AlbertEncoder(config, seed, recompute, name="encoder", dtype=policy)
        if task.head == "span":
            self.head: Any = SpanHead(config, seed, name="head", dtype=policy)
        elif task.head == "span_or_none":
            self.head = SpanOrNoneHead(config, seed, name="head", dtype=policy)
        else:
            self.head = PooledHead(config, task.outputs, seed, name="head", dtype=policy)
        self.build()

    def build(self, shape: Any = None) -> None:
        self.encoder.build()
        self.head.build()

    def call(
        self, features: Mapping[str, Any], dropout_key: Int32[Any, " 2"] | None = None
    ) -> dict[str, Any]:
        """What the head gives: ``logits`` [B, C], of spans what their heads say.

        Args:
            features: ``input_ids``, ``input_mask``, ``segment_ids`` int [B, S], of options [B, options,
                S]; where they have the true ``start`` [B], the ends of 2.0 are given that.
            dropout_key: int32 [2], or None: no dropout.
        """
        inputs = [features[name] for name in INPUTS]
        options = inputs[0].shape[1] if self.task_head == "choice" else 1
        if self.task_head == "choice":
            inputs = [ops.reshape(part, [-1, part.shape[-1]]) for part in inputs]
        encoded = self.encoder(*inputs, dropout_key)
        key = None
        if dropout_key is not None:
            key = dropout_key + ops.convert_to_tensor([0, _SITE], "int32")
        if self.task_head == "span":
            return dict(self.head(encoded["sequence_output"]))
        if self.task_head == "span_or_none":
            allowed = may_answer(inputs[1], inputs[2])
            start = features.get("start")
            return dict(self.head(encoded["sequence_output"], allowed, start, key))
        logits = self.head(encoded["pooled_output"], key)
        return {"logits": choice_logits(logits, options) if self.task_head == "choice" else logits}


def objective_of(task: Task) -> Objective:
    """The mean of a task's losses over examples."""

    def sums_of(outputs: Mapping[str, Any], features: Mapping[str, Any]) -> dict[str, Any]:
        weights = ops.ones(ops.shape(features["input_ids"])[:1], "float32")
        if task.head == "span":
            return span_sums(dict(outputs), features["start"], features["end"], weights)
        if task.head == "span_or_none":
            start, end, answerable = (features[name] for name in ("start", "end", "answerable"))
            return span_or_none_sums(dict(outputs), start, end, answerable, weights)
        sums = regression_sums if task.head == "regression" else classification_sums
        return sums(outputs["logits"], features["label"], weights)

    def moved(variables: Any) -> list[int]:
        # No loss of spans reaches the pooler, and decay alone would shrink it.
        return [
            at
            for at, variable in enumerate(variables)
            if task.head not in SPANS or "/pooler/" not in variable.path
        ]

    return Objective(
        ("loss", "weight"),
        ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout_prob"),
        lambda features: [count_examples(features)],
        sums_of,
        lambda sums, totals: sums["loss"] / totals[0],
        moved,
        lambda sums: {"loss": float(sums["loss"] / sums["weight"])},
    )
