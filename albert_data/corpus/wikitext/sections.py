"""Headings, and the sections that hold lists and references instead of prose."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from albert_data.corpus.wikitext.site_words import fold
from albert_data.corpus.wikitext.wikipedia_words import AND_MARKS, AND_PREFIXES, AND_WORDS

# Quotes, tags, templates (anchors), the target of a link, brackets.
_MARKUP = re.compile(r"'{2,}|<[^<>]*>|\{\{[^{}]*\}\}|\[\[[^\[\]|]*\||[\[\]{}]+")
_PLAIN = re.compile(r"[\w ,.()-]*")
_AND = re.compile(
    rf"\s*[{re.escape(''.join(AND_MARKS.split()))}]\s*"
    rf"|\s+(?:{'|'.join(map(re.escape, AND_WORDS.split()))})\s+"
    rf"|\s+(?:{'|'.join(AND_PREFIXES.split())})"
)


def heading(line: str) -> tuple[int, str]:
    """(level, plain title, folded) of a heading line such as `== See also ==`."""
    line = line.strip()
    level = min(len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("=")), 6)
    title = line[level : len(line) - level]
    if not _PLAIN.fullmatch(title):
        title = html.unescape(_MARKUP.sub("", title))
    return max(level, 1), fold(title).rstrip(":： ")


@lru_cache(maxsize=4096)  # a wiki has few titles of sections
def holds_no_prose(title: str, names: frozenset[str]) -> bool:
    """Whether a section of this title is none of prose: it is one of the names (folded), or several of
    them together (`Notes and references`, `註釋與參考文獻`)."""
    if title in names:
        return True
    parts = [part for part in _AND.split(title) if part]
    return len(parts) > 1 and all(part in names for part in parts)
