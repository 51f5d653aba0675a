"""SQuAD's JSON files, versions 1.1 and 2.0: their Wikipedia paragraphs, without the questions.

`{"version": …, "data": [{"title": …, "paragraphs": [{"context": …, "qas": […]}, …]}, …]}`. An article
is a document, its contexts are the paragraphs in the article's order (SQuAD leaves short ones out).
The id is the article's place in the file, `article-7`. A file is one split and is read whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from albert_data.corpus.file_formats import compressed
from albert_data.corpus.file_sources import WholeFiles, read_text
from albert_data.corpus.normalize import collapse, collapsed
from albert_data.corpus.source_protocol import BrokenFile, Document, Flaw, ReadContext, Split

_SHAPE = 'a list "data" of articles, each with "paragraphs", each with a "context"'
_NO_ARTICLE = Flaw(
    "malformed",
    'an article without a list "paragraphs" of objects with a "context"',
    "fetch the file again",
)


class SquadSource(WholeFiles):
    """An article a document."""

    kind = "squad"
    reads = "SQuAD's JSON files: the articles' paragraphs, without the questions"
    suffixes = compressed.packed(".json")
    part = "article"
    forms = ("json", "array")
    most_bytes = 256 * 2**20  # the largest of SQuAD's own files has 42 MB

    def documents(self, text: str, file: Split, context: ReadContext) -> Iterator[Document | Flaw]:
        for number, article in enumerate(_articles(text, file.path)):
            contexts = _contexts(article)
            if contexts is None:
                yield _NO_ARTICLE
            else:
                title = collapse(str(article.get("title", "")).replace("_", " "))
                yield Document(f"article-{number}", title, collapsed(contexts))


SOURCE = SquadSource()


def read_articles(path: str) -> list[Any]:
    """The articles of a SQuAD file, as they stand in it.

    Raises:
        BrokenFile: it cannot be read to its end, or has not SQuAD's form.
    """
    return _articles(read_text(path, SOURCE.most_bytes, own=SOURCE.forms), path)


def _articles(text: str, path: str) -> list[Any]:
    try:
        content = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise _broken(f"not readable as JSON: {error}", path, "fetch the file again") from None
    articles = content.get("data") if isinstance(content, dict) else None
    if not isinstance(articles, list):
        fix = "name a file of SQuAD's, as train-v2.0.json"
        raise _broken(f"not SQuAD's form: {_SHAPE}", path, fix)
    return articles


def _broken(problem: str, path: str, fix: str) -> BrokenFile:
    return BrokenFile(problem, where=path, fix=fix, reason="malformed")


def _contexts(article: Any) -> list[str] | None:
    """The article's contexts, or None where it has not SQuAD's form."""
    try:
        contexts = [paragraph["context"] for paragraph in article["paragraphs"]]
    except (KeyError, TypeError):
        return None
    return contexts if all(isinstance(text, str) for text in contexts) else None
