"""Text as the BERT and ALBERT reference programs read it: a sentence a line, blank lines between
documents; a file's end also ends a document.

A plain file is split into byte ranges. A document belongs to the range in which its first line
begins, and is read to its end beyond the range, so every way of splitting gives the same documents.
Its id is that byte: `byte-4711`. A compressed file is one split.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import input_files, lines
from albert_data.corpus.leave_out import checked, collapsed
from albert_data.corpus.source_protocol import Document, ReadContext, Split

SUFFIXES = (".txt", ".txt.gz", ".txt.bz2", ".text", ".text.gz")


class TextSource:
    """A sentence a line, blank lines between documents."""

    kind = "text"
    check_unchanged = staticmethod(input_files.check_unchanged)

    def plan(self, target: str, settings: SourceSettings) -> list[Split]:
        found = input_files.find(target, SUFFIXES, self.kind)
        return [
            split
            for path, name in found
            for split in input_files.byte_ranges(self.kind, path, name, settings.unit_bytes)
        ]

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        try:
            with input_files.open_binary(split.path) as stream:
                if lines.is_empty(stream, split, context):
                    return
                for body in _documents(stream, split, context.settings.max_document_bytes):
                    context.tally.read("document")
                    document = _document(body, split.path, context)
                    if document:
                        yield document
        except input_files.BrokenFile as error:
            # What was read of the document at the break is not a document: one item, dropped.
            context.tally.read("document")
            context.bad("document", "broken file", error.where, error.problem, error.fix)


TEXT = TextSource()


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
        context.bad(
            "document",
            "too long",
            lines.where(context, path, body[0].offset),
            f"a document longer than {limit:,} bytes",
            "put blank lines between documents, or raise sources.max_document_bytes",
        )
        return None
    try:
        sentences = collapsed(line.text() for line in body)
    except lines.Undecodable as error:
        reason, problem, fix = lines.undecodable(error)
        context.bad("document", reason, lines.where(context, path, error.offset), problem, fix)
        return None
    document = Document(f"byte-{body[0].offset}", "", sentences, presegmented=True)
    return checked(document, context, f"{path}: byte {body[0].offset}")
