"""Parquet files with columns `{id, title, text}`, split by row groups; and tables in general.

A split is a run of row groups of about `sources.unit_bytes` (uncompressed, needed columns only);
only those columns are read, in small batches. A row without an id is `row-17`, counted from the
file's beginning. `TableFile` hides what a table is stored in, so that the huggingface source reads
hub files and saved datasets with the same code.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate, islice
from typing import Any, Protocol

from albert_data.base.apart import Ended, apart
from albert_data.base.errors import ConfigError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import compressed, input_files, lines, rows
from albert_data.corpus.file_sources import FileSource
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.corpus.wikitext.extracted import is_extracted
from albert_data.storage import paths

BATCH_ROWS = 256
_DAMAGED = "not a Parquet file, or a truncated one"


class TableFile(Protocol):
    """A file of rows in groups.

    Attributes:
        path: of the file.
        schema: a pyarrow schema.
        group_rows: rows of each group.
    """

    path: str
    schema: Any
    group_rows: list[int]

    def group_bytes(self, columns: list[str]) -> list[int]:
        """Uncompressed bytes of those columns in each group."""
        ...

    def batches(self, group: int, columns: list[str]) -> Iterator[Any]:
        """The group's rows as pyarrow record batches."""
        ...


class ParquetTable:
    """A Parquet file; `handle` is an open file object where `path` cannot be opened."""

    def __init__(self, path: str, handle: Any = None) -> None:
        import pyarrow.parquet

        self.path = path
        with _broken(path, _DAMAGED):
            if handle is None and paths.is_remote(path):
                handle = paths.open_binary(path)
            self._file = pyarrow.parquet.ParquetFile(
                handle or path, page_checksum_verification=True
            )
            self.schema = self._file.schema_arrow
            self._metadata = self._file.metadata
            self.group_rows = [
                self._metadata.row_group(i).num_rows for i in range(self._metadata.num_row_groups)
            ]
        if twice := [n for n, k in Counter(self.schema.names).items() if k > 1]:
            problem = f"not a table that is read here: there are several columns {twice[0]!r}"
            raise input_files.BrokenFile(problem, where=path, fix="rename or leave out one of them")

    def group_bytes(self, columns: list[str]) -> list[int]:
        groups = map(self._metadata.row_group, range(len(self.group_rows)))
        with _broken(self.path, _DAMAGED):
            return [
                sum(
                    chunk.total_uncompressed_size
                    for chunk in map(group.column, range(group.num_columns))
                    if chunk.path_in_schema.split(".")[0] in columns
                )
                for group in groups
            ]

    def batches(self, group: int, columns: list[str]) -> Iterator[Any]:
        with _broken(f"{self.path}: row group {group}", "cannot be read"):
            yield from self._file.iter_batches(BATCH_ROWS, row_groups=[group], columns=columns)


class ParquetSource(FileSource):
    """A document a row."""

    kind = "parquet"
    reads = "`{id, title, text}` a row; column names are settings (`sources.text_column`, …)"
    suffixes = (".parquet", ".pq")
    guessed_by = (".parquet", ".pq")

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        stamp = input_files.stamp(path)
        try:
            return apart(lambda: plan_file(self.kind, path, name, stamp, settings))
        except Ended as end:
            error = input_files.BrokenFile(
                f"damaged: reading it ends the process ({end})", where=path, fix=compressed.AGAIN
            )
            return _broken_split(error, self.kind, name, path, stamp, settings)

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        return read_file(ParquetTable, split, context)


SOURCE = ParquetSource()


@contextmanager
def _broken(where: str, problem: str) -> Iterator[None]:
    """Has what Arrow raises of a damaged file, its names that are no UTF-8 included, be a BrokenFile."""
    try:
        yield
    except _unreadable() as error:
        raise broken(where, problem, error) from None


def _unreadable() -> tuple[type[Exception], ...]:
    """What Arrow and its readers raise of a file that is damaged, or another one."""
    import pyarrow

    return pyarrow.ArrowException, OSError, UnicodeDecodeError, KeyError


def broken(where: str, problem: str, error: BaseException) -> input_files.BrokenFile:
    detail = str(error).strip().split("\n")[0].removeprefix("Could not open Parquet input source ")
    return input_files.BrokenFile(f"{problem} ({detail})", where=where, fix=compressed.AGAIN)


def plan_file(
    kind: str, path: str, name: str, stamp: str, settings: SourceSettings, open_table: Any = None
) -> list[Split]:
    """The splits of one file of a table.

    Raises:
        ConfigError: no text column, one that is not text, or rows without document boundaries.
        DataError: the file cannot be opened, where `bad_input` is `fail`.
    """
    try:
        table: TableFile = (open_table or ParquetTable)(path)
    except input_files.BrokenFile as error:
        return _broken_split(error, kind, name, path, stamp, settings)
    rows.need_text_column(table.schema.names, settings, path)
    _need_text_type(table, settings)
    if _lacks_boundaries(table, settings):
        rows.refuse_without_boundaries(settings, path)
    sizes = table.group_bytes(_columns(table, settings))
    splits = []
    start = held = 0
    for group, size in enumerate(sizes):
        if group > start and held + size > settings.unit_bytes:
            splits.append(Split(kind, name, path, start, group, held, stamp))
            start, held = group, 0
        held += size
    splits.append(Split(kind, name, path, start, len(sizes), held, stamp))
    return splits


