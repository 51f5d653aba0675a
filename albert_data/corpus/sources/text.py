"""Text as the BERT and ALBERT reference programs read it: a sentence a line, blank lines between
documents; a file's end also ends a document.

A plain file is split into byte ranges. A document belongs to the range in which its first line
begins, and is read to its end beyond the range, so every way of splitting gives the same documents.
Its id is that byte: `byte-4711`. A compressed file is one split.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import compressed, input_files, lines
from albert_data.corpus.file_sources import FileSource
from albert_data.corpus.normalize import collapsed
from albert_data.corpus.source_protocol import Document, Flaw, ReadContext, Split


class TextSource(FileSource):
    """A sentence a line, blank lines between documents."""

    kind = "text"
    reads = "BERT's format: a sentence a line, a blank line between documents"
    suffixes = compressed.packed(".txt", ".text")

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        with input_files.open_binary(split.path) as stream:
            lines.need_content(stream, split)
            for body in _documents(stream, split, context.settings.max_document_bytes):
                context.tally.read("document")
                document = _document(body, split.path, context)
                if document:
                    yield document


SOURCE = TextSource()


def _documents(stream: io.BufferedReader, split: Split, limit: int) -> Iterator[list[lines.Line]]:
    """The lines of each document that begins in the split.

    One longer than `limit` bytes is cut off there, its last line marked `too_long`.
    """
    passing_over = split.start > 0 and not lines.line_before_is_blank(stream, split.start)
    current: list[lines.Line] = []
    size = 0
    for line in lines.read(stream, split.start, limit):
        if line.is_blank():
            passing_over = False
            if current:
                yield current
                current, size = [], 0
        elif size > limit:
            continue
        elif current or not passing_over and (split.end is None or line.offset < split.end):
            size += len(line.data)
            too_long = line.too_long or size > limit
            current.append(lines.Line(line.offset, b"", True) if too_long else line)
        if not current and split.end is not None and line.offset >= split.end:
            return
    if current:
        yield current


def _document(body: list[lines.Line], path: str, context: ReadContext) -> Document | None:
    if any(line.too_long for line in body):
        limit = context.settings.max_document_bytes
        flaw = Flaw(
            leave_out.TOO_LONG,
            f"a document longer than {limit:,} bytes",
            "put blank lines between documents, or raise sources.max_document_bytes",
        )
        context.bad("document", flaw, lines.where(context, path, body[0].offset))
        return None
    try:
        sentences = collapsed(line.text() for line in body)
    except lines.Undecodable as error:
        flaw = lines.undecodable(error)
        context.bad("document", flaw, lines.where(context, path, error.offset))
        return None
    document = Document(f"byte-{body[0].offset}", "", sentences, presegmented=True)
    goes = leave_out.by_itself(document, context, f"{path}: byte {body[0].offset}")
    return None if goes else document
