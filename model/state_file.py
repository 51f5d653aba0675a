"""The file that a checkpoint of JAX is: safetensors, every array by the name of its variable.

``weights/PATH``, ``m/PATH``, ``v/PATH`` and, under LAMB, ``ratios/PATH`` for each trainable variable,
``step``, and ``examples``, which the run has consumed. The header holds a SHA-256 of all arrays, since
safetensors notices no damaged number. Neither JAX nor Keras is needed to read or write one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
import numpy as np
import safetensors.numpy

from albert_data.base.errors import DataError

from . import files

PARTS = ("weights", "m", "v", "ratios")


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
        raise damaged(path, str(error)) from error
    if _digest(arrays) != said:
        raise damaged(path, "its checksum differs")
    return arrays


def take(
    arrays: dict[str, np.ndarray], shapes: Mapping[str, tuple[int, ...]], path: str
) -> list[np.ndarray]:
    """Takes the arrays of these names out of ``arrays``, in this order.

    Raises:
        DataError: one is missing, or has another shape.
    """
    for name, shape in shapes.items():
        if name not in arrays or arrays[name].shape != tuple(shape):
            there = arrays[name].shape if name in arrays else "missing"
            raise damaged(path, f"{name} is {there}, not {tuple(shape)}")
    return [arrays.pop(name) for name in shapes]


def damaged(path: str, reason: str) -> DataError:
    """The error of a checkpoint that cannot be used."""
    return DataError(
        f"damaged, or of another model ({reason})",
        where=path,
        fix=to_go_on_before(path),
    )


def to_go_on_before(path: str) -> str:
    """What to do where a checkpoint cannot be read.

    Args:
        path: of its files.
    """
    return f"move {path} elsewhere: the run goes on from the checkpoint before it, or begins anew"


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}\n".encode())
        digest.update(arrays[name].data)
    return digest.hexdigest()
