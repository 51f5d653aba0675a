"""Project Gutenberg's own words in its books: header, licence, credits, tags for pictures.

Markers differ by decade: `*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*`,
`*** START OF THIS PROJECT GUTENBERG EBOOK …`, `***START OF THE PROJECT GUTENBERG EBOOK …`, `End of
Project Gutenberg's …`, `End of the Project Gutenberg EBook of …`. Text before the last start marker
and after an end marker is left out; without markers nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = r"PROJECT\s+GUTENBERG"
_START = re.compile(
    rf"\W*\*+\s*(?:START OF (?:THE |THIS )?{_NAME}|END\W*(?:OF )?THE SMALL PRINT)", re.IGNORECASE
)
_RESTART = re.compile(rf"\W*\*+\s*START OF (?:THE |THIS )?{_NAME}", re.IGNORECASE)
_END = re.compile(
    rf"\W*\*+\s*END OF (?:THE |THIS )?{_NAME}"
    rf"|\W*END OF (?:THE |THIS )?{_NAME}(?:['’]S|\s+E-?(?:BOOK|TEXT)|,)"
    rf"|\W*\*+\s*START:? FULL LICENSE",
    re.IGNORECASE,
)
_TITLE = re.compile(r"Title:\s*(\S.*)")
_CREDITS = re.compile(
    r"(?:Produced|Transcribed|Scanned|Digitized|HTML version|E-?text (?:prepared|scanned|produced))"
    r"\b.{0,60}?\b(?:by|from)\b"
    r"|(?:This |\[)?E-?(?:text|book) (?:was )?(?:prepared|produced|scanned)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"\[(?:Illustration|Transcriber['’]?s? Notes?|Sidenote|Blank Page|Frontispiece)\b"
    r"(?:[^\[\]]|\[[^\[\]]*\])*\]"
    r"|\[(?:Pg|Page) ?[\divxlc]+\]|\{\d+\}",
    re.IGNORECASE,
)
_MENTIONS = ("Gutenberg", "GUTENBERG", "SMALL PRINT")
CREDIT_LINES = 60  # credits are looked for in the first lines of the text only


@dataclass(frozen=True, slots=True)
class Body:
    """A book without Gutenberg's words.

    Attributes:
        title: as the header has it; may be empty.
        lines: of the text.
        removed: lines that are not blank and were left out.
    """

    title: str
    lines: list[str]
    removed: int


def strip(text: str) -> Body:
    """The text between Gutenberg's markers, credits and tags removed."""
    lines = text.splitlines()
    if not any(words in text for words in _MENTIONS):
        return Body("", _without_tags(lines), 0)
    title = ""
    kept: list[str] = []
    part: list[str] = []
    inside, marked, in_marker = True, False, False
    for line in lines:
        if in_marker:  # a long title goes on to the next line, up to its closing asterisks
            in_marker = bool(line.strip()) and not line.rstrip().endswith("***")
            continue
        starred = line.lstrip("\ufeff ")[:1] == "*"
        if starred and (_START if inside else _RESTART).match(line):
            if inside:
                title = title or _title(part)
            part = []
            inside = marked = True
            words = line.strip()
            in_marker = words.startswith("***") and not words.endswith("*")
        elif inside and ("utenberg" in line or "GUTENBERG" in line or starred) and _END.match(line):
            kept += part
            part = []
            inside, marked = False, True
        elif inside:
            part.append(line)
    if inside:
        kept += part
    if marked:
        kept = _without_credits(kept)
    removed = _count(lines) - _count(kept)
    return Body(title, _without_tags(kept), removed)


def _count(lines: Sequence[str]) -> int:
    return sum(1 for line in lines if line.strip())


def _title(header: Sequence[str]) -> str:
    for i, line in enumerate(header):
        if match := _TITLE.match(line.lstrip("\ufeff ")):
            more = []
            for following in header[i + 1 :]:
                if not following.startswith("  ") or not following.strip():
                    break
                more.append(following)
            return " ".join(" ".join([match[1], *more]).split())
    return ""


def _without_credits(lines: list[str]) -> list[str]:
    kept: list[str] = []
    dropping = False
    for i, line in enumerate(lines):
        if not line.strip():
            dropping = False
        elif (
            i < CREDIT_LINES and (not kept or not kept[-1].strip()) and _CREDITS.match(line.strip())
        ):
            dropping = True
        if not dropping:
            kept.append(line)
    return kept


def _without_tags(lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    if "[" not in text and "{" not in text:
        return lines
    return _TAG.sub("", text).split("\n")
