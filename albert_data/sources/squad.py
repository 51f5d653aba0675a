"""SQuAD's JSON files, versions 1.1 and 2.0: their Wikipedia paragraphs, without the questions.

`{"version": …, "data": [{"title": …, "paragraphs": [{"context": …, "qas": […]}, …]}, …]}`. An article
is a document, its contexts are the paragraphs in the article's order (SQuAD leaves short ones out).
The id is the article's place in the file, `article-7`. A file is one split and is read whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from albert_data.config import SourceSettings
from albert_data.sources import files
from albert_data.sources.base import Document, ReadContext, Split
from albert_data.sources.documents import checked, collapse, collapsed

SUFFIXES = (".json", ".json.gz", ".json.bz2")
MOST_BYTES = 256 * 2**20  # the largest of SQuAD's own files has 42 MB

_SHAPE = 'a list "data" of articles, each with "paragraphs", each with a "context"'


class SquadSource:
    """An article a document."""

    kind = "squad"

    def plan(self, target: str, settings: SourceSettings) -> list[Split]:
        return [
            Split(self.kind, name, path, 0, None, files.weight(path), files.stamp(path))
            for path, name in files.find(target, SUFFIXES, self.kind)
        ]

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        for number, article in enumerate(_articles(split.path, context)):
            context.tally.read("document")
            place = f"{split.path}: article {number}"
            contexts = _contexts(article)
            if contexts is None:
                problem = 'an article without a list "paragraphs" of objects with a "context"'
                context.bad("document", "malformed", place, problem, "fetch the file again")
                continue
            title = collapse(str(article.get("title", "")).replace("_", " "))
            document = Document(f"article-{number}", title, collapsed(contexts))
            if checked(document, context, place):
                yield document


SQUAD = SquadSource()


def _articles(path: str, context: ReadContext) -> list[Any]:
    """The file's articles; none where it is broken, which is counted as one dropped document."""
    try:
        with files.open_binary(path) as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            where, flaw = path, ("too long", f"a file longer than {MOST_BYTES:,} bytes", "cut it")
        else:
            content = json.loads(data.decode("utf-8-sig"))
            articles = content.get("data") if isinstance(content, dict) else None
            if isinstance(articles, list):
                return articles
            where, flaw = path, ("malformed", f"not SQuAD's form: {_SHAPE}", "is it another file?")
    except files.BrokenFile as error:
        where, flaw = error.where, ("broken file", error.problem, error.fix)
    except UnicodeDecodeError as error:
        flaw = ("undecodable", "not UTF-8", "convert the file to UTF-8")
        where = f"{path}: byte {error.start}"
    except (RecursionError, ValueError) as error:
        where, flaw = path, ("malformed", f"not readable as JSON: {error}", "fetch the file again")
    context.tally.read("document")
    context.bad("document", flaw[0], where, *flaw[1:])
    return []


def _contexts(article: Any) -> list[str] | None:
    """The article's contexts, or None where it has not SQuAD's form."""
    try:
        contexts = [paragraph["context"] for paragraph in article["paragraphs"]]
    except (KeyError, TypeError):
        return None
    return contexts if all(isinstance(text, str) for text in contexts) else None
