"""Mends what left-out templates and pictures leave in a paragraph: empty brackets, stray commas, spaces.

Only places with a mark are mended: what an author wrote stays. A HOLE goes where its sentence does not
miss it: alone in brackets, or behind a stop, where notes stand. Each pattern is bounded by a bracket, a
line or a count, so the time is linear.
"""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.inline import scrub
from albert_data.corpus.wikitext.marks import FORMULA, HOLE, NOTE, VOID, has_marks

_MARKS = re.compile("[\ufdd0-\ufdd4]+")
_BRACKETS = re.compile(r"\([^()]*\)")
_SQUARE = re.compile(r" ?\[[ ,;]*[\ufdd0\ufdd1][\ufdd0\ufdd1 ,;]*\]")
_PARTS = re.compile(r"([;,])")
# What introduces a pronunciation or a name in brackets, and says nothing without it.
_LEAD_IN = re.compile(
    r"(?:(?:also|standard|local|locally|British|American|in|the|is|often|usually|approximately)\s){0,3}"
    r"(?:pronounced|pronunciation|pronounciation|pron\.|IPA|listen|UK|US|or|and|born|lit\.|stylized as"
    r"|[A-Z][a-zA-Z]{2,15}(?: [A-Za-z]{2,15})?(?: pronunciation)?:|[A-Z][a-z]{3,12} pronunciation)?:?\s*"
    r"(?:\[\s*\]|/\s*/|[-–—/])?",
)
_CONVERTED = re.compile(r"[$£€¥₹₩₽]\s?\ufdd0")

_NOTE_HOLE = re.compile(r"([.,;!?…][\"”’')\]]*)\ufdd0+(?=[\s\ufdd1]|$)")
_DOUBLED = re.compile(r"[,;:]\ufdd1[\ufdd1 ]*(?=[,;:.])")
_STOPS = frozenset(".,;:!?…)")
_BEHIND_STOP = frozenset(" \"”'’)\ufdd1")
_SIGNS, _BEHIND_SIGN = frozenset(",;:"), frozenset(",;:.")
_SPACE_STOP = re.compile(r" ([,.])(?=[\s\"”'’)]|$)")
_OPENING = re.compile(r"\( +(?=[^\s)])")
_CLOSING = re.compile(r"(?<=[^\s(]) +\)")
_LEADING = " ,;:)|!*#="


def mend(text: str) -> str:
    """A paragraph without gaps, and without marks but HOLE."""
    if has_marks(text):
        text = _mend_marked(text)
    text = text.lstrip(_LEADING)
    if " ," in text or " ." in text:
        text = _SPACE_STOP.sub(r"\1", text)
    if "(" in text and "( " in text:
        text = _OPENING.sub("(", text)
    if ")" in text and " )" in text:
        text = _CLOSING.sub(")", text)
    return text.strip()


def _mend_marked(text: str) -> str:
    if HOLE in text:
        text = _NOTE_HOLE.sub(r"\1" + VOID, text)
    for mark in (FORMULA, NOTE):
        if mark in text:
            text = text.replace(mark, "")
    if "(" in text:
        for _ in range(2):  # brackets within brackets
            text = _BRACKETS.sub(_bracketed, text)
    if "[" in text:
        text = _SQUARE.sub(VOID, text)
    if VOID in text:
        text = _without_voids(text.replace(f" {VOID}", f"{VOID} "))
    if "<" in text or "|" in text or any(c in text and c + c in text for c in "[]{}"):
        text = scrub(text)  # what the marks parted
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _without_voids(text: str, doubled: bool = True) -> str:
    """The text with what belongs between the neighbours of what showed nothing: nothing before a stop, else
    a space where one stood there or where letters or digits would meet.

    Args:
        text: where a space stood before a VOID, it stands behind it.
        doubled: of two commas or the like around a VOID, the first goes.
    """
    first, *parts = text.split(VOID)
    kept = [first]
    spaced = False
    last = len(parts) - 1
    for number, part in enumerate(parts):
        rest = part.lstrip(" ")
        spaced |= len(rest) < len(part)
        if not rest and number < last:  # another VOID follows
            continue
        before, after = kept[-1][-1:], rest[:1]
        if doubled and before in _SIGNS and after in _BEHIND_SIGN:
            return _without_voids(_DOUBLED.sub(VOID, text), doubled=False)
        if after in _STOPS and (rest[1:2] or (VOID if number < last else " ")) in _BEHIND_STOP:
            kept.append(rest)
        elif spaced or (before and after and (before + after).isalnum()):
            kept += (" ", rest)
        else:
            kept.append(rest)
        spaced = False
    return "".join(kept)


def _bracketed(match: re.Match[str]) -> str:
    """Brackets without the parts in which nothing is left; a VOID where none is left."""
    inside = match[0][1:-1]
    if HOLE not in inside and VOID not in inside:
        return match[0]
    if HOLE in inside and _CONVERTED.search(inside):
        return VOID  # the same amount in other money
    kept: list[str] = []
    sign = ""
    for part in _PARTS.split(inside):
        if part in (";", ","):
            sign = part
        elif not (has_marks(part) and _LEAD_IN.fullmatch(_MARKS.sub("", part).strip())):
            kept += [sign, part] if kept else [part]
    shown = "".join(kept).strip()
    return f"({shown})" if _MARKS.sub("", shown).strip() else VOID
