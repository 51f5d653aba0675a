"""MDS files, the format of MosaicML's Streaming, and their index, written and read here.

Its package needs PyTorch, torchvision, Transformers below 5 and the SDKs of four clouds; its format is small:

    uint32      records, R
    uint32      R + 1 places in the file: where each record begins, and the end
    JSON        the names, encodings and sizes of the columns
    R records   the bytes of the columns, one after the other; their sizes stand first where they differ

All numbers are little-endian. Every column has a size here, so a record has one, too, and a file is
written and read as one table. `index.json` has of each file what its JSON says, records, bytes and SHA-256.
Source: streaming/base/format/mds/ of mosaicml/streaming 0.13.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError
from albert_data.read.record_set import Arrays
from albert_data.storage.atomic import atomic_path

INDEX = "index.json"
_HASH = "sha256"
_MOST_BYTES = 2**32 - 1  # of a file, whose places are uint32


def write(path: Path, arrays: Arrays) -> None:
    """Writes R records of columns [R, values].

    Raises:
        ConfigError: they are more than a file can hold, 4 GiB.
    """
    names = sorted(arrays)
    columns = [np.ascontiguousarray(arrays[name]) for name in names]
    columns = [column.astype(column.dtype.newbyteorder("<"), copy=False) for column in columns]
    sizes = [column.itemsize * column.shape[1] for column in columns]
    settings = {
        "version": 2,
        "format": "mds",
        "compression": None,
        "hashes": [_HASH],
        "size_limit": None,
        "column_names": names,
        "column_encodings": [f"ndarray:{c.dtype.name}:{c.shape[1]}" for c in columns],
        "column_sizes": sizes,
    }
    head = json.dumps(settings, sort_keys=True).encode()
    records, size = len(columns[0]), sum(sizes)
    begin = 4 * (records + 2) + len(head)
    if begin + records * size > _MOST_BYTES:
        raise ConfigError(
            f"a shard of {count_of(records, 'record')} is more than an MDS file holds, 4 GiB",
            where="--to mds",
            fix="build more shards (shards.count), or take another form",
        )
    places = begin + size * np.arange(records + 1)
    with open(path, "wb") as stream:
        stream.write(struct.pack("<I", records))
        stream.write(places.astype("<u4").tobytes())
        stream.write(head)
        both = zip(columns, sizes, strict=True)
        rows = [column.view(np.uint8).reshape(records, size) for column, size in both]
        stream.write(np.concatenate(rows, axis=1).tobytes())


def read(path: Path) -> Arrays:
    """The columns of a file that `write` wrote."""
    records, places, settings = _head(path)
    sizes = settings["column_sizes"]
    body = np.fromfile(path, np.uint8, offset=int(places[0]))
    if (np.diff(places) != sum(sizes)).any() or len(body) != places[-1] - places[0]:
        return {}
    table = body.reshape(records, sum(sizes))
    arrays, begin = {}, 0
    for name, encoding, size in zip(
        settings["column_names"], settings["column_encodings"], sizes, strict=True
    ):
        dtype = np.dtype(encoding.split(":")[1]).newbyteorder("<")
        part = np.ascontiguousarray(table[:, begin : begin + size])
        arrays[name] = part.view(dtype).reshape(records, size // dtype.itemsize)
        begin += size
    return arrays


def write_index(folder: Path, files: Sequence[Path]) -> Path:
    """Writes and names the index of the files of a folder, which all readers begin with."""
    shards = []
    for path in files:
        records, _, settings = _head(path)
        with open(path, "rb") as stream:
            digest = hashlib.file_digest(stream, _HASH).hexdigest()
        size = path.stat().st_size
        file = {"basename": path.name, "bytes": size, "hashes": {_HASH: digest}}
        shards.append({**settings, "samples": records, "raw_data": file, "zip_data": None})
    with atomic_path(folder / INDEX) as temporary:
        temporary.write_text(json.dumps({"version": 2, "shards": shards}, sort_keys=True))
    return folder / INDEX


def _head(path: Path) -> tuple[int, Any, dict[str, Any]]:
    """(records, places [records + 1], settings) of a file."""
    with open(path, "rb") as stream:
        (records,) = struct.unpack("<I", stream.read(4))
        places = np.frombuffer(stream.read(4 * (records + 1)), "<u4").astype(np.int64)
        return records, places, json.loads(stream.read(int(places[0]) - stream.tell()))
