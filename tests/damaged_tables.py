"""Tables with any column of another kind: a generator for every Parquet file that is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def columns_instead(column: pa.ChunkedArray) -> Iterator[tuple[str, pa.Array]]:
    """What may stand where a column stood, as many rows: null, other types, absurd values."""
    rows = len(column)
    one_null = column.to_pylist()
    one_null[-1:] = [None] * bool(rows)
    yield "one null", pa.array(one_null, column.type)
    yield "nulls", pa.nulls(rows)
    yield "nulls of its type", pa.nulls(rows, column.type)
    yield "NaN", pa.array([float("nan")] * rows)
    yield "-1", pa.array([-1] * rows, pa.int64())
    yield "2^64 - 1", pa.array([2**64 - 1] * rows, pa.uint64())
    yield "true", pa.array([True] * rows)
    yield "text", pa.array([""] * rows)
    yield "a path that leads out", pa.array(["../../etc/passwd"] * rows)
    yield "long text", pa.array(["a" * 10_000] * rows)
    bytes_ = pa.array([b"\xed\xa0\x80\xff"] * rows)
    yield "bytes", bytes_
    yield "text that is no UTF-8", pa.StringArray.from_buffers(rows, *bytes_.buffers()[1:])
    yield "lists", pa.array([[]] * rows, pa.list_(pa.int64()))
    yield "lists with null", pa.array([[None, 1]] * rows, pa.list_(pa.int64()))
    yield "lists of it", pa.array([[value] for value in column.to_pylist()], pa.list_(column.type))
    yield "fields of it", pa.StructArray.from_arrays([column.combine_chunks()], ["a"])
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    yield "deep lists", pa.array([deep] * rows)
    yield "a dictionary", pa.array(["a"] * rows).dictionary_encode()
    yield "moments", pa.array([0] * rows, pa.timestamp("us"))
    if pa.types.is_integer(column.type):
        yield "its largest", pa.array([2 ** (column.type.bit_width - 1) - 1] * rows, column.type)
        yield "as text", column.cast(pa.string()).combine_chunks()
    if pa.types.is_list(column.type):
        inner = column.type.value_type
        yield "empty lists", pa.array([[]] * rows, column.type)
        yield "fewer", pa.array([value[:-1] for value in column.to_pylist()], column.type)
        yield "large lists", column.cast(pa.large_list(inner)).combine_chunks()
        yield "null inside", pa.array([[None] * len(v) for v in column.to_pylist()], column.type)
        if pa.types.is_integer(inner):
            most = 2 ** (inner.bit_width - 1) - 1
            yield (
                "largest inside",
                pa.array([[most] * len(v) for v in column.to_pylist()], column.type),
            )


def damaged(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """(what was done, the table) with every column gone, twice, or of every other kind; without rows."""
    yield "no rows", table.slice(0, 0)
    yield "no columns", table.select([])
    yield "another column", table.append_column("extra", pa.nulls(len(table)))
    for at, name in enumerate(table.column_names):
        yield f"{name} gone", table.remove_column(at)
        yield f"{name} twice", table.append_column(name, table.column(at))
        yield (
            f"{name} under another name",
            table.rename_columns([n if n != name else "../../x" for n in table.column_names]),
        )
        for what, column in columns_instead(table.column(at)):
            yield f"{name}: {what}", table.set_column(at, name, column)


def parquet_of(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def damaged_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The same of a Parquet file's table, as files; those that Arrow itself cannot write are left out."""
    for what, table in damaged(pq.read_table(path)):
        try:
            yield what, parquet_of(table)
        except pa.ArrowException:
            continue
