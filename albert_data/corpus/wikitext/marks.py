"""Marks that stand in a page's text until its paragraphs are cut: noncharacters, which no page shows.

HOLE alone stays in the paragraphs: sentences that hold it are left out (`corpus/leave_out.py`).
"""

from __future__ import annotations

from albert_data.corpus.leave_out import HOLE

__all__ = ["FORMULA", "GONE", "HOLE", "MARKS", "NOTE", "VOID", "has_marks", "without_marks"]

VOID = "\ufdd1"  # here stood what shows no text: a picture, a reference, a template of maintenance
GONE = "\ufdd2"  # on a line of its own: here a table, a gallery or another block was left out
FORMULA = "\ufdd3"  # here a formula begins, in words or as a HOLE
NOTE = "\ufdd4"  # begins the text of a line that is in italics as a whole

MARKS = (HOLE, VOID, GONE, FORMULA, NOTE)


def without_marks(text: str) -> str:
    """The text without these characters, which only a program may use."""
    for mark in MARKS:
        if mark in text:
            text = text.replace(mark, "")
    return text


def has_marks(text: str) -> bool:
    """Whether any stands in the text; looked for one by one, ten times as fast as a set of characters."""
    return not text.isascii() and (
        VOID in text or HOLE in text or GONE in text or FORMULA in text or NOTE in text
    )
