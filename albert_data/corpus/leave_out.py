"""What every source does to a document before giving it: white space collapsed, length checked."""

from __future__ import annotations

from collections.abc import Iterable

from albert_data.corpus.source_protocol import Document, ReadContext


def collapse(text: str) -> str:
    """The words of `text` with one space between them."""
    return " ".join(text.split())


def collapsed(texts: Iterable[str]) -> list[str]:
    """Each text with white space collapsed; blank ones left out."""
    return [text for text in map(collapse, texts) if text]


def checked(document: Document, context: ReadContext, sample: str) -> Document | None:
    """The document, or None where it is empty or too short, which is counted with the sample."""
    characters = sum(map(len, document.paragraphs))
    if characters == 0:
        context.tally.drop("document", "empty", sample)
    elif characters < context.settings.min_characters:
        context.tally.drop("document", "too short", sample)
    else:
        return document
    return None
