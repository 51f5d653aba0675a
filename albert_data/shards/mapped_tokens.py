"""A token file's documents as plain arrays, which many processes map into memory and pick from.

Parquet is packed; making shards of pairs takes a few hundred pieces here and there of every token file.
So each is laid out once a job, in the form of block files (`partition.py`), an array a piece:

    ids (2 bytes each, or 4), word starts (a byte each, or none), keys (8), and of each name the offsets
    of the documents' (8) and UTF-8

Cost: as many bytes as the token file has unpacked, 2 a token; a mapped page is read when it is touched.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa

from albert_data.base.arrays import Bool, Int64, Integer, UInt8, UInt64
from albert_data.base.errors import DataError
from albert_data.schema import PieceIndex
from albert_data.shards.partition import (
    FIX,
    HEADER_BYTES,
    read_index,
    reopen_large,
    stream_piece,
    write_index,
)
from albert_data.storage.atomic import atomic_path
from albert_data.tokens.documents import Documents
from albert_data.tokens.token_file import piece_type

_TYPES = [np.dtype(name) for name in ("<u2", "<u4", "?", "<u8", "<i8", "u1")]
_ALIGN = 8
LARGE = 1 << 26  # bytes of a file of which a process keeps only what it looks at now


class Names(NamedTuple):
    """One name of D documents: where each begins in `text` (UTF-8), and the last one ends."""

    offsets: Int64[np.ndarray, " D+1"]
    text: UInt8[np.ndarray, " B"]


class MappedTokens(NamedTuple):
    """A token file's documents, as in `Documents`; `names` in the order of `provenance.NAMES`, or none.
    `raw` is the file."""

    ids: Integer[np.ndarray, " T"]
    starts: Bool[np.ndarray, " T_or_0"]
    keys: UInt64[np.ndarray, " D"]
    names: tuple[Names, ...]
    raw: mmap.mmap


def write_mapped(
    path: Path,
    made_of: str,
    windows: Iterable[Documents],
    names: pa.Table | None,
    vocabulary_size: int,
) -> None:
    """Lays a token file's documents out, whole or not at all.

    Args:
        made_of: fingerprint of all that they depend on.
        windows: of the documents, one after the other; gone over several times.
        names: see `provenance.read_names`; None keeps none.
    """
    of_pieces = piece_type(vocabulary_size)
    arrays: list[Iterable[np.ndarray]] = [
        (window.ids.astype(of_pieces) for window in windows),
        (window.starts for window in windows),
        (window.keys for window in windows),
    ]
    for column in [] if names is None else names.columns:
        _, offsets, text = column.combine_chunks().buffers()
        bounds = np.frombuffer(offsets, "<i8")[: len(column) + 1]
        arrays += [[bounds], [np.frombuffer(text or b"", np.uint8)[: bounds[-1]]]]
    places = [0]
    with atomic_path(path, lasting=False) as temporary, open(temporary, "w+b") as stream:
        for array in arrays:
            _write_array(stream, array)
            places.append(stream.tell())
        write_index(stream, PieceIndex(path.name, places, made_of=made_of))


def _write_array(stream: BinaryIO, parts: Iterable[np.ndarray]) -> None:
    count, kind = 0, 0

    def body() -> Iterator[bytes]:
        nonlocal count, kind
        size = 0
        for part in parts:
            count, kind, size = count + len(part), _TYPES.index(part.dtype), size + part.nbytes
            yield part.tobytes()
        yield bytes(-size % _ALIGN)

    stream_piece(stream, lambda: [count, kind, 0, 0], body())


def is_mapped(path: Path, made_of: str) -> bool:
    """Whether an earlier run laid the same out, and the file is as it was. Cost: one reading of it."""
    index = reopen_large(path)
    return index is not None and index.made_of == made_of


def map_tokens(path: Path) -> MappedTokens:
    """Maps a file that this job has written or checked.

    Raises:
        DataError: its end is damaged since.
    """
    with open(path, "rb") as stream:
        found = read_index(stream)
        if found is None:
            problem = "the tokens laid out for this job are damaged"
            raise DataError(problem, where=str(path), fix=FIX)
        raw = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    arrays = []
    for place in found[0].offsets[:-1]:
        count, kind = np.frombuffer(raw, "<u8", 2, place + 16).tolist()
        arrays.append(np.frombuffer(raw, _TYPES[kind], count, place + HEADER_BYTES))
    ids, starts, keys, *names = arrays
    pairs = zip(names[::2], names[1::2], strict=True)
    return MappedTokens(ids, starts, keys, tuple(Names(*pair) for pair in pairs), raw)


def forget(tokens: MappedTokens) -> None:
    """Takes what was touched of a large file out of this process's memory; it stays in the machine's."""
    if len(tokens.raw) > LARGE and hasattr(mmap, "MADV_DONTNEED"):
        tokens.raw.madvise(mmap.MADV_DONTNEED)
