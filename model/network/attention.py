"""Scaled dot-product attention over the heads of a layer: ours, or a library's that keeps nothing S x S.

Ours computes scores, mask and softmax in float32 and drops probabilities. The fused one (``backend``)
serves where there is one and no probability is dropped; the two agree to the rounding of the numbers
they are given.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
from keras import ops

from albert_data.base.arrays import Float, Float32, Int32, Integer

from .backend import attention_scores, fused_attention, has_fused_attention
from .dropout import scale_kept, zero_some

MASKED_SCORE = -10000.0


class Padding(NamedTuple):
    """Which positions are padding, in the two forms that attention needs.

    Attributes:
        scores: float32 [B, 1, 1, S], added to scores: 0, or MASKED_SCORE on padding.
        lengths: int32 [B]. Positions before the padding.
    """

    scores: Float32[Any, "B 1 1 S"]
    lengths: Int32[Any, " B"]

    @classmethod
    def of(cls, input_mask: Integer[Any, "B S"]) -> Padding:
        """From int [B, S]: 1 on pieces, then 0 on padding."""
        scores = (1.0 - ops.cast(input_mask, "float32"))[:, None, None, :] * MASKED_SCORE
        return cls(scores, ops.sum(ops.cast(input_mask, "int32"), axis=-1))


def attend(
    query: Float[Any, "rows H"],
    key: Float[Any, "rows H"],
    value: Float[Any, "rows H"],
    padding: Padding,
    heads: int,
    *,
    rate: float,
    dropout_key: Int32[Any, " 2"] | None,
    recompute: bool,
) -> Float[Any, "rows H"]:
    """Attention of all heads, all examples.

    Args:
        query, key, value: compute dtype [B·S, H].
        padding: Padding.
        heads: int. Divides H.
        rate: float. Dropout of the probabilities.
        dropout_key: int32 [2] or None: no dropout.
        recompute: bool. Compute what is S x S again in the backward pass instead of keeping it.

    Returns: compute dtype [B·S, H].
    """
    width, length = query.shape[-1], ops.shape(padding.scores)[-1]
    size = width // heads

    def split(values: Any) -> Any:  # [B·S, H] -> [B, S, heads, size]
        return ops.reshape(values, [-1, length, heads, size])

    query, key, value = split(query), split(key), split(value)
    drops = dropout_key is not None and rate > 0
    if has_fused_attention(query.dtype, size) and not drops:
        return ops.reshape(fused_attention(query, key, value, padding.lengths), [-1, width])

    def of_heads(query: Any, key: Any, value: Any) -> Any:  # [B, heads, S, size] each
        probs = ops.softmax(attention_scores(query, key, size**-0.5) + padding.scores)
        probs = zero_some(probs, rate, dropout_key)
        context = ops.matmul(ops.cast(probs, value.dtype), value)
        return scale_kept(context, rate, dropout_key)

    by_head = (ops.transpose(part, [0, 2, 1, 3]) for part in (query, key, value))
    context = (keras.remat(of_heads) if recompute else of_heads)(*by_head)
    return ops.reshape(ops.transpose(context, [0, 2, 1, 3]), [-1, width])
