"""Inline markup to plain text: quotes, tags, external links, entities, and the gaps that remain.

Every pattern is bounded by a line, a bracket or a short count, so each pass is linear.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from albert_data.corpus.characters import clean

_QUOTES = re.compile(r"'{2,}")
_BREAK_TAG = re.compile(r"</?(?:blockquote|p|div|center|poem|ul|ol|dl|table)\b[^<>]*>", re.I)
_SPACE_TAG = re.compile(r"</?(?:br|li|dd|dt|hr)\b[^<>]*>", re.I)
_POWER = re.compile(r"(?<=\d)<sup>(?=[-−+]?\d)", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_EXTERNAL = re.compile(
    r"\[(?:https?:|ftps?:|mailto:|irc:|news:)?(?://)[^\s\[\]]*[^\S\n]*([^\[\]\n]*)\]?"
    r"|\[mailto:[^\s\[\]]*[^\S\n]*([^\[\]\n]*)\]?",
    re.I,
)
_SWITCH = re.compile(r"__[A-Z]{3,20}__")
_LEFT = re.compile(r"\[\[+|\]\]+|\{\{+|\}\}+|\{\||\|\}|\|\|+|\|-")
_LEFT_OPTION = re.compile(r"thumb(?:nail)?\||\b(?:frame|frameless|upright)\|", re.I)
_LEFT_PREFIX = re.compile(r"[CcFfIi](?:(?i:ategory)|(?i:ile)|(?i:mage)):")
_LITERAL_TAG = re.compile(r"<(/?[a-zA-Z][^<>\n]*)>")
_UNCLOSED_TAG = re.compile(r"</?ref\b|</", re.I)

# Patterns begin with a plain character or set, for which `re` searches several times faster.
_ODD_SPACE = re.compile(r"[^\S\n ]")
_SPACES = re.compile(r" {2,}")
# A pronunciation that was left out leaves its introduction: `(pronounced ; 1809 – 1865)`.
_LEAD_IN = re.compile(
    r"([(;,])[ ]?(?:(?:also )?pronounced|pronunciation|pron\.|IPA|listen|UK|US|or|and|"
    r"[A-Z][a-z]{3,12}(?: pronunciation)?:|lit\.)?:?[ ]?(?=[;,)])"
)
_OPENING = re.compile(r"\((?: |[,;:](?=[ ,;:)]))+")
_CLOSING = re.compile(r"[ ,;:]{1,8}\)")
_EMPTY = re.compile(r"\( ?(?:[-–—/] ?)?\)|\[ ?\]|\([A-Z]{0,2}[$£€] [^()\n]{0,80}\)")
_DOUBLED = re.compile(r"([,;:])(?: ?[,;:])+(?=[\s)]|$)")
_LEADING = re.compile(r"^[ ,;:)|!*#=]+")
_BEFORE_STOP = re.compile(r" ([,;:!?.])(?=[\s\"”'’)]|$)")
_COMMA_STOP = re.compile(r"[,;] ?\.(?=\s|$)")


def clean_inline(text: str) -> str:
    """Plain text of rendered wikitext; line breaks stay."""
    if "''" in text:
        text = _unquote(text)
    if "<" in text:
        text = _BREAK_TAG.sub("\n\n", text)
        text = _SPACE_TAG.sub(" ", text)
        if "<sup" in text:
            text = _POWER.sub("^", text)
        text = _TAG.sub("", text)
    if "[" in text:
        text = _EXTERNAL.sub(lambda m: m[1] or m[2] or "", text)
    if "&" in text:
        text = html.unescape(text)
    if "__" in text:
        text = _SWITCH.sub("", text)
    text = scrub(clean(text, marks=True))
    return _SPACES.sub(" ", _ODD_SPACE.sub(" ", text))


def scrub(text: str) -> str:
    """Takes out whatever reads as markup still, written as text or left by broken markup."""
    if "<" in text:
        text = _UNCLOSED_TAG.sub(" ", _LITERAL_TAG.sub(r"\1", text))
    if "|" in text:
        text = _LEFT_OPTION.sub(" ", text)
    return _LEFT_PREFIX.sub(" ", _LEFT.sub(" ", text))


def mend(text: str) -> str:
    """A paragraph without the gaps that left-out templates make: empty brackets, stray commas,
    spaces before punctuation."""
    if "(" in text or "[" in text:
        text = _LEAD_IN.sub(r"\1", text)
        text = _OPENING.sub("(", text)
        text = _CLOSING.sub(")", text)
        text = _EMPTY.sub("", text)
    text = _DOUBLED.sub(r"\1", _LEADING.sub("", text))
    text = _BEFORE_STOP.sub(r"\1", _SPACES.sub(" ", text))
    return _COMMA_STOP.sub(".", text)


def _unquote(text: str) -> str:
    """Takes out the marks of bold and italics; apostrophes beside them stay."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "''" in line:
            lines[number] = _unquote_line(line)
    return "\n".join(lines)


def _unquote_line(line: str) -> str:
    runs = _QUOTES.findall(line)
    lengths = [len(run) for run in runs]
    bold = sum(n in (3, 4) or n >= 5 for n in lengths)
    italic = sum(n == 2 or n >= 5 for n in lengths)
    if bold % 2 and italic % 2:
        # As MediaWiki reads it: one `'''` is an apostrophe and `''`, best after a one-letter word.
        return _QUOTES.sub(_one_apostrophe(line), line)
    return _QUOTES.sub(lambda m: "'" * _extra(len(m[0])), line)


def _extra(length: int) -> int:
    """Apostrophes that a run of quotes shows beside its markup."""
    return 1 if length == 4 else max(0, length - 5)


def _one_apostrophe(line: str) -> Callable[[re.Match[str]], str]:
    threes = [m.start() for m in _QUOTES.finditer(line) if len(m[0]) == 3]
    single = [p for p in threes if p >= 2 and line[p - 2] == " " and line[p - 1] != " "]
    word = [p for p in threes if p >= 1 and line[p - 1] != " "]
    chosen = (single or word or threes or [-1])[0]
    return lambda m: "'" * (1 if m.start() == chosen else _extra(len(m[0])))
