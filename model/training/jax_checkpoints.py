"""Checkpoints of a run on JAX: one safetensors file each, which names every array by its variable.

Named as ``checkpoint_files`` says. Besides weights, slots and trust ratios a file has the step, the
examples consumed, and a SHA-256 of all arrays, since safetensors notices no damaged number.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import safetensors.numpy

from albert_data.base.errors import DataError

from .. import files
from ..checkpoint_files import JAX_ENDING, LAST, newest, settle
from .pure_step import State

_PARTS = ("weights", "m", "v", "ratios")


def named_arrays(state: State, paths: Sequence[str], examples: int) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint by name.

    Args:
        state: State of NumPy arrays.
        paths: of the model's trainable variables.
        examples: int. Consumed by the run so far.
    """
    arrays = {
        f"{part}/{path}": array
        for part, held in zip(_PARTS, state, strict=False)
        for path, array in zip(paths, held, strict=True)
    }
    numbers = {"step": int(state.step), "examples": examples}
    return {**arrays, **{name: np.array([number]) for name, number in numbers.items()}}


def write_arrays(path: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes them whole or not at all."""
    whole = {name: np.array(array, order="C") for name, array in arrays.items()}
    files.write(path, safetensors.numpy.save(whole, {"sha256": _digest(whole)}))


def read_arrays(path: str) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint.

    Raises:
        DataError: it is damaged.
    """
    content = files.read(path)
    try:
        arrays = safetensors.numpy.load(content)
        size = int.from_bytes(content[:8], "little")
        said = msgspec.json.decode(content[8 : 8 + size])["__metadata__"]["sha256"]
    except (safetensors.SafetensorError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if _digest(arrays) != said:
        raise _damaged(path, "its checksum differs")
    return arrays


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}\n".encode())
        digest.update(arrays[name].data)
    return digest.hexdigest()


def _damaged(path: str, reason: str) -> DataError:
    return DataError(
        f"damaged, or of another model ({reason})",
        where=path,
        fix="to go on from an older one, name it as model_checkpoint_path in "
        f"{posixpath.dirname(path)}/checkpoint",
    )


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

    def save(self, kind: str, state: State, examples: int) -> None:
        """Writes a state of NumPy arrays, named after its step."""
        step = int(state.step)
        prefix = posixpath.join(self._folder, f"{kind}-{step}")
        write_arrays(prefix + JAX_ENDING, named_arrays(state, self._paths, examples))
        settle(self._folder, kind, step, self._keep, self._keep_every)
        if kind == LAST:
            self.latest = prefix

    def read(self, shapes: State) -> tuple[State, int] | None:
        """The newest state, as NumPy arrays, and the examples consumed; None where there is none.

        Args:
            shapes: State of anything that has the shapes wanted.

        Raises:
            DataError: it is damaged, or of another model.
        """
        if self.latest is None:
            return None
        path = self.latest + JAX_ENDING
        arrays = read_arrays(path)
        parts: list[list[Any]] = []
        for part, wanted in zip(_PARTS, shapes, strict=False):
            names = [f"{part}/{variable}" for variable in self._paths]
            for name, like in zip(names, wanted, strict=True):
                if name not in arrays or arrays[name].shape != tuple(like.shape):
                    there = arrays[name].shape if name in arrays else "missing"
                    raise _damaged(path, f"{name} is {there}, not {tuple(like.shape)}")
            parts.append([arrays.pop(name) for name in names])
        step, examples = (arrays.pop(name, np.zeros(1)) for name in ("step", "examples"))
        if arrays:
            raise _damaged(path, f"{next(iter(arrays))} is no variable of this run")
        weights, m, v, ratios = parts
        return State(weights, m, v, ratios, np.int32(step[0])), int(examples[0])
