"""NVIDIA's HDF5 files of BERT: a data set a feature, a record a row.

Weights are not stored: a prediction of position 0, which is [CLS], is an unused one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from albert_data.base.errors import ConfigError, DataError
from albert_data.insight.foreign.batch import FIX, LONGEST, ROWS, SENTENCE, Batch, of_features
from albert_data.storage.paths import open_binary

MAGIC = b"\x89HDF\r\n\x1a\n"
_NEEDED = ("input_ids", "input_mask", "segment_ids", "masked_lm_positions", "masked_lm_ids")
_DAMAGED = (OSError, RuntimeError, KeyError, ValueError)  # what h5py raises of it


def batches(path: Path) -> Iterator[Batch]:
    """The records of a file.

    Raises:
        ConfigError: h5py is not installed.
        DataError: the file is damaged, or lacks a feature.
    """
    try:
        import h5py
    except ImportError:
        raise ConfigError(
            "HDF5 needs the package h5py, which is not installed",
            where=str(path),
            fix="pip install 'albert-data[foreign]'",
        ) from None
    with open_binary(path) as stream:
        try:
            file = h5py.File(stream, "r")
        except _DAMAGED as error:
            raise _broken(path.name, error) from None
        with file:
            _check_shapes(file, path.name)
            for first in range(0, len(file["input_ids"]), ROWS):
                yield _read(file, path.name, first)


def _read(file: Any, where: str, first: int) -> Batch:
    names = [*_NEEDED, *([SENTENCE] if SENTENCE in file else [])]
    try:
        got = {name: file[name][first : first + ROWS].astype(np.int64) for name in names}
    except _DAMAGED as error:
        raise _broken(f"{where}: records {first} to {first + ROWS - 1}", error) from None
    if SENTENCE in got:
        got[SENTENCE] = got[SENTENCE].reshape(len(got["input_ids"]))
    return of_features(got, where, first)


def _check_shapes(file: Any, where: str) -> None:
    if missing := [name for name in _NEEDED if name not in file]:
        raise DataError(
            f"the file has no {', '.join(missing)} (it has: {', '.join(file) or 'nothing'})",
            where=where,
            fix="name HDF5 files of NVIDIA's create_pretraining_data.py",
        )
    shapes: dict[str, tuple[int, ...]] = {
        name: getattr(file[name], "shape", ()) for name in _NEEDED
    }
    tokens = shapes["input_ids"]
    for name in _NEEDED:
        shape = shapes[name]
        like = tokens if name in ("input_ids", "input_mask", "segment_ids") else shape
        if len(shape) != 2 or shape != like or shape[0] != tokens[0]:
            raise DataError(f"{name} is of shape {shape}, not a row a record", where=where, fix=FIX)
        if file[name].dtype.kind not in "iu":
            raise DataError(f"{name} holds {file[name].dtype}, not ids", where=where, fix=FIX)
    rows, width = tokens
    if not 0 < width <= LONGEST:
        raise DataError(f"input_ids holds {width} tokens a record", where=where, fix=FIX)
    if SENTENCE in file and file[SENTENCE].size != rows:
        raise DataError(
            f"{SENTENCE} has {file[SENTENCE].size} labels for {rows} records",
            where=where,
            fix=FIX,
        )


def _broken(where: str, error: Exception) -> DataError:
    return DataError(f"damaged or no HDF5 file ({error})", where=where, fix=FIX)
