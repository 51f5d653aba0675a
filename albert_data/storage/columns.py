"""Columns of Parquet files of ours, which are of their types before anything is done with them.

Kernels and `to_numpy` go by types and lengths: another type under a name, or no value, is a damaged file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

# Of a file that is damaged or another one, by what Arrow and its readers find first.
UNREADABLE = (OSError, pa.ArrowException, KeyError, UnicodeDecodeError)
TEXT = (pa.string(), pa.large_string())
_CODED = pa.dictionary(pa.int32(), pa.string())
Types = Mapping[str, Sequence[pa.DataType]]


def read_parquet(
    content: bytes, types: Types, columns: Sequence[str] | None = None, coded: Sequence[str] = ()
) -> pa.Table:
    """Columns of a Parquet file; by default all that it has.

    Args:
        types: column → which types it may have; others are not looked at.
        coded: columns of text that come as dictionaries.

    Raises:
        one of UNREADABLE: it is no Parquet, or a column is not there, or twice, or not as `check` has it.
    """
    file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=list(coded))
    types = {name: (_CODED,) if name in coded else own for name, own in types.items()}
    return read_groups(file, range(file.num_row_groups), types, columns)


def read_groups(
    file: pq.ParquetFile,
    groups: Sequence[int],
    types: Types,
    columns: Sequence[str] | None = None,
    may_lack: Sequence[str] = (),
) -> pa.Table:
    """Columns of row groups; see `read_parquet`.

    Args:
        may_lack: columns in which a row may have no value.
    """
    names = file.schema_arrow.names if columns is None else list(columns)
    table = file.read_row_groups(list(groups), names)
    for name in names:
        if name in types:
            check(name, table.column(name), types[name], name in may_lack)
    return table


def check(
    name: str,
    column: pa.ChunkedArray | pa.Array,
    types: Sequence[pa.DataType],
    may_lack: bool = False,
) -> None:
    """Raises ArrowInvalid where a column is of another type, lacks a value, or is text that is no UTF-8."""
    if column.type not in types:
        raise pa.ArrowInvalid(f"the column {name} is of type {column.type}")
    inner = pa.compute.list_flatten(column) if pa.types.is_list(column.type) else column
    if not may_lack and (column.null_count or inner.null_count):
        raise pa.ArrowInvalid(f"no value in the column {name}")
    if column.type in (*TEXT, _CODED):
        column.validate(full=True)
