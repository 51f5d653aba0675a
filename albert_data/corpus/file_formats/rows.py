"""Rows of `{id, title, text}` → documents, for jsonl, parquet and huggingface input.

A row is a document; its paragraphs are the lines of its text. Its id is the row's own, or its place
in the file where there is no id column; ids repeated in a file are given as they are.

Input *without document boundaries* has no column but the text, one short line a row (BookCorpus on
the hub: a sentence a row; WikiText: a paragraph or heading a row). It is refused, or, with
`sources.pseudo_documents: N`, each N consecutive rows of a file become one document `rows-0-99`, each
row a sentence. Whether input is of this kind is seen from the file's first rows alone, so every worker
comes to the same answer.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from albert_data.base.errors import ConfigError
from albert_data.base.tally import LISTED_CHARACTERS, About
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import forms, lines
from albert_data.corpus.file_formats.json_lines import json_word
from albert_data.corpus.normalize import collapse, collapsed
from albert_data.corpus.source_protocol import Document, Flaw, ReadContext
from albert_data.corpus.wikitext import extracted

ROWS_LOOKED_AT = 1000
_LONGEST_ID = 80  # characters, in a message
SHORT_LINE = 300  # mean characters; sentences have 60 to 130, documents of one line are rare


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read.

    Attributes:
        key: its place in the file, such as `row-17`; the id of a row without one.
        where: the file and the place, for people.
        byte: of its file, where that tells the line; and the line, where it is known.
        id, title, text: the columns' values; None = null or no such column.
        flaw: why the row cannot be read.
        namespace: of a wiki's page, a number.
        extracted: the columns are those of `wikitext.extracted`.
    """

    key: str
    where: str
    id: Any = None
    title: Any = None
    text: Any = None
    flaw: Flaw | None = None
    namespace: Any = None
    extracted: bool = False
    byte: int | None = None
    line: int | None = None

    def broken_at(self, context: ReadContext) -> str:
        """The place of a broken row: its file, line, byte and id, as far as they are known."""
        where = self.where
        if self.byte is not None:
            path = where.rpartition(": byte ")[0]
            where = lines.where(context, path, self.byte, self.line)
        named = isinstance(self.id, str | int) and self.id != ""
        return f"{where}, id {str(self.id)[:_LONGEST_ID]!r}" if named else where


def need_text_column(columns: Sequence[str], settings: SourceSettings, where: str) -> None:
    """Raises ConfigError unless the text column is there."""
    wanted = settings.text_column
    if wanted in columns:
        return
    near = difflib.get_close_matches(wanted, columns, n=1, cutoff=0.4)
    pick = near[0] if near else "NAME"
    raise ConfigError(
        f"no column {wanted!r}; the columns are: {', '.join(sorted(columns)) or 'none'}",
        where=where,
        fix=f"name the column of the text: --set sources.text_column={pick}",
    )


def lacks_boundaries(columns: Iterable[str], texts: Iterable[Any], text_column: str) -> bool:
    """Whether rows look like lines of documents whose boundaries are lost (module docstring)."""
    if set(columns) != {text_column}:
        return False
    lines = [text.strip() for text in texts if isinstance(text, str) and text.strip()]
    if len(lines) < 2 or any("\n" in line for line in lines):
        return False
    if forms.form_of(f"{lines[0]}\n".encode("utf-8", "replace")) is forms.WIKITEXT:
        return True
    return sum(map(len, lines)) / len(lines) <= SHORT_LINE


def refuse_without_boundaries(settings: SourceSettings, where: str) -> None:
    """Raises ConfigError unless `pseudo_documents` says how to cut boundary-less input."""
    if settings.pseudo_documents == 0:
        raise ConfigError(
            f"no document boundaries: only the column {settings.text_column!r}, a short line a row",
            where=where,
            fix="--pseudo-documents N makes one document of every N rows"
            " (N = 1 where each row is a document)",
        )


def documents(rows: Iterable[Row], context: ReadContext) -> Iterator[Document]:
    """One document a row."""
    for row in rows:
        context.tally.read("document")
        text = _text(row, "document", context)
        if text is None:
            continue
        name = row.key if row.id is None or row.id == "" else collapse(str(row.id))
        title = "" if row.title is None else collapse(str(row.title))
        if not (_is_unicode(name) and _is_unicode(title)):
            flaw = Flaw("undecodable", "id or title holds half a surrogate pair", "mend the row")
            context.bad("document", flaw, row.broken_at(context), _about(row))
            continue
        about = About(name, title, text[:LISTED_CHARACTERS])
        if leave_out.goes(_other_namespace(row, title, context), context.tally, row.where, about):
            continue
        document = Document(name, title, _paragraphs(row, title, text, context))
        if not leave_out.by_itself(document, context, row.where):
            yield document


