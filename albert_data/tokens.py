"""Documents → piece ids, and the token files that hold them.

`TokenWriter` takes documents one at a time and writes token files (Parquet, `schema.TOKEN_COLUMNS`).
Text is encoded some megabytes at a time: sentences of many documents go to SentencePiece as one list,
ids come back into one flat array. Memory is bounded by `BATCH_CHARACTERS` and the part size. Cost:
SentencePiece's own (6 to 11 MB/s a core), the rest adds about a third.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import google_crc32c
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from albert_data.encoder import encoder
from albert_data.errors import DataError
from albert_data.examples.pairs import Documents
from albert_data.files import atomic_path
from albert_data.gather import offsets_of
from albert_data.normalize import Normalizer
from albert_data.schema import TokenFile
from albert_data.sealed import beside
from albert_data.selection import ALL, chosen
from albert_data.sources.base import Document
from albert_data.storage import open_binary
from albert_data.tally import Tally
from albert_data.vocabulary import Vocabulary

BATCH_CHARACTERS = 2 * 2**20


def piece_type(vocabulary_size: int) -> type[np.generic]:
    """The smallest type of token files that holds the vocabulary's ids."""
    return np.uint16 if vocabulary_size <= 2**16 else np.uint32


class TokenWriter:
    """Encodes documents and writes them as token files of bounded size.

    Args:
        folder: where the files go.
        stem: the files are named `<stem>-<number>.parquet`.
        split_sentences: paragraphs → sentences.
        normalizer: sentence → text for SentencePiece.
        part_bytes: a file is closed after this much text, at a document's end; a lone last
            document joins the file before it (NSP needs a partner document in the same file).
        tally: counts documents kept, and those without a piece.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        vocabulary: Vocabulary,
        split_sentences: Callable[[list[str]], list[str]],
        normalizer: Normalizer,
        part_bytes: int,
        tally: Tally,
    ) -> None:
        self.folder, self.stem, self.part_bytes = folder, stem, part_bytes
        self.vocabulary, self.split_sentences = vocabulary, split_sentences
        self.normalizer, self.tally = normalizer, tally
        self.encoder = encoder(vocabulary)
        self.files: list[TokenFile] = []
        self.schema = _arrow_schema(vocabulary.size)
        self._batch: list[tuple[str, Document]] = []
        self._batch_size = 0
        self._full: list[pa.Table] = []
        self._tables: list[pa.Table] = []
        self._text_bytes = 0
        self._keys: dict[int, int] = {}

    def add(self, source: str, document: Document) -> None:
        """Takes one document of `source` (its file's kind:name)."""
        self._batch.append((source, document))
        self._batch_size += sum(map(len, document.paragraphs))
        if self._batch_size >= BATCH_CHARACTERS:
            self._flush()

    def close(self) -> list[TokenFile]:
        """Writes what is left; the files, in order."""
        self._flush()
        if sum(map(len, self._tables)) == 1:
            self._full += self._tables
            self._tables = []
        self._write(self._full)
        self._write(self._tables)
        return self.files

    def _flush(self) -> None:
        sentences: list[str] = []
        counts = []
        for _, document in self._batch:
            paragraphs = document.paragraphs
            own = paragraphs if document.presegmented else self.split_sentences(paragraphs)
            counts.append(len(own))
            sentences += own
        ids, lengths = self.encoder.encode(self.normalizer(sentences))
        ids = ids.astype(piece_type(self.vocabulary.size))
        rows: dict[str, list] = {name: [] for name in self.schema.names}
        token, sentence = 0, 0
        for (source, document), count in zip(self._batch, counts, strict=True):
            own_lengths = lengths[sentence : sentence + count]
            tokens = int(own_lengths.sum())
            text = "".join(document.paragraphs).encode()
            self._text_bytes += len(text)
            if tokens == 0:
                self.tally.drop("document", "empty", f"{source} {document.id} {document.title}")
            else:
                self.tally.keep("document")
                rows["id"].append(document.id)
                rows["title"].append(document.title)
                rows["source"].append(source)
                rows["key"].append(self._key(source, document.id, text))
                rows["sentence_lengths"].append(own_lengths[own_lengths > 0].astype(np.uint32))
                rows["pieces"].append(ids[token : token + tokens])
            token += tokens
            sentence += count
        self._batch, self._batch_size = [], 0
        if rows["id"]:
            self._tables.append(pa.table(rows, schema=self.schema))
        if self._text_bytes >= self.part_bytes and sum(map(len, self._tables)) > 1:
            self._write(self._full)
            self._full, self._tables, self._text_bytes = self._tables, [], 0

    def _key(self, source: str, name: str, text: bytes) -> int:
        """64 bits that name the document; a repeated document gets other ones."""
        digest = hashlib.blake2b(f"{source}\0{name}\0".encode(), digest_size=8)
        digest.update(text)
        key = int.from_bytes(digest.digest(), "little")
        again = self._keys[key] = self._keys.get(key, 0) + 1
        if again == 1:
            return key
        digest.update(f"\0{again}".encode())
        return int.from_bytes(digest.digest(), "little")

    def _write(self, tables: list[pa.Table]) -> None:
        if tables:
            path = self.folder / f"{self.stem}-{len(self.files):05d}.parquet"
            self.files.append(write_token_file(path, pa.concat_tables(tables)))


def write_token_file(path: Path, table: pa.Table) -> TokenFile:
    """Writes documents (`schema.TOKEN_COLUMNS`) as a token file."""
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", compression_level=1)
        size, crc = temporary.stat().st_size, file_crc32c(temporary)
    keys, lengths, pieces = (
        table["key"].to_numpy(),
        _flat(table["sentence_lengths"])[0],
        _flat(table["pieces"])[0],
    )
    digest = hashlib.sha256()
    for array in (keys, lengths, pieces):
        digest.update(np.ascontiguousarray(array))
    return TokenFile(
        path.name, len(table), len(lengths), len(pieces), size, crc, digest.hexdigest(),
        _by_source(table),
    )  # fmt: skip


def without_documents(folder: Path, file: TokenFile, rows: np.ndarray) -> TokenFile | None:
    """A token file beside `file` without some of its documents; None where it would hold none.

    Args:
        rows: bool [D], the documents to leave out.
    """
    if rows.all():
        return None
    name = hashlib.sha256(np.packbits(rows)).hexdigest()[:12]
    path = folder / file.path
    table = pq.read_table(pa.BufferReader(path.read_bytes())).filter(pa.array(~rows))
    return write_token_file(path.with_name(f"{path.stem}-without-{name}.parquet"), table)


def _by_source(table: pa.Table) -> dict[str, list[int]]:
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


def _arrow_schema(vocabulary_size: int) -> pa.Schema:
    pieces = pa.from_numpy_dtype(piece_type(vocabulary_size))
    return pa.schema(
        [
            ("id", pa.string()),
            ("title", pa.string()),
            ("source", pa.string()),
            ("key", pa.uint64()),
            ("sentence_lengths", pa.list_(pa.uint32())),
            ("pieces", pa.list_(pieces)),
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


def read_documents(path: Path, crc32c: int | None = None, sources: str = ALL) -> Documents:
    """The documents of a token file, of some sources (see `selection.py`), as flat arrays.

    Raises:
        DataError: the file is missing, damaged or not a token file.
    """
    fix = "remove it and run the same build again: it is made anew from the source"
    try:
        content = path.read_bytes()
        if crc32c is not None and google_crc32c.value(content) != crc32c:
            raise DataError("the token file is damaged (CRC-32C)", where=str(path), fix=fix)
        table = read_columns(content, ["key", "sentence_lengths", "pieces"], sources)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"not a readable token file: {reason}", where=str(path), fix=fix) from None
    lengths, per_document = _flat(table["sentence_lengths"])
    pieces, _ = _flat(table["pieces"])
    return Documents(
        ids=pieces.astype(np.int32),
        sentence_offsets=offsets_of(lengths),
        document_offsets=offsets_of(per_document),
        keys=table["key"].to_numpy(),
    )


def read_columns(content: bytes, columns: list[str], sources: str) -> pa.Table:
    """Columns of a token file's bytes, the rows of the chosen sources only."""
    file = pa.BufferReader(content)
    if sources == ALL:
        return pq.read_table(file, columns=columns)
    table = pq.read_table(file, columns=list(dict.fromkeys([*columns, "source"])))
    names = table["source"].combine_chunks().dictionary_encode()
    matching = pa.array([chosen(name, sources) for name in names.dictionary.to_pylist()])
    return table.filter(matching.take(names.indices)).select(columns)


def name_documents(path: Path, rows: list[int], sources: str = ALL) -> list[str]:
    """`source id title` of some documents that `read_documents` gives, for people."""
    table = read_columns(path.read_bytes(), ["source", "id", "title"], sources).take(rows)
    return [" ".join(filter(None, row.values())) for row in table.to_pylist()]


def _flat(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """A list column's values one after the other, and the lists' lengths."""
    lengths = pa.compute.list_value_length(column).to_numpy().astype(np.int64)
    return pa.compute.list_flatten(column).to_numpy(), lengths
