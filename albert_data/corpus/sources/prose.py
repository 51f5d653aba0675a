"""Prose that was extracted before: JSON lines as `albert-data prose` writes them (`schema.PROSE_ROW`).

    {"source": "wikipedia:x.xml", "id": "12", "unit": 0, "title": "Mill", "paragraphs": ["The mill …"]}

Documents keep the source and id that they were read by first, and token files end where those of the first
reading did, so that a build from such a file has the records of a build from what it was made of. Rows may
be left out, changed and added: `source`, `unit`, `id` and `title` need not be there. A file is one split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from albert_data.base.tally import About
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import compressed, input_files, lines
from albert_data.corpus.file_formats.json_lines import id_of, parse_object
from albert_data.corpus.file_sources import FileSource, whole_file
from albert_data.corpus.normalize import collapsed
from albert_data.corpus.source_protocol import Document, Flaw, ReadContext, Split

_FORM = "write it as albert-data prose does: a list of strings under paragraphs or sentences"
_SOURCE = re.compile(r"[\w-]+:[^\t\n]+")
_LINE = 5  # bytes of a line to those of its document: the text twice, and what JSON escapes


class ProseSource(FileSource):
    """A document a row."""

    kind = "prose"
    reads = "what `albert-data prose` writes: a document a line, in paragraphs or sentences"
    suffixes = compressed.packed(".jsonl")
    names_others = True
    marks_holes = True

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        return [whole_file(self.kind, path, name)]

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        limit = context.settings.max_document_bytes
        with input_files.open_binary(split.path) as stream:
            lines.is_text(stream, split, own=("json",))
            for line in lines.read(stream, limit=_LINE * limit):
                if line.is_blank():
                    continue
                context.tally.read("document")
                row, flaw, offset = parse_object(line, context.settings, _LINE)
                document = flaw or _document(row, f"byte-{line.offset}", split)
                if isinstance(document, Flaw):
                    place, name = lines.where(context, split.path, offset), id_of(line, "id")
                    place += "" if name is None else f", id {str(name)[:80]!r}"
                    about = About(_listed(name), text=line.begins())
                    context.bad("document", document, place, about)
                elif not leave_out.by_itself(document, context, f"{split.path}: {document.id}"):
                    yield document


SOURCE = ProseSource()


def _document(row: dict[str, Any], key: str, split: Split) -> Document | Flaw:
    """The document of a row, or what is wrong with it.

    Args:
        key: its id where it has none.
    """
    paragraphs, sentences = row.get("paragraphs"), row.get("sentences")
    for column, texts in (("paragraphs", paragraphs), ("sentences", sentences)):
        if texts is not None and not _are_texts(texts):
            return Flaw(
                f"{column!r} is no list", f"the key {column!r} holds no list of strings", _FORM
            )
    if paragraphs is None and sentences is None:
        keys = ", ".join(sorted(row)) or "none"
        problem = f"no key 'paragraphs' or 'sentences'; the keys are: {keys}"
        return Flaw("no key 'paragraphs' or 'sentences'", problem, _FORM)
    source, unit = row.get("source") or "", row.get("unit")
    name, title = (row.get(column) for column in ("id", "title"))
    if source and not (_is_text(source) and _SOURCE.fullmatch(source)):
        fix = "write the kind and name of a file, as in wikipedia:dump.xml"
        return Flaw("malformed", f"the key 'source' holds no source: {source!r:.60}", fix)
    if not (_is_text(str(name)) and _is_text(str(title))):
        return Flaw("undecodable", "id or title holds half a surrogate pair", "mend the row")
    return Document(
        key if name is None else str(name),
        "" if title is None else str(title),
        (collapsed(sentences) if sentences is not None else [])
        if paragraphs is None
        else paragraphs,
        presegmented=paragraphs is None,
        sentences=None if paragraphs is None or sentences is None else collapsed(sentences),
        source=source,
        unit="" if unit is None else f"{split.name} {unit}",
    )


def _listed(name: Any) -> str:
    """An id for the list of what is left out; half a surrogate pair goes from it."""
    return "" if name is None else str(name).encode(errors="replace").decode()


def _are_texts(texts: Any) -> bool:
    return isinstance(texts, list) and all(map(_is_text, texts))


def _is_text(text: Any) -> bool:
    """Whether it is a string without half a surrogate pair."""
    try:
        return isinstance(text, str) and text.encode() is not None
    except UnicodeEncodeError:
        return False
