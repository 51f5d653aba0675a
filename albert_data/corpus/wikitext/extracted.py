"""Articles as other programs extract them, a line a paragraph: which of the lines are prose.

Hugging Face's `wikipedia` and WikiExtractor's JSON keep headings, list entries and the names of categories
as lines of the text, and some repeat the title before it. Headings begin a line, list entries are indented:

    The mill stands by the water.        kept
    History                              a heading
    A boat was sold to a monk.           kept
    See also                             a heading whose section is left out, as `sections` says
     List of mills                       left out with it
    Category:Mills                       left out: no sentence

Some versions of WikiExtractor put a full stop behind headings (`See also.`, which tells only those of
sections that hold no prose from sentences), `Section::::` before them and `BULLET::::- ` before entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from albert_data.corpus.wikitext.prose import words
from albert_data.corpus.wikitext.sections import holds_no_prose
from albert_data.corpus.wikitext.site_words import every_section, fold

COLUMNS = frozenset({"url", "title", "text"})  # and perhaps:
MORE_COLUMNS = frozenset({"id", "revid"})

TITLE, HEADING, APPENDIX, NO_SENTENCE = "title", "heading", "section without prose", "no sentence"
_MARKED = re.compile(
    r"(=+|=(?: =)+) [^=].*? \1|Section::::.+"
)  # == History ==, WikiText's = = History = =
_ENTRY = re.compile(r"BULLET::::(?:-|\d+\.)? *")
_END = re.compile(r"[.!?…。！？؟।;,][\"”’'»)\]」』]*$")
_LONG = 20  # words of a line that is prose though nothing ends it
_LEAD_IN = 8  # words of one that ends with a colon


def is_extracted(columns: Iterable[str]) -> bool:
    """Whether rows of these columns are articles of this form."""
    names = set(columns)
    return names >= COLUMNS and names - COLUMNS <= MORE_COLUMNS


def not_prose(line: str, title: str, first: bool) -> str | None:
    """Why a line of any row is no prose: what tells whatever wrote it; None where nothing does.

    Args:
        line: white space collapsed.
        first: it is the first of several lines of its document.
    """
    if first and line == title:
        return TITLE
    return HEADING if _MARKED.fullmatch(line) else None


def judge(lines: Iterable[str], title: str) -> Iterator[tuple[str, str | None]]:
    """(line, why it is no prose or None) of each line that is not blank, white space collapsed.

    Args:
        lines: as they stand in the text, indented or not.
    """
    appendix, first = False, True
    for line in lines:
        text, indented = " ".join(line.split()), line[:1].isspace()
        if not text:
            continue
        if entry := _ENTRY.match(text):
            text, indented = text[entry.end() :], True
        surely = not_prose(text, title, first)
        if surely == TITLE:
            yield text, TITLE
        elif surely or (not indented and (_may_be_heading(text) or _begins_appendix(text))):
            appendix = _begins_appendix(text)
            yield text, HEADING
        elif appendix:
            yield text, APPENDIX
        else:
            yield text, None if _is_prose(text) else NO_SENTENCE
        first = False


def _begins_appendix(heading: str) -> bool:
    """Whether its section holds no prose; of `Section::::Works.:References.` the last one counts."""
    name = heading.rpartition("Section::::")[2].rpartition(".:")[2]
    return holds_no_prose(fold(name.strip("= ")).rstrip(":：. "), every_section())


def _may_be_heading(text: str) -> bool:
    return not _END.search(text) and not _is_prose(text)


def _is_prose(text: str) -> bool:
    if _END.search(text):
        return words(text) >= 2
    return words(text) >= (_LEAD_IN if text.endswith(":") else _LONG)
