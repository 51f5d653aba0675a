"""Token files: Parquet, one row a document, `schema.TOKEN_COLUMNS`.

A long document has several rows: those behind its first one have its source and key, but neither id nor title
(null). Written from Arrow tables, a row group of them at a time; read as flat arrays (`Documents`), with the
rows of other sources left out where that is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import google_crc32c
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from albert_data.base.arrays import Bool, Int64, UInt64
from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of
from albert_data.schema import WORD_STARTS, TokenFile
from albert_data.storage.atomic import atomic_path
from albert_data.storage.columns import TEXT, UNREADABLE, read_groups
from albert_data.storage.paths import is_remote, open_binary
from albert_data.storage.sealed import beside
from albert_data.tokens.documents import BY_PIECE, Documents
from albert_data.tokens.hold_out import is_held_out
from albert_data.tokens.source_patterns import ALL, EVERYTHING, Choice, chosen

LARGE = 2**24  # bytes of a file that are not read at once
LARGE_PIECES = 2**24  # of a file; those of usual corpora have half as many, in one row group
GROUP_PIECES = 2**21  # of a row group of a larger one
_ARRAYS = ("sentence_lengths", "pieces", WORD_STARTS.name)
_OF_FIRST_ROWS = ("id", "title")  # which other rows of a document lack
# What columns may be.
_TYPES = {
    **dict.fromkeys(("id", "title", "source"), TEXT),
    "key": (pa.uint64(),),
    "sentence_lengths": (pa.list_(pa.uint32()),),
    "pieces": (pa.list_(pa.uint16()), pa.list_(pa.uint32())),
    WORD_STARTS.name: (pa.list_(pa.bool_()),),
}


def piece_type(vocabulary_size: int) -> type[np.generic]:
    """The smallest type of token files that holds the vocabulary's ids."""
    return np.uint16 if vocabulary_size <= 2**16 else np.uint32


def write_token_file(path: Path, tables: Iterable[pa.Table], unk: int | None = None) -> TokenFile:
    """Writes documents (`schema.TOKEN_COLUMNS`) as a token file.

    Args:
        tables: rows in order; gone over several times.
        unk: id of `<unk>`, which is counted; None: it is not.
    """
    sources: dict[str, list[int]] = {}
    unknown: dict[str, int] = {}
    with atomic_path(path, lasting=False) as temporary:
        with ExitStack() as stack:
            writer: pq.ParquetWriter | None = None
            for table in _row_groups(tables):
                if writer is None:
                    own = pq.ParquetWriter(
                        temporary, table.schema, compression="zstd", compression_level=1
                    )
                    writer = stack.enter_context(own)
                writer.write_table(table)
                for source, counts in counts_by_source(table).items():
                    so_far = sources.get(source, [0, 0, 0])
                    sources[source] = [n + m for n, m in zip(so_far, counts, strict=True)]
                for source, count in ({} if unk is None else unknown_by_source(table, unk)).items():
                    unknown[source] = unknown.get(source, 0) + count
        size, crc = temporary.stat().st_size, file_crc32c(temporary)
    documents, sentences, tokens = map(sum, zip((0, 0, 0), *sources.values(), strict=True))
    return TokenFile(
        path.name, documents, sentences, tokens, size, crc, _digest(tables),
        dict(sorted(sources.items())), None if unk is None else dict(sorted(unknown.items())),
    )  # fmt: skip


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The tables joined to one row group, but those of a large file to groups of about GROUP_PIECES."""
    large = sum(map(_pieces, tables)) > LARGE_PIECES
    group: list[pa.Table] = []
    for table in tables:
        group.append(table)
        if large and sum(map(_pieces, group)) >= GROUP_PIECES:
            yield pa.concat_tables(group)
            group = []
    if group:
        yield pa.concat_tables(group)


def _pieces(table: pa.Table) -> int:
    number: int = pa.compute.sum(pa.compute.list_value_length(table["pieces"])).as_py() or 0
    return number


def _digest(tables: Iterable[pa.Table]) -> str:
    """SHA-256 (hex) of documents' keys and of the columns of arrays, one after the other."""
    digest = hashlib.sha256()
    for name in ("key", *_ARRAYS):
        for table in tables:
            if name in table.column_names:
                column = table[name]
                keys = name == "key"
                array = column.to_numpy()[begins_document(table)] if keys else _flat(column)[0]
                digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def without_documents(
    folder: Path, file: TokenFile, rows: np.ndarray, unk: int
) -> TokenFile | None:
    """A token file beside `file` without some of its documents; None where it would hold none.

    Args:
        rows: bool [D], the documents to leave out.
        unk: id of `<unk>`.
    """
    if rows.all():
        return None
    name = hashlib.sha256(np.packbits(rows)).hexdigest()[:12]
    path = folder / file.path
    table = read_rows(path)
    left = table.filter(pa.array(~rows[np.cumsum(begins_document(table)) - 1]))
    return write_token_file(path.with_name(f"{path.stem}-without-{name}.parquet"), [left], unk)


