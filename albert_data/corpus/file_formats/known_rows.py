"""JSON objects without the text column, of programs whose form is known: what they are, and the way that
works.

The pages of a CirrusSearch dump are read as they are: `title`, `text` and a `namespace`. Between them stand
the lines of Elasticsearch's bulk form that say where the next object is to go; they are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from albert_data.corpus.source_protocol import Flaw

ACTIONS = frozenset({"index", "create", "update", "delete"})
ACTION_LINE = "index line of a bulk file"
_DUMP = "read the pages-articles dump of that wiki: --source wikipedia:FILE.xml.bz2"


class Known(NamedTuple):
    """A form of rows that is not read.

    Attributes:
        fits: whether an object has it.
        what: it is, for people.
        way: that works.
    """

    fits: Callable[[Mapping[str, Any]], bool]
    what: str
    way: str


KNOWN = (
    Known(
        lambda row: isinstance(row.get("article_body"), dict),
        "an article of Wikimedia Enterprise's HTML dump, which holds HTML",
        _DUMP,
    ),
    Known(
        lambda row: isinstance(row.get("sections"), list) and "name" in row,
        "an article of Wikimedia Enterprise's structured contents, its text in nested sections",
        _DUMP,
    ),
    Known(
        lambda row: isinstance(row.get("_source"), dict),
        "a document exported from Elasticsearch, its text under _source",
        "unwrap the rows: jq -c '._source' FILE > FILE.jsonl",
    ),
    Known(
        lambda row: isinstance(row.get("doc"), dict) and set(row) <= {"doc", "doc_as_upsert"},
        "an update of Elasticsearch's bulk form, its text under doc",
        "unwrap the rows: jq -c 'select(.doc) | .doc' FILE > FILE.jsonl",
    ),
    Known(
        lambda row: any(isinstance(row.get(key), list) for key in ("paragraphs", "sentences")),
        "a document as albert-data prose writes it",
        "name it as --source prose:FILE",
    ),
    Known(
        lambda row: isinstance(row.get("data"), list) and "version" in row,
        "a file of SQuAD's form",
        "name it as --source squad:FILE",
    ),
)


def is_action(row: Mapping[str, Any]) -> bool:
    """Whether an object is a line of the bulk form that says where the next one goes."""
    return (
        len(row) == 1 and not ACTIONS.isdisjoint(row) and isinstance(next(iter(row.values())), dict)
    )


def flaw_of(row: Mapping[str, Any], column: str) -> Flaw:
    """What is wrong with an object that lacks the text column."""
    known = next((known for known in KNOWN if known.fits(row)), None)
    if known:
        return Flaw("another form", f"this is {known.what}", known.way)
    names = ", ".join(sorted(row)) or "none"
    fix = "name the key of the text: --set sources.text_column=KEY"
    return Flaw(f"no key {column!r}", f"no key {column!r}; the keys are: {names}", fix)
