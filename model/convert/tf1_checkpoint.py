"""TF1 checkpoints of google-research/albert and google-research/bert.

In: a checkpoint prefix (``model.ckpt-best``) and, for the shape, its ``albert_config.json`` or
``bert_config.json``. Optimizer slots and the step are left alone. Out: the same two files, without
slots; ``tf.compat.v1.train.Saver`` restores them.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import tensorflow as tf

from albert_data.base.errors import DataError

from ..albert import AlbertPretrainer
from ..configs import AlbertConfig
from ..failures import first_line
from . import bert_names
from .config_files import (
    read_bert_config,
    read_reference_config,
    reference_config,
)
from .reference import Arrays, Found, load_reference_weights, reference_names, spread
from .reference_shapes import reference_shapes

CONFIG, BERT_CONFIG = "albert_config.json", "bert_config.json"
_NOT_WEIGHTS = re.compile(r"global_step|.*/(?:adam|lamb|Adam)[^/]*|.*(?:Momentum|Adafactor)[^/]*")

__all__ = ["load_tf1_checkpoint", "read_reference_config", "read_tf1", "write_tf1_checkpoint"]


def read_tf1(prefix: str) -> Found:
    """Reads a checkpoint with the configuration beside it.

    Raises:
        DataError: no checkpoint, no configuration, or it is damaged.
    """
    reader, present = _open(prefix)
    folder = posixpath.dirname(prefix)
    ours, berts = (posixpath.join(folder, name) for name in (CONFIG, BERT_CONFIG))
    if tf.io.gfile.exists(ours):
        kind, config = "albert", read_reference_config(ours)
    elif tf.io.gfile.exists(berts):
        kind, config = "bert", read_bert_config(berts)
    else:
        fix = f"copy the model's {CONFIG} (of BERT {BERT_CONFIG}) into {folder or '.'}"
        raise DataError("no configuration beside the checkpoint", where=prefix, fix=fix)
    theirs = {
        name: bert_names.tf1_name(name) if kind == "bert" else name
        for name in reference_shapes(config)
    }
    arrays = _arrays(reader, {name: at for name, at in theirs.items() if at in present}, prefix)
    used = set(theirs.values())
    unused = sorted(name for name in present - used if not _NOT_WEIGHTS.fullmatch(name))
    return Found(kind, config, arrays, tuple(unused))


def load_tf1_checkpoint(model: AlbertPretrainer, prefix: str) -> list[str]:
    """Assigns the variables of ``model`` from a TF1 checkpoint.

    Args:
        model: AlbertPretrainer of the checkpoint's shape.
        prefix: str. Path without ``.index``; local or gs://.

    Returns: names of the model's variables that the checkpoint does not have: none, or those of
        the heads (an encoder-only release).

    Raises:
        DataError: no such checkpoint; an encoder variable is missing or has another shape.
    """
    reader, present = _open(prefix)
    names = reference_names(model)
    arrays = _arrays(reader, {name: name for name in names if name in present}, prefix)
    load_reference_weights(model, arrays, heads_optional=True)
    return [name for name in names if name not in present]


def write_tf1_checkpoint(
    config: AlbertConfig, arrays: Arrays, folder: Path, name: str, vocabulary: bytes | None = None
) -> None:
    """Writes ``name.index``, ``name.data-…`` and ``albert_config.json`` into a local folder.

    Args:
        config: AlbertConfig; partial sharing is written as one group a layer.
        arrays: by reference name, float32.
        folder: there already.
        name: str. Last part of the prefix.
        vocabulary: bytes of the SentencePiece model, written as ``vocab.model``.

    Raises:
        SettingError: the reference cannot compute this function.
    """
    config, arrays = spread(config, arrays)
    fields = reference_config(config)
    tf.raw_ops.SaveV2(
        prefix=str(folder / name),
        tensor_names=list(arrays),
        shape_and_slices=[""] * len(arrays),
        tensors=[tf.constant(array, tf.float32) for array in arrays.values()],
    )
    if vocabulary is not None:
        (folder / "vocab.model").write_bytes(vocabulary)
    (folder / CONFIG).write_text(json.dumps(fields, indent=2) + "\n")


def _open(prefix: str) -> tuple[tf.train.CheckpointReader, set[str]]:
    try:
        reader = tf.compat.v1.train.NewCheckpointReader(prefix)
        return reader, set(reader.get_variable_to_shape_map())
    except (tf.errors.OpError, IndexError, ValueError, RuntimeError) as error:
        problem = f"no TF1 checkpoint that can be read ({first_line(error)})"
        fix = "name it without .index, as FOLDER/model.ckpt-best"
        raise DataError(problem, where=prefix, fix=fix) from error


def _arrays(reader: tf.train.CheckpointReader, names: dict[str, str], prefix: str) -> Arrays:
    try:
        return {name: reader.get_tensor(theirs) for name, theirs in names.items()}
    except (tf.errors.OpError, IndexError, RuntimeError) as error:
        problem = f"damaged ({first_line(error)})"
        raise DataError(problem, where=prefix, fix="copy it again") from error
