"""What a list says of documents that have been tokenised: their names, and first words made of pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from albert_data.base.tally import About
from albert_data.tokens.source_patterns import EVERYTHING, Choice
from albert_data.tokens.token_file import read_columns
from albert_data.tokens.vocabulary import Vocabulary

_PIECES = 40  # that first words are made of


def about_documents(
    path: Path, rows: Sequence[int], vocabulary: Vocabulary, choice: Choice = EVERYTHING
) -> Iterator[About]:
    """What is known of some documents of a token file, by their rows among the chosen ones."""
    if not rows:
        return
    table = read_columns(path, ["source", "id", "title", "pieces"], choice)
    for row in table.take(list(rows)).to_batches():
        names = (row.column(name).to_pylist() for name in ("source", "id", "title"))
        for number, (source, name, title) in enumerate(zip(*names, strict=True)):
            pieces = row.column("pieces")[number].values[:_PIECES].to_pylist()
            text = vocabulary.processor.decode(pieces)
            yield About(name, title or "", text, source)
