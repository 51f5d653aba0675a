"""The weights of a run, whichever engine made its checkpoints.

One of JAX is a file that any process reads; one of TensorFlow needs TensorFlow.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from albert_data.base.errors import ConfigError

from . import files
from .albert import AlbertPretrainer
from .checkpoint_files import JAX_ENDING, find_checkpoint
from .network.backend import ON_JAX
from .run_folder import read_run
from .state_file import read_arrays, take, write_arrays

ENGINE = "jax" if ON_JAX else "tensorflow"  # whose checkpoints this process writes


def restore_weights(model: AlbertPretrainer, prefix: str) -> None:
    """Assigns only the weights of ``model`` from a checkpoint of another run.

    Raises:
        DataError: there is none, it is damaged, or of another model.
        ConfigError: it is TensorFlow's, which this process does not have.
    """
    path = prefix + JAX_ENDING
    if files.exists(path):
        shapes = {f"weights/{v.path}": tuple(v.shape) for v in model.trainable_variables}
        arrays = take(read_arrays(path), shapes, path)
        for variable, array in zip(model.trainable_variables, arrays, strict=True):
            variable.assign(array)
        return
    check_tensorflow(prefix)
    from .tensorflow_checkpoints import restore_weights as restore

    restore(model, prefix)


def load_model(place: str, which: str = "last", **options: Any) -> AlbertPretrainer:
    """Returns the model of a run with the weights of one of its checkpoints.

    Args:
        place, which: see ``find_checkpoint``.
        **options: further arguments of ``AlbertPretrainer`` (dtype, recompute).

    Raises:
        DataError: no run or no such checkpoint, or one is damaged.
        ConfigError: it is TensorFlow's, which this process does not have, or a task's.
    """
    folder, prefix = find_checkpoint(place, which)
    run = read_run(folder)
    if run.task:
        raise ConfigError(
            f"a run of the task {run.task}, which has no heads of pretraining",
            where=folder,
            fix="name a pretraining run; what this one predicts, albert-finetune predict writes",
        )
    model = AlbertPretrainer(run.model, **options)
    restore_weights(model, prefix)
    return model


def write_weights(model: AlbertPretrainer, prefix: str) -> None:
    """Writes a checkpoint of weights alone, in the form of this process' engine."""
    if ON_JAX:
        arrays = {f"weights/{v.path}": np.asarray(v) for v in model.trainable_variables}
        write_arrays(prefix + JAX_ENDING, arrays)
        return
    from .tensorflow_checkpoints import write_weights as write

    write(model, prefix)


def check_tensorflow(place: str) -> None:
    """Raises ConfigError where a checkpoint of TensorFlow can neither be read nor written."""
    if ON_JAX:
        raise ConfigError(
            "a checkpoint of TensorFlow, and Keras is on JAX here",
            where=place,
            fix="do this where albert-data[train] is installed; hf:FOLDER, and a run that is made "
            "by --engine jax, are read here, too",
        )
