"""The kinds of input, by the name that stands before the colon of `--source`."""

from albert_data.corpus.source_protocol import Source
from albert_data.corpus.sources.books import BOOKS
from albert_data.corpus.sources.hugging_face import HUGGING_FACE
from albert_data.corpus.sources.jsonl import JSONL
from albert_data.corpus.sources.parquet import PARQUET
from albert_data.corpus.sources.race import RACE
from albert_data.corpus.sources.squad import SQUAD
from albert_data.corpus.sources.text import TEXT
from albert_data.corpus.sources.wikipedia import WIKIPEDIA

__all__ = ["SOURCES"]

SOURCES: dict[str, Source] = {
    source.kind: source
    for source in (
        TEXT,
        BOOKS,
        WIKIPEDIA,
        JSONL,
        PARQUET,
        HUGGING_FACE,
        SQUAD,
        RACE,
    )  # fmt: skip
}
