"""Shard sets in other forms: a record a row, in the order of the shards, read back and compared.

A form is a row of `FORMS`: how a shard's records are written as one file, and how that is read back. Records
of a dynamic set are not masked there, either. Memory: one shard, decoded.

parquet       a column a feature, lists of fixed length; read by `datasets`, pandas, DuckDB, …
npz           an array a feature, for `numpy.load`
arrayrecord   the records' own bytes (tf.Example) for Grain; needs `pip install array-record`
mds           an array a feature and `index.json`, for MosaicML's `StreamingDataset`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from albert_data.base.errors import ConfigError, DataError
from albert_data.read import mds
from albert_data.read.record_set import Arrays
from albert_data.read.shard_reader import Shards
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES
from albert_data.storage.atomic import atomic_path
from albert_data.storage.file_names import plain_name

_ROW_GROUP = 4096  # records


class Form(NamedTuple):
    """A form of files: their suffix, how one is written, and read back as what was written, and what is
    written of all of them at the end."""

    suffix: str
    content: Callable[[Shards, int], Arrays | list[bytes]]
    write: Callable[[Path, Arrays | list[bytes]], None]
    read: Callable[[Path], Arrays | list[bytes]]
    finish: Callable[[Path, list[Path]], Path] | None = None


def export(shards: Shards, form: str, folder: Path) -> Iterator[Path]:
    """Writes a file a shard, each whole or not at all, and compares what can be read of it.

    Yields: each file when it is finished; at the end the index, of a form that has one.

    Raises:
        ConfigError: no such form; its library is missing; the folder is not empty.
        DataError: a shard is damaged, or a file does not read back as it was written.
    """
    if form not in FORMS:
        raise ConfigError(f"no such form: {form}", where="--to", fix=f"one of {', '.join(FORMS)}")
    suffix, content, write, read, finish = FORMS[form]
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError("not empty", where=str(folder), fix="name a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, file in enumerate(shards.sets[0].shards.files):
        path = folder / f"{plain_name(file.path.name)}{suffix}"
        expected = content(shards, number)
        with atomic_path(path) as temporary:
            write(temporary, expected)
            if not _same(read(temporary), expected):
                raise DataError(
                    "does not read back as it was written",
                    where=str(path),
                    fix="try again; if it stays so, this is a defect of albert-data or of its library",
                )
        paths.append(path)
        yield path
    if finish:
        yield finish(folder, paths)


def _same(one: Arrays | list[bytes], other: Arrays | list[bytes]) -> bool:
    if isinstance(one, list) or isinstance(other, list):
        return one == other
    return set(one) == set(other) and all(
        one[name].dtype == values.dtype and np.array_equal(one[name], values)
        for name, values in other.items()
    )


def _arrays(shards: Shards, number: int) -> Arrays:
    """The records of a shard, [R, values]."""
    return shards.records(shards.sets[0].numbers_of(number))


def _records(shards: Shards, number: int) -> list[bytes]:
    """The bytes of a shard's records, each a tf.Example; its checksums are checked."""
    _arrays(shards, number)
    of_set = shards.sets[0].shards
    shard = of_set.shard(number)
    buffer, offsets, _ = shard.part(0, len(shard.offsets) - 1, of_set.ranges)
    begins, ends = offsets[:-1] + HEADER_BYTES, offsets[1:] - FOOTER_BYTES
    return [buffer[b:e].tobytes() for b, e in zip(begins.tolist(), ends.tolist(), strict=True)]


def _write_parquet(path: Path, arrays: Arrays | list[bytes]) -> None:
    assert isinstance(arrays, dict)
    columns = {
        name: pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
        for name, values in arrays.items()
    }
    table = pa.table(columns)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        if len(table):  # `datasets` cannot read a group of no rows
            writer.write_table(table, row_group_size=_ROW_GROUP)


def _read_parquet(path: Path) -> Arrays:
    table = pq.ParquetFile(path).read().combine_chunks()
    arrays = {}
    for name in table.column_names:
        column, width = table[name], table.schema.field(name).type.list_size
        flat = (
            column.chunk(0).flatten() if column.num_chunks else pa.array([], column.type.value_type)
        )
        arrays[name] = flat.to_numpy(zero_copy_only=False).reshape(-1, width)
    return arrays


def _write_npz(path: Path, arrays: Arrays | list[bytes]) -> None:
    assert isinstance(arrays, dict)
    with open(path, "wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # names of ours, not its options


def _read_npz(path: Path) -> Arrays:
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def _write_array_record(path: Path, records: Arrays | list[bytes]) -> None:
    writer = _array_record().ArrayRecordWriter(str(path), "group_size:1")
    for record in records:
        writer.write(record)
    writer.close()


def _read_array_record(path: Path) -> list[bytes]:
    reader = _array_record().ArrayRecordReader(str(path))
    records: list[bytes] = list(reader.read_all()) if reader.num_records() else []
    reader.close()
    return records


def _write_mds(path: Path, arrays: Arrays | list[bytes]) -> None:
    assert isinstance(arrays, dict)
    mds.write(path, arrays)


def _array_record() -> Any:
    try:
        from array_record.python import array_record_module
    except ImportError:
        fix = "pip install array-record"
        raise ConfigError("array-record is not installed", where="--to", fix=fix) from None
    return array_record_module


FORMS = {
    "parquet": Form(".parquet", _arrays, _write_parquet, _read_parquet),
    "npz": Form(".npz", _arrays, _write_npz, _read_npz),
    "arrayrecord": Form(".array_record", _records, _write_array_record, _read_array_record),
    "mds": Form(".mds", _arrays, _write_mds, mds.read, mds.write_index),
}
