"""Reads and writes a Hugging Face folder: config.json, model.safetensors, the tokenizer's files.

The written folder loads with ``AutoModel`` and ``AlbertForPreTraining`` and gives equal outputs.
Two shapes that Hugging Face's class cannot hold are spread out when written: attention-only and
feed-forward-only sharing become one group a layer (the file grows, the function does not change),
and with E = H the E to H map, which this project leaves out, becomes the identity.

Read are ALBERT and BERT, with or without heads, in float16, bfloat16 or float32, in one file or shards.

Cost: two copies of the weights in memory. Nothing of transformers or torch is imported.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from albert_data.base.errors import DataError
from albert_data.storage.paths import location
from albert_data.tokens.vocabulary import vocabulary_from

from .. import files
from ..albert import AlbertPretrainer
from ..configs import AlbertConfig, SettingError
from ..failures import read_json
from . import albert_names, bert_names
from .config_files import BERT, read_hugging_face_config
from .reference import Arrays, Found, load_reference_weights, read_reference_weights, spread
from .reference_shapes import EMBEDDING_MAP, SENTENCE_KERNEL, reference_shapes
from .safetensors_file import Tensors
from .targets import new_folder
from .tokenizer_files import normalization_of_pieces, tokenizer_files

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
VOCABULARY, BERT_VOCABULARY, TOKENIZER_CONFIG = "spiece.model", "vocab.txt", "tokenizer_config.json"


def read_hugging_face(folder: str | Path, **options: Any) -> AlbertPretrainer:
    """Returns a model with the configuration and weights of a Hugging Face folder.

    Args:
        folder: path with ``config.json`` and ``model.safetensors`` or its shards.
        **options: further arguments of ``AlbertPretrainer`` (dtype, recompute, seed).

    A folder without heads (``AlbertModel``) or without the sentence head (``AlbertForMaskedLM``)
    leaves them at their initial weights; ``read_weights`` names them.

    Raises:
        DataError: no safetensors, e.g. only a pickled ``pytorch_model.bin``; weights are missing,
            have other shapes, or E = H with a map that is not the identity (this project's models
            have none then).
    """
    found = read_folder(str(folder))
    model = AlbertPretrainer(found.config, **options)
    load_reference_weights(model, found.arrays, heads_optional=True)
    return model


def read_folder(folder: str) -> Found:
    """Configuration and weights of a folder, by reference names. Raises as ``read_hugging_face``."""
    kind, config = read_hugging_face_config(folder)
    names = bert_names if kind == BERT else albert_names
    tensors = _tensors(folder)
    used: set[str] = set()

    def find(name: str) -> np.ndarray | None:
        theirs = [names.hugging_face_name(name)]
        if kind == BERT:
            theirs.append(bert_names.hugging_face_name_of_old(name))
        theirs += [names.TIED[at] for at in theirs if at in names.TIED]
        spelled = [s for at in theirs for s in (at, at.removeprefix(names.BODY))]
        present = [at for at in dict.fromkeys(spelled) if at in tensors]
        used.update(present)
        if not present:
            return None
        arrays = [tensors[at] for at in present]
        if any(not np.array_equal(array, arrays[0]) for array in arrays[1:]):
            problem = f"{present[0]} and {present[1]} differ: they are one variable here"
            raise DataError(problem, where=folder, fix="take a model that ties its decoder")
        return arrays[0].T if name.endswith("/kernel") else arrays[0]

    found = {name: find(name) for name in reference_shapes(config)}
    if config.embedding_size == config.hidden_size and kind != BERT:
        _check_identity(find(f"{EMBEDDING_MAP}/kernel"), find(f"{EMBEDDING_MAP}/bias"), folder)
    arrays = {name: array for name, array in found.items() if array is not None}
    return Found(kind, config, arrays, tuple(sorted(set(tensors) - used)))


def _tensors(folder: str) -> Mapping[str, np.ndarray]:
    path, index = (posixpath.join(folder, name) for name in (WEIGHTS, INDEX))
    if files.exists(path):
        return Tensors(path)
    if not files.exists(index):
        pickled = files.exists(posixpath.join(folder, "pytorch_model.bin"))
        problem = "not found" + (": only a pickled pytorch_model.bin is there" if pickled else "")
        fix = "save the model with safe_serialization=True"
        raise DataError(problem, where=path, fix=fix)
    shards = read_json(index).get("weight_map")
    if not isinstance(shards, dict):
        raise DataError("has no weight_map of names", where=index, fix="copy the folder again")
    tensors: dict[str, np.ndarray] = {}
    for name in sorted(set(map(str, shards.values()))):
        at = posixpath.join(folder, name)
        if name != posixpath.basename(name) or not files.exists(at):
            problem = f"names {name!r}, which is not there"
            raise DataError(problem, where=index, fix="copy the folder again")
        tensors |= Tensors(at)
    return tensors


def _check_identity(kernel: np.ndarray | None, bias: np.ndarray | None, folder: str) -> None:
    turned = kernel is not None and not np.array_equal(kernel, np.eye(len(kernel)))
    if turned or (bias is not None and bias.any()):
        raise DataError(
            "embedding_size equals hidden_size and embedding_hidden_mapping_in is not the "
            "identity: a model here has no such map",
            where=folder,
            fix="take a model whose embedding_size is smaller than its hidden_size",
        )


def write_hugging_face(
    model: AlbertPretrainer,
    folder: str | Path,
    vocabulary: str | Path | None = None,
    normalization: str = "",
) -> None:
    """Writes a Hugging Face ALBERT folder.

    Args:
        model: AlbertPretrainer.
        folder: path, absent or empty.
        vocabulary: path of the SentencePiece model; None: no tokenizer's files.
        normalization: str. ``tokens.normalization`` of the build; empty: by the vocabulary's pieces.
    """
    content = None if vocabulary is None else location(vocabulary).read_bytes()
    with new_folder(str(folder)) as place:
        arrays = read_reference_weights(model)
        write_folder(model.config, arrays, place, content, normalization)


def write_folder(
    config: AlbertConfig,
    arrays: Arrays,
    folder: Path,
    vocabulary: bytes | None,
    normalization: str = "",
) -> None:
    """Writes the files into a local folder that is there; heads that are not among the arrays are left out.

    Raises:
        SettingError: the vocabulary has more pieces than the model.
    """
    config, arrays = spread(config, arrays)
    fields = {key: value for key, value in config.to_dict().items() if key != "sharing"}
    fields |= {
        "model_type": "albert",
        "architectures": [_class_of(arrays)],
        "torch_dtype": "float32",
    }
    if vocabulary is not None:
        known = vocabulary_from(vocabulary, "the vocabulary")
        if known.size > config.vocab_size:
            problem = f"the vocabulary has {known.size} pieces, the model {config.vocab_size}"
            raise SettingError(problem, fix="name the vocabulary that the model was trained with")
        ids = {"pad_token_id": known.pad, "bos_token_id": known.cls, "eos_token_id": known.sep}
        normalization = normalization or normalization_of_pieces(known)
        files = tokenizer_files(vocabulary, normalization, config.max_position_embeddings)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    else:
        ids = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    # Not by save_file, whose files nobody but their owner may read.
    content = save(_tensors_of(config, arrays), metadata={"format": "pt"})
    (folder / WEIGHTS).write_bytes(content)
    (folder / "config.json").write_text(json.dumps({**fields, **ids}, indent=2) + "\n")


def _tensors_of(config: AlbertConfig, arrays: Arrays) -> dict[str, np.ndarray]:
    if config.embedding_size == config.hidden_size:
        size = config.hidden_size
        identity = {"kernel": np.eye(size, dtype=np.float32), "bias": np.zeros(size, np.float32)}
        arrays = {**arrays, **{f"{EMBEDDING_MAP}/{key}": value for key, value in identity.items()}}
    return {
        albert_names.hugging_face_name(name): np.ascontiguousarray(
            array.T if name.endswith("/kernel") else array
        )
        for name, array in arrays.items()
    }


def _class_of(arrays: Arrays) -> str:
    """The class of transformers that has these heads."""
    if SENTENCE_KERNEL in arrays:
        return "AlbertForPreTraining"
    heads = any(name.startswith("cls/predictions/") for name in arrays)
    return "AlbertForMaskedLM" if heads else "AlbertModel"
