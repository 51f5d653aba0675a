"""Shapes of a model's variables by the names of google-research/albert; no Keras is needed."""

from __future__ import annotations

import math

from ..configs import AlbertConfig

Shape = tuple[int, ...]

EMBEDDING_MAP = "bert/encoder/embedding_hidden_mapping_in"
POOLER = "bert/pooler/dense"
SENTENCE_KERNEL = "cls/seq_relationship/output_weights"


def reference_shapes(config: AlbertConfig) -> dict[str, Shape]:
    """{reference variable name: shape} of a model of this configuration, without making one."""
    vocabulary, e, h = config.vocab_size, config.embedding_size, config.hidden_size
    inner = range(config.inner_group_num)
    shapes: dict[str, Shape] = {
        "bert/embeddings/word_embeddings": (vocabulary, e),
        "bert/embeddings/token_type_embeddings": (config.type_vocab_size, e),
        "bert/embeddings/position_embeddings": (config.max_position_embeddings, e),
        **_norm_shapes("bert/embeddings/LayerNorm", e),
    }
    if e != h:
        shapes |= _dense_shapes(EMBEDDING_MAP, e, h)
    for g, i in ((g, i) for g in range(config.num_attention_groups) for i in inner):
        at = f"bert/encoder/transformer/group_{g}/inner_group_{i}"
        for part in ("self/query", "self/key", "self/value", "output/dense"):
            shapes |= _dense_shapes(f"{at}/attention_1/{part}", h, h)
        shapes |= _norm_shapes(f"{at}/LayerNorm", h)
    for g, i in ((g, i) for g in range(config.num_feed_forward_groups) for i in inner):
        at = f"bert/encoder/transformer/group_{g}/inner_group_{i}"
        shapes |= _dense_shapes(f"{at}/ffn_1/intermediate/dense", h, config.intermediate_size)
        shapes |= _dense_shapes(
            f"{at}/ffn_1/intermediate/output/dense", config.intermediate_size, h
        )
        shapes |= _norm_shapes(f"{at}/LayerNorm_1", h)
    shapes |= _dense_shapes(POOLER, h, h)
    shapes |= _dense_shapes("cls/predictions/transform/dense", h, e)
    shapes |= _norm_shapes("cls/predictions/transform/LayerNorm", e)
    shapes["cls/predictions/output_bias"] = (vocabulary,)
    shapes[SENTENCE_KERNEL] = (2, h)
    shapes["cls/seq_relationship/output_bias"] = (2,)
    return shapes


def _dense_shapes(name: str, rows: int, columns: int) -> dict[str, Shape]:
    return {f"{name}/kernel": (rows, columns), f"{name}/bias": (columns,)}


def _norm_shapes(name: str, width: int) -> dict[str, Shape]:
    return {f"{name}/beta": (width,), f"{name}/gamma": (width,)}


def weights_in(config: AlbertConfig) -> int:
    """Numbers that a model of this configuration has, heads included."""
    return sum(math.prod(shape) for shape in reference_shapes(config).values())
