"""Headings, and the sections that hold lists and references instead of prose."""

from __future__ import annotations

import re

DROPPED_SECTIONS = frozenset(
    """see also|references|external links|external link|notes|further reading|bibliography|sources
    |citations|footnotes|notes and references|references and notes|notes and citations|works cited
    |cited works|literature cited|cited literature|references and further reading|general references
    |sources and references|references and sources|citations and notes|references and external links
    |bibliography and references|bibliography and further reading|further reading and references
    |primary sources|secondary sources|selected bibliography|explanatory notes|general sources
    |endnotes|links|web links|external sources|other sources|gallery|image gallery|picture gallery
    |photo gallery|related pages|other websites|more reading|navigation|additional reading
    |recommended reading|cited sources|footnotes and references
    |notes and sources|reference|source|note|see more|further information|citation|suggested reading
    |general and cited references|general and cited sources|source notes""".replace(
        "\n    ", ""
    ).split("|")
)
_MARKUP = re.compile(r"'{2,}|<[^<>]*>|[\[\]{}]+")


def heading(line: str) -> tuple[int, str]:
    """(level, plain lower-case title) of a heading line such as `== See also ==`."""
    line = line.strip()
    level = min(len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("=")), 6)
    title = _MARKUP.sub("", line[level : len(line) - level])
    return max(level, 1), " ".join(title.lower().split()).rstrip(":")
