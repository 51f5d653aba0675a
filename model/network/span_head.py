"""The head of SQuAD 1.1: two logits a piece, of the answer's first and last one.

Start and end are looked for among all pieces of the input, padding included, as the reference does it; the
loss is the mean of both cross-entropies. An input without the answer has [CLS] for both.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Float, Float32, Integer

from ..configs import AlbertConfig
from .layers import dense


class SpanHead(keras.layers.Layer):
    """A dense layer with two outputs."""

    def __init__(self, config: AlbertConfig, seed: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config = config
        self.dense = dense(config, 2, seed, f"{self.name}/dense", dtype=self.dtype_policy)

    def build(self, shape: Any = None) -> None:
        self.dense.build((None, None, self.config.hidden_size))

    def call(self, sequence: Float[Any, "B S H"]) -> dict[str, Float32[Any, "B S"]]:
        """``start_logits`` and ``end_logits``, float32 [B, S]."""
        logits = ops.cast(self.dense(sequence), "float32")
        return {"start_logits": logits[:, :, 0], "end_logits": logits[:, :, 1]}


def span_sums(
    outputs: dict[str, Float32[Any, "B S"]],
    start: Integer[Any, " B"],
    end: Integer[Any, " B"],
    weights: Float32[Any, " B"],
) -> dict[str, Float32[Any, ""]]:
    """``loss``, the sum of ½ (start + end) cross-entropies, and ``weight``."""
    losses = [
        ops.sparse_categorical_crossentropy(labels, outputs[name], from_logits=True)
        for name, labels in (("start_logits", start), ("end_logits", end))
    ]
    return {"loss": ops.sum((losses[0] + losses[1]) * weights) / 2, "weight": ops.sum(weights)}
