"""JSON lines, one object `{id, title, text}` a line (`.jsonl`, `.ndjson`, `.json.gz`, …).

A plain file is split into byte ranges; a line belongs to the range it begins in. The columns' names
are settings; a row without an id is named by its first byte, `byte-4711`. Boundary-less input
(`rows`) is read as one split, since rows must then be counted from the file's beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import input_files, lines, rows
from albert_data.corpus.file_sources import FileSource, whole_file
from albert_data.corpus.source_protocol import Document, Flaw, ReadContext, Split


class JsonlSource(FileSource):
    """One JSON object a line."""

    kind = "jsonl"
    reads = "`{id, title, text}` a line; column names are settings (`sources.text_column`, …)"
    suffixes = tuple(
        f".{name}{packed}" for name in ("jsonl", "ndjson") for packed in ("", ".gz", ".bz2")
    ) + (".json.gz", ".json.bz2")
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
        if not lines.is_text(stream, split):
            return
        for line in lines.read(stream, split.start, 2 * settings.max_document_bytes):
            if split.end is not None and line.offset >= split.end:
                return
            if line.is_blank():
                continue
            key = f"byte-{line.offset}"
            record, flaw, offset = parse(line, settings)
            if flaw:
                place = lines.where(context, split.path, offset)
                yield rows.Row(key, place, flaw=flaw)
            else:
                values = (record.get(settings.id_column), record.get(settings.title_column))
                place = f"{split.path}: byte {line.offset}"
                yield rows.Row(key, place, *values, record[settings.text_column])


def parse(line: lines.Line, settings: SourceSettings) -> tuple[dict[str, Any], Flaw | None, int]:
    """(object, flaw, byte of the flaw) of a line."""
    if line.too_long:
        limit = 2 * settings.max_document_bytes
        problem = f"a line longer than {limit:,} bytes"
        flaw = Flaw(leave_out.TOO_LONG, problem, "raise sources.max_document_bytes")
        return {}, flaw, line.offset
    try:
        record = json.loads(line.text())
    except lines.Undecodable as error:
        error.sample = error.sample.replace(rb"\n", b"\n")  # words stand apart for the detector
        return {}, lines.undecodable(error, settings), error.offset
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        problem = f"not a JSON value: {reason.removesuffix(' at')} at character {error.colno}"
        fix = "write one JSON object a line (jq -c '.[]' turns a JSON array into lines)"
        return {}, Flaw("malformed", problem, fix), line.offset
    except (RecursionError, ValueError) as error:
        flaw = Flaw("malformed", f"not readable as JSON: {error}", "mend the line")
        return {}, flaw, line.offset
    column = settings.text_column
    if not isinstance(record, dict):
        problem = f"a JSON {type(record).__name__}, not an object"
        return {}, Flaw("malformed", problem, "write one JSON object a line"), line.offset
    if column not in record:
        names = ", ".join(sorted(record)) or "none"
        problem = f"no key {column!r}; the keys are: {names}"
        fix = "name the key of the text: --set sources.text_column=KEY"
        return {}, Flaw("malformed", problem, fix), line.offset
    return record, None, line.offset


def _lacks_boundaries(path: str, settings: SourceSettings) -> bool:
    """By the file's first readable rows."""
    keys: set[str] = set()
    texts = []
    try:
        with input_files.open_binary(path) as stream:
            limit = 2 * settings.max_document_bytes
            for line in islice(lines.read(stream, limit=limit), rows.ROWS_LOOKED_AT):
                record, flaw, _ = parse(line, settings)
                if flaw is None:
                    keys |= record.keys()
                    texts.append(record[settings.text_column])
                    if len(keys) > 1:
                        return False
    except input_files.BrokenFile:
        pass  # reading will report it
    return rows.lacks_boundaries(keys, texts, settings.text_column)
