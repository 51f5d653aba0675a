"""SQuAD's JSON files, versions 1.1 and 2.0: their Wikipedia paragraphs, without the questions.

`{"version": …, "data": [{"title": …, "paragraphs": [{"context": …, "qas": […]}, …]}, …]}`. An article
is a document, its contexts are the paragraphs in the article's order (SQuAD leaves short ones out).
The id is the article's place in the file, `article-7`. A file is one split and is read whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import input_files
from albert_data.corpus.leave_out import checked, collapse, collapsed
from albert_data.corpus.source_protocol import Document, ReadContext, Split

SUFFIXES = (".json", ".json.gz", ".json.bz2")
MOST_BYTES = 256 * 2**20  # the largest of SQuAD's own files has 42 MB

_SHAPE = 'a list "data" of articles, each with "paragraphs", each with a "context"'


class SquadSource:
    """An article a document."""

    kind = "squad"
    check_unchanged = staticmethod(input_files.check_unchanged)

    def plan(self, target: str, settings: SourceSettings) -> list[Split]:
        return [
            Split(self.kind, name, path, 0, None, input_files.weight(path), input_files.stamp(path))
            for path, name in input_files.find(target, SUFFIXES, self.kind)
        ]

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        try:
            articles = read_articles(split.path)
        except BrokenSquad as error:
            context.tally.read("document")
            context.bad("document", error.reason, error.where, error.problem, error.fix)
            return
        for number, article in enumerate(articles):
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


class BrokenSquad(DataError):
    """A file that is not SQuAD's; `reason` is what a tally counts it by."""

    reason = "malformed"


def read_articles(path: str) -> list[Any]:
    """The articles of a SQuAD file, as they stand in it.

    Raises:
        BrokenSquad: it cannot be read to its end, or has not SQuAD's form.
    """
    try:
        with input_files.open_binary(path) as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            problem = f"a file longer than {MOST_BYTES:,} bytes"
            raise _broken("too long", problem, where=path, fix="cut it")
        content = json.loads(data.decode("utf-8-sig"))
    except input_files.BrokenFile as error:
        raise _broken("broken file", error.problem, where=error.where, fix=error.fix) from None
    except UnicodeDecodeError as error:
        where, fix = f"{path}: byte {error.start}", "convert the file to UTF-8"
        raise _broken("undecodable", "not UTF-8", where=where, fix=fix) from None
    except (RecursionError, ValueError) as error:
        problem = f"not readable as JSON: {error}"
        raise _broken("malformed", problem, where=path, fix="fetch the file again") from None
    articles = content.get("data") if isinstance(content, dict) else None
    if not isinstance(articles, list):
        problem = f"not SQuAD's form: {_SHAPE}"
        raise _broken("malformed", problem, where=path, fix="is it another file?")
    return articles


def _broken(reason: str, problem: str, where: str, fix: str) -> BrokenSquad:
    error = BrokenSquad(problem, where=where, fix=fix)
    error.reason = reason
    return error


def _contexts(article: Any) -> list[str] | None:
    """The article's contexts, or None where it has not SQuAD's form."""
    try:
        contexts = [paragraph["context"] for paragraph in article["paragraphs"]]
    except (KeyError, TypeError):
        return None
    return contexts if all(isinstance(text, str) for text in contexts) else None
