"""Checkpoints of a run on TensorFlow: weights, optimizer, step and the position in the data.

In a model folder (local or gs://), named as ``checkpoint_files`` says: files of ``tf.train.Checkpoint``, its
index written last.

Every variable is saved under its path, listed here one by one, because ``tf.train.Checkpoint``
leaves out silently what Keras does not track; restoring fails if one is missing on either side.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf

from albert_data.base.errors import DataError
from albert_data.storage.atomic import to_disk
from albert_data.storage.file_names import TEMPORARY
from albert_data.storage.paths import is_remote

from .albert import AlbertPretrainer
from .checkpoint_files import LAST, newest, settle
from .failures import first_line
from .files import of_tensorflow
from .moments import MomentsOptimizer
from .state_file import to_go_on_before


class Checkpoints:
    """Saves and restores the state of a run in one folder.

    Args:
        folder: str.
        model: AlbertPretrainer.
        optimizer: Lamb or AdamW, built.
        keep: int. Newest checkpoints kept.
        keep_every: int. Steps; checkpoints at its multiples are kept for good; 0: none are.

    Attributes:
        examples: int64 variable. Examples consumed by the whole run so far.
        latest: path of the newest checkpoint, or None.
    """

    def __init__(
        self,
        folder: str,
        model: AlbertPretrainer,
        optimizer: MomentsOptimizer,
        keep: int,
        keep_every: int = 0,
    ) -> None:
        self.examples = tf.Variable(0, dtype=tf.int64, trainable=False, name="examples")
        self._optimizer, self._folder = optimizer, folder
        self._keep, self._keep_every = keep, keep_every
        self._state = tf.train.Checkpoint(
            weights=_by_path(model.variables),
            optimizer=_by_path(optimizer.variables),
            examples=self.examples,
        )
        self._state.save_counter  # noqa: B018 (makes it: it is part of every checkpoint)
        self.latest = newest(folder)

    def save(self, kind: str = LAST) -> str:
        """Writes a checkpoint named after the step and returns its path."""
        step = int(self._optimizer.iterations.numpy())
        path = posixpath.join(self._folder, f"{kind}-{step}")
        _write(self._state, path)
        settle(self._folder, kind, step, self._keep, self._keep_every)
        if kind == LAST:
            self.latest = path
        return path

    def restore(self, named: str | None = None) -> bool:
        """Restores a checkpoint, the newest where none is named; False if there is none.

        Raises:
            DataError: it is damaged, or a variable is missing in it or in the run.
        """
        prefix = named or self.latest
        if prefix is None:
            return False
        with _checkpoint_named(prefix):
            self._state.restore(prefix).assert_consumed()
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
            fix=to_go_on_before(f"{prefix}.*"),
        ) from error


def restore_weights(model: AlbertPretrainer, prefix: str) -> None:
    """Assigns only the weights of ``model`` from a checkpoint of another run.

    Raises:
        DataError: there is none, it is damaged, or of another model.
    """
    state = tf.train.Checkpoint(weights=_by_path(model.variables))
    with _checkpoint_named(prefix):
        state.restore(prefix).assert_existing_objects_matched().expect_partial()


def write_weights(model: AlbertPretrainer, prefix: str) -> None:
    """Writes a checkpoint of weights alone."""
    state = tf.train.Checkpoint(weights=_by_path(model.variables))
    state.save_counter  # noqa: B018 (makes it: it is part of every checkpoint)
    _write(state, prefix)


def _write(state: tf.train.Checkpoint, prefix: str) -> None:
    """Writes a checkpoint. On this machine it is whole, and would outlast a loss of power, when its index is
    seen; TensorFlow waits for no disk.

    Raises:
        OSError: it cannot be written; names it.
    """
    with of_tensorflow().named(prefix):
        if is_remote(prefix):
            state.write(prefix)
            return
        folder, name = os.path.split(os.path.abspath(prefix))
        with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=folder) as beside:
            state.write(os.path.join(beside, name))
            for part in sorted(Path(beside).iterdir()):  # the index is the last
                to_disk(part)
                os.replace(part, Path(folder, part.name))
                to_disk(Path(folder))
