"""Checkpoints of a run: weights, optimizer, step and the position in the data.

In a model folder (local or gs://): ``ckpt-N`` files of ``tf.train.Checkpoint``, N the step, the newest K
kept, those of every ``keep_every`` steps for good; ``best-N`` is that of the best evaluation.

Every variable is saved under its path, listed here one by one, because ``tf.train.Checkpoint``
leaves out silently what Keras does not track; restoring fails if one is missing on either side.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from albert_data.base.errors import DataError

from .albert import AlbertPretrainer
from .failures import first_line
from .lamb import Lamb
from .run_folder import read_run, replace_file

LAST, BEST = "ckpt", "best"


def saved_steps(folder: str, kind: str = LAST) -> list[int]:
    """Steps of the whole checkpoints in a folder, oldest first.

    A checkpoint's index is written last: without one there is none.
    """
    found = tf.io.gfile.glob(posixpath.join(folder, f"{kind}-*.index"))
    names = (re.fullmatch(rf"{kind}-(\d+)\.index", posixpath.basename(path)) for path in found)
    return sorted(int(match[1]) for match in names if match)


def newest(folder: str) -> str | None:
    """The newest checkpoint, by its name; None where there is none.

    The file ``checkpoint`` decides where it names one that is there: by editing it, one goes back.
    """
    steps = saved_steps(folder)
    named = tf.train.latest_checkpoint(folder)
    return named or (posixpath.join(folder, f"{LAST}-{steps[-1]}") if steps else None)


class Checkpoints:
    """Saves and restores the state of a run in one folder.

    Args:
        folder: str.
        model: AlbertPretrainer.
        optimizer: Lamb, built.
        keep: int. Newest checkpoints kept.
        keep_every: int. Steps; checkpoints at its multiples are kept for good; 0: none are.

    Attributes:
        examples: int64 variable. Examples consumed by the whole run so far.
        latest: path of the newest checkpoint, or None.
    """

    def __init__(
        self, folder: str, model: AlbertPretrainer, optimizer: Lamb, keep: int, keep_every: int = 0
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
        path = self._state.write(posixpath.join(self._folder, f"{kind}-{step}"))
        kept = [step] if kind == BEST else self._kept()
        if kind == LAST:
            self.latest = path
            self._point_at(step, kept)
        for at in saved_steps(self._folder, kind):
            if at not in kept:
                for file in tf.io.gfile.glob(posixpath.join(self._folder, f"{kind}-{at}.*")):
                    tf.io.gfile.remove(file)
        return path

    def _point_at(self, step: int, kept: list[int]) -> None:
        """Writes the file ``checkpoint``, in which TensorFlow's own tools look for the newest."""
        lines = [f'model_checkpoint_path: "{LAST}-{step}"']
        lines += [f'all_model_checkpoint_paths: "{LAST}-{at}"' for at in kept]
        text = "\n".join(lines) + "\n"
        replace_file(posixpath.join(self._folder, "checkpoint"), text)

    def _kept(self) -> list[int]:
        steps = saved_steps(self._folder)
        every = self._keep_every
        return [at for at in steps if at in steps[-self._keep :] or (every and at % every == 0)]

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


def find_checkpoint(place: str, which: str = "last") -> tuple[str, str]:
    """The run and the checkpoint that a user names.

    Args:
        place: folder of a run, or a checkpoint of one (``FOLDER/ckpt-STEP``).
        which: of a folder: ``last``, ``best`` or a step.

    Returns: the run's folder and the checkpoint's prefix.

    Raises:
        DataError: no such checkpoint, or no run.
    """
    if tf.io.gfile.exists(f"{place}.index"):
        return posixpath.dirname(place), place
    if not tf.io.gfile.isdir(place):
        fix = "name the --model-dir of a run, or FOLDER/ckpt-STEP"
        raise DataError("no such run or checkpoint", where=place, fix=fix)
    read_run(place)
    best, steps = saved_steps(place, BEST), saved_steps(place)
    if which == "last" and (found := newest(place)):
        return place, found
    if which == "best" and best:
        return place, posixpath.join(place, f"{BEST}-{best[-1]}")
    for kind, known in ((LAST, steps), (BEST, best)):
        if which.isdecimal() and int(which) in known:
            return place, posixpath.join(place, f"{kind}-{which}")
    if not steps and not best:
        raise DataError("no checkpoint", where=place, fix="let the run save one, then try again")
    there = [*map(str, steps), *(["best"] if best else [])]
    raise DataError(
        f"no checkpoint {which!r}", where=place, fix=f"there are: last, {', '.join(there)}"
    )


def load_model(place: str, which: str = "last", **options: Any) -> AlbertPretrainer:
    """Returns the model of a run with the weights of one of its checkpoints.

    Args:
        place, which: see ``find_checkpoint``.
        **options: further arguments of ``AlbertPretrainer`` (dtype, recompute).

    Raises:
        DataError: no run or no such checkpoint, or one is damaged.
    """
    folder, prefix = find_checkpoint(place, which)
    model = AlbertPretrainer(read_run(folder).model, **options)
    restore_weights(model, prefix)
    return model
