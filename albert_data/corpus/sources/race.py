"""RACE's articles, without the questions: a folder (`dev/middle`, `dev/high`) of small files, each of
JSON lines with the key `article`.

In RACE's own release a file is one line; where the questions of an article are rows of their own
(as on the hub), the article is taken once and its repetitions are counted. The id is the row's `id`
or, where there is none, its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from albert_data.base.spool import LongText
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import compressed
from albert_data.corpus.file_sources import FileSource, whole_file
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.corpus.sources.jsonl import SOURCE as JSONL


class RaceSource(FileSource):
    """An article a document."""

    kind = "race"
    reads = "RACE's articles, without the questions"
    suffixes = (*compressed.packed(".txt"), ".json", *JSONL.suffixes)
    whole_files = True

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        return [whole_file(self.kind, path, name)]

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        settings = replace(
            context.settings, id_column="id", title_column="title", text_column="article"
        )
        before: list[str] | LongText = []
        for document in JSONL.read_part(split, replace(context, settings=settings)):
            if document.paragraphs == before:
                place = f"{split.path}: {document.id}"
                context.tally.drop(
                    "document", leave_out.REPEATED_ARTICLE, place, about=leave_out.about(document)
                )
                continue
            before = document.paragraphs
            yield document


SOURCE = RaceSource()
