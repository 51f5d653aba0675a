"""Where every record came from: carried through blocks as flat arrays, written beside each shard.

A shard's sidecar is a Parquet file with one row a record, in the records' order; its columns are
`schema.PROVENANCE_COLUMNS`. Masking knows the documents' names, assembly the order, so a block holds
for each record its numbers and names (an *origin*), in the same byte range as the record itself: the
assembler of a shard never reads token files, whose number times that of the shards would be too many.

    origins of R records = numbers and lengths of the names (uint32 [R, 5 + names]),
                           each column of names: UTF-8, one after the other

Cost: 60 to 150 bytes a record in a block, 12 in a sidecar, and 1 µs a record: 3 % of a remask at 512
tokens, 6 % at 128.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from albert_data.base.errors import DataError
from albert_data.base.gather import gather, offsets_of
from albert_data.examples.pairs import Pairs
from albert_data.schema import PROVENANCE_COLUMNS, ProvenanceDescription, Sidecar
from albert_data.storage.atomic import atomic_path
from albert_data.storage.columns import TEXT, UNREADABLE, read_parquet
from albert_data.tokens.documents import Documents
from albert_data.tokens.source_patterns import EVERYTHING, Choice
from albert_data.tokens.token_file import read_columns

NUMBERS = ("chunk", "x1_first", "x1_last", "x2_first", "x2_last")
NAMES = ("source", "document", "title")
PARTNER_NAMES = tuple(f"x2_{name}" for name in NAMES)
TITLE_CHARACTERS = 200
_TYPES = {
    column.name: TEXT if column.type == "string" else (pa.uint32(),)
    for column in PROVENANCE_COLUMNS
}
_MAKE_ANEW = "restore it, or repeat the build, which makes it anew"


def read_names(path: Path, choice: Choice = EVERYTHING) -> pa.Table:
    """Source, id and title of what `read_documents` gives, the columns in the order of `NAMES`."""
    table = read_columns(path, ["source", "id", "title"], choice).combine_chunks()
    title = pc.utf8_slice_codeunits(table["title"], 0, TITLE_CHARACTERS)
    columns = [column.cast(pa.large_string()) for column in (table["source"], table["id"], title)]
    return pa.table(columns, names=NAMES)


@dataclass(frozen=True)
class Origins:
    """Where R records come from.

    Attributes:
        numbers: uint32 [R, 5 + C]: `NUMBERS`, then the lengths of the C names in bytes.
        names: C arrays of UTF-8 bytes, each with one name a record, one after the other.
    """

    numbers: np.ndarray
    names: tuple[np.ndarray, ...]

    def pieces(self, bounds: np.ndarray) -> list[bytes]:
        """The bytes of records [bounds[i], bounds[i + 1]) for every i, as they stand in blocks."""
        lengths = self.numbers.T[len(NUMBERS) :]
        cuts = [offsets_of(of_names)[bounds].tolist() for of_names in lengths]
        rows = bounds.tolist()
        return [
            self.numbers[rows[i] : rows[i + 1]].tobytes()
            + b"".join(
                name[cut[i] : cut[i + 1]].tobytes()
                for name, cut in zip(self.names, cuts, strict=True)
            )
            for i in range(len(rows) - 1)
        ]

    @classmethod
    def read(
        cls, buffer: np.ndarray, begins: np.ndarray, records: np.ndarray, names: int
    ) -> tuple[Origins, np.ndarray]:
        """The origins that stand at P places of a buffer (uint8), and where they end, int64 [P].

        Args:
            begins, records: int64 [P], the places, and how many records' origins stand there.
            names: C.
        """
        width = len(NUMBERS) + names
        numbers = gather(buffer, begins, 4 * width * records).view("<u4").reshape(-1, width)
        at, rows = begins + 4 * width * records, offsets_of(records)
        columns = []
        for lengths in numbers.T[len(NUMBERS) :]:
            ends = offsets_of(lengths)
            sizes = np.diff(ends[rows])
            columns.append(gather(buffer, at, sizes))
            at = at + sizes
        return cls(numbers, tuple(columns)), at


@dataclass(frozen=True)
class PairOrigins:
    """Where N pairs come from, to be taken by rows.

    Attributes:
        numbers: uint32 [N, 5], `NUMBERS`.
        documents: for each name the document's row in the token file, int64 [N].
        names: columns of names, by the documents' rows.
    """

    numbers: np.ndarray
    documents: tuple[np.ndarray, ...]
    names: tuple[pa.LargeStringArray, ...]

    @classmethod
    def of(cls, documents: Documents, pairs: Pairs, names: pa.Table, partners: bool) -> PairOrigins:
        """
        Args:
            documents: of the token file, their sentences not cut.
            names: of the documents, see `read_names`.
            partners: the second segment may be of another document (nsp): its names are kept too.
        """
        sentences, firsts = documents.sentence_offsets, documents.document_offsets
        second = pairs.document
        if partners:
            begins = np.searchsorted(sentences, pairs.ranges[:, 2], "right") - 1
            second = np.searchsorted(firsts, begins, "right") - 1
        numbers = np.empty((len(second), len(NUMBERS)), "<u4")
        numbers[:, 0] = pairs.chunk
        for segment, document in enumerate((pairs.document, second)):
            for bound in (0, 1):  # its first token and its last
                token = pairs.ranges[:, 2 * segment + bound] - bound
                sentence = np.searchsorted(sentences, token, "right") - 1
                numbers[:, 1 + 2 * segment + bound] = sentence - firsts[document]
        columns = tuple(names[name].chunk(0) for name in NAMES)
        rows = (pairs.document, second) if partners else (pairs.document,)
        return cls(numbers, tuple(which for which in rows for _ in NAMES), columns * len(rows))

    def take(self, rows: np.ndarray) -> Origins:
        """The origins of some pairs, in this order."""
        lengths, texts = [], []
        for column, document in zip(self.names, self.documents, strict=True):
            taken = column.take(pa.array(document[rows]))
            _, offsets, text = taken.buffers()
            ends = np.frombuffer(offsets, "<i8")[: len(rows) + 1]
            lengths.append(np.diff(ends).astype("<u4"))
            texts.append(np.frombuffer(text or b"", np.uint8))
        numbers = np.concatenate([self.numbers[rows], np.stack(lengths, axis=1)], axis=1)
        return Origins(numbers, tuple(texts))


def strings_of(lengths: np.ndarray, text: np.ndarray) -> pa.LargeStringArray:
    """Names that lie one after the other: int [N] bytes each, uint8."""
    offsets, text = offsets_of(lengths), np.ascontiguousarray(text)
    return pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(text))


def write_provenance(path: Path, origins: Origins, dupes: np.ndarray, order: np.ndarray) -> Sidecar:
    """Writes the sidecar of origins that stand in the order of their blocks.

    Args:
        dupes: int64 [R], dupe number of each origin.
        order: int64 [R], the origins' order in the shard.
    """
    lengths = origins.numbers.T[len(NUMBERS) :]
    names = [
        strings_of(size, text).dictionary_encode()
        for size, text in zip(lengths, origins.names, strict=True)
    ]
    return write_sidecar(path, origins.numbers, dupes, names, order)


def write_sidecar(
    path: Path,
    numbers: np.ndarray,
    dupes: np.ndarray,
    names: Sequence[pa.DictionaryArray],
    order: np.ndarray,
) -> Sidecar:
    """Writes a sidecar, whole or not at all.

    Args:
        numbers: [R, 5 or more], `NUMBERS` of each record.
        dupes: int64 [R], their dupe numbers.
        names: of each record, by column. The order of their dictionaries is seen in the sidecar's bytes.
        order: int64 [R], the records' order in the shard.
    """
    columns: dict[str, Any] = {"dupe": dupes[order].astype(np.uint32)}
    numbers = numbers[order]
    for place, name in enumerate(NUMBERS):
        columns[name] = np.ascontiguousarray(numbers[:, place])
    for name, found in zip(NAMES + PARTNER_NAMES, names, strict=False):
        columns[name] = pa.DictionaryArray.from_arrays(  # of plain strings: written twice as fast
            found.indices.take(pa.array(order)), found.dictionary.cast(pa.string())
        )
    names_of_columns = [column.name for column in PROVENANCE_COLUMNS if column.name in columns]
    table = pa.table({name: columns[name] for name in names_of_columns})
    made = io.BytesIO()
    of_strings = [name for name in names_of_columns if name in NAMES + PARTNER_NAMES]
    pq.write_table(
        table,
        made,
        compression="zstd",
        compression_level=1,
        use_dictionary=of_strings,
        column_encoding={
            name: "DELTA_BINARY_PACKED" for name in names_of_columns if name not in of_strings
        },
        store_schema=False,  # without Arrow's own, readers see plain strings
    )
    content = made.getvalue()
    with atomic_path(path, lasting=False) as temporary:
        temporary.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return Sidecar(path.name, len(content), digest)


def read_provenance(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A sidecar's rows.

    Args:
        columns: these, all by default; those of them that are names, as dictionaries.

    Raises:
        DataError: it is missing, damaged or lacks a column.
    """
    try:
        content = path.read_bytes()
        there = pq.read_schema(pa.BufferReader(content)).names
        wanted = {column.name for column in PROVENANCE_COLUMNS} - set(PARTNER_NAMES)
        if missing := sorted(wanted - set(there)):
            problem = f"a provenance file without {', '.join(missing)}"
            raise DataError(problem, where=str(path), fix=_MAKE_ANEW)
        read = there if columns is None else [name for name in columns if name in there]
        coded = [name for name in read if columns and name in NAMES + PARTNER_NAMES]
        return read_parquet(content, _TYPES, read, coded)
    except UNREADABLE as error:
        reason = str(error).splitlines()[0]
        problem = f"not a readable provenance file: {reason}"
        raise DataError(problem, where=str(path), fix=_MAKE_ANEW) from None


def describe() -> ProvenanceDescription:
    """What a manifest says of the sidecars."""
    return ProvenanceDescription(f"pyarrow {pa.__version__}", list(PROVENANCE_COLUMNS))
