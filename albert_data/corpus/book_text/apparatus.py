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
from collections.abc import Sequence

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


def strip(lines: Sequence[str]) -> tuple[list[str], Counter[str]]:
    """The lines of the text, and how many were left out by kind."""
    left_out: Counter[str] = Counter()
    kept = _without_lists(lines[:FRONT_LINES], left_out) + list(lines[FRONT_LINES:])
    kept = _without_notes(kept, left_out)
    return _without_pages(kept, left_out), left_out


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


def _without_notes(lines: list[str], left_out: Counter[str]) -> list[str]:
    """Notes whose marks are in the text, and the marks."""
    text = "\n".join(lines)
    patterns = []
    if "[" in text and (_INLINE_MARK.search(text) or _has_notes(lines)):
        patterns.append((_INLINE_MARK, _NOTE, ""))
    starred = (line.strip() for line in lines if "*" in line) if "*" in text else ()
    if any(map(_STAR_NOTE.match, starred)) and _STAR.search(text):
        patterns.append((_STAR, _STAR_NOTE, r"\1"))
    for mark, note, replacement in patterns:
        kept: list[str] = []
        dropping = False
        for line in lines:
            words = line.strip()
            if not words:
                dropping = False
            elif note.match(words) and (dropping or not kept or not kept[-1].strip()):
                # *very* good is no note
                dropping = words[0] == "[" or words.count("*") == len(words) - len(
                    words.lstrip("*")
                )
            if dropping:
                left_out["note"] += 1
            else:
                kept.append(line)
        lines = mark.sub(replacement, "\n".join(kept)).split("\n")
    return lines


def _has_notes(lines: Sequence[str]) -> bool:
    """Whether a note stands under a heading of notes."""
    under = False
    for line in lines:
        if words := line.strip():
            if under and _NOTE.match(words):
                return True
            under = words[:1] in "FNfn" and _NOTES_HEADING.fullmatch(words) is not None
    return False


def _without_pages(lines: list[str], left_out: Counter[str]) -> list[str]:
    heads: Counter[str] = Counter()
    candidates: dict[int, str] = {}
    for i, line in enumerate(lines):
        words = line.strip(" \t\f")
        if not words or not (words[0] in _OPENS_PAGES or words[-1].isdigit()) or len(words) > 90:
            continue
        if words.strip(TAKEN_OUT + " ") == "":
            candidates[i] = "tag"
        elif _PAGE.fullmatch(words):
            candidates[i] = "page"
        elif _NUMBER.fullmatch(words):
            candidates[i] = "number"
        elif not (words[0].isdigit() or words[-1].isdigit()):
            continue
        elif match := _HEAD.fullmatch(words):
            title = " ".join((match[1] or match[2]).split()).strip(" .")
            if title.isupper() or title.istitle():
                candidates[i] = title
                heads[title] += 1
        elif _CLOSE_HEAD.fullmatch(words):
            title = words.strip("0123456789 ")
            candidates[i] = title if " " in title else "number"  # CHAPTER 12 looks alike
            heads[title] += " " in title
    if not candidates:
        return lines
    kept: list[str] = []
    skipping = False  # blank lines behind a page that stood in mid-sentence
    for i, line in enumerate(lines):
        words = line.strip(" \t\f")
        kind = candidates.get(i)
        if kind is None:
            if words or not skipping:
                kept.append(line.replace(TAKEN_OUT, "") if TAKEN_OUT in line else line)
                skipping = skipping and not words
            continue
        between = skipping or _is_in_sentence(kept, lines, i, candidates)
        sure = kind in ("tag", "page") or heads[kind] >= _HEAD_TIMES
        if not between and not sure:
            kept.append(line)
            continue
        if between and not skipping:
            while kept and not kept[-1].strip():
                kept.pop()
            skipping = True
        elif not between:
            kept.append("")
        if kind != "tag":
            left_out["page"] += 1
    return kept


def _is_in_sentence(kept: list[str], lines: list[str], at: int, candidates: dict[int, str]) -> bool:
    """Whether the line before stops in mid-sentence, and the next that is text goes on with it."""
    before = next((line.rstrip() for line in reversed(kept[-6:]) if line.strip()), "")
    if not before or not (
        before[-1].isalnum() or before[-1] in ",;-—’'\xad" or _GOES_ON.search(before)
    ):
        return False
    if len(before.strip()) < 25:
        return False  # a short line: a heading rather than text
    for i in range(at + 1, min(at + 12, len(lines))):
        words = lines[i].strip(" \t\f" + TAKEN_OUT)
        if words and i not in candidates:
            return words[0].islower() or bool(_GOES_ON.search(before))
    return False