def begins_document(table: pa.Table) -> Bool[np.ndarray, " rows"]:
    """Whether a row is the first of its document."""
    first: np.ndarray = pa.compute.is_valid(table["id"]).to_numpy()
    return first


def counts_by_source(table: pa.Table) -> dict[str, list[int]]:
    """Documents, sentences and tokens of each source."""
    lists = (table[name] for name in ("sentence_lengths", "pieces"))
    lengths = (pa.compute.list_value_length(column).to_numpy() for column in lists)
    return _sums_by_source(table, begins_document(table), *lengths)


def unknown_by_source(table: pa.Table, unk: int) -> dict[str, int]:
    """Pieces of each source that are `<unk>`, of sources with any."""
    pieces, lengths = _flat(table["pieces"])
    rows = np.searchsorted(np.cumsum(lengths), np.flatnonzero(pieces == unk), side="right")
    counts = _sums_by_source(table, np.bincount(rows, minlength=len(table)))
    return {source: count for source, (count,) in counts.items() if count}


def _sums_by_source(table: pa.Table, *columns: np.ndarray) -> dict[str, list[int]]:
    """Each source's sums of columns (numbers [rows]), by the sources' names."""
    sources = table["source"].combine_chunks().dictionary_encode()
    sums = [np.bincount(sources.indices, column, len(sources.dictionary)) for column in columns]
    of_each = np.stack(sums, 1).astype(np.int64).tolist()
    return dict(sorted(zip(sources.dictionary.to_pylist(), of_each, strict=True)))


def arrow_schema(vocabulary_size: int, segmented: bool = False) -> pa.Schema:
    """Of a token file.

    Args:
        segmented: word starts are stored, too.
    """
    pieces = pa.from_numpy_dtype(piece_type(vocabulary_size))
    return pa.schema(
        [
            ("id", pa.string()),
            ("title", pa.string()),
            ("source", pa.string()),
            ("key", pa.uint64()),
            ("sentence_lengths", pa.list_(pa.uint32())),
            ("pieces", pa.list_(pieces)),
            *([(WORD_STARTS.name, pa.list_(pa.bool_()))] if segmented else []),
        ]
    )


def is_whole(folder: Path, file: TokenFile, where: str) -> bool:
    """Whether a token file lies in a folder as it was written; `where` named it."""
    path = beside(folder, file.path, where)
    try:
        return path.stat().st_size == file.bytes and file_crc32c(path) == file.crc32c
    except OSError:
        return False


def file_crc32c(path: Path) -> int:
    """CRC-32C of a file's bytes."""
    checksum = google_crc32c.Checksum()
    with open_binary(path) as stream:
        while chunk := stream.read(2**20):
            checksum.update(chunk)
    return int.from_bytes(checksum.digest(), "big")


_MAKE_ANEW = "remove it and run the same build again: it is made anew from the source"


def _damaged(path: Path) -> DataError:
    problem = "the token file is damaged (CRC-32C)"
    return DataError(problem, where=str(path), fix=_MAKE_ANEW)


def _unreadable(path: Path, error: Exception) -> DataError:
    reason = str(error).splitlines()[0]
    problem = f"not a readable token file: {reason}"
    return DataError(problem, where=str(path), fix=_MAKE_ANEW)


@contextmanager
def _opened(path: Path, crc32c: int | None = None) -> Iterator[pq.ParquetFile]:
    """A token file to read: of a LARGE one here what is asked for, of others all its bytes at once.

    Args:
        crc32c: of the file's bytes, where it is known.

    Raises:
        DataError: the file is missing, damaged or not a token file.
    """
    try:
        if is_remote(path) or path.stat().st_size <= LARGE:
            content = path.read_bytes()
            if crc32c is not None and google_crc32c.value(content) != crc32c:
                raise _damaged(path)
            yield pq.ParquetFile(pa.BufferReader(content))
        else:
            if crc32c is not None and file_crc32c(path) != crc32c:
                raise _damaged(path)
            with pq.ParquetFile(path) as file:
                yield file
    except UNREADABLE as error:
        raise _unreadable(path, error) from None


def read_rows(path: Path, crc32c: int | None = None) -> pa.Table:
    """A token file's rows, all of them and all their columns.

    Raises:
        DataError: the file is missing, damaged or not a token file.
    """
    needed = [name for name in _TYPES if name != WORD_STARTS.name]
    with _opened(path, crc32c) as file:
        names = list(dict.fromkeys([*needed, *file.schema_arrow.names]))
        return read_groups(file, _all_of(file), _TYPES, names, _OF_FIRST_ROWS)


def read_columns(
    path: Path,
    columns: Sequence[str],
    choice: Choice = EVERYTHING,
    crc32c: int | None = None,
) -> pa.Table:
    """Columns of a token file, a row a document, its first; of the chosen documents only.

    Raises:
        DataError: the file is missing, damaged or not a token file.
    """
    with _opened(path, crc32c) as file:
        table, first = _chosen_rows(file, _all_of(file), columns, choice)
    return table if first.all() else table.filter(pa.array(first))


