"""Weights by the variable names of google-research/albert.

In: a model and arrays by reference name. Out: the model's variables assigned. ``reference_names``
is the whole correspondence and holds for every layout: L layers in N groups with inner groups.

Attention-only and feed-forward-only sharing do not exist in the reference; there the attention
weights are looked up under the attention block's group and the feed-forward weights under theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from albert_data.base.errors import DataError

from ..albert import AlbertPretrainer

_FITTING = "make the model by the configuration that lies beside these weights"


def reference_names(model: AlbertPretrainer) -> dict[str, Any]:
    """Returns {reference variable name: Keras variable} for every variable of ``model``."""
    encoder, embeddings = model.encoder, model.encoder.embeddings
    names = {
        "bert/embeddings/word_embeddings": embeddings.word,
        "bert/embeddings/token_type_embeddings": embeddings.segment,
        "bert/embeddings/position_embeddings": embeddings.position,
        **_norm("bert/embeddings/LayerNorm", embeddings.layer_norm),
    }
    if encoder.widen_embeddings is not None:
        names |= _dense("bert/encoder/embedding_hidden_mapping_in", encoder.widen_embeddings)
    for g, group in enumerate(encoder.attention):
        for i, block in enumerate(group):
            at = f"bert/encoder/transformer/group_{g}/inner_group_{i}"
            for part in ("query", "key", "value"):
                names |= _dense(f"{at}/attention_1/self/{part}", getattr(block, part))
            names |= _dense(f"{at}/attention_1/output/dense", block.projection)
            names |= _norm(f"{at}/LayerNorm", block.layer_norm)
    for g, group in enumerate(encoder.feed_forward):
        for i, block in enumerate(group):
            at = f"bert/encoder/transformer/group_{g}/inner_group_{i}"
            names |= _dense(f"{at}/ffn_1/intermediate/dense", block.widen)
            names |= _dense(f"{at}/ffn_1/intermediate/output/dense", block.narrow)
            names |= _norm(f"{at}/LayerNorm_1", block.layer_norm)
    names |= _dense("bert/pooler/dense", encoder.pooler)
    names |= _dense("cls/predictions/transform/dense", model.mlm_head.transform)
    names |= _norm("cls/predictions/transform/LayerNorm", model.mlm_head.layer_norm)
    names["cls/predictions/output_bias"] = model.mlm_head.bias
    names["cls/seq_relationship/output_weights"] = model.sentence_head.kernel
    names["cls/seq_relationship/output_bias"] = model.sentence_head.bias
    return names


def _dense(name: str, layer: Any) -> dict[str, Any]:
    return {f"{name}/kernel": layer.kernel, f"{name}/bias": layer.bias}


def _norm(name: str, layer: Any) -> dict[str, Any]:
    return {f"{name}/beta": layer.beta, f"{name}/gamma": layer.gamma}


def load_reference_weights(
    model: AlbertPretrainer, arrays: Mapping[str, np.ndarray], heads_optional: bool = False
) -> list[str]:
    """Assigns every variable of ``model`` from ``arrays``.

    Args:
        model: AlbertPretrainer.
        arrays: {reference variable name: array}. Names that the model does not have (optimizer
            slots, ``global_step``) are left alone.
        heads_optional: bool. Accept arrays without the two pretraining heads (an encoder release).

    Returns: names of the arrays that were not used.

    Raises:
        DataError: a variable has no array, or an array of another shape. Nothing is assigned.
    """
    names = reference_names(model)
    missing = [name for name in names if name not in arrays]
    if heads_optional:
        missing = [name for name in missing if not name.startswith("cls/")]
    if missing:
        problem = f"{len(missing)} variables have no array, the first: {missing[0]!r}"
        raise DataError(problem, fix=_FITTING)
    found = {name: variable for name, variable in names.items() if name in arrays}
    for name, variable in found.items():
        if tuple(variable.shape) != np.shape(arrays[name]):
            problem = f"array of {np.shape(arrays[name])}, the model has {tuple(variable.shape)}"
            raise DataError(problem, where=name, fix=_FITTING)
    for name, variable in found.items():
        variable.assign(arrays[name])
    return [name for name in arrays if name not in names]


def read_reference_weights(model: AlbertPretrainer) -> dict[str, np.ndarray]:
    """Returns {reference variable name: float32 array}, the inverse of loading."""
    return {name: np.asarray(variable) for name, variable in reference_names(model).items()}