def _broken_split(
    error: input_files.BrokenFile,
    kind: str,
    name: str,
    path: str,
    stamp: str,
    settings: SourceSettings,
) -> list[Split]:
    """Refuses a file where broken input is refused; where it is not, reading it drops and counts it."""
    ReadContext(settings).broken_file(error)
    return [Split(kind, name, path, 0, None, 0, stamp)]


def read_file(open_table: Any, split: Split, context: ReadContext) -> Iterator[Document]:
    """The documents of one split of a table opened by `open_table(path)`.

    Raises:
        BrokenFile: it has no row, or cannot be read to its end.
    """
    settings = context.settings
    table: TableFile = open_table(split.path)
    if not sum(table.group_rows):
        raise lines.empty_file(split.path, "the file has no rows")
    bounds = [0, *accumulate(table.group_rows)]
    begin = bounds[split.start]
    end = bounds[-1] if split.end is None else bounds[split.end]
    size = settings.pseudo_documents
    if size and _lacks_boundaries(table, settings):
        # A pseudo-document belongs to the split that holds its first row.
        begin, end = -(-begin // size) * size, min(-(-end // size) * size, bounds[-1])
        yield from rows.pseudo_documents(_rows(table, begin, end, settings), begin, context)
    else:
        yield from rows.documents(_rows(table, begin, end, settings), context)


def _rows(table: TableFile, begin: int, end: int, settings: SourceSettings) -> Iterator[rows.Row]:
    """Rows `begin` to `end` of the file."""
    columns = _columns(table, settings)
    extracted = is_extracted(table.schema.names)
    bounds = [0, *accumulate(table.group_rows)]
    group = max(bisect.bisect_right(bounds, begin) - 1, 0)
    while group < len(table.group_rows) and bounds[group] < end:
        number = bounds[group]
        for batch in table.batches(group, columns):
            if number >= end:
                return
            skip = min(max(begin - number, 0), batch.num_rows)
            batch = batch.slice(skip, max(end - number - skip, 0))
            number += skip
            for name, title, text, flaw in _values(batch, settings):
                where, key = f"{table.path}: row {number}", f"row-{number}"
                yield rows.Row(key, where, name, title, text, flaw, extracted=extracted)
                number += 1
        group += 1


def _values(batch: Any, settings: SourceSettings) -> Iterator[tuple[Any, ...]]:
    """(id, title, text, flaw) of each row."""
    names = batch.schema.names
    wanted = (settings.id_column, settings.title_column, settings.text_column)
    columns = [batch.column(n) if n in names else None for n in wanted]
    try:
        lists = [[None] * batch.num_rows if c is None else c.to_pylist() for c in columns]
        yield from ((*values, None) for values in zip(*lists, strict=True))
    except UnicodeDecodeError:
        for i in range(batch.num_rows):
            try:
                yield (*(None if c is None else c[i].as_py() for c in columns), None)
            except UnicodeDecodeError as error:
                byte = error.object[error.start]
                flaw = lines.undecodable(lines.Undecodable(error.start, byte))
                yield None, None, None, flaw._replace(fix="write the column anew, in UTF-8")


def _columns(table: TableFile, settings: SourceSettings) -> list[str]:
    wanted = (settings.id_column, settings.title_column, settings.text_column)
    return [name for name in dict.fromkeys(wanted) if name in table.schema.names]


def _lacks_boundaries(table: TableFile, settings: SourceSettings) -> bool:
    names = table.schema.names
    if list(names) != [settings.text_column]:
        return False
    found = islice(_rows(table, 0, rows.ROWS_LOOKED_AT, settings), rows.ROWS_LOOKED_AT)
    try:
        return rows.lacks_boundaries(names, [row.text for row in found], settings.text_column)
    except input_files.BrokenFile:
        return False


def _need_text_type(table: TableFile, settings: SourceSettings) -> None:
    import pyarrow.types as kinds

    kind = table.schema.field(settings.text_column).type
    inner = kind.value_type if kinds.is_dictionary(kind) else kind
    tests = (kinds.is_string, kinds.is_large_string, kinds.is_string_view)
    if not any(test(inner) for test in tests):
        raise ConfigError(
            f"the column {settings.text_column!r} holds {kind}, not text",
            where=table.path,
            fix="name the column of the text: --set sources.text_column=NAME"
            f" (the columns are: {', '.join(table.schema.names)})",
        )
