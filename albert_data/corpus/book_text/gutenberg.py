"""The words in a book of those who made the file: header, licence, credits, notes, tags for pictures.

Markers of Project Gutenberg differ by decade: `*END*THE SMALL PRINT! FOR PUBLIC DOMAIN
ETEXTS*Ver.04.29.93*END*`, `*** START OF THIS PROJECT GUTENBERG EBOOK …`, `***START OF THE PROJECT
GUTENBERG EBOOK …`, `End of Project Gutenberg's …`, `End of the Project Gutenberg EBook of …`. Text before
the last start marker and after an end marker is left out. Its sister sites of Australia and Canada and
Faded Page have no start marker, but a header of fields (`Title: …`), up to a rule if there is one.

In the first and last lines of what remains, blocks of lines that are surely the makers' go too: credits,
other editions of the file, transcriber's notes with brackets, boxes or neither; anywhere, `End of this
Etext of …`. Without markers or a header, only what names its makers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from albert_data.corpus.book_text.apparatus import TAKEN_OUT

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
_TITLE = re.compile(r"Title:[\s_]*(\S.*)")
_CREDITS = re.compile(
    r"(?:Produced|Transcribed|Scanned|Digitized|HTML version|E-?text (?:prepared|scanned|produced))"
    r"\b.{0,60}?\b(?:by|from)\b"
    r"|(?:This |\[)?E-?(?:text|book) (?:was )?(?:prepared|produced|scanned)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"\[(?:Illustrations?|Transcriber['’]?s?[’']? Notes?|Sidenote|Blank Page|Frontispiece)\b"
    r"(?:[^\[\]]|\[[^\[\]]*\])*\]"
    r"|\[Footnotes?\b(?:[^\[\]]|\[[^\[\]]*\])*\]"
    r"|\[(?:Pg|Page) ?[\divxlc]+\]|\{\d+\}"
    r"|<<THIS ELECTRONIC VERSION[^>]*>>",
    re.IGNORECASE,
)
# Blocks of lines at either end of a text that are of those who made the file.
_NOTE_WAS_HERE = "\x0e"  # the space before goes too
_FIELD = re.compile(
    r"(?:Title|Author|Editor|Translator|Illustrator|Language|Release Date"
    r"|Posting Date|Edition|Date of first"
    r" publication|Date first posted|Date (?:most recently|last) updated"
    r"|E-?(?:book|text) No\.?|Character set"
    r"(?: encoding)?|Credits|Publisher|Contributor)\s*:|(?:Faded Page"
    r"|Project Gutenberg Canada) E-?book #?\d",
    re.IGNORECASE,
)
_OF_MAKERS = re.compile(
    r"[\W_]*(?:Note: |This is )?(?:The |A )?(?:PROJECT\s+GUTENBERG(?:'s|’s"
    r"|™|\s+(?:E-?(?:TEXT|BOOK)s?|of\s+(?:Australia"
    r"|Canada)|Australia|Canada|also\s+has|is\s+proud|has\s+another))"
    r"|Distributed\s+Proofreaders\s+Canada)\b"
    r"|[\W_]*Images? of the original (?:pages?|book|text|edition)s? (?:is|are) available"
    r"|[\W_]*(?:This|The) (?:E-?(?:text|book)|electronic (?:text|edition"
    r"|version)|digital edition|file)s? (?:is|was|has"
    r"|were|are|may) (?:for the use|made available|prepared|produced"
    r"|derived|based|scanned|transcribed|created|also)"
    r"|[\W_]*E-?(?:book|text) (?:prepared|produced|scanned|transcribed)"
    r"|[\W_]*(?:See\s+\d+-h\.(?:htm|zip)|\(?(?:https?://|www\.)\S+\)?$)",
    re.IGNORECASE,
)
_SMALL_PRINT = re.compile(
    r"Project\s+Gutenberg|\bE-?texts?\b|Copyright laws are changing|this header should be"
    r"|important information in this header|\[E-?book ?#\d+\]",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\W_]*(?:The )?End of (?:(?:this|the)\s+)?(?:PROJECT\s+GUTENBERG"
    r"|E-?(?:text|book)|Distributed\s+Proof)"
    r"|\[(?:The )?End of .{1,200}\]$"
    r"|[\W_]*PROJECT\s+GUTENBERG(?:\s+of)?\s+(?:Australia|Canada)[\W_]*$",
    re.IGNORECASE,
)
_TRANSCRIBER = re.compile(
    r"[\W_]*(?:Transcriber|Transcription|Proofreader)(?:['’]?s?['’]?)?\s+notes?\b", re.IGNORECASE
)
_TRANSCRIBERS_WORDS = re.compile(
    r"(?:\btranscrib|typographical|obvious (?:\w+ )?errors?|printer['’]?s errors?"
    r"|spelling|hyphenation|punctuation"
    r"|italics|underscores|bold text|original (?:text|book|edition|page)"
    r"|footnotes? (?:have|were)|(?:was|were|been)"
    r" (?:corrected|retained|preserved|moved|changed|left unchanged"
    r"|standardi[sz]ed)|changed to\b|\bPage \d)",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[-=_*~]{8,}\s*")
_MENTIONS = (
    "Gutenberg", "GUTENBERG", "SMALL PRINT", "Distributed Proofreaders", "ranscriber", "RANSCRIBER",
    "Etext", "E-text", "etext",
)  # fmt: skip
ENDS = 60_000  # characters at either end, one of which has the makers' words if a book has any
CLOSING_LINES = 3  # a longer block does not say that the text ends here
FRONT_LINES = 100  # of the text, in which the makers' words are looked for; as many at its end


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
    ends = text if len(text) < 2 * ENDS else text[:ENDS] + text[-ENDS:]
    if not any(words in ends for words in _MENTIONS):
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
    kept = _without_tags(kept)
    if not marked:
        length = _header_length(kept)
        title, kept = _title(kept[:length]), kept[length:]
        marked = length > 0 or _opens_with_makers(kept)
    kept = _without_makers(kept, marked)
    return Body(title, kept, max(_count(lines) - _count(kept), 0))


def _count(lines: Sequence[str]) -> int:
    return sum(1 for line in lines if line.strip())


def _title(header: Sequence[str]) -> str:
    for i, line in enumerate(header):
        if match := _TITLE.match(line.strip("\ufeff _")):
            more = []
            for following in header[i + 1 :]:
                if not following.startswith("  ") or not following.strip():
                    break
                more.append(following)
            return " ".join(" ".join([match[1], *more]).split())
    return ""


def _without_makers(lines: list[str], marked: bool) -> list[str]:
    """Without the blocks of lines by those who made the file.

    Args:
        marked: they have put marks or a header, so that more words are taken for theirs.
    """
    kept: list[str] = []
    noting = False  # within a transcriber's notes
    for start, block in _blocks(lines):
        if _is_blank(block[0]):
            kept += block
            continue
        outside = start < FRONT_LINES or start + len(block) >= len(lines) - FRONT_LINES
        first = block[0].strip()
        if not (outside or noting or len(block) <= CLOSING_LINES or first[0] in "|+"):
            kept += block
            continue
        whole = " ".join(line.strip(" |+") for line in block)
        boxed = all(line.strip()[:1] in "|+" for line in block)
        if _TRANSCRIBER.match(whole) and (outside or boxed):
            noting = True
            continue
        if noting and (block[0][:2] == "  " or _TRANSCRIBERS_WORDS.search(whole)):
            continue
        noting = False
        makers = _OF_MAKERS.match(whole) or (
            marked
            and (
                _CREDITS.match(first)
                or _FIELD.match(first.strip("_*"))
                or _SMALL_PRINT.search(whole)
            )
        )
        if not (outside and makers) and not _CLOSING.match(whole):
            kept += block
    return kept


def _header_length(lines: list[str]) -> int:
    """Lines of a header without a start marker: up to a rule, or to the last field of it."""
    head = lines[:FRONT_LINES]
    if not _opens_with_makers(lines):
        return 0
    fields = [i for i, line in enumerate(head) if _FIELD.match(line.strip(" \ufeff_*"))]
    if not fields:
        return 0
    rules = [i for i, line in enumerate(head) if i > fields[0] and _RULE.fullmatch(line)]
    return (rules[0] if rules else fields[-1]) + 1


def _opens_with_makers(lines: list[str]) -> bool:
    opening = next((line for line in lines if line.strip(" \ufeff")), "")
    return bool(_OF_MAKERS.match(opening.strip(" \ufeff")))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are blank, or not, and where each begins."""
    start = 0
    for _, run in groupby(lines, key=_is_blank):
        block = list(run)
        yield start, block
        start += len(block)


def _is_blank(line: str) -> bool:
    return not line.strip(" \t\f\ufeff" + TAKEN_OUT)


def _without_tags(lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    if "[" not in text and "{" not in text and "<<" not in text:
        return lines
    text = _TAG.sub(_without_tag, text)
    return text.replace(" " + _NOTE_WAS_HERE, "").replace(_NOTE_WAS_HERE, "").split("\n")


def _without_tag(match: re.Match[str]) -> str:
    """Nothing in its place; but where it stood alone on its lines, that it did."""
    text, start, end = match.string, match.start(), match.end()
    begins = not text[text.rfind("\n", 0, start) + 1 : start].strip()
    stop = text.find("\n", end)
    mark = _NOTE_WAS_HERE if match[0][:5] == "[Foot" else ""
    return TAKEN_OUT if begins and not text[end : stop if stop >= 0 else None].strip() else mark
