"""Checkpoints of a run on JAX, one file each (``state_file``), named as ``checkpoint_files`` says."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..checkpoint_files import JAX_ENDING, LAST, newest, settle
from ..state_file import PARTS, damaged, read_arrays, take, write_arrays
from .pure_step import State


def named_arrays(state: State, paths: Sequence[str], examples: int) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint by name.

    Args:
        state: State of NumPy arrays.
        paths: of the model's trainable variables.
        examples: int. Consumed by the run so far.
    """
    arrays = {
        f"{part}/{path}": array
        for part, held in zip(PARTS, state, strict=False)
        for path, array in _named(paths, held)
    }
    numbers = {"step": int(state.step), "examples": examples}
    return {**arrays, **{name: np.array([number]) for name, number in numbers.items()}}


def _named(paths: Sequence[str], held: Sequence[Any]) -> list[tuple[str, Any]]:
    """Each variable's part of a state; AdamW has no trust ratios, for none of them."""
    return list(zip(paths, held, strict=True)) if held else []


class JaxCheckpoints:
    """Saves and reads the state of a run in one folder.

    Args:
        folder: str.
        paths: of the model's trainable variables.
        keep, keep_every: see ``checkpoint_files.settle``.

    Attributes:
        latest: path of the newest checkpoint, or None.
    """

    def __init__(self, folder: str, paths: Sequence[str], keep: int, keep_every: int) -> None:
        self._folder, self._paths = folder, list(paths)
        self._keep, self._keep_every = keep, keep_every
        self.latest = newest(folder)

    def save(self, kind: str, state: State, examples: int, writes: bool = True) -> None:
        """Writes a state of NumPy arrays, named after its step; of several processes one ``writes``."""
        step = int(state.step)
        prefix = posixpath.join(self._folder, f"{kind}-{step}")
        if writes:
            write_arrays(prefix + JAX_ENDING, named_arrays(state, self._paths, examples))
            settle(self._folder, kind, step, self._keep, self._keep_every)
        if kind == LAST:
            self.latest = prefix

    def read(self, shapes: State, named: str | None = None) -> tuple[State, int] | None:
        """A state, as NumPy arrays, and the examples consumed; None where there is none.

        Args:
            shapes: State of anything that has the shapes wanted.
            named: path of its checkpoint; None: the newest's.

        Raises:
            DataError: it is damaged, or of another model.
        """
        prefix = named or self.latest
        if prefix is None:
            return None
        path = prefix + JAX_ENDING
        arrays = read_arrays(path)
        parts: list[list[Any]] = []
        for part, wanted in zip(PARTS, shapes, strict=False):
            pairs = _named(self._paths, wanted)
            asked = {f"{part}/{variable}": tuple(like.shape) for variable, like in pairs}
            parts.append(take(arrays, asked, path))
        step, examples = take(arrays, {"step": (1,), "examples": (1,)}, path)
        if arrays:
            raise damaged(path, f"{next(iter(arrays))} is no variable of this run")
        weights, m, v, ratios = parts
        return State(weights, m, v, ratios, np.int32(step[0])), int(examples[0])