def read_keys(path: Path, crc32c: int | None) -> UInt64[np.ndarray, " D"]:
    """The keys of the documents in a token file.

    Raises:
        DataError: the file is missing, damaged or not a token file.
    """
    keys: np.ndarray = read_columns(path, ["key"], crc32c=crc32c)["key"].to_numpy()
    return keys


def read_documents(path: Path, crc32c: int | None = None, choice: Choice = EVERYTHING) -> Documents:
    """The chosen documents of a token file as flat arrays.

    Raises:
        DataError: the file is missing, damaged or not a token file.
    """
    with _opened(path, crc32c) as file:
        return _documents(file, _all_of(file), choice)


@dataclass(frozen=True)
class DocumentWindows:
    """The chosen documents of a large token file here, a row group at a time, as often as they are gone over.

    Raises:
        DataError: the file is not a token file, or not whole.
    """

    path: Path
    crc32c: int
    choice: Choice = EVERYTHING

    def __iter__(self) -> Iterator[Documents]:
        with _opened(self.path, self.crc32c) as file:
            for group in _all_of(file):
                yield _documents(file, [group], self.choice)

    def bounds(self) -> tuple[Int64[np.ndarray, " S_bounds"], Int64[np.ndarray, " D+1"]]:
        """`sentence_offsets` and `document_offsets` of all documents."""
        lengths, firsts, sentences = [], [], 0
        with _opened(self.path) as file:
            for group in _all_of(file):
                table, first = _chosen_rows(file, [group], ["sentence_lengths"], self.choice)
                own, per_row = _flat(table["sentence_lengths"])
                lengths.append(own)
                firsts.append(sentences + offsets_of(per_row)[:-1][first])
                sentences += len(own)
        return offsets_of(np.concatenate(lengths)), np.append(np.concatenate(firsts), sentences)


def _documents(file: pq.ParquetFile, groups: Sequence[int], choice: Choice) -> Documents:
    """The documents of row groups.

    Raises:
        ArrowInvalid, KeyError: they are not those of a token file.
    """
    own = [WORD_STARTS.name] if WORD_STARTS.name in file.schema_arrow.names else []
    table, first = _chosen_rows(file, groups, ["key", "sentence_lengths", "pieces", *own], choice)
    lengths, per_row = _flat(table["sentence_lengths"])
    sentence_offsets, rows = offsets_of(lengths), offsets_of(per_row)
    keys = table["key"].to_numpy()
    if not (first[1:] | (keys[1:] == keys[:-1])).all():
        raise pa.ArrowInvalid("no value in the column id, in the first row of a document")
    flat = {name: _flat(table[name]) for name in ("pieces", *own)}
    for name, (_, sizes) in flat.items():  # kernels go by the lengths
        if not np.array_equal(offsets_of(sizes), sentence_offsets[rows]):
            raise pa.ArrowInvalid(f"other sums of sentence_lengths than of {name}")
    return Documents(
        ids=flat["pieces"][0].astype(np.int32),
        sentence_offsets=sentence_offsets,
        document_offsets=rows[np.append(first, True)],
        keys=keys[first],
        starts=flat[own[0]][0] if own else BY_PIECE,
    )


def _all_of(file: pq.ParquetFile) -> range:
    return range(file.num_row_groups)


def _chosen_rows(
    file: pq.ParquetFile, groups: Sequence[int], columns: Sequence[str], choice: Choice
) -> tuple[pa.Table, Bool[np.ndarray, " rows"]]:
    """Columns of all rows of the chosen documents, and which rows are the first of one.

    Raises:
        one of UNREADABLE: they are not those of a token file.
    """
    by = () if choice == EVERYTHING else ("source", "key")
    names = list(dict.fromkeys([*columns, *by, "id"]))
    table = read_groups(file, groups, _TYPES, names, _OF_FIRST_ROWS)
    if choice.hold_out:
        table = table.filter(pa.array(~is_held_out(table["key"].to_numpy(), choice.hold_out)))
    if choice.sources != ALL:
        coded = table["source"].combine_chunks().dictionary_encode()
        fitting = [chosen(name, choice.sources) for name in coded.dictionary.to_pylist()]
        table = table.filter(pa.array(fitting, pa.bool_()).take(coded.indices))
    first = begins_document(table)
    if 0 in groups and not first[:1].all():
        raise pa.ArrowInvalid("no value in the column id, in the first row")
    return table.select(columns), first


def name_documents(path: Path, rows: list[int], choice: Choice = EVERYTHING) -> list[str]:
    """`source id title` of some documents that `read_documents` gives, for people."""
    table = read_columns(path, ["source", "id", "title"], choice).take(pa.array(rows, pa.int64()))
    return [" ".join(filter(None, row.values())) for row in table.to_pylist()]


def _flat(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """A list column's values one after the other, and the lists' lengths."""
    lengths = pa.compute.list_value_length(column).to_numpy().astype(np.int64)
    return pa.compute.list_flatten(column).to_numpy(zero_copy_only=False), lengths
