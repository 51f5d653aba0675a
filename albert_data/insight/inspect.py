"""Which records to look at, and how one is shown on a terminal.

[MASK: fru]      masked: the piece in the input is [MASK], the one to predict is `fru`
[kept: to]       predicted, but left as it was
[sheet for: set] replaced by a random piece
⟨2 … ⟩           a span of two words
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rich.text import Text

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError
from albert_data.insight.conditions import CONDITIONS
from albert_data.insight.shard_set import ShardFile, ShardSet
from albert_data.records.spelled_out import Record, Token, decode
from albert_data.shards.provenance import NAMES
from albert_data.tokens.vocabulary import SPACE

_DOCUMENTS, _TITLES = ("document", "x2_document"), ("title", "x2_title")
STYLES = {"mask": "bold red", "keep": "bold green", "random": "bold yellow", "special": "cyan"}


@dataclass(frozen=True)
class Found:
    """A record with its place (`number` counts through all shards) and its sidecar's row."""

    number: int
    shard: str
    row: int
    record: Record
    origin: dict[str, Any] | None


def find(
    shards: ShardSet, number: int | None = None, document: str | None = None, where: str = ""
) -> Iterator[Found]:
    """The records asked for, in order; reads no further than the caller does.

    Args:
        number: the first one to look at, counted through all shards from 0.
        document: id of a document, as its source names it, or its title in any case; needs provenance.
        where: a name of CONDITIONS.

    Raises:
        ConfigError: there is no such record, or no provenance to find a document by.
    """
    base, first = 0, number or 0
    for file in shards.files:
        if first and base + shards.records(file) <= first:
            base += shards.records(file)
            continue
        if document is None:
            batches = shards.examples(file, max(0, first - base))
        else:
            rows = _rows_of(file, document, shards)
            batches = shards.picked(file, rows[rows >= first - base])
        origins: pa.Table | None = None
        for place, examples in batches:
            keep = np.ones(len(examples.input_ids), np.bool_)
            if where:
                keep &= CONDITIONS[where][1](examples, shards)
            for at in np.flatnonzero(keep).tolist():
                row = place + at
                origins = shards.origins(file) if origins is None else origins
                origin = None if origins is None else origins.slice(row, 1).to_pylist()[0]
                record = decode(examples, at, shards.vocabulary)
                yield Found(base + row, file.path.name, row, record, origin)
        base += shards.records(file)
    if first >= base:
        problem = f"there is no record {first}, the last is {base - 1}"
        raise ConfigError(problem, where=shards.name, fix="records count from 0")


def _rows_of(file: ShardFile, document: str, shards: ShardSet) -> np.ndarray:
    """Which rows of a file hold a part of the document, ascending; reads its sidecar's names alone."""
    names = shards.origins(file, (*_DOCUMENTS, *_TITLES))
    if names is None:
        raise ConfigError(
            "these shards have no provenance, by which a document is found",
            where=shards.name,
            fix="build them with shards.provenance=true",
        )
    title, rows = document.lower(), [np.empty(0, np.int64)]
    for name in names.column_names:
        begin = 0
        for chunk in names[name].chunks:
            known = chunk.dictionary
            wanted = (
                pc.equal(pc.utf8_lower(known), title)
                if name in _TITLES
                else pc.equal(known, document)
            )
            if pc.any(wanted).as_py():
                in_chunk = wanted.take(chunk.indices).to_numpy(zero_copy_only=False)
                rows.append(begin + np.flatnonzero(in_chunk))
            begin += len(chunk)
    return np.unique(np.concatenate(rows))


def titles_like(shards: ShardSet, title: str) -> list[str]:
    """Titles of documents that look like this one, in quotation marks; reads all sidecars."""
    titles: dict[str, str] = {}
    for file in shards.files:
        origins = shards.origins(file)
        for name in _TITLES:
            if origins is not None and name in origins.column_names:
                found = pc.unique(origins[name]).to_pylist()
                titles.update((each.lower(), each) for each in found if each)
    near = difflib.get_close_matches(title.lower(), titles, n=3)
    return [f"“{titles[each]}”" for each in near]


def show(found: Found, objective: str) -> Text:
    """A record in colour; the text alone, without its styles, says the same.

    Args:
        objective: of the build, which names the label; empty where it is not known.
    """
    record = found.record
    by_words = [f"{record.spans.count(n)} of {n}" for n in sorted(set(record.spans))]
    words = "word" if set(record.spans) == {1} else "words"
    names = {"sop": ("in order", "swapped"), "nsp": ("consecutive", "random second segment")}
    meaning = names.get(objective, ("", ""))[record.label]
    text = Text()
    text.append(f"record {found.number}, {found.shard} row {found.row}\n", style="bold")
    text.append(f"label {record.label}{': ' if meaning else ''}{meaning}", style="magenta")
    text.append(f"; {count_of(len(record.tokens), 'token')}, {record.predicted} predicted in ")
    text.append(f"{count_of(len(record.spans), 'span')} ({', '.join(by_words)} {words})\n")
    for line in _origin_lines(found.origin) if found.origin else []:
        text.append(f"{line}\n", style="blue")
    return text.append_text(record_text(record)).append("\n")


def record_text(record: Record) -> Text:
    """The tokens of a record in reading order."""
    text = Text()
    after_special = False
    for token in record.tokens:
        if text and (token.begins_word or token.kind == "special" or after_special):
            text.append(" ")
        after_special = token.kind == "special"
        if token.span:
            text.append(f"⟨{token.span} ", style="dim")
        text.append(_label(token), style=STYLES.get(token.kind, ""))
        if token.ends_span:
            text.append("⟩", style="dim")
    return text


def _label(token: Token) -> str:
    piece, original = (p.strip(SPACE) or SPACE for p in (token.piece, token.original))
    return {
        "mask": f"[MASK: {original}]",
        "keep": f"[kept: {original}]",
        "random": f"[{piece} for: {original}]",
    }.get(token.kind, token.original.strip(SPACE))


def _origin_lines(origin: dict[str, Any]) -> list[str]:
    lines, spans = [], []
    for segment, prefix in (("x1", ""), ("x2", "x2_")):
        first, last = origin[f"{segment}_first"], origin[f"{segment}_last"]
        spans.append(f"{segment} = {first}" if first == last else f"{segment} = {first} … {last}")
        if f"{prefix}document" in origin:
            source, document, title = (origin[prefix + name] for name in NAMES)
            lines.append(f"{segment if prefix else 'from'}: {source}, {document}, “{title}”")
    return [*lines, f"sentences {', '.join(spans)}; dupe {origin['dupe']}, chunk {origin['chunk']}"]
