"""Weights by the variable names of google-research/albert: what every form of a model is read into.

In: a configuration, or a model, and arrays by reference name. Out: shapes, the model's variables
assigned, or the arrays of another layout. ``reference_names`` is the whole correspondence and holds for
every layout: L layers in N groups with inner groups.

Attention-only and feed-forward-only sharing do not exist in the reference; here the attention weights
stand under the attention block's group and the feed-forward weights under theirs. For the formats of
others, ``spread`` gives every layer its own copy.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from albert_data.base.errors import DataError

from ..albert import AlbertEncoder, AlbertPretrainer
from ..configs import AlbertConfig
from .reference_shapes import EMBEDDING_MAP, POOLER, SENTENCE_KERNEL, Shape

Arrays = dict[str, np.ndarray]

_FITTING = "make the model by the configuration that lies beside these weights"
LAYER = re.compile(r"bert/encoder/transformer/group_(\d+)/inner_group_(\d+)/")


@dataclass(frozen=True)
class Found:
    """What a checkpoint or folder of others holds.

    Attributes:
        kind: "albert" or "bert".
        config: AlbertConfig.
        arrays: by reference name.
        unused: names, in its own words, of what has no place in the model.
    """

    kind: str
    config: AlbertConfig
    arrays: Arrays
    unused: tuple[str, ...] = ()


def reference_names(model: AlbertPretrainer) -> dict[str, Any]:
    """Returns {reference variable name: Keras variable} for every variable of ``model``."""
    names = encoder_names(model.encoder)
    names |= _dense("cls/predictions/transform/dense", model.mlm_head.transform)
    names |= _norm("cls/predictions/transform/LayerNorm", model.mlm_head.layer_norm)
    names["cls/predictions/output_bias"] = model.mlm_head.bias
    names[SENTENCE_KERNEL] = model.sentence_head.kernel
    names["cls/seq_relationship/output_bias"] = model.sentence_head.bias
    return names


def encoder_names(encoder: AlbertEncoder) -> dict[str, Any]:
    """The same for an encoder alone, pooler included."""
    embeddings = encoder.embeddings
    names = {
        "bert/embeddings/word_embeddings": embeddings.word,
        "bert/embeddings/token_type_embeddings": embeddings.segment,
        "bert/embeddings/position_embeddings": embeddings.position,
        **_norm("bert/embeddings/LayerNorm", embeddings.layer_norm),
    }
    if encoder.widen_embeddings is not None:
        names |= _dense(EMBEDDING_MAP, encoder.widen_embeddings)
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
    return names | _dense(POOLER, encoder.pooler)


def _dense(name: str, layer: Any) -> dict[str, Any]:
    return {f"{name}/kernel": layer.kernel, f"{name}/bias": layer.bias}


def _norm(name: str, layer: Any) -> dict[str, Any]:
    return {f"{name}/beta": layer.beta, f"{name}/gamma": layer.gamma}


def may_be_missing(name: str, present: Collection[str]) -> bool:
    """Whether a release may lack a variable: it is of the heads, or the pooler of no sentence head."""
    if name.startswith(f"{POOLER}/"):
        return SENTENCE_KERNEL not in present
    return name.startswith("cls/")


def check_arrays(
    arrays: Mapping[str, np.ndarray], shapes: Mapping[str, Shape], heads_optional: bool
) -> list[str]:
    """Checks that arrays are those of a model; returns the names of head variables that are missing.

    Raises:
        DataError: an array is missing, has another shape or holds what is not a number.
    """
    missing = [name for name in shapes if name not in arrays]
    needed = [
        name for name in missing if not (heads_optional and may_be_missing(name, arrays.keys()))
    ]
    if needed:
        problem = f"{len(needed)} variables have no array, the first: {needed[0]!r}"
        raise DataError(problem, fix=_FITTING)
    for name, shape in shapes.items():
        if name not in arrays:
            continue
        if np.shape(arrays[name]) != tuple(shape):
            problem = f"array of {np.shape(arrays[name])}, the model has {tuple(shape)}"
            raise DataError(problem, where=name, fix=_FITTING)
        if not np.isfinite(arrays[name]).all():
            fix = "take weights from before they were lost"
            raise DataError("holds values that are not finite", where=name, fix=fix)
    return missing


def load_reference_weights(
    model: AlbertPretrainer, arrays: Mapping[str, np.ndarray], heads_optional: bool = False
) -> list[str]:
    """Assigns every variable of ``model`` from ``arrays``.

    Args:
        model: AlbertPretrainer.
        arrays: {reference variable name: array}. Names that the model does not have (optimizer
            slots, ``global_step``) are left alone.
        heads_optional: bool. Accept arrays without the two pretraining heads or a part of them, and
            without the pooler where there is no sentence head (an encoder or masked-LM release).

    Returns: names of the arrays that were not used.

    Raises:
        DataError: a variable has no array, or an array of another shape. Nothing is assigned.
    """
    names = reference_names(model)
    shapes = {name: tuple(variable.shape) for name, variable in names.items()}
    check_arrays(arrays, shapes, heads_optional)
    for name, variable in names.items():
        if name in arrays:
            variable.assign(arrays[name])
    return [name for name in arrays if name not in names]


def read_reference_weights(model: AlbertPretrainer) -> Arrays:
    """Returns {reference variable name: float32 array}, the inverse of loading."""
    return {name: np.asarray(variable) for name, variable in reference_names(model).items()}


def spread(config: AlbertConfig, arrays: Arrays) -> tuple[AlbertConfig, Arrays]:
    """The same function in a layout that others have: one group a layer where sharing is partial."""
    if config.sharing == "all":
        return config, arrays
    layers = config.num_hidden_layers
    own = {name: array for name, array in arrays.items() if not LAYER.match(name)}
    for name, array in arrays.items():
        if not (match := LAYER.match(name)):
            continue
        rest = name[match.end() :]
        attention = rest.startswith(("attention_1/", "LayerNorm/"))
        group = config.attention_group if attention else config.feed_forward_group
        for layer in (layer for layer in range(layers) if group(layer) == int(match[1])):
            own[f"bert/encoder/transformer/group_{layer}/inner_group_{match[2]}/{rest}"] = array
    return dataclasses.replace(config, sharing="all", num_hidden_groups=layers), own
