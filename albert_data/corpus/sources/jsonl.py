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
from albert_data.corpus.file_formats import input_files, lines, rows
from albert_data.corpus.source_protocol import Document, ReadContext, Split

SUFFIXES = tuple(
    f".{name}{packed}" for name in ("jsonl", "ndjson") for packed in ("", ".gz", ".bz2")
) + (".json.gz", ".json.bz2")


class JsonlSource:
    """One JSON object a line."""

    kind = "jsonl"
    check_unchanged = staticmethod(input_files.check_unchanged)

    def plan(self, target: str, settings: SourceSettings) -> list[Split]:
        splits = []
        for path, name in input_files.find(target, SUFFIXES, self.kind):
            if _lacks_boundaries(path, settings):
                rows.refuse_without_boundaries(settings, path)
                weight = input_files.weight(path)
                splits.append(
                    Split(self.kind, name, path, 0, None, weight, input_files.stamp(path))
                )
            else:
                splits += input_files.byte_ranges(self.kind, path, name, settings.unit_bytes)
        return splits

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        whole = split.start == 0 and split.end is None
        counted = whole and context.settings.pseudo_documents > 0
        try:
            if counted and _lacks_boundaries(split.path, context.settings):
                yield from rows.pseudo_documents(_rows(split, context), 0, context)
            else:
                yield from rows.documents(_rows(split, context), context)
        except input_files.BrokenFile as error:
            context.tally.read("document")
            context.bad("document", "broken file", error.where, error.problem, error.fix)


JSONL = JsonlSource()


def _rows(split: Split, context: ReadContext) -> Iterator[rows.Row]:
    settings = context.settings
    with input_files.open_binary(split.path) as stream:
        if lines.is_empty(stream, split, context):
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


def parse(
    line: lines.Line, settings: SourceSettings
) -> tuple[dict[str, Any], tuple[str, str, str] | None, int]:
    """(object, flaw, byte of the flaw) of a line, as `rows.Row` has flaws."""
    if line.too_long:
        limit = 2 * settings.max_document_bytes
        problem = f"a line longer than {limit:,} bytes"
        return {}, ("too long", problem, "raise sources.max_document_bytes"), line.offset
    try:
        record = json.loads(line.text())
    except lines.Undecodable as error:
        return {}, lines.undecodable(error), error.offset
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        problem = f"not a JSON value: {reason.removesuffix(' at')} at character {error.colno}"
        fix = "write one JSON object a line (jq -c '.[]' turns a JSON array into lines)"
        return {}, ("malformed", problem, fix), line.offset
    except (RecursionError, ValueError) as error:
        return {}, ("malformed", f"not readable as JSON: {error}", "mend the line"), line.offset
    column = settings.text_column
    if not isinstance(record, dict):
        problem = f"a JSON {type(record).__name__}, not an object"
        return {}, ("malformed", problem, "write one JSON object a line"), line.offset
    if column not in record:
        names = ", ".join(sorted(record)) or "none"
        problem = f"no key {column!r}; the keys are: {names}"
        fix = "name the key of the text: --set sources.text_column=KEY"
        return {}, ("malformed", problem, fix), line.offset
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
