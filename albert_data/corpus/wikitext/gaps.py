"""Mends what left-out templates and pictures leave in a paragraph: empty brackets, stray commas, spaces.

Only places with a mark are mended: what an author wrote stays. A HOLE goes where its sentence does not
miss it: alone in brackets, or behind a stop, where notes stand. Each pattern is bounded by a bracket, a
line or a count, so the time is linear.
"""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.inline import scrub
from albert_data.corpus.wikitext.marks import FORMULA, HOLE, NOTE, VOID

_MARKUP = ("<", "|", "[[", "]]", "{{", "}}")
_MARKED = re.compile("[\ufdd0-\ufdd4]")
_MARKS = re.compile("[\ufdd0-\ufdd4]+")
_BRACKETS = re.compile(r"\([^()]*[\ufdd0\ufdd1][^()]*\)")
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
_COMMA_VOID = tuple(sign + VOID for sign in ",;:")
_VOIDS = re.compile(r"\ufdd1[\ufdd1 ]*")
_STOPS = frozenset(".,;:!?…)")
_BEHIND_STOP = frozenset(" \"”'’)\ufdd1")
_SPACE_STOP = re.compile(r" ([,.])(?=[\s\"”'’)]|$)")
_OPENING = re.compile(r"\( +(?=[^\s)])")
_CLOSING = re.compile(r"(?<=[^\s(]) +\)")
_LEADING = re.compile(r"^[ ,;:)|!*#=]+")


def mend(text: str) -> str:
    """A paragraph without gaps, and without marks but HOLE."""
    if _MARKED.search(text):
        text = _mend_marked(text)
    text = _LEADING.sub("", text)
    if " ," in text or " ." in text:
        text = _SPACE_STOP.sub(r"\1", text)
    if "( " in text:
        text = _OPENING.sub("(", text)
    if " )" in text:
        text = _CLOSING.sub(")", text)
    return text.strip()


def _mend_marked(text: str) -> str:
    if HOLE in text:
        text = _NOTE_HOLE.sub(r"\1" + VOID, text)
    text = text.replace(FORMULA, "").replace(NOTE, "")
    if "(" in text:
        for _ in range(2):  # brackets within brackets
            text = _BRACKETS.sub(_bracketed, text)
    if "[" in text:
        text = _SQUARE.sub(VOID, text)
    if VOID in text:
        text = text.replace(f" {VOID}", f"{VOID} ")
        if any(sign in text for sign in _COMMA_VOID):
            text = _DOUBLED.sub(VOID, text)
        text = _VOIDS.sub(_between, text)
    if any(sign in text for sign in _MARKUP):
        text = scrub(text)  # what the marks parted
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _between(match: re.Match[str]) -> str:
    """What stands between the neighbours of what showed nothing: a space, or nothing before a stop."""
    text, start, end = match.string, match.start(), match.end()
    after = text[end : end + 1]
    if after in _STOPS and (text[end + 1 : end + 2] or " ") in _BEHIND_STOP:
        return ""
    if " " in match[0]:
        return " "
    return " " if (text[start - 1 : start] + after).isalnum() and start and after else ""


def _bracketed(match: re.Match[str]) -> str:
    """Brackets without the parts in which nothing is left; a VOID where none is left."""
    inside = match[0][1:-1]
    if HOLE in inside and _CONVERTED.search(inside):
        return VOID  # the same amount in other money
    kept: list[str] = []
    sign = ""
    for part in _PARTS.split(inside):
        if part in (";", ","):
            sign = part
        elif not (_MARKED.search(part) and _LEAD_IN.fullmatch(_MARKS.sub("", part).strip())):
            kept += [sign, part] if kept else [part]
    shown = "".join(kept).strip()
    return f"({shown})" if _MARKS.sub("", shown).strip() else VOID
