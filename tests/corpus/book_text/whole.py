"""A book's steps on all of its lines at once."""

from itertools import chain

from albert_data.base.spool import Spool
from albert_data.corpus.book_text.gutenberg import Body, Ends
from albert_data.corpus.book_text.paragraphs import join_lines


def body_of(text: str) -> list[str]:
    """The lines of a book without Gutenberg's words."""
    ends = Ends()
    ends.add(text)
    return list(chain.from_iterable(Body(Spool([text.splitlines()]), ends).windows()))


def joined(lines: list[str]) -> list[str]:
    """The paragraphs of lines."""
    return list(chain.from_iterable(join_lines([lines])))
