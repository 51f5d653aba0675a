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
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, takewhile

from albert_data.base.spool import Spool
from albert_data.corpus.book_text.apparatus import TAKEN_OUT
from albert_data.corpus.book_text.windows import Lines, to_the_last, with_front

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
_TAG_OPENS = re.compile(
    r"\[(?:Illustrations?|Transcriber['’]?s?[’']? Notes?|Sidenote|Blank Page|Frontispiece|Footnotes?)\b"
    r"|<<THIS ELECTRONIC VERSION",
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
LONGEST_BLOCK = 3000  # lines; a longer block is of the book
LONGEST_TAG = 1 << 16  # characters
FRONT_LINES = 100  # of the text, in which the makers' words are looked for; as many at its end


class Body:
    """A book without Gutenberg's words.

    Attributes:
        title: as the header has it; may be empty.
        removed: lines that are not blank and were left out, when all windows of lines were taken.
    """

    def __init__(self, windows: Spool[Lines], ends: Ends) -> None:
        """
        Args:
            windows: all lines of the book.
            ends: which have taken its text.
        """
        self.title, self.removed = "", 0
        self._windows, self._ends = windows, ends

    def windows(self) -> Iterator[Lines]:
        """The lines of the text, to be taken once; the title is known with the first of them."""
        ends = self._ends.text()
        if not any(words in ends for words in _MENTIONS):
            yield from _without_tags(self._windows)
            return
        marks = _Marks()
        for window in self._windows:
            marks.look(window)
            self.removed += _count(window)
        self.title = marks.title
        kept = with_front(_without_tags(marks.inside(self._windows)), FRONT_LINES)
        if marks.found:
            makers = _Makers(marked=True)
        else:
            front = next(kept)
            length = _header_length(front)
            self.title = _title(front[:length])
            front = front[length:]
            makers = _Makers(marked=length > 0 or _opens_with_makers(front))
            kept = chain([front], kept)
        for window, last in to_the_last(kept):
            text = makers.taken_out(window, last)
            self.removed -= _count(text)
            yield text
        self.removed = max(self.removed, 0)


class Ends:
    """Takes a text in parts, and knows what stands at its two ends."""

    def __init__(self) -> None:
        self._first = self._last = ""
        self._length = 0

    def add(self, text: str) -> None:
        self._length += len(text)
        if len(self._first) < 2 * ENDS:
            self._first += text[: 2 * ENDS - len(self._first)]
        self._last = (self._last + text[-ENDS:])[-ENDS:]

    def text(self) -> str:
        """The whole of a short text, else the first and last ENDS characters."""
        return self._first if self._length < 2 * ENDS else self._first[:ENDS] + self._last


class _Marks:
    """The start and end markers of a book.

    Attributes:
        title: of the header before the first start marker.
        found: there is a marker.
    """

    def __init__(self) -> None:
        self.title, self.found = "", False
        self._ranges: list[tuple[int, int]] = []  # of lines between markers
        self._number = self._begins = 0  # of the next line; of the part that may be the text's
        self._inside, self._in_marker = True, False
        self._field: list[str] | None = None  # that gives the title in this part, and if it goes on
        self._goes_on = False

    def look(self, lines: Lines) -> None:
        """Takes the next lines."""
        for number, line in enumerate(lines, self._number):
            if (
                self._in_marker
            ):  # a long title goes on to the next line, up to its closing asterisks
                self._in_marker = bool(line.strip()) and not line.rstrip().endswith("***")
                self._begins = number + 1
                continue
            starred = line.lstrip("\ufeff ")[:1] == "*"
            if starred and (_START if self._inside else _RESTART).match(line):
                if self._inside:
                    self.title = self.title or _spaced(self._field or [])
                self._field, self._goes_on = None, False
                self._begins = number + 1
                self._inside = self.found = True
                words = line.strip()
                self._in_marker = words.startswith("***") and not words.endswith("*")
            elif (
                self._inside
                and ("utenberg" in line or "GUTENBERG" in line or starred)
                and _END.match(line)
            ):
                self._ranges.append((self._begins, number))
                self._inside, self.found = False, True
            elif self._goes_on and self._field and _continues(line):
                self._field.append(line)
            else:
                self._goes_on = False
                if "Title:" in line and self._field is None and (match := _title_field(line)):
                    self._field, self._goes_on = [match[1]], True
        self._number += len(lines)

    def inside(self, windows: Iterable[Lines]) -> Iterator[Lines]:
        """The lines between the markers, when all have been looked at."""
        ranges = [*self._ranges, *([(self._begins, self._number)] if self._inside else [])]
        at = 0
        for window in windows:
            end = at + len(window)
            kept: Lines = []
            for first, last in ranges:
                if first < end and last > at:
                    kept += window[max(first - at, 0) : last - at]
            yield kept
            at = end


def _count(lines: Sequence[str]) -> int:
    return sum(map(bool, map(str.strip, lines)))


def _title(header: Sequence[str]) -> str:
    for i, line in enumerate(header):
        if match := _title_field(line):
            return _spaced([match[1], *takewhile(_continues, header[i + 1 :])])
    return ""


def _title_field(line: str) -> re.Match[str] | None:
    return _TITLE.match(line.strip("\ufeff _"))


def _continues(line: str) -> bool:
    """Whether it goes on with a field's value."""
    return line.startswith("  ") and bool(line.strip())


def _spaced(words: Iterable[str]) -> str:
    return " ".join(" ".join(words).split())


class _Makers:
    """Blocks of lines by those who made the file.

    Args:
        marked: they have put marks or a header, so that more words are taken for theirs.
    """

    def __init__(self, marked: bool) -> None:
        self._marked = marked
        self._held: Lines = []
        self._at = 0  # the number of the first line held
        self._noting = False  # within a transcriber's notes
        self._in_long = False  # within a block that is too long for theirs

    def taken_out(self, window: Lines, last: bool) -> Lines:
        """The next lines without those; some are held back until the next window, but for the last."""
        lines = self._held + window
        kept: Lines = []
        done = 0
        for begin, block in _blocks(lines):
            end = begin + len(block)
            near_end = len(lines) - end <= FRONT_LINES
            blank = _is_blank(block[0])
            if blank or self._in_long or len(block) > LONGEST_BLOCK:
                kept += block
                self._in_long = not blank and end == len(lines)
                self._noting = self._noting and blank
            elif near_end and not last:
                break
            elif not self._goes(block, self._at + begin < FRONT_LINES or near_end):
                kept += block
            done = end
        self._held, self._at = lines[done:], self._at + done
        return kept

    def _goes(self, block: Lines, outside: bool) -> bool:
        """Whether a block is the makers'.

        Args:
            outside: it is among the first or last lines.
        """
        first = block[0].strip()
        noting, self._noting = self._noting, False
        if not (outside or noting or len(block) <= CLOSING_LINES or first[:1] in "|+"):
            return False
        whole = " ".join(line.strip(" |+") for line in block)
        boxed = all(line.strip()[:1] in "|+" for line in block)
        notes = _TRANSCRIBER.match(whole) and (outside or boxed)
        if notes or (noting and (block[0][:2] == "  " or _TRANSCRIBERS_WORDS.search(whole))):
            self._noting = True
            return True
        if not outside:
            return bool(_CLOSING.match(whole))
        makers = _OF_MAKERS.match(whole) or _CLOSING.match(whole)
        if self._marked and not makers:
            makers = _CREDITS.match(first) or _FIELD.match(first.strip("_*"))
            makers = makers or _SMALL_PRINT.search(whole)
        return bool(makers)


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


def _without_tags(windows: Iterable[Lines]) -> Iterator[Lines]:
    """Without tags, which may hold ends of lines."""
    held: Lines = []  # from the line on in which a tag is open
    for window, last in to_the_last(windows):
        lines, held = held + window, []
        text = "\n".join(lines)
        if "[" in text or "{" in text or "<<" in text:
            if not last and (begin := _open_tag(text)) is not None:
                whole = text.count("\n", 0, begin)
                lines, held = lines[:whole], lines[whole:]
                text = "\n".join(lines)
            text = "".join(_around_tags(text))
            text = text.replace(" " + _NOTE_WAS_HERE, "").replace(_NOTE_WAS_HERE, "")
            lines = text.split("\n") if lines else []
        yield lines


def _around_tags(text: str) -> Iterator[str]:
    """The text, with what stands in the place of its tags."""
    done = at = 0
    while match := _TAG.search(text, at):
        at = match.end()
        if at - match.start() > LONGEST_TAG:
            at = match.start() + 1
            continue
        yield text[done : match.start()]
        yield _without_tag(match)
        done = at
    yield text[done:]


def _open_tag(text: str) -> int | None:
    """Where a tag begins that the text does not end."""
    at = max(len(text) - LONGEST_TAG, 0)
    while match := _TAG_OPENS.search(text, at):
        tag = _TAG.match(text, match.start())
        if tag is None:
            return match.start()
        at = tag.end()
    return None


def _without_tag(match: re.Match[str]) -> str:
    """Nothing in its place; but where it stood alone on its lines, that it did."""
    text, start, end = match.string, match.start(), match.end()
    begins = not text[text.rfind("\n", 0, start) + 1 : start].strip()
    stop = text.find("\n", end)
    mark = _NOTE_WAS_HERE if match[0][:5] == "[Foot" else ""
    return TAKEN_OUT if begins and not text[end : stop if stop >= 0 else None].strip() else mark
