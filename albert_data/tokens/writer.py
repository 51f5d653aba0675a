"""Documents → token files of bounded size.

`TokenWriter` takes documents one at a time. Text is encoded some megabytes at a time: sentences of many
documents go to SentencePiece as one list, ids come back into one flat array. Memory is bounded by
`BATCH_CHARACTERS` and the part size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.normalize import Normalizer
from albert_data.corpus.source_protocol import Document
from albert_data.schema import WORD_STARTS, TokenFile
from albert_data.storage.file_names import token_file_name
from albert_data.tokens.encoder import encoder
from albert_data.tokens.segmenter import Segmenter
from albert_data.tokens.token_file import arrow_schema, piece_type, write_token_file
from albert_data.tokens.unknown import COUNTED, unknown_characters
from albert_data.tokens.vocabulary import Vocabulary
from albert_data.tokens.words import CUT_APART, words_cut_apart

BATCH_CHARACTERS = 2 * 2**20


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
        self._full: list[pa.Table] = []
        self._tables: list[pa.Table] = []
        self._text_bytes = 0
        self._keys: dict[int, int] = {}
        self._unit = ""

    def add(self, source: str, document: Document) -> None:
        """Takes one document of `source` (its file's kind:name)."""
        if document.unit != self._unit:
            self._close_files()
            self._unit = document.unit
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
        if sum(map(len, self._tables)) == 1:
            self._full += self._tables
            self._tables = []
        self._write(self._full)
        self._write(self._tables)
        self._full, self._tables, self._text_bytes, self._keys = [], [], 0, {}

    def _flush(self) -> None:
        sentences: list[str] = []
        counts = []
        for source, document in self._batch:
            own = document.cut(self.split_sentences)
            about = leave_out.about(document, source)
            own = leave_out.without_holes(own, self.tally, _named(source, document), about)
            counts.append(len(own))
            sentences += own
        cleaned = self.normalizer(sentences, self.tally)
        ids, lengths = self.encoder.encode(cleaned)
        self._count_unknown(cleaned, ids, lengths)
        self.tally.count(CUT_APART, words_cut_apart(ids, self.vocabulary))
        starts = self.segmenter.starts(cleaned, ids, lengths) if self.segmenter else None
        ids = ids.astype(piece_type(self.vocabulary.size))
        rows: dict[str, list[Any]] = {name: [] for name in self.schema.names}
        token, sentence = 0, 0
        for (source, document), count in zip(self._batch, counts, strict=True):
            own_lengths = lengths[sentence : sentence + count]
            tokens = int(own_lengths.sum())
            text = "".join(document.paragraphs).encode()
            self._text_bytes += len(text)
            encoded = leave_out.Encoded(int(np.count_nonzero(own_lengths)), tokens)
            reason = leave_out.first_reason(leave_out.ENCODED_RULES, encoded, self.settings)
            about = leave_out.about(document, source)
            if not leave_out.goes(reason, self.tally, _named(source, document), about):
                self.tally.keep("document")
                rows["id"].append(document.id)
                rows["title"].append(document.title)
                rows["source"].append(source)
                rows["key"].append(self._key(source, document.id, text))
                rows["sentence_lengths"].append(own_lengths[own_lengths > 0].astype(np.uint32))
                rows["pieces"].append(ids[token : token + tokens])
                if starts is not None:
                    rows[WORD_STARTS.name].append(starts[token : token + tokens])
            token += tokens
            sentence += count
        self._batch, self._batch_size = [], 0
        if rows["id"]:
            self._tables.append(pa.table(rows, schema=self.schema))
        if self._text_bytes >= self.part_bytes and sum(map(len, self._tables)) > 1:
            self._write(self._full)
            self._full, self._tables, self._text_bytes = self._tables, [], 0

    def _count_unknown(self, sentences: list[str], ids: np.ndarray, lengths: np.ndarray) -> None:
        """Counts the characters behind `<unk>`, in the sentences that have any."""
        places = np.flatnonzero(ids == self.vocabulary.unk)
        holding = np.unique(np.searchsorted(np.cumsum(lengths), places, side="right"))
        texts = [sentences[i] for i in holding.tolist()]
        for kind, count in unknown_characters(texts, self.vocabulary).items():
            self.tally.count(COUNTED + kind, count)

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
            path = self.folder / token_file_name(self.stem, len(self.files))
            self.files.append(write_token_file(path, pa.concat_tables(tables), self.vocabulary.unk))


def _named(source: str, document: Document) -> str:
    return f"{source} {document.id} {document.title}"