def _other_namespace(row: Row, title: str, context: ReadContext) -> str | None:
    """The reason by which a page goes that is no article of its wiki, as of a CirrusSearch dump."""
    if type(row.namespace) is not int:  # a bool is an int, too
        return None
    page = leave_out.Page(title, str(row.namespace), tagged=False)
    return leave_out.other_namespace(page, context.settings)


def _paragraphs(row: Row, title: str, text: str, context: ReadContext) -> list[str]:
    """The lines of a row's text that are prose, as far as its form tells, or as is set."""
    wanted, tally = context.settings.row_lines, context.tally
    if wanted == "prose" or (wanted == "auto" and row.extracted):
        judged = list(extracted.judge(text.split("\n"), title))
    else:
        lines = collapsed(text.split("\n"))
        if wanted == "all" or not (lines[1:] and (lines[0] == title or "=" in text)):
            return lines
        judged = [(line, extracted.not_prose(line, title, not n)) for n, line in enumerate(lines)]
    dropped = [found for found in judged if found[1]]
    for line, reason in dropped:
        about = About(row.key, title, line)
        tally.drop("paragraph", reason or "", f"{row.where}: {line[:80]}", about=about)
    if dropped or row.extracted:
        tally.read("paragraph", len(judged))
        tally.keep("paragraph", len(judged) - len(dropped))
    return [line for line, reason in judged if reason is None]


def pseudo_documents(rows: Iterable[Row], first: int, context: ReadContext) -> Iterator[Document]:
    """One document for every N rows; `first`, the number of the first row, is a multiple of N."""
    size = context.settings.pseudo_documents
    sentences: list[str] = []
    where, number = "", first - 1
    for number, row in enumerate(rows, first):
        if number % size == 0:
            where = row.where
        context.tally.read("row")
        text = _text(row, "row", context)
        if text is not None and (sentence := collapse(text)):
            context.tally.keep("row")
            sentences.append(sentence)
        elif text is not None:
            context.tally.drop("row", leave_out.EMPTY, row.where, about=_about(row))
        if (number + 1) % size == 0:
            yield from _group(number - size + 1, number, sentences, where, context)
            sentences = []
    if number >= first and (number + 1) % size:
        yield from _group(number - number % size, number, sentences, where, context)


def _group(
    first: int, last: int, sentences: list[str], where: str, context: ReadContext
) -> Iterator[Document]:
    context.tally.read("document")
    document = Document(f"rows-{first}-{last}", "", sentences, presegmented=True)
    if not leave_out.by_itself(document, context, where):
        yield document


def _about(row: Row) -> About:
    """What is known of a row that no document is made of; half a surrogate pair goes from it."""
    told = (row.key if row.id is None else row.id, row.title, row.text)
    texts = ("" if value is None else str(value)[:LISTED_CHARACTERS] for value in told)
    return About(*(text.encode(errors="replace").decode() for text in texts))


def _text(row: Row, item: str, context: ReadContext) -> str | None:
    """The row's text, or None where the row was dropped and counted."""
    limit = context.settings.max_document_bytes
    text = row.text
    flaw = row.flaw
    if flaw is None and text is None:
        context.tally.drop(item, leave_out.EMPTY, row.where, about=_about(row))
    elif flaw is None and not isinstance(text, str):
        column = context.settings.text_column
        word = json_word(text)
        problem = f"column {column!r} holds {'an' if word[0] in 'io' else 'a'} {word}, not text"
        fix = "mend the row, or name another sources.text_column"
        flaw = Flaw(f"{column!r} is no text but of kind {word}", problem, fix)
    elif flaw is None and not _is_unicode(text):
        flaw = Flaw("undecodable", "the text holds half a surrogate pair", "mend the row")
    elif flaw is None and _longer(text, limit):
        problem = f"a row longer than {limit:,} bytes"
        flaw = Flaw(leave_out.TOO_LONG, problem, "raise sources.max_document_bytes")
    if flaw:
        context.bad(item, flaw, row.broken_at(context), _about(row))
        return None
    whole: str | None = text
    return whole


def _longer(text: str, limit: int) -> bool:
    return 4 * len(text) > limit and len(text.encode()) > limit


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
