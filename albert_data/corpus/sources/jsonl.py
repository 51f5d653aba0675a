"""JSON lines, one object `{id, title, text}` a line (`.jsonl`, `.ndjson`, `.json.gz`, …).

A plain file is split into byte ranges; a line belongs to the range it begins in. The columns' names
are settings; a row without an id is named by its first byte, `byte-4711`. Boundary-less input
(`rows`) is read as one split, since rows must then be counted from the file's beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import compressed, input_files, known_rows, lines, rows
from albert_data.corpus.file_formats.json_lines import id_of, parse_object
from albert_data.corpus.file_sources import FileSource, whole_file
from albert_data.corpus.source_protocol import Document, Flaw, ReadContext, Split
from albert_data.corpus.wikitext.extracted import is_extracted


class JsonlSource(FileSource):
    """One JSON object a line."""

    kind = "jsonl"
    reads = "`{id, title, text}` a line; column names are settings (`sources.text_column`, …)"
    suffixes = (
        *compressed.packed(".jsonl", ".ndjson"),
        *(suffix for suffix in compressed.packed(".json") if suffix != ".json"),
    )
    guessed_by = (".json", ".ndjson")

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        if _lacks_boundaries(path, settings):
            rows.refuse_without_boundaries(settings, path)
            return [whole_file(self.kind, path, name)]
        return super().splits(path, name, settings)

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        whole = split.start == 0 and split.end is None
        counted = whole and context.settings.pseudo_documents > 0
        if counted and _lacks_boundaries(split.path, context.settings):
            yield from rows.pseudo_documents(_rows(split, context), 0, context)
        else:
            yield from rows.documents(_rows(split, context), context)


SOURCE = JsonlSource()


def _rows(split: Split, context: ReadContext) -> Iterator[rows.Row]:
    settings = context.settings
    with input_files.open_binary(split.path) as stream:
        if not lines.is_text(stream, split, own=("json",)):
            return
        read = lines.read(stream, split.start, 2 * settings.max_document_bytes)
        for count, line in enumerate(read, 1):
            if split.end is not None and line.offset >= split.end:
                return
            if line.is_blank():
                continue
            key, number = f"byte-{line.offset}", None if split.start else count
            record, flaw, offset = parse(line, settings)
            place = f"{split.path}: byte {line.offset}"
            if flaw:
                place, name = f"{split.path}: byte {offset}", id_of(line, settings.id_column)
                begins = line.begins()
                yield rows.Row(key, place, name, text=begins, flaw=flaw, byte=offset, line=number)
            elif known_rows.is_action(record):
                context.tally.read("line")
                context.tally.drop("line", known_rows.ACTION_LINE, place)
            else:
                yield rows.Row(
                    key,
                    place,
                    record.get(settings.id_column),
                    record.get(settings.title_column),
                    record[settings.text_column],
                    namespace=record.get("namespace"),
                    extracted=is_extracted(record),
                    byte=line.offset,
                    line=number,
                )


def parse(line: lines.Line, settings: SourceSettings) -> tuple[dict[str, Any], Flaw | None, int]:
    """(object, flaw, byte of the flaw) of a line. An object without a flaw has the text column, or is
    one to be passed over (`known_rows.is_action`)."""
    record, flaw, offset = parse_object(line, settings)
    if flaw or settings.text_column in record or known_rows.is_action(record):
        return record, flaw, offset
    return {}, known_rows.flaw_of(record, settings.text_column), offset


def _lacks_boundaries(path: str, settings: SourceSettings) -> bool:
    """By the file's first readable rows."""
    keys: set[str] = set()
    texts = []
    try:
        with input_files.open_binary(path) as stream:
            limit = 2 * settings.max_document_bytes
            for line in islice(lines.read(stream, limit=limit), rows.ROWS_LOOKED_AT):
                record, flaw, _ = parse(line, settings)
                if flaw is None and settings.text_column in record:
                    keys |= record.keys()
                    texts.append(record[settings.text_column])
                    if len(keys) > 1:
                        return False
    except input_files.BrokenFile:
        pass  # reading will report it
    return rows.lacks_boundaries(keys, texts, settings.text_column)
