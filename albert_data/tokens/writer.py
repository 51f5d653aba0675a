"""Documents → token files of bounded size.

`TokenWriter` takes documents one at a time. Text is encoded some megabytes at a time: sentences of many
documents go to SentencePiece as one list, ids come back into one flat array. A long document (`LongText`) is
gone over in parts, each of which becomes a row. What is encoded waits in a spool until its file is written,
so memory is bounded by `BATCH_CHARACTERS`, and by the longest document that is no `LongText`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from albert_data.base.spool import LongText, Spool
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.normalize import Normalizer
from albert_data.corpus.source_protocol import Document
from albert_data.schema import TokenFile
from albert_data.storage.file_names import token_file_name
from albert_data.tokens.encoder import encoder
from albert_data.tokens.segmenter import Segmenter
from albert_data.tokens.token_file import arrow_schema, piece_type, write_token_file
from albert_data.tokens.unknown import COUNTED, unknown_characters
from albert_data.tokens.vocabulary import Vocabulary
from albert_data.tokens.words import CUT_APART, words_cut_apart

BATCH_CHARACTERS = 2 * 2**20


class _Encoded(NamedTuple):
    """S sentences in pieces.

    Attributes:
        ids: of T pieces.
        lengths: int64 [S], pieces of each sentence; 0 for an empty one.
        starts: bool [T], the piece begins a word; None where they are not stored.
    """

    ids: np.ndarray
    lengths: np.ndarray
    starts: np.ndarray | None

    def sentences(self) -> int:
        """How many have a piece."""
        return int(np.count_nonzero(self.lengths))

    def part(self, first: int, last: int, token: int) -> _Encoded:
        """Sentences [first, last), whose pieces begin at `token`."""
        lengths = self.lengths[first:last]
        own = slice(token, token + int(lengths.sum()))
        return _Encoded(self.ids[own], lengths, None if self.starts is None else self.starts[own])


class _Rows:
    """Rows of a token file that is not written yet.

    Attributes:
        tables: of them, in order.
        documents: how many they are of.
    """

    def __init__(self) -> None:
        self.tables: Spool[pa.Table] = Spool()
        self.documents = 0

    def add(self, table: pa.Table, documents: int) -> None:
        self.tables.add(table)
        self.documents += documents

    def take(self, others: _Rows) -> None:
        for table in others.tables:
            self.tables.add(table)
        self.documents += others.documents


class TokenWriter:
    """Encodes documents and writes them as token files of bounded size.

    Args:
        folder: where the files go.
        stem: the files are named `<stem>-<number>.parquet`.
        split_sentences: paragraphs → sentences.
        normalizer: sentence → text for SentencePiece.
        part_bytes: a file is closed after this much text, at a document's end; a lone last
            document joins the file before it (NSP needs a partner document in the same file).
        settings: of the rules by which encoded documents are left out.
        tally: counts documents kept, and documents and sentences left out.
        word_segmenter: `tokens.word_segmenter`.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        vocabulary: Vocabulary,
        split_sentences: Callable[[list[str]], list[str]],
        normalizer: Normalizer,
        part_bytes: int,
        settings: SourceSettings,
        tally: Tally,
        word_segmenter: str = "none",
    ) -> None:
        self.folder, self.stem, self.part_bytes = folder, stem, part_bytes
        self.vocabulary, self.split_sentences = vocabulary, split_sentences
        self.normalizer, self.settings, self.tally = normalizer, settings, tally
        self.encoder = encoder(vocabulary)
        self.files: list[TokenFile] = []
        self.segmenter = None if word_segmenter == "none" else Segmenter(vocabulary)
        self.schema = arrow_schema(vocabulary.size, segmented=self.segmenter is not None)
        self._batch: list[tuple[str, Document]] = []
        self._batch_size = 0
        self._full, self._open = _Rows(), _Rows()
        self._text_bytes = 0
        self._keys: dict[int, int] = {}
        self._unit = ""

    def add(self, source: str, document: Document) -> None:
        """Takes one document of `source` (its file's kind:name)."""
        if document.unit != self._unit:
            self._close_files()
            self._unit = document.unit
        if isinstance(document.paragraphs, LongText):
            self._encode_batch()
            self._encode_long(source, document, document.paragraphs)
            self._close_full()
            return
        self._batch.append((source, document))
        self._batch_size += sum(map(len, document.paragraphs))
        if self._batch_size >= BATCH_CHARACTERS:
            self._flush()

    def close(self) -> list[TokenFile]:
        """Writes what is left; the files, in order."""
        self._close_files()
        return self.files

    def _close_files(self) -> None:
        """Writes what is left, as at the end of a unit; what comes next knows nothing of it."""
        self._flush()
        if self._open.documents == 1:
            self._full.take(self._open)
            self._open = _Rows()
        self._write(self._full)
        self._write(self._open)
        self._full, self._open, self._text_bytes, self._keys = _Rows(), _Rows(), 0, {}

    def _flush(self) -> None:
        self._encode_batch()
        self._close_full()

    def _close_full(self) -> None:
        """Ends a file that has text enough; it is written when the next has more than one document."""
        if self._text_bytes >= self.part_bytes and self._open.documents > 1:
            self._write(self._full)
            self._full, self._open, self._text_bytes = self._open, _Rows(), 0

    def _encode_batch(self) -> None:
        sentences: list[str] = []
        counts = []
        for source, document in self._batch:
            cut = self._sentences(source, document)
            counts.append(len(cut))
            sentences += cut
        encoded = self._encode(sentences)
        rows = self._no_rows()
        token, sentence = 0, 0
        for (source, document), count in zip(self._batch, counts, strict=True):
            own = encoded.part(sentence, sentence + count, token)
            text = "".join(document.paragraphs).encode()
            self._text_bytes += len(text)
            if self._stays(source, document, own.sentences(), len(own.ids)):
                key = self._key(source, document.id, [text])
                self._add_row(rows, (document.id, document.title, source, key), own)
            token += len(own.ids)
            sentence += count
        self._batch, self._batch_size = [], 0
        if rows["id"]:
            self._open.add(pa.table(rows, schema=self.schema), documents=len(rows["id"]))

    def _encode_long(self, source: str, document: Document, paragraphs: LongText) -> None:
        """A row for each part of a document; the first has its names."""
        key, sentences, pieces = None, 0, 0
        for texts in _parts(paragraphs):
            part = self._encode(self._sentences(source, replace(document, paragraphs=texts)))
            self._text_bytes += sum(len(text.encode()) for text in texts)
            if not len(part.ids):
                continue
            names = (None, None) if pieces else (document.id, document.title)
            if key is None:
                key = self._key(source, document.id, (text.encode() for text in paragraphs))
            rows = self._no_rows()
            self._add_row(rows, (*names, source, key), part)
            self._open.add(pa.table(rows, schema=self.schema), documents=not pieces)
            sentences, pieces = sentences + part.sentences(), pieces + len(part.ids)
        self._stays(source, document, sentences, pieces)

    def _stays(self, source: str, document: Document, sentences: int, pieces: int) -> bool:
        """Whether an encoded document is kept, which is counted."""
        reason = leave_out.first_reason(
            leave_out.ENCODED_RULES, leave_out.Encoded(sentences, pieces), self.settings
        )
        about = leave_out.about(document, source)
        if leave_out.goes(reason, self.tally, _named(source, document), about):
            return False
        self.tally.keep("document")
        return True

    def _sentences(self, source: str, document: Document) -> list[str]:
        own = document.cut(self.split_sentences)
        about = leave_out.about(document, source)
        return leave_out.without_holes(own, self.tally, _named(source, document), about)

    def _encode(self, sentences: list[str]) -> _Encoded:
        cleaned = self.normalizer(sentences, self.tally)
        ids, lengths = self.encoder.encode(cleaned)
        self._count_unknown(cleaned, ids, lengths)
        self.tally.count(CUT_APART, words_cut_apart(ids, self.vocabulary))
        starts = self.segmenter.starts(cleaned, ids, lengths) if self.segmenter else None
        return _Encoded(ids.astype(piece_type(self.vocabulary.size)), lengths, starts)

    def _no_rows(self) -> dict[str, list[Any]]:
        return {name: [] for name in self.schema.names}

    def _add_row(self, rows: dict[str, list[Any]], names: tuple[Any, ...], own: _Encoded) -> None:
        """Adds a row of `schema.TOKEN_COLUMNS`; `names` has the columns before the arrays."""
        lengths = own.lengths[own.lengths > 0].astype(np.uint32)
        starts = [] if own.starts is None else [own.starts]
        values = (*names, lengths, own.ids, *starts)
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)

    def _count_unknown(self, sentences: list[str], ids: np.ndarray, lengths: np.ndarray) -> None:
        """Counts the characters behind `<unk>`, in the sentences that have any."""
        places = np.flatnonzero(ids == self.vocabulary.unk)
        holding = np.unique(np.searchsorted(np.cumsum(lengths), places, side="right"))
        texts = [sentences[i] for i in holding.tolist()]
        for kind, count in unknown_characters(texts, self.vocabulary).items():
            self.tally.count(COUNTED + kind, count)

    def _key(self, source: str, name: str, texts: Iterable[bytes]) -> int:
        """64 bits that name the document; a repeated document gets other ones."""
        digest = hashlib.blake2b(f"{source}\0{name}\0".encode(), digest_size=8)
        for text in texts:
            digest.update(text)
        key = int.from_bytes(digest.digest(), "little")
        again = self._keys[key] = self._keys.get(key, 0) + 1
        if again == 1:
            return key
        digest.update(f"\0{again}".encode())
        return int.from_bytes(digest.digest(), "little")

    def _write(self, rows: _Rows) -> None:
        if rows.documents:
            path = self.folder / token_file_name(self.stem, len(self.files))
            self.files.append(write_token_file(path, rows.tables, self.vocabulary.unk))


def _parts(texts: Iterable[str]) -> Iterator[list[str]]:
    """Texts, about BATCH_CHARACTERS at a time."""
    part: list[str] = []
    size = 0
    for text in texts:
        part.append(text)
        size += len(text)
        if size >= BATCH_CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part


def _named(source: str, document: Document) -> str:
    return f"{source} {document.id} {document.title}"
