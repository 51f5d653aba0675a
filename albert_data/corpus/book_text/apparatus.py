"""What pages carry beside the text: their numbers and heads, notes and their marks, lists at the front.

Works on lines, before they become paragraphs, so that a page number in mid-sentence does not end the
paragraph: the lines before and behind it become neighbours. Each kind is counted.

    page          12 | xii | - 15 - | Page 16 | [17] | THE MILL 13, in mid-sentence, or surely one
    note          [1] The bowl is now in the museum. | *The spade is of steel., whose mark is in the text
    list          lines under CONTENTS, LIST OF ILLUSTRATIONS and the like that end with a page number
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from albert_data.base.spool import Spool
from albert_data.corpus.book_text.windows import Lines, to_the_last, with_front

TAKEN_OUT = "\x0b"  # stands where a tag such as [Illustration] was taken out (`gutenberg`)

_NUMBER = re.compile(r"\d{1,4}")
_PAGE = re.compile(
    r"[-–—] ?\d{1,4} ?[-–—]|\[ ?(?:p\. ?)?\d{1,4} ?\]|\{\d{1,4}\}"
    r"|\(\d{1,4}\)|(?:Page|PAGE|Pg\.?|p\.) \d{1,4}\.?"
    r"|(?=[ivx]{2})x{0,3}(?:ix|iv|v?i{0,3})"
)
_OPENS_PAGES = frozenset("-–—[({Ppivx0123456789" + TAKEN_OUT)
# A head: the book's or chapter's title with the page before or behind, more than a space away.
_HEAD = re.compile(r"\d{1,4}(?:\s{2,}|\t)(\D*[^\W\d_]\D*)|(\D*[^\W\d_]\D*?)(?:\s{2,}|\t)\d{1,4}")
_HEAD_TIMES = 3
_KINDS = frozenset(("tag", "page", "number"))  # of candidates that are no heads
_AHEAD, _BEHIND = 12, 6  # lines that are looked at around one
_CLOSE_HEAD = re.compile(r"\d{1,4} [^a-z\d]*[A-Z]{2}[^a-z\d]*|[^a-z\d]*[A-Z]{2}[^a-z\d]* \d{1,4}")
# A line that ends so goes on, even with a name.
_GOES_ON = re.compile(
    r"(?:[,—-]|\b(?:the|an?|of|and|to|in|with|for|that|by|his|her|their"
    r"|my|our|your|but|or|was|were|had|is|at|from"
    r"|on|Mrs?\.))$"
)
_LIST = re.compile(
    r"(?:TABLE OF |THE )?CONTENTS|(?:LIST OF )?(?:(?:FULL-PAGE "
    r"|COLOU?RED )?ILLUSTRATIONS|PLATES|MAPS|FIGURES)",
    re.IGNORECASE,
)
_LIST_ENDS = frozenset("Ss.:")
_LISTED = re.compile(
    r".*(?:\s{2,}|\t| ?\.(?: ?\.)+ ?)_?(?:\d{1,4}|[ivxlc]+|Frontispiece"
    r"|(?:To )?face (?:page|p\.) ?\d+)_?\.?"
    r"|(?:CHAPTER|CHAP\.|(?:TO )?(?:FACING |FACE )?PAGE|LETTER)(?:\s+PAGE)?|_?Frontispiece_?",
    re.IGNORECASE,
)
FRONT_LINES = 3000  # in which lists are looked for
_LIST_LINES = 300
_LISTED_LENGTH = (
    70  # characters; under LIST OF ILLUSTRATIONS a single line up to this is one of its
)

_MARK = r"\[(?:\d{1,3}|[A-Z]|\*{1,3}|[†‡§])\]"
_MARK_BEHIND_WORD = _MARK.replace(
    r"\[", r"\[(?<=[^\s\[(]\[)", 1
)  # begins with what is fast to find
_INLINE_MARK = re.compile(rf"{_MARK_BEHIND_WORD}(?=[\s.,;:!?\"”’')—–-]|$)", re.MULTILINE)
_NOTE = re.compile(rf"{_MARK} ?\S")
_STAR = re.compile(
    r"((?<!\S)\*[^\s*](?:[^*\n]*[^\s*])?\*)"
    r"|(?<=[\w.,;:!?\"”’')])(?<!\*)\*{1,3}(?=[\s.,;:!?\"”’')—–-]|$)",
    re.MULTILINE,
)
_STAR_NOTE = re.compile(r"\*{1,3} ?[^\s*]")
_NOTES_HEADING = re.compile(r"(?:FOOT)?NOTES?:?", re.IGNORECASE)


class Apparatus:
    """What is left out of a book's lines, by windows.

    Attributes:
        left_out: how many lines were left out by kind, when all windows were taken.
    """

    def __init__(self, windows: Iterable[Lines]) -> None:
        self.left_out: Counter[str] = Counter()
        self._windows: Spool[Lines] = Spool()
        notes = _NotesSought()
        for number, window in enumerate(with_front(windows, FRONT_LINES)):
            kept = window
            if number == 0:
                kept = _without_lists(window[:FRONT_LINES], self.left_out) + window[FRONT_LINES:]
            notes.look(kept)
            self._windows.add(kept)
        self._notes = notes.found()

    def windows(self) -> Iterator[Lines]:
        """The lines of the text, to be taken once."""
        pages = _Pages()
        for window in self._without_notes(Counter()):
            pages.look(window)
        for window, last in to_the_last(self._without_notes(self.left_out)):
            yield pages.taken_out(window, last, self.left_out)

    def _without_notes(self, left_out: Counter[str]) -> Iterable[Lines]:
        """Without notes whose marks are in the text, and without the marks."""
        windows: Iterable[Lines] = self._windows
        for kind in self._notes:
            windows = _without_notes_of(windows, kind, left_out)
        return windows


def _without_lists(lines: Sequence[str], left_out: Counter[str]) -> list[str]:
    """Lists at the front; their headings stay, as headings."""
    kept: list[str] = []
    inside = 0  # lines still looked at
    pictures = False
    for i, line in enumerate(lines):
        if not inside and len(line) > _LISTED_LENGTH:
            kept.append(line)
            continue
        words = line.strip()
        if words[-1:] in _LIST_ENDS and _LIST.fullmatch(words.rstrip(".:")):
            inside, pictures = _LIST_LINES, "CONTENTS" not in words.upper()
        elif inside and words:
            alone = (
                i + 1 == len(lines)
                or not lines[i + 1].strip()
                or _LISTED.fullmatch(lines[i + 1].strip())
            )
            short = (
                pictures
                and len(words) < _LISTED_LENGTH
                and (bool(alone) or not lines[i - 1].strip())
            )
            if _LISTED.fullmatch(words) or (
                short and not words.isupper() and not words.endswith(".")
            ):
                inside -= 1
                left_out["list"] += 1
                continue
            inside = 0
        kept.append(line)
    return kept


class _Notes(NamedTuple):
    """A kind of notes: its marks in the text, what stands in their place, how a note begins."""

    mark: re.Pattern[str]
    replacement: str
    note: re.Pattern[str]


_BRACKETS, _STARS = _Notes(_INLINE_MARK, "", _NOTE), _Notes(_STAR, r"\1", _STAR_NOTE)


class _NotesSought:
    """Which kinds of notes a book has."""

    def __init__(self) -> None:
        self._marked = self._headed = self._under = self._starred = self._star = False

    def look(self, lines: Lines) -> None:
        """Takes the next lines."""
        text = "\n".join(lines)
        if not self._marked and "[" in text:
            self._marked = _INLINE_MARK.search(text) is not None
        if not self._headed:
            last = next(filter(str.strip, reversed(lines)), "")
            self._look_under_headings(lines if "[" in text else [last])
        if "*" in text:
            starred = [line.strip() for line in lines if "*" in line]
            self._starred = self._starred or any(map(_STAR_NOTE.match, starred))
            self._star = self._star or any(map(_STAR.search, starred))

    def _look_under_headings(self, lines: Lines) -> None:
        """Whether a note stands under a heading of notes."""
        for line in lines:
            if words := line.strip():
                if self._under and _NOTE.match(words):
                    self._headed = True
                self._under = words[:1] in "FNfn" and _NOTES_HEADING.fullmatch(words) is not None

    def found(self) -> list[_Notes]:
        """The kinds, when all lines were looked at."""
        kinds = (_BRACKETS, self._marked or self._headed), (_STARS, self._starred and self._star)
        return [kind for kind, there in kinds if there]


def _without_notes_of(
    windows: Iterable[Lines], kind: _Notes, left_out: Counter[str]
) -> Iterator[Lines]:
    dropping, after_blank = False, True
    for window in windows:
        kept: Lines = []
        for line in window:
            words = line.strip()
            if not words:
                dropping = False
            elif (dropping or after_blank) and kind.note.match(words):
                # *very* good is no note
                stars = len(words) - len(words.lstrip("*"))
                dropping = words[0] == "[" or words.count("*") == stars
            if dropping:
                left_out["note"] += 1
            else:
                kept.append(line)
                after_blank = not words
        text = "\n".join(kept)
        yield kind.mark.sub(kind.replacement, text).split("\n") if kept else []


class _Pages:
    """Page numbers and heads, in lines that are gone over twice."""

    def __init__(self) -> None:
        self._heads: Counter[str] = Counter()
        self._found: Spool[dict[int, str]] = Spool()  # `_candidates` of each window
        self._taken = iter(self._found)
        self._held: Lines = []
        self._of_held: dict[int, str] = {}
        self._kept: Lines = []  # the last ones, to be looked at
        self._skipping = False  # blank lines behind a page that stood in mid-sentence

    def look(self, lines: Lines) -> None:
        """Counts heads in the next lines."""
        found = _candidates(lines)
        self._heads.update(title for title in found.values() if title not in _KINDS)
        self._found.add(found)

    def taken_out(self, window: Lines, last: bool, left_out: Counter[str]) -> Lines:
        """The next lines without pages; some are held back until the next window, but for the last."""
        lines = self._held + window
        ahead = len(self._held)
        candidates = self._of_held | {ahead + i: kind for i, kind in next(self._taken).items()}
        end = len(lines) if last else max(len(lines) - _AHEAD, 0)
        self._held = lines[end:]
        self._of_held = {i - end: kind for i, kind in candidates.items() if i >= end}
        kept = self._kept
        if candidates or self._skipping:
            self._take_out(lines, end, candidates, kept, left_out)
        else:
            kept = kept + lines[:end]
        seen = len(kept)
        while seen and not kept[seen - 1].strip():
            seen -= 1
        seen = len(kept) if last else max(seen - _BEHIND, 0)
        self._kept = kept[seen:]
        return kept[:seen]

    def _take_out(
        self,
        lines: Lines,
        end: int,
        candidates: dict[int, str],
        kept: Lines,
        left_out: Counter[str],
    ) -> None:
        """Adds to `kept` those of the lines before `end` that stay."""
        for i in range(end):
            line = lines[i]
            kind = candidates.get(i)
            if kind is None:
                words = line.strip(" \t\f")
                if words or not self._skipping:
                    kept.append(line.replace(TAKEN_OUT, "") if TAKEN_OUT in line else line)
                    self._skipping = self._skipping and not words
                continue
            between = self._skipping or _is_in_sentence(kept, lines, i, candidates)
            sure = kind in ("tag", "page") or self._heads[kind] >= _HEAD_TIMES
            if not between and not sure:
                kept.append(line)
                continue
            if between and not self._skipping:
                while kept and not kept[-1].strip():
                    kept.pop()
                self._skipping = True
            elif not between:
                kept.append("")
            if kind != "tag":
                left_out["page"] += 1


def _candidates(lines: Lines) -> dict[int, str]:
    """Lines that may be a page's number or head: `tag`, `page`, `number`, or the title of a head."""
    found: dict[int, str] = {}
    for i, line in enumerate(lines):
        words = line.strip(" \t\f")
        if not words or not (words[0] in _OPENS_PAGES or words[-1].isdigit()) or len(words) > 90:
            continue
        if words.strip(TAKEN_OUT + " ") == "":
            found[i] = "tag"
        elif _PAGE.fullmatch(words):
            found[i] = "page"
        elif _NUMBER.fullmatch(words):
            found[i] = "number"
        elif not (words[0].isdigit() or words[-1].isdigit()):
            continue
        elif match := _HEAD.fullmatch(words):
            title = " ".join((match[1] or match[2]).split()).strip(" .")
            if title.isupper() or title.istitle():
                found[i] = title
        elif _CLOSE_HEAD.fullmatch(words):
            title = words.strip("0123456789 ")
            found[i] = title if " " in title else "number"  # CHAPTER 12 looks alike
    return found


def _is_in_sentence(kept: list[str], lines: list[str], at: int, candidates: dict[int, str]) -> bool:
    """Whether the line before stops in mid-sentence, and the next that is text goes on with it."""
    before = next((line.rstrip() for line in reversed(kept[-_BEHIND:]) if line.strip()), "")
    if not before or not (
        before[-1].isalnum() or before[-1] in ",;-—’'\xad" or _GOES_ON.search(before)
    ):
        return False
    if len(before.strip()) < 25:
        return False  # a short line: a heading rather than text
    for i in range(at + 1, min(at + _AHEAD, len(lines))):
        words = lines[i].strip(" \t\f" + TAKEN_OUT)
        if words and i not in candidates:
            return words[0].islower() or bool(_GOES_ON.search(before))
    return False
