"""Reads a TF1 checkpoint of google-research/albert: a released model or one trained with it.

In: a checkpoint prefix (``model.ckpt-best``) and, for the shape, its ``albert_config.json``.
Out: a model with those weights. Optimizer slots and the step are left alone.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

from albert_data.config.load import build

from ..albert import AlbertPretrainer
from ..configs import AlbertConfig
from ..failures import read_json
from .reference import load_reference_weights, reference_names


def read_reference_config(path: str) -> AlbertConfig:
    """Reads an ``albert_config.json``; its "gelu" is the tanh form, here called "gelu_new".

    Fields that only the reference has (``net_structure_type``, ``gap_size`` and the like, which
    its code does not use) are left out.
    """
    given = read_json(path)
    known = {field.name for field in dataclasses.fields(AlbertConfig)}
    fields = {key: value for key, value in given.items() if key in known}
    if fields.get("hidden_act") == "gelu":
        fields["hidden_act"] = "gelu_new"
    return build(AlbertConfig, fields, path)


def load_tf1_checkpoint(model: AlbertPretrainer, prefix: str) -> list[str]:
    """Assigns the variables of ``model`` from a TF1 checkpoint.

    Args:
        model: AlbertPretrainer of the checkpoint's shape.
        prefix: str. Path without ``.index``; local or gs://.

    Returns: names of the model's variables that the checkpoint does not have: none, or those of
        the two heads (an encoder-only release).

    Raises:
        DataError: an encoder variable is missing or has another shape.
    """
    reader = tf.train.load_checkpoint(prefix)
    present = set(reader.get_variable_to_shape_map())
    names = reference_names(model)
    arrays: dict[str, np.ndarray] = {
        name: reader.get_tensor(name) for name in names if name in present
    }
    load_reference_weights(model, arrays, heads_optional=True)
    return [name for name in names if name not in present]
