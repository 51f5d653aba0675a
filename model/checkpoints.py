"""Checkpoints of a run: weights, optimizer, step and the position in the data.

In a model folder (local or gs://): ``ckpt-N`` files of ``tf.train.Checkpoint``, the newest K kept,
and ``model.json``, the model's configuration and the run's settings, so that a folder is enough to
evaluate or resume.

Every variable is saved under its path, listed here one by one, because ``tf.train.Checkpoint``
leaves out silently what Keras does not track; restoring fails if one is missing on either side.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import posixpath
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from albert_data.base.errors import DataError
from albert_data.config.load import build

from .albert import AlbertPretrainer
from .configs import AlbertConfig, SettingError
from .failures import first_line, read_json
from .lamb import Lamb
from .settings import TrainSettings

FIXED_BY_A_RUN = ("batch_size", "seed", "interleave")


class Checkpoints:
    """Saves and restores the state of a run in one folder.

    Args:
        folder: str.
        model: AlbertPretrainer.
        optimizer: Lamb, built.
        keep: int. Checkpoints kept.

    Attributes:
        examples: int64 variable. Examples consumed by the whole run so far.
    """

    def __init__(self, folder: str, model: AlbertPretrainer, optimizer: Lamb, keep: int) -> None:
        self.examples = tf.Variable(0, dtype=tf.int64, trainable=False, name="examples")
        self._optimizer = optimizer
        self._state = tf.train.Checkpoint(
            weights=_by_path(model.variables),
            optimizer=_by_path(optimizer.variables),
            examples=self.examples,
        )
        self._manager = tf.train.CheckpointManager(self._state, folder, max_to_keep=keep)

    @property
    def latest(self) -> str | None:
        """Path of the newest checkpoint, or None."""
        return self._manager.latest_checkpoint

    def save(self) -> str:
        """Writes a checkpoint named after the step and returns its path."""
        step = int(self._optimizer.iterations.numpy())
        path = self._manager.save(checkpoint_number=step)
        if path is None:
            raise OSError(f"no checkpoint written for step {step}")
        return path

    def restore(self) -> bool:
        """Restores the newest checkpoint; False if there is none.

        Raises:
            DataError: it is damaged, or a variable is missing in it or in the run.
        """
        if self.latest is None:
            return False
        with _checkpoint_named(self.latest):
            self._state.restore(self.latest).assert_consumed()
        return True


def _by_path(variables: list[Any]) -> dict[str, tf.Variable]:
    found = {variable.path: variable.value for variable in variables}
    if len(found) != len(variables):
        raise ValueError("two variables have the same path")
    return found


@contextlib.contextmanager
def _checkpoint_named(prefix: str) -> Iterator[None]:
    try:
        yield
    except tf.errors.NotFoundError as error:
        problem, fix = f"no such checkpoint ({first_line(error)})", "name one as FOLDER/ckpt-STEP"
        raise DataError(problem, where=prefix, fix=fix) from error
    except (AssertionError, IndexError, ValueError, tf.errors.OpError) as error:
        raise DataError(
            f"damaged, or of another model ({first_line(error)})",
            where=prefix,
            fix="to go on from an older one, name it as model_checkpoint_path in "
            f"{posixpath.dirname(prefix)}/checkpoint",
        ) from error


def restore_weights(model: AlbertPretrainer, prefix: str) -> None:
    """Assigns only the weights of ``model`` from a checkpoint of another run.

    Raises:
        DataError: there is none, it is damaged, or of another model.
    """
    state = tf.train.Checkpoint(weights=_by_path(model.variables))
    with _checkpoint_named(prefix):
        state.restore(prefix).assert_existing_objects_matched().expect_partial()


def write_run(folder: str, config: AlbertConfig, settings: TrainSettings, data: str) -> None:
    """Writes ``model.json``, or checks that a run in this folder was made with the same.

    Args:
        folder: str.
        config: AlbertConfig.
        settings: TrainSettings.
        data: str. What the shards are, for the check.

    Raises:
        SettingError: the folder holds a run with another model, data, seed or batch.
        DataError: the folder's ``model.json`` is damaged.
    """
    path = posixpath.join(folder, "model.json")
    mine: dict[str, Any] = {
        "model": config.to_dict(),
        "train": dataclasses.asdict(settings),
        "data": data,
    }
    if tf.io.gfile.exists(path):
        theirs = _read_run(folder)
        fixed = [("model", key) for key in mine["model"]]
        fixed += [("train", key) for key in FIXED_BY_A_RUN]
        pairs = [(key, theirs[part][key], mine[part][key]) for part, key in fixed]
        for key, old, new in [*pairs, ("data", theirs["data"], data)]:
            if old != new:
                raise SettingError(
                    f"the folder holds a run with {key}={old!r}, now {new!r}",
                    where=folder,
                    fix="take another --model-dir (and --init to start from its weights)",
                )
    tf.io.gfile.makedirs(folder)
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(json.dumps(mine, indent=2) + "\n")


def _read_run(folder: str) -> dict[str, Any]:
    path = posixpath.join(folder, "model.json")
    if not tf.io.gfile.exists(path):
        fix = "name the --model-dir of a run"
        raise DataError("not a model folder of the trainer", where=path, fix=fix)
    return read_json(path)


def load_model(folder: str, **options: Any) -> AlbertPretrainer:
    """Returns the model of a run with the weights of its newest checkpoint.

    Args:
        folder: str. Model folder of a run.
        **options: further arguments of ``AlbertPretrainer`` (dtype, recompute).

    Raises:
        DataError: no ``model.json`` or no checkpoint, or one is damaged.
    """
    path = posixpath.join(folder, "model.json")
    model = AlbertPretrainer(build(AlbertConfig, _read_run(folder).get("model"), path), **options)
    latest = tf.train.latest_checkpoint(folder)
    if latest is None:
        raise DataError("no checkpoint", where=folder, fix="let the run save one, then try again")
    restore_weights(model, latest)
    return model
