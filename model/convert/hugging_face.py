"""Reads and writes a Hugging Face ALBERT folder: config.json, model.safetensors, spiece.model.

The written folder loads with ``AutoModel`` and ``AlbertForPreTraining`` and gives equal outputs.
Two shapes that Hugging Face's class cannot hold are spread out when written: attention-only and
feed-forward-only sharing become one group a layer (the file grows, the function does not change),
and with E = H the E to H map, which this project leaves out, becomes the identity.

Cost: one copy of the weights in memory. Nothing of transformers or torch is imported.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from albert_data.base.errors import DataError
from albert_data.config.load import build

from ..albert import AlbertPretrainer
from ..configs import AlbertConfig
from ..failures import read_json
from .reference import load_reference_weights, read_reference_weights

EXTRA = {
    "architectures": ["AlbertForPreTraining"],
    "model_type": "albert",
    "pad_token_id": 0,
    "bos_token_id": 2,
    "eos_token_id": 3,
}
MAP = "bert/encoder/embedding_hidden_mapping_in"
LAYER = r"bert/encoder/transformer/group_(\d+)/inner_group_(\d+)/"
IN_LAYER = {
    "attention_1/self/query": "attention.query",
    "attention_1/self/key": "attention.key",
    "attention_1/self/value": "attention.value",
    "attention_1/output/dense": "attention.dense",
    "LayerNorm": "attention.LayerNorm",
    "ffn_1/intermediate/dense": "ffn",
    "ffn_1/intermediate/output/dense": "ffn_output",
    "LayerNorm_1": "full_layer_layer_norm",
}
WHOLE = {
    "bert/embeddings/word_embeddings": "albert.embeddings.word_embeddings.weight",
    "bert/embeddings/token_type_embeddings": "albert.embeddings.token_type_embeddings.weight",
    "bert/embeddings/position_embeddings": "albert.embeddings.position_embeddings.weight",
    "cls/predictions/output_bias": "predictions.bias",
    "cls/seq_relationship/output_weights": "sop_classifier.classifier.weight",
    "cls/seq_relationship/output_bias": "sop_classifier.classifier.bias",
}
PREFIX = {
    "bert/embeddings/LayerNorm": "albert.embeddings.LayerNorm",
    MAP: "albert.encoder.embedding_hidden_mapping_in",
    "bert/pooler/dense": "albert.pooler",
    "cls/predictions/transform/dense": "predictions.dense",
    "cls/predictions/transform/LayerNorm": "predictions.LayerNorm",
}
LEAF = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}


def hugging_face_name(name: str) -> str:
    """Name of a reference variable in ``AlbertForPreTraining``; a kernel is transposed there."""
    if name in WHOLE:
        return WHOLE[name]
    owner, leaf = name.rsplit("/", 1)
    layer = re.match(LAYER, owner)
    if layer:
        group, inner = layer.groups()
        part = IN_LAYER[owner[layer.end() :]]
        at = f"albert.encoder.albert_layer_groups.{group}.albert_layers.{inner}"
        return f"{at}.{part}.{LEAF[leaf]}"
    return f"{PREFIX[owner]}.{LEAF[leaf]}"


def read_hugging_face_config(folder: str | Path) -> AlbertConfig:
    """Reads ``config.json``; keys that describe other things than the shape are left out.

    Raises:
        DataError: it is no JSON, or the folder holds another kind of model.
    """
    path = Path(folder) / "config.json"
    given = read_json(str(path))
    if given.get("model_type") != "albert":
        problem = f"model_type={given.get('model_type')!r}, not 'albert'"
        raise DataError(problem, where=str(path), fix="name the folder of an ALBERT model")
    known = {field.name for field in dataclasses.fields(AlbertConfig)}
    fields = {key: value for key, value in given.items() if key in known}
    return build(AlbertConfig, fields, str(path))


def read_hugging_face(folder: str | Path, **options: Any) -> AlbertPretrainer:
    """Returns a model with the configuration and weights of a Hugging Face ALBERT folder.

    Args:
        folder: path with ``config.json`` and ``model.safetensors``.
        **options: further arguments of ``AlbertPretrainer`` (dtype, recompute, seed).

    An encoder-only folder (``AlbertModel``) leaves the two heads at their initial weights.

    Raises:
        DataError: no ``model.safetensors``, e.g. only a pickled ``pytorch_model.bin``; weights are
            missing, have other shapes, or E = H with a map that is not the identity (this
            project's models have none then).
    """
    path = Path(folder) / "model.safetensors"
    if not path.exists():
        fix = "save the model with safe_serialization=True"
        raise DataError("not found", where=str(path), fix=fix)
    model = AlbertPretrainer(read_hugging_face_config(folder), **options)
    load_reference_weights(model, _from_hugging_face(model, load_file(path)), heads_optional=True)
    return model


def _from_hugging_face(
    model: AlbertPretrainer, tensors: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    def find(name: str) -> np.ndarray | None:
        theirs = hugging_face_name(name)
        for key in (theirs, theirs.removeprefix("albert.")):
            if key in tensors:
                array = np.asarray(tensors[key], np.float32)
                return array.T if name.endswith("/kernel") else array
        return None

    if model.encoder.widen_embeddings is None:
        kernel, bias = find(f"{MAP}/kernel"), find(f"{MAP}/bias")
        identity = np.eye(model.config.hidden_size)
        if (kernel is not None and not np.array_equal(kernel, identity)) or (
            bias is not None and bias.any()
        ):
            raise DataError(
                "embedding_size equals hidden_size and embedding_hidden_mapping_in is not the "
                "identity: a model here has no such map",
                fix="take a model whose embedding_size is smaller than its hidden_size",
            )
    found = {name: find(name) for name in read_reference_weights(model)}
    return {name: array for name, array in found.items() if array is not None}


def write_hugging_face(
    model: AlbertPretrainer, folder: str | Path, vocabulary: str | Path | None = None
) -> None:
    """Writes a Hugging Face ALBERT folder.

    Args:
        model: AlbertPretrainer.
        folder: path, made if absent.
        vocabulary: path of the SentencePiece model, copied to ``spiece.model``.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config, arrays = _spread(model.config, read_reference_weights(model))
    if model.encoder.widen_embeddings is None:
        arrays[f"{MAP}/kernel"] = np.eye(config.hidden_size, dtype=np.float32)
        arrays[f"{MAP}/bias"] = np.zeros(config.hidden_size, np.float32)
    tensors = {
        hugging_face_name(name): np.ascontiguousarray(
            array.T if name.endswith("/kernel") else array
        )
        for name, array in arrays.items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    fields = {key: value for key, value in config.to_dict().items() if key != "sharing"}
    (folder / "config.json").write_text(json.dumps({**fields, **EXTRA}, indent=2) + "\n")
    if vocabulary is not None:
        shutil.copyfile(vocabulary, folder / "spiece.model")


def _spread(
    config: AlbertConfig, arrays: dict[str, np.ndarray]
) -> tuple[AlbertConfig, dict[str, np.ndarray]]:
    """Gives every layer its own copy where Hugging Face's class has no such sharing."""
    if config.sharing == "all":
        return config, arrays
    layers = config.num_hidden_layers
    spread = {name: array for name, array in arrays.items() if not re.match(LAYER, name)}
    for layer in range(layers):
        for name, array in arrays.items():
            match = re.match(LAYER, name)
            if not match:
                continue
            rest = name[match.end() :]
            attention = rest.startswith(("attention_1/", "LayerNorm/"))
            group = (config.attention_group if attention else config.feed_forward_group)(layer)
            if int(match[1]) == group:
                at = f"bert/encoder/transformer/group_{layer}/inner_group_{match[2]}"
                spread[f"{at}/{rest}"] = array
    return dataclasses.replace(config, sharing="none", num_hidden_groups=layers), spread
