"""RACE's articles, without the questions: a folder (`dev/middle`, `dev/high`) of small files, each of
JSON lines with the key `article`.

In RACE's own release a file is one line; where the questions of an article are rows of their own
(as on the hub), the article is taken once and its repetitions are counted. The id is the row's `id`
or, where there is none, its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import input_files
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.corpus.sources.jsonl import JSONL
from albert_data.corpus.sources.jsonl import SUFFIXES as JSON_SUFFIXES

SUFFIXES = (".txt", ".json", *JSON_SUFFIXES)


class RaceSource:
    """An article a document."""

    kind = "race"
    check_unchanged = staticmethod(input_files.check_unchanged)

    def plan(self, target: str, settings: SourceSettings) -> list[Split]:
        return [
            split
            for path, name in input_files.find(target, SUFFIXES, self.kind)
            for split in input_files.byte_ranges(
                self.kind, path, name, input_files.weight(path) or 1
            )
        ]

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        settings = replace(
            context.settings, id_column="id", title_column="title", text_column="article"
        )
        before: list[str] = []
        for document in JSONL.read(split, replace(context, settings=settings)):
            if document.paragraphs == before:
                context.tally.drop("document", "repeated article", f"{split.path}: {document.id}")
                continue
            before = document.paragraphs
            yield document


RACE = RaceSource()
