"""The head of SQuAD 2.0: a start, an end given the start, and whether there is an answer at all.

    start     one logit a piece; [CLS] and the paragraph's pieces only, log-softmax over these
    end       a dense layer of [h; h_start], tanh, layer norm, one logit a piece; masked as the start. The
              start is the true one in training, each of the best ones in prediction
    null      a dense layer of [Σ p_start·h; h_CLS], tanh, dropout, one logit without bias: high where the
              input holds no answer

The first layer of `end` is applied to h and to h_start apart and the two are added, which is the same and
does not copy h for each start. Source: `create_v2_model` of the reference.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Bool, Float, Float32, Int32, Integer

from ..configs import AlbertConfig
from .dropout import drop
from .layers import LayerNorm, dense

BEST_STARTS = BEST_ENDS = 5
NOT_ALLOWED = -1e30


def may_answer(
    input_mask: Integer[Any, "B S"], segment_ids: Integer[Any, "B S"]
) -> Bool[Any, "B S"]:
    """[CLS] and the paragraph: not the question, not the [SEP] behind each, no padding."""
    place = ops.arange(ops.shape(input_mask)[1])[None, :]
    last = ops.cast(ops.sum(input_mask, axis=-1, keepdims=True) - 1, place.dtype)
    return ops.logical_or(ops.logical_and(segment_ids == 1, place < last), place == 0)


class SpanOrNoneHead(keras.layers.Layer):
    """Start, end given the start, and answerability.

    Args:
        config: AlbertConfig.
        seed: int. Fixes the initial weights.
    """

    def __init__(self, config: AlbertConfig, seed: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config = config

        def part(name: str, width: int, **more: Any) -> keras.layers.Dense:
            more["dtype"] = self.dtype_policy
            return dense(config, width, seed, f"{self.name}/{name}", **more)

        hidden = config.hidden_size
        self.start = part("start", 1)
        self.end_piece = part("end_piece", hidden)
        self.end_start = part("end_start", hidden, use_bias=False)
        self.end_norm = LayerNorm(config.layer_norm_eps, name="end_norm", dtype=self.dtype_policy)
        self.end = part("end", 1)
        self.null_hidden = part("null_hidden", hidden, activation="tanh")
        self.null = part("null", 1, use_bias=False)

    def build(self, shape: Any = None) -> None:
        hidden = self.config.hidden_size
        for layer in (
            self.start,
            self.end_piece,
            self.end_start,
            self.end_norm,
            self.end,
            self.null,
        ):
            layer.build((None, hidden))
        self.null_hidden.build((None, 2 * hidden))

    def call(
        self,
        sequence: Float[Any, "B S H"],
        allowed: Bool[Any, "B S"],
        start: Integer[Any, " B"] | None = None,
        dropout_key: Int32[Any, " 2"] | None = None,
    ) -> dict[str, Any]:
        """Log-probabilities and logits, float32.

        Args:
            sequence: compute dtype [B, S, H].
            allowed: bool [B, S]. ``may_answer``.
            start: int [B]. The true starts, in training; None: a beam of the best ones.
            dropout_key: int32 [2], or None: no dropout.

        Returns: ``nulls`` [B]; in training ``start_log_probs`` and ``end_log_probs`` [B, S]; else
            ``start_scores`` and ``start_at`` [B, K], ``end_scores`` and ``end_at`` [B, K, J].
        """
        starts = _log_probs(self.start(sequence)[:, :, 0], allowed)
        nulls = self._nulls(sequence, starts, dropout_key)
        if start is not None:
            ends = self._ends(sequence, start[:, None], allowed)[:, 0]
            return {"nulls": nulls, "start_log_probs": starts, "end_log_probs": ends}
        length = int(sequence.shape[1])
        start_scores, start_at = ops.top_k(starts, min(BEST_STARTS, length))
        ends = self._ends(sequence, start_at, allowed)
        end_scores, end_at = ops.top_k(ends, min(BEST_ENDS, length))
        return {
            "nulls": nulls,
            "start_scores": start_scores,
            "start_at": start_at,
            "end_scores": end_scores,
            "end_at": end_at,
        }

    def _ends(
        self,
        sequence: Float[Any, "B S H"],
        starts: Integer[Any, "B K"],
        allowed: Bool[Any, "B S"],
    ) -> Float32[Any, "B K S"]:
        chosen = ops.one_hot(starts, ops.shape(sequence)[1], dtype=sequence.dtype)
        at_start = self.end_start(ops.matmul(chosen, sequence))
        rows = ops.tanh(self.end_piece(sequence)[:, None] + at_start[:, :, None])
        return _log_probs(self.end(self.end_norm(rows))[..., 0], allowed[:, None])

    def _nulls(
        self,
        sequence: Float[Any, "B S H"],
        starts: Float32[Any, "B S"],
        dropout_key: Int32[Any, " 2"] | None,
    ) -> Float32[Any, " B"]:
        weights = ops.cast(ops.exp(starts), sequence.dtype)[:, None]
        of_start = ops.matmul(weights, sequence)[:, 0]
        rows = self.null_hidden(ops.concatenate([of_start, sequence[:, 0]], axis=-1))
        rows = drop(rows, self.config.classifier_dropout_prob, dropout_key)
        return ops.cast(self.null(rows)[:, 0], "float32")


def _log_probs(logits: Float[Any, "*axes S"], allowed: Bool[Any, "*fewer S"]) -> Float32[Any, ...]:
    masked = ops.where(allowed, ops.cast(logits, "float32"), NOT_ALLOWED)
    return ops.log_softmax(masked, axis=-1)


def span_or_none_sums(
    outputs: dict[str, Any],
    start: Integer[Any, " B"],
    end: Integer[Any, " B"],
    answerable: Integer[Any, " B"],
    weights: Float32[Any, " B"],
) -> dict[str, Float32[Any, ""]]:
    """``loss``, the sum of ½ (start + end) cross-entropies + ½ binary cross-entropy, and ``weight``."""
    losses = []
    for name, places in (("start_log_probs", start), ("end_log_probs", end)):
        chosen = ops.one_hot(places, ops.shape(outputs[name])[1], dtype="float32")
        losses.append(-ops.sum(ops.where(chosen > 0, outputs[name], 0.0), axis=-1))
    nulls = outputs["nulls"]
    has_none = 1.0 - ops.cast(answerable, "float32")
    losses.append(ops.softplus(nulls) - nulls * has_none)
    return {"loss": ops.sum(sum(losses) * weights) / 2, "weight": ops.sum(weights)}
