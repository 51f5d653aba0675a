"""The ALBERT encoder and the pretraining model around it.

In: integer features named as in the shards. Out: hidden states, a pooled vector and the logits of
the two pretraining tasks. Layers are unrolled in Python (a scan needs about three times the memory
on a TPU, because it keeps the stacked activations and their copies).

All variables exist as soon as the constructor returns, so weights can be loaded before a call.

Source: Lan et al. 2020, section 3; the residual order and the position and segment embeddings are
BERT's (Devlin et al. 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from albert_data.base.arrays import Float, Int32, Integer

from .configs import RECOMPUTE, AlbertConfig
from .network.attention import Padding
from .network.backend import check_at_most, gather_rows
from .network.dropout import DropoutSites, drop
from .network.heads import MaskedLanguageModelHead, SentenceHead
from .network.layers import (
    AttentionBlock,
    FeedForwardBlock,
    LayerNorm,
    dense,
    initializer,
)

Features = Mapping[str, Any]  # named as in the shards


class AlbertEmbeddings(keras.layers.Layer):
    """Word, position and segment embeddings of width E: sum, layer norm, dropout."""

    def __init__(self, config: AlbertConfig, seed: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        self.config, self.seed = config, seed
        self.layer_norm = LayerNorm(
            config.layer_norm_eps, name="layer_norm", dtype=self.dtype_policy
        )

    def build(self, shape: Any = None) -> None:
        def table(name: str, rows: int) -> Any:
            return self.add_weight(
                shape=(rows, self.config.embedding_size),
                initializer=initializer(self.config, self.seed, f"{self.name}/{name}"),
                name=name,
                autocast=False,
            )

        self.word = table("word", self.config.vocab_size)
        self.position = table("position", self.config.max_position_embeddings)
        self.segment = table("segment", self.config.type_vocab_size)
        self.layer_norm.build((None, self.config.embedding_size))

    def call(
        self,
        input_ids: Integer[Any, "B S"],
        segment_ids: Integer[Any, "B S"],
        key: Int32[Any, " 2"] | None,
    ) -> Float[Any, "rows E"]:
        """int [B, S] twice to [B·S, E] in the compute dtype; ``key`` int32 [2] or None."""
        length = ops.shape(input_ids)[1]
        words = gather_rows(ops.convert_to_tensor(self.word), input_ids)
        segments = gather_rows(ops.convert_to_tensor(self.segment), segment_ids)
        positions = ops.convert_to_tensor(self.position)[None, :length]
        normed = self.layer_norm(words + segments + positions)
        rows = ops.reshape(normed, [-1, self.config.embedding_size])
        return drop(rows, self.config.hidden_dropout_prob, key)


class AlbertEncoder(keras.layers.Layer):
    """Embeddings, the E to H map, L transformer layers with shared weights, and the pooler.

    Args:
        config: AlbertConfig.
        seed: int. Fixes the initial weights.
        recompute: str. What the backward pass computes again instead of keeping it: "none",
            "attention" (all that is S x S) or "layers" (all but the input of each layer). The
            results are the same.

    Raises:
        ValueError: another ``recompute``.
    """

    def __init__(
        self, config: AlbertConfig, seed: int = 0, recompute: str = "none", **kwargs: Any
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        if recompute not in RECOMPUTE:
            raise ValueError(f"recompute={recompute!r}: must be one of {', '.join(RECOMPUTE)}")
        self.config, self.recompute = config, recompute
        inner, more = range(config.inner_group_num), {"dtype": self.dtype_policy}
        self.embeddings = AlbertEmbeddings(config, seed, name="embeddings", **more)
        self.widen_embeddings = None
        if config.embedding_size != config.hidden_size:
            self.widen_embeddings = dense(
                config, config.hidden_size, seed, "widen_embeddings", **more
            )
        self.attention = [
            [
                AttentionBlock(
                    config, seed, recompute == "attention", name=f"attention_{g}_{i}", **more
                )
                for i in inner
            ]
            for g in range(config.num_attention_groups)
        ]
        self.feed_forward = [
            [FeedForwardBlock(config, seed, name=f"feed_forward_{g}_{i}", **more) for i in inner]
            for g in range(config.num_feed_forward_groups)
        ]
        self.pooler = dense(config, config.hidden_size, seed, "pooler", activation="tanh", **more)

    def build(self, shape: Any = None) -> None:
        hidden = (None, self.config.hidden_size)
        self.embeddings.build()
        if self.widen_embeddings is not None:
            self.widen_embeddings.build((None, self.config.embedding_size))
        for group in self.attention:
            for attention in group:
                attention.build(hidden)
        for group in self.feed_forward:
            for feed_forward in group:
                feed_forward.build(hidden)
        self.pooler.build(hidden)

    def call(
        self,
        input_ids: Integer[Any, "B S"],
        input_mask: Integer[Any, "B S"],
        segment_ids: Integer[Any, "B S"],
        dropout_key: Int32[Any, " 2"] | None = None,
    ) -> dict[str, Any]:
        """Encodes a batch.

        Args:
            input_ids: int [B, S]. Piece ids.
            input_mask: int [B, S]. 1 on pieces, then 0 on padding.
            segment_ids: int [B, S].
            dropout_key: int32 [2] from ``model.dropout.dropout_key``, or None: no dropout.

        Returns: dict of ``sequence_output`` [B, S, H] and ``pooled_output`` [B, H], compute dtype,
            and ``hidden_states``: list of L·inner_group_num + 1 tensors [B, S, H], the input of
            the first layer and the output of each.

        Raises:
            ValueError: S is more than ``max_position_embeddings``; InvalidArgumentError at the call
                where S is not known while the graph is made (an exported model).
        """
        config, length = self.config, ops.shape(input_ids)[1]
        _check_length(length, config.max_position_embeddings)
        sites = DropoutSites(dropout_key)
        padding = Padding.of(input_mask)
        rows = self.embeddings(input_ids, segment_ids, sites.next_key())
        if self.widen_embeddings is not None:
            rows = self.widen_embeddings(rows)
        states = [rows]
        for layer in range(config.num_hidden_layers):
            attention = self.attention[config.attention_group(layer)]
            feed_forward = self.feed_forward[config.feed_forward_group(layer)]
            for inner in range(config.inner_group_num):
                rows = self._layer(attention[inner], feed_forward[inner], rows, padding, sites)
                states.append(rows)
        shape = [-1, length, config.hidden_size]
        states = [ops.reshape(state, shape) for state in states]
        return {
            "sequence_output": states[-1],
            "pooled_output": self.pooler(states[-1][:, 0]),
            "hidden_states": states,
        }

    def _layer(
        self,
        attention: AttentionBlock,
        feed_forward: FeedForwardBlock,
        rows: Float[Any, "rows H"],
        padding: Padding,
        sites: DropoutSites,
    ) -> Float[Any, "rows H"]:
        keys = [sites.next_key() for _ in range(3)]

        if self.recompute != "layers":
            return feed_forward(attention(rows, padding, keys[0], keys[1]), keys[2])

        # The weights go through as tensors, so that they may also be arrays (`pure_step`).
        weights = [
            ops.convert_to_tensor(variable)
            for block in (attention, feed_forward)
            for variable in block.trainable_variables
        ]
        of_attention = len(attention.trainable_variables)

        def layer(rows: Any, *weights: Any) -> Any:
            first, second = weights[:of_attention], weights[of_attention:]
            rows, _ = attention.stateless_call(first, [], rows, padding, keys[0], keys[1])
            return feed_forward.stateless_call(second, [], rows, keys[2])[0]

        return keras.remat(layer)(rows, *weights)


def _check_length(length: Any, room: int) -> None:
    if isinstance(length, int):
        if length > room:
            raise ValueError(f"input of {length} positions; max_position_embeddings is {room}")
        return
    too_long = f"input of more positions than max_position_embeddings, {room}"
    check_at_most(length, room, too_long)


class AlbertPretrainer(keras.Model):
    """ALBERT with the masked-language-model head and the sentence head.

    Args:
        config: AlbertConfig.
        seed: int. Fixes the initial weights.
        recompute: str. See ``AlbertEncoder``.
        dtype: str or Keras dtype policy, e.g. "mixed_bfloat16"; None takes Keras' global policy.
    """

    def __init__(
        self, config: AlbertConfig, seed: int = 0, recompute: str = "none", dtype: Any = None
    ) -> None:
        super().__init__(name="albert", dtype=dtype, autocast=False)
        self.config = config
        policy = self.dtype_policy
        self.encoder = AlbertEncoder(config, seed, recompute, name="encoder", dtype=policy)
        self.mlm_head = MaskedLanguageModelHead(config, seed, name="mlm_head", dtype=policy)
        self.sentence_head = SentenceHead(config, seed, name="sentence_head", dtype=policy)
        self.build()

    def build(self, shape: Any = None) -> None:
        self.encoder.build()
        self.mlm_head.build()
        self.sentence_head.build()

    def call(
        self, features: Features, dropout_key: Int32[Any, " 2"] | None = None
    ) -> dict[str, Float[Any, "*axes"]]:
        """Logits of both tasks.

        Args:
            features: dict of int tensors ``input_ids``, ``input_mask``, ``segment_ids`` [B, S] and
                ``masked_lm_positions`` [B, P]; other features of a shard are left alone.
            dropout_key: int32 [2] from ``model.dropout.dropout_key``, or None: no dropout.

        Returns: dict of ``sequence_output`` [B, S, H] and ``pooled_output`` [B, H], compute dtype;
            ``mlm_logits`` [B, P, V] and ``sentence_logits`` [B, 2], float32.
        """
        encoded = self.encoder(
            features["input_ids"], features["input_mask"], features["segment_ids"], dropout_key
        )
        positions = features["masked_lm_positions"]
        return {
            "sequence_output": encoded["sequence_output"],
            "pooled_output": encoded["pooled_output"],
            "mlm_logits": self.mlm_head(
                encoded["sequence_output"], positions, self.encoder.embeddings.word
            ),
            "sentence_logits": self.sentence_head(encoded["pooled_output"]),
        }
