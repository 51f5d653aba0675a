"""Books, one a file: plain text, hard-wrapped or a paragraph a line, in Gutenberg's frame or not.

A book is one document, chapters and all. Left out are the words of the file's makers (`gutenberg`), page
numbers, notes and lists at the front (`apparatus`); lines become paragraphs (`paragraphs`, `hyphens`), a
stanza one; then the underscores of `_italics_`, ornaments, and lines that are surely headings go: `CHAPTER
IV` with any title, `Letter 1`, a bare numeral, titles that follow them, and the title page. About 27 MB/s.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import ClassVar

from albert_data.base.spool import Spool, texts_of
from albert_data.base.tally import About, Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.book_text import apparatus, gutenberg
from albert_data.corpus.book_text.paragraphs import DIVISION, DIVISION_LINE, NUMBER, join_lines
from albert_data.corpus.book_text.windows import WINDOW, Lines, text_of
from albert_data.corpus.characters import clean
from albert_data.corpus.file_formats import compressed, lines
from albert_data.corpus.file_sources import FileSource, whole_file
from albert_data.corpus.source_protocol import Document, ReadContext, Split

_NUMERAL = re.compile(r"(?:[IVXLC]+|\d{1,3})\.?")
_NUMBERED = re.compile(rf"{DIVISION} {NUMBER}\b\W")  # with a title: CHAPTER I. Down the Rabbit-Hole
# Any title: CHAPTER II. In which Martin has to pay for his Supper. Not more than one sentence of it.
_CHAPTER = re.compile(
    rf"(?i:chapter|chap\.|canto|stave|adventure) {NUMBER}(?: ?[.:]| ?[-—–]+)(?: ?[-—–]+)? ?"
    r"(?!.*[.?!][\"'”’]* [\"'“‘]?[A-Z][a-z]).{1,300}"
)
_CONTENTS_LINE = re.compile(r"[IVXLC]+\. \S")  # IV. Lady Laura Standish
_NAMED = re.compile(
    r"(?:PREFACE|FOREWORD|INTRODUCTION|PROLOGUE|EPILOGUE|CONCLUSION"
    r"|POSTSCRIPT|DEDICATION|(?:FOOT|END)?NOTES?)[.:]?",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:THE END|FINIS|(?:THE )?END OF (?:THE )?(?:FIRST|SECOND|THIRD|FOURTH|FIFTH|LAST)? ?"
    r"(?:BOOK|PART|VOLUME|VOL)\b[^a-z]*|CONTENTS|TABLE OF CONTENTS)[.:]?"
)
# What a title page has beside title and author, before any prose.
_TITLE_PAGE = re.compile(
    r"(?:Author of |Copyright|©|Illustrated by |Translated (?:by|from) "
    r"|Edited by |Published by |Printed (?:by|in) "
    r"|With (?:an? )?(?:\w+ )?(?:illustrations|introduction|frontispiece)"
    r"|First published|All rights reserved"
    r"|To my (?:\w+ ?){1,3}$|\d{4}$|.*\b(?:Publishers|Press|& Co\.|Company|Limited|Edition)\.?$)"
    r"|(?-i:(?:L(?i:ondon)|N(?i:ew York)|B(?i:oston)|E(?i:dinburgh)|P(?i:hiladelphia)|C(?i:hicago))"
    r"(?:\W+(?:[A-Z]\S*|\d{4}))*\W*$)",
    re.IGNORECASE,
)
_QUOTED_TITLE = re.compile(r"[\"“‘'](.+[^.,!?])[\"”’']")
_OPENING = frozenset("\"“'‘")
_LITTLE_WORDS = frozenset(
    "a an and as at but by de for from in into is of on or the to with".split()
)
_ITALICS = re.compile(r"(?<!_)_(?!_)")
TITLE_LENGTH = 80  # characters; a longer line is not taken for a title


class BooksSource(FileSource):
    """A book a file."""

    kind = "books"
    reads = "a book a file, hard-wrapped or a paragraph a line; Project Gutenberg's frame removed"
    suffixes = compressed.packed(".txt", ".text")
    whole_files = True
    cleans = True
    window: ClassVar[int] = WINDOW

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        return [whole_file(self.kind, path, name)]

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        tally = context.tally
        ends = gutenberg.Ends()
        body = gutenberg.Body(Spool(self._lines(split.path, context, ends)), ends)
        text = apparatus.Apparatus(body.windows())
        most = context.settings.max_document_bytes
        paragraphs = Spool(_prose(join_lines(text.windows(), most, split.path), split.path, tally))
        tally.read("document")
        tally.count("gutenberg lines removed", body.removed)
        for kind, count in text.left_out.items():
            tally.count(f"book lines left out: {kind}", count)
        title = body.title or _title_from(split.name)
        document = Document(split.name, title, texts_of(paragraphs))
        if not leave_out.by_itself(document, context, split.path):
            yield document

    def _lines(self, path: str, context: ReadContext, ends: gutenberg.Ends) -> Iterator[Lines]:
        """The lines of a file; what stands at its ends is told."""
        most, where = context.settings.max_document_bytes, partial(lines.where, context)
        for text in text_of(path, most, where, self.window):
            # Before lines are read: one that shows nothing is blank.
            cleaned = clean(text, context.tally)
            ends.add(cleaned)
            yield cleaned.splitlines()


SOURCE = BooksSource()


def _prose(windows: Iterable[Lines], path: str, tally: Tally) -> Iterator[Lines]:
    """Paragraphs without headings and ornaments, which are counted."""
    came = stayed = 0
    after_heading = True  # the book's own title opens it
    for paragraphs in windows:
        kept: Lines = []
        for paragraph in paragraphs:
            text = _ITALICS.sub("", paragraph) if "_" in paragraph else paragraph
            if not (text[:1].isalnum() or any(map(str.isalnum, text))):
                tally.drop("paragraph", "ornament", f"{path}: {text[:80]}", about=About(text=text))
            elif (
                (len(text) <= TITLE_LENGTH and is_heading(text, after_heading))
                or _CHAPTER.fullmatch(text.strip("[]* "))
                or (
                    not stayed
                    and not kept
                    and after_heading
                    and len(text) <= TITLE_LENGTH
                    and _TITLE_PAGE.match(text)
                )
            ):
                after_heading = True
                tally.drop("paragraph", "heading", f"{path}: {text}", about=About(text=text))
            else:
                after_heading = False
                kept.append(text)
        came, stayed = came + len(paragraphs), stayed + len(kept)
        yield kept
    tally.read("paragraph", came)
    tally.keep("paragraph", stayed)


def is_heading(line: str, after_heading: bool) -> bool:
    """Whether a paragraph of one short line is surely a heading.

    Args:
        after_heading: the line before was one, or this is the first.
    """
    line = line.strip("[]* ")
    if not after_heading and line[0] in _OPENING:
        return False
    if any(p.fullmatch(line) for p in (_NUMERAL, DIVISION_LINE, _NAMED, _CLOSING)):
        return True
    if after_heading and line.lower().startswith("by "):
        return is_title(line[3:].rstrip("."))
    if line.isupper() and (after_heading or _CONTENTS_LINE.match(line)):
        return True
    quoted = _QUOTED_TITLE.fullmatch(line)
    if after_heading and quoted and " " in line and is_title(quoted[1]):
        return True
    if line.endswith((",", ";", ":", "?", "!", "-", "—", '"', "”", "’", "'")):
        return False
    if line[0] in _OPENING:
        return False
    title = is_title(line)
    if _NUMBERED.match(line) or _CONTENTS_LINE.match(line):
        return title
    return after_heading and (title or line.lower() == "by")


def is_title(line: str) -> bool:
    """All capitals, or each word but little ones begins with a capital and no full stop ends it."""
    if line.isupper():
        return True
    if line.endswith("."):
        return False
    words = [w.strip("()[]“”\"'‘’,.:;") for w in line.split()]
    small = [w for w in words if not w[:1].isupper() and w[:1].isalpha()]
    return len(small) < len(words) and all(w in _LITTLE_WORDS for w in small)


def _title_from(name: str) -> str:
    """A file's name as a title: `11_alices_adventures.txt.gz` → `11 alices adventures`."""
    base = os.path.basename(name)
    stem = base[
        : -len(next((s for s in SOURCE.suffixes[::-1] if base.lower().endswith(s)), "")) or None
    ]
    return " ".join(stem.replace("_", " ").split())
