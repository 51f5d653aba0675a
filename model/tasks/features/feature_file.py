"""Features as a Parquet file: a row an input, readable by anything that reads Parquet.

    example         the id of the example                       string
    number          of the example                              int32
    pieces          of the input, special ones included         list of int32
    second          place where segment 1 begins                int32
    label, start …  the columns                                 int32 or float32
    piece_begin …   the columns of pieces                       list of int32 or bool

What the file was made from and what was counted stand in its metadata. A file that cannot be read, or
was made from something else, is made anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from albert_data.storage.atomic import atomic_path

from .features import Features

_KEY = b"albert features"
_FIXED = ("example", "number", "pieces", "second")


def write_features(path: Path, features: Features, made_from: Mapping[str, Any]) -> None:
    """Writes a file; nothing half-written is ever seen."""
    offsets = pa.array(features.offsets, pa.int32())

    def lists(values: np.ndarray) -> pa.Array:
        return pa.ListArray.from_arrays(offsets, pa.array(values))

    columns: dict[str, Any] = {
        "example": pa.array(features.names).take(pa.array(features.examples)),
        "number": pa.array(features.examples),
        "pieces": lists(features.ids),
        "second": pa.array(features.seconds),
    }
    columns |= {name: pa.array(values) for name, values in features.columns.items()}
    columns |= {name: lists(values) for name, values in features.piece_columns.items()}
    notes = json.dumps({"from": made_from, "counts": features.counts})
    table = pa.table(columns).replace_schema_metadata({_KEY: notes})
    with atomic_path(path) as temporary:
        parquet.write_table(table, temporary, compression="zstd")


def read_features(path: Path, made_from: Mapping[str, Any]) -> Features | None:
    """The features in a file; None where there is none that was made from this."""
    if not path.is_file():
        return None
    try:
        table = parquet.read_table(path)
        notes = json.loads((table.schema.metadata or {})[_KEY])
    except (pa.ArrowException, OSError, KeyError, ValueError):
        return None
    if notes["from"] != made_from:
        return None
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    numbers = columns["number"].to_numpy()
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))
    others = [name for name in columns if name not in _FIXED]
    is_list = {name: pa.types.is_list(table.schema.field(name).type) for name in others}
    return Features(
        columns["example"].take(pa.array(firsts)).to_pylist(),
        _values(columns["pieces"]),
        columns["pieces"].offsets.to_numpy().astype(np.int64),
        columns["second"].to_numpy(),
        numbers,
        {name: columns[name].to_numpy() for name in others if not is_list[name]},
        {name: _values(columns[name]) for name in others if is_list[name]},
        notes["counts"],
    )


def _values(lists: pa.ListArray) -> np.ndarray:
    flat: np.ndarray = lists.flatten().to_numpy(zero_copy_only=False)
    return flat
