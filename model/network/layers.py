"""The two blocks of a transformer layer, on rows: attention and feed-forward.

In and out: [B·S, H] in the compute dtype. Keeping the batch and the positions in one dimension
makes every dense layer one matrix product; only attention looks at the positions.

Under mixed_bfloat16 the products run in bfloat16; attention scores, mask, softmax and the layer
norms run in float32. Post-layer-norm, as BERT (Devlin et al. 2019).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Float, Int32

from ..configs import AlbertConfig
from .attention import Padding, attend
from .backend import norm_of_sum, tanh_gelu
from .dropout import drop


def initializer(config: AlbertConfig, seed: int, name: str) -> keras.initializers.Initializer:
    """Truncated normal of ``initializer_range``, another stream for each (seed, name)."""
    mixed = zlib.crc32(f"{seed}/{name}".encode()) & 0x7FFFFFFF
    return keras.initializers.TruncatedNormal(stddev=config.initializer_range, seed=mixed)


def activation(name: str) -> Callable[[Any], Any]:
    """Activation function by its configuration name ("gelu_new" is the tanh form of GELU)."""
    return {
        "gelu": lambda x: ops.gelu(x, approximate=False),
        "gelu_new": tanh_gelu,
        "relu": ops.relu,
        "tanh": ops.tanh,
    }[name]


def dense(
    config: AlbertConfig, width: int, seed: int, name: str, **more: Any
) -> keras.layers.Dense:
    """A dense layer with the model's initial weights; ``seed`` and ``name`` fix them."""
    return keras.layers.Dense(
        width, kernel_initializer=initializer(config, seed, name), name=name.split("/")[-1], **more
    )


class LayerNorm(keras.layers.Layer):
    """Layer norm over the last dimension in float32; the result has the compute dtype.

    Args:
        epsilon: float. Added to the variance.
    """

    def __init__(self, epsilon: float, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.epsilon = epsilon

    def build(self, shape: Any) -> None:
        def weight(name: str, initial: str) -> Any:
            return self.add_weight(shape=shape[-1:], initializer=initial, name=name, autocast=False)

        self.gamma, self.beta = weight("gamma", "ones"), weight("beta", "zeros")

    def call(
        self, values: Float[Any, "*axes D"], residual: Float[Any, "*axes D"] | None = None
    ) -> Float[Any, "*axes D"]:
        """float [..., D] of any dtype, with ``residual`` added where given, to the compute dtype."""
        parts = [values] if residual is None else [residual, values]
        gamma, beta = ops.convert_to_tensor(self.gamma), ops.convert_to_tensor(self.beta)
        return norm_of_sum(parts, gamma, beta, self.epsilon, self.compute_dtype)


class AttentionBlock(keras.layers.Layer):
    """Multi-head self-attention, output projection, dropout, residual, layer norm.

    Args:
        config: AlbertConfig.
        seed: int. Fixes the initial weights.
        recompute: bool. Keep queries, keys and values for the backward pass and compute what is
            S x S again: scores, probabilities and their dropout mask.
    """

    def __init__(
        self, config: AlbertConfig, seed: int, recompute: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config, self.recompute = config, recompute
        width, policy = config.hidden_size, self.dtype_policy
        for part in ("query", "key", "value", "projection"):
            setattr(self, part, dense(config, width, seed, f"{self.name}/{part}", dtype=policy))
        self.layer_norm = LayerNorm(config.layer_norm_eps, name="layer_norm", dtype=policy)

    def build(self, shape: Any) -> None:
        for layer in (self.query, self.key, self.value, self.projection, self.layer_norm):
            layer.build(shape)

    def call(
        self,
        rows: Float[Any, "rows H"],
        padding: Padding,
        probs_key: Int32[Any, " 2"] | None,
        hidden_key: Int32[Any, " 2"] | None,
    ) -> Float[Any, "rows H"]:
        """One attention block.

        Args:
            rows: compute dtype [B·S, H].
            padding: Padding.
            probs_key: int32 [2] or None. Dropout key for the attention probabilities.
            hidden_key: int32 [2] or None. Dropout key for the projected result.

        Returns: compute dtype [B·S, H].
        """
        context = attend(
            self.query(rows),
            self.key(rows),
            self.value(rows),
            padding,
            self.config.num_attention_heads,
            rate=self.config.attention_probs_dropout_prob,
            dropout_key=probs_key,
            recompute=self.recompute,
        )
        out = drop(self.projection(context), self.config.hidden_dropout_prob, hidden_key)
        return self.layer_norm(out, rows)


class FeedForwardBlock(keras.layers.Layer):
    """Dense to the intermediate width, activation, dense back, dropout, residual, layer norm."""

    def __init__(self, config: AlbertConfig, seed: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config = config

        def part(width: int, name: str) -> keras.layers.Dense:
            return dense(config, width, seed, f"{self.name}/{name}", dtype=self.dtype_policy)

        self.widen = part(config.intermediate_size, "widen")
        self.narrow = part(config.hidden_size, "narrow")
        self.layer_norm = LayerNorm(
            config.layer_norm_eps, name="layer_norm", dtype=self.dtype_policy
        )
        self.activation = activation(config.hidden_act)

    def build(self, shape: Any) -> None:
        self.widen.build(shape)
        self.narrow.build((*shape[:-1], self.config.intermediate_size))
        self.layer_norm.build(shape)

    def call(
        self, rows: Float[Any, "rows H"], hidden_key: Int32[Any, " 2"] | None
    ) -> Float[Any, "rows H"]:
        """compute dtype [B·S, H] to the same; ``hidden_key`` int32 [2] or None."""
        out = self.narrow(self.activation(self.widen(rows)))
        out = drop(out, self.config.hidden_dropout_prob, hidden_key)
        return self.layer_norm(out, rows)
