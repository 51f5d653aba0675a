"""Configurations of others: ``config.json`` of Hugging Face, ``albert_config.json`` and BERT's.

What such a file leaves out has the value that *its* library gives it, which are not ours. A field that
makes the model another function than ours is refused; what describes other things is left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from albert_data.base.errors import DataError
from albert_data.config.fields import build

from .. import files
from ..configs import AlbertConfig, SettingError
from ..failures import read_json

ALBERT, BERT = "albert", "bert"
# Defaults of transformers and of the reference where they are not those of ``AlbertConfig``.
_ALBERTS = {"hidden_size": 4096, "num_attention_heads": 64, "intermediate_size": 16384,
            "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}  # fmt: skip
_BERTS = {"vocab_size": 30522, "hidden_act": "gelu"}
# The tanh form of GELU under its other name, and what says that a model is another function.
_TANH_GELU = "gelu_pytorch_tanh"
_ONLY = {"position_embedding_type": "absolute", "is_decoder": False, "add_cross_attention": False}
# google-research/albert has the tanh form of GELU alone, and calls it "gelu"; its epsilon is fixed.
_REFERENCE_EPSILON = 1e-12


def read_hugging_face_config(folder: str) -> tuple[str, AlbertConfig]:
    """Kind of model ("albert" or "bert") and configuration of a Hugging Face folder.

    Raises:
        DataError: no or no whole ``config.json``, another kind of model, or one that is another
            function (relative positions, a decoder).
        ConfigError: a value that no model here can have.
    """
    path = f"{str(folder).rstrip('/')}/config.json"
    given = _read(path)
    kind = given.get("model_type")
    if kind not in (ALBERT, BERT):
        problem = f"model_type={kind!r}, not 'albert' or 'bert'"
        raise DataError(problem, where=path, fix="name the folder of an ALBERT or BERT model")
    for key, value in _ONLY.items():
        if given.get(key, value) not in (value, None):
            problem = f"{key}={given[key]!r}: models here have {key}={value!r}"
            raise DataError(problem, where=path, fix="take another model")
    fields = dict(given)
    if fields.get("hidden_act") == _TANH_GELU:
        fields["hidden_act"] = "gelu_new"
    return kind, _config(kind, fields, path)


def read_reference_config(path: str) -> AlbertConfig:
    """Reads an ``albert_config.json``; its "gelu" is the tanh form, here called "gelu_new".

    Fields that only the reference has (``net_structure_type``, ``gap_size`` and the like, which
    its code does not use) are left out.
    """
    fields = _read(path)
    if fields.get("hidden_act", "gelu") == "gelu":
        fields["hidden_act"] = "gelu_new"
    return _config(ALBERT, fields, path)


def read_bert_config(path: str) -> AlbertConfig:
    """Reads a ``bert_config.json``; its "gelu" is the tanh form, as google-research/bert computes it.

    (Its first version and transformers have the exact form.)
    """
    fields = _read(path)
    if fields.get("hidden_act", "gelu") == "gelu":
        fields["hidden_act"] = "gelu_new"
    return _config(BERT, {"type_vocab_size": 16, **fields}, path)


def reference_config(config: AlbertConfig) -> dict[str, Any]:
    """What ``albert_config.json`` says of a model that shares all or has one group a layer.

    Raises:
        SettingError: the reference cannot compute this function.
    """
    if config.hidden_act == "gelu":
        raise SettingError(
            "hidden_act='gelu' (exact): google-research/albert computes the tanh form alone",
            fix="write a Hugging Face folder (hf:FOLDER), which holds it",
        )
    if config.layer_norm_eps != _REFERENCE_EPSILON:
        raise SettingError(
            f"layer_norm_eps={config.layer_norm_eps:g}: google-research/albert has "
            f"{_REFERENCE_EPSILON:g} and no other",
            fix="write a Hugging Face folder (hf:FOLDER), which holds it",
        )
    fields = config.to_dict()
    for key in ("sharing", "layer_norm_eps", "classifier_dropout_prob"):
        del fields[key]
    return fields | {"hidden_act": "gelu" if config.hidden_act == "gelu_new" else config.hidden_act}


def _read(path: str) -> dict[str, Any]:
    if not files.exists(path):
        raise DataError("no configuration", where=path, fix="name the folder of a whole model")
    given: Any = read_json(path)
    if not isinstance(given, dict):
        raise DataError("holds no fields", where=path, fix="take it from a copy of the folder")
    return given


def _config(kind: str, given: Mapping[str, Any], path: str) -> AlbertConfig:
    names = {field.name for field in dataclasses.fields(AlbertConfig)} - {"sharing"}
    fields = {key: value for key, value in given.items() if key in names and value is not None}
    if kind == ALBERT:
        return build(AlbertConfig, {**_ALBERTS, **fields}, path)
    fields = {**_BERTS, **fields, "sharing": "none", "num_hidden_groups": 1, "inner_group_num": 1}
    fields["embedding_size"] = fields.get("hidden_size", 768)
    return build(AlbertConfig, fields, path)
