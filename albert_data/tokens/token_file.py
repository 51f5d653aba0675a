"""Token files: Parquet, one row a document, `schema.TOKEN_COLUMNS`.

Written whole from an Arrow table, read as flat arrays (`Documents`), with the rows of other sources left
out where that is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import google_crc32c
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from albert_data.base.arrays import UInt64
from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of
from albert_data.schema import WORD_STARTS, TokenFile
from albert_data.storage.atomic import atomic_path
from albert_data.storage.columns import TEXT, UNREADABLE, read_parquet
from albert_data.storage.paths import open_binary
from albert_data.storage.sealed import beside
from albert_data.tokens.documents import BY_PIECE, Documents
from albert_data.tokens.hold_out import is_held_out
from albert_data.tokens.source_patterns import ALL, EVERYTHING, Choice, chosen

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


def write_token_file(path: Path, table: pa.Table, unk: int | None = None) -> TokenFile:
    """Writes documents (`schema.TOKEN_COLUMNS`) as a token file.

    Args:
        unk: id of `<unk>`, which is counted; None: it is not.
    """
    with atomic_path(path, lasting=False) as temporary:
        pq.write_table(table, temporary, compression="zstd", compression_level=1)
        size, crc = temporary.stat().st_size, file_crc32c(temporary)
    keys, lengths = table["key"].to_numpy(), _flat(table["sentence_lengths"])[0]
    pieces = _flat(table["pieces"])[0]
    digest = hashlib.sha256()
    starts = [_flat(table[WORD_STARTS.name])[0]] if WORD_STARTS.name in table.column_names else []
    for array in (keys, lengths, pieces, *starts):
        digest.update(np.ascontiguousarray(array))
    return TokenFile(
        path.name, len(table), len(lengths), len(pieces), size, crc, digest.hexdigest(),
        counts_by_source(table), None if unk is None else unknown_by_source(table, unk),
    )  # fmt: skip


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
    table = read_columns(path).filter(pa.array(~rows))
    return write_token_file(path.with_name(f"{path.stem}-without-{name}.parquet"), table, unk)


def counts_by_source(table: pa.Table) -> dict[str, list[int]]:
    """Documents, sentences and tokens of each source."""
    counts = {
        name: pa.compute.list_value_length(table[name]) for name in ("sentence_lengths", "pieces")
    }
    sums = pa.table({"source": table["source"], **counts}).group_by("source")
    totals = sums.aggregate([("source", "count"), *((name, "sum") for name in counts)])
    columns = [
        totals[n].to_pylist() for n in ("source_count", "sentence_lengths_sum", "pieces_sum")
    ]
    named = zip(totals["source"].to_pylist(), zip(*columns, strict=True), strict=True)
    return {source: list(own) for source, own in sorted(named)}


def unknown_by_source(table: pa.Table, unk: int) -> dict[str, int]:
    """Pieces of each source that are `<unk>`, of sources with any."""
    pieces, lengths = _flat(table["pieces"])
    documents = np.searchsorted(np.cumsum(lengths), np.flatnonzero(pieces == unk), side="right")
    sources = table["source"].combine_chunks().dictionary_encode()
    counts = np.bincount(sources.indices.to_numpy()[documents], minlength=len(sources.dictionary))
    named = zip(sources.dictionary.to_pylist(), counts.tolist(), strict=True)
    return {source: count for source, count in sorted(named) if count}


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


def _content(path: Path, crc32c: int | None) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None
    if crc32c is not None and google_crc32c.value(content) != crc32c:
        problem = "the token file is damaged (CRC-32C)"
        raise DataError(problem, where=str(path), fix=_MAKE_ANEW)
    return content


def _unreadable(path: Path, error: Exception) -> DataError:
    reason = str(error).splitlines()[0]
    problem = f"not a readable token file: {reason}"
    return DataError(problem, where=str(path), fix=_MAKE_ANEW)


def read_columns(
    path: Path,
    columns: Sequence[str] | None = None,
    choice: Choice = EVERYTHING,
    crc32c: int | None = None,
    optional: Sequence[str] = (),
) -> pa.Table:
    """Columns of a token file, by default all, the rows of the chosen documents only.

    Args:
        crc32c: of the file's bytes, where it is known.
        optional: columns that may not be there.

    Raises:
        DataError: the file is missing, damaged or not a token file.
    """
    content = _content(path, crc32c)
    try:
        there = pq.read_schema(pa.BufferReader(content)).names
        wanted = there if columns is None else [*columns, *(n for n in optional if n in there)]
        by = () if choice == EVERYTHING else ("source", "key")
        table = read_parquet(content, _TYPES, list(dict.fromkeys([*wanted, *by])))
        for name in _TYPES if columns is None else ():
            if name != WORD_STARTS.name:
                table.column(name)
    except UNREADABLE as error:
        raise _unreadable(path, error) from None
    if choice.hold_out:
        table = table.filter(pa.array(~is_held_out(table["key"].to_numpy(), choice.hold_out)))
    if choice.sources != ALL:
        names = table["source"].combine_chunks().dictionary_encode()
        fitting = [chosen(name, choice.sources) for name in names.dictionary.to_pylist()]
        matching = pa.array(fitting, pa.bool_())
        table = table.filter(matching.take(names.indices))
    return table.select(wanted)


def read_keys(path: Path, crc32c: int) -> UInt64[np.ndarray, " D"]:
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
    needed = ["key", "sentence_lengths", "pieces"]
    table = read_columns(path, needed, choice, crc32c, optional=[WORD_STARTS.name])
    own = table.column_names[len(needed) :]
    lengths, per_document = _flat(table["sentence_lengths"])
    sentence_offsets, document_offsets = offsets_of(lengths), offsets_of(per_document)
    flat = {name: _flat(table[name]) for name in ("pieces", *own)}
    for name, (_, sizes) in flat.items():  # kernels go by the lengths
        if not np.array_equal(offsets_of(sizes), sentence_offsets[document_offsets]):
            raise _unreadable(path, ValueError(f"other sums of sentence_lengths than of {name}"))
    return Documents(
        ids=flat["pieces"][0].astype(np.int32),
        sentence_offsets=sentence_offsets,
        document_offsets=document_offsets,
        keys=table["key"].to_numpy(),
        starts=flat[own[0]][0] if own else BY_PIECE,
    )


def name_documents(path: Path, rows: list[int], choice: Choice = EVERYTHING) -> list[str]:
    """`source id title` of some documents that `read_documents` gives, for people."""
    table = read_columns(path, ["source", "id", "title"], choice).take(pa.array(rows, pa.int64()))
    return [" ".join(filter(None, row.values())) for row in table.to_pylist()]


def _flat(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """A list column's values one after the other, and the lists' lengths."""
    lengths = pa.compute.list_value_length(column).to_numpy().astype(np.int64)
    return pa.compute.list_flatten(column).to_numpy(zero_copy_only=False), lengths
