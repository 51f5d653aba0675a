"""Lists of what was left out, as Parquet files: written row by row, joined row group by row group.

A unit of work has its own list, in `left-out/`; the token cache's, `left_out.parquet`, is all of them in
the order of units, behind the files that are not read. Memory is that of ROWS rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from albert_data.base.errors import DataError
from albert_data.corpus.left_out_list import Row
from albert_data.schema import LEFT_OUT_ROW, ListFile
from albert_data.storage.atomic import atomic_path
from albert_data.storage.columns import UNREADABLE, check
from albert_data.storage.paths import open_binary
from albert_data.tokens.token_file import file_crc32c

ROWS = 2**15  # of a row group
_TYPES = {"string": pa.string(), "integer": pa.int64()}
SCHEMA = pa.schema([(column.name, _TYPES[column.type]) for column in LEFT_OUT_ROW])


class LeftOutWriter:
    """Takes rows, and writes them some thousands at a time; `rows` counts them."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer, self._waiting, self.rows = writer, list[Row](), 0
        self._batches: list[pa.RecordBatch] = []

    def add(self, row: Row) -> None:
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) >= ROWS:
            self.flush()

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Takes rows of another list, which come behind all that were taken one by one."""
        self._batches.append(batch)
        self.rows += len(batch)
        if sum(map(len, self._batches)) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        rows = pa.Table.from_pylist(self._waiting, SCHEMA)
        table = pa.concat_tables([rows, pa.Table.from_batches(self._batches, SCHEMA)])
        if len(table):
            self._writer.write_table(table)
        self._waiting, self._batches = [], []


@contextmanager
def left_out_writer(path: Path) -> Iterator[LeftOutWriter]:
    """Writes a list, which takes its name at the end."""
    with (
        atomic_path(path, lasting=False) as temporary,
        pq.ParquetWriter(temporary, SCHEMA, compression="zstd") as writer,
    ):
        own = LeftOutWriter(writer)
        yield own
        own.flush()


def described(path: Path, rows: int) -> ListFile | None:
    """The list that was just written; None, and no file, where it has no row."""
    if not rows:
        path.unlink()
        return None
    return ListFile(path.name, rows, path.stat().st_size, file_crc32c(path))


def is_whole(folder: Path, known: ListFile | None) -> bool:
    """Whether a unit's list is as it was written."""
    if known is None:
        return True
    path = folder / known.name
    try:
        return path.stat().st_size == known.bytes and file_crc32c(path) == known.crc32c
    except OSError:
        return False


def join(rows: Iterable[Row], lists: Iterable[Path], path: Path) -> int:
    """Writes one list of rows and the lists behind them; the number of its rows."""
    with left_out_writer(path) as writer:
        for row in rows:
            writer.add(row)
        for each in lists:
            for batch in read_left_out(each):
                writer.add_batch(batch)
    return writer.rows


def read_left_out(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a list, some thousands at a time.

    Raises:
        DataError: it is no such list.
    """
    try:
        with open_binary(path) as stream:
            file = pq.ParquetFile(stream)
            for batch in file.iter_batches(ROWS, columns=SCHEMA.names):
                for field in SCHEMA:
                    check(field.name, batch.column(field.name), (field.type,))
                yield batch
    except UNREADABLE as error:
        problem = f"not a readable list of what was left out: {str(error).splitlines()[0]}"
        fix = "run the build again: it is made anew"
        raise DataError(problem, where=str(path), fix=fix) from None
