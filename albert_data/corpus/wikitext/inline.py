"""Inline markup to plain text: quotes, tags, external links, entities.

Every pattern is bounded by a line, a bracket or a short count, so each pass is linear.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from albert_data.corpus.wikitext.marks import NOTE, VOID

# Tags that MediaWiki knows; any other is text. After Help:HTML in wikitext.
_HTML = (
    "abbr b bdi bdo big br caption cite code col colgroup data dd del dfn dt em font h1 h2 h3 h4 h5 h6"
    " hr i ins kbd li link mark meta q rb rp rt rtc ruby s samp small span strike strong sub sup tbody"
    " td tfoot thead time tr tt u var wbr ref references gallery nowiki math chem ce pre source score"
    " syntaxhighlight timeline hiero imagemap templatedata graph mapframe maplink includeonly noinclude"
    " onlyinclude indicator inputbox categorytree templatestyles section translate tvar languages"
    " section blockquote p div center poem ul ol dl table"
)
_NAMES = "|".join(_HTML.split())
# What stands between a tag's name and its `>`; a quoted value may hold one.
_ATTRIBUTES = r"""(?=[\s/>])(?:[^<>"']|"[^"<\n]*"|'[^'<\n]*'|["'])*+"""

_QUOTES = re.compile(r"'{2,}")
_ITALIC_LINE = re.compile(r"(:*)[ \ufdd1]*''(?!')(?:[^']|'(?!'))*''[.:]?[\s\ufdd1]*")
_BREAK_TAG = re.compile(
    rf"</?(?:blockquote|p|div|center|poem|ul|ol|dl|table){_ATTRIBUTES}>", re.IGNORECASE
)
_SPACE_TAG = re.compile(rf"</?(?:br|dd|dt|hr){_ATTRIBUTES}>|</li\s*>", re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"<li{_ATTRIBUTES}>", re.IGNORECASE)
# A power of a number, of a variable or of a unit (`m<sup>−2</sup>`); `m<sup>2</sup>` reads `m2`, as `km2`.
_BASE = re.compile(r"\d$|\)$|\b[^\W\d_ms]$")
_EXPONENT = re.compile(r"[-−+]?[\dn]")
_NEGATIVE = re.compile(r"[-−]\d")
_TAG = re.compile(
    rf"</?(?:blockquote|p|div|center|poem|ul|ol|dl|table){_ATTRIBUTES}>", re.IGNORECASE
)
_SPACE_TAG = re.compile(rf"</?(?:br|dd|dt|hr){_ATTRIBUTES}>|</li\s*>", re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"<li{_ATTRIBUTES}>", re.IGNORECASE)
# A power of a number, of a variable or of a unit (`m<sup>−2</sup>`); `m<sup>2</sup>` reads `m2`, as `km2`.
_POWER = re.compile(
    r"<sup>(?:(?=[-−+]?[\dn])(?:(?<=\d<sup>)|(?<=\)<sup>)|(?<=\b[^\W\d_ms]<sup>))"
    r"|(?=[-−]\d)(?<=[^\W\d_]<sup>))"
)
_TAG = re.compile(
    rf"</?(?:blockquote|p|div|center|poem|ul|ol|dl|table){_ATTRIBUTES}>", re.IGNORECASE
)
_SPACE_TAG = re.compile(rf"</?(?:br|dd|dt|hr){_ATTRIBUTES}>|</li\s*>", re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"<li{_ATTRIBUTES}>", re.IGNORECASE)
# A power of a number, of a variable or of a unit (`m<sup>−2</sup>`); `m<sup>2</sup>` reads `m2`, as `km2`.
_POWER = re.compile(
    r"<sup>(?:(?=[-−+]?[\dn])(?:(?<=\d<sup>)|(?<=\)<sup>)|(?<=\b[^\W\d_ms]<sup>))"
    r"|(?=[-−]\d)(?<=[^\W\d_]<sup>))",
    re.IGNORECASE,
)
_TAG = re.compile(
    rf"</?(?:blockquote|p|div|center|poem|ul|ol|dl|table){_ATTRIBUTES}>", re.IGNORECASE
)
_SPACE_TAG = re.compile(rf"</?(?:br|dd|dt|hr){_ATTRIBUTES}>|</li\s*>", re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"<li{_ATTRIBUTES}>", re.IGNORECASE)
# A power of a number, of a variable or of a unit (`m<sup>−2</sup>`); `m<sup>2</sup>` reads `m2`, as `km2`.
_POWER = re.compile(
    r"(?:(?<=\d)|(?<=\b[^\W\d_ms])|(?<=\)))<sup>(?=[-−+]?[\dn])|(?<=[^\W\d_])<sup>(?=[-−]\d)",
    re.IGNORECASE,
)
_TAG = re.compile(
    rf"</?(?:blockquote|p|div|center|poem|ul|ol|dl|table){_ATTRIBUTES}>", re.IGNORECASE
)
_SPACE_TAG = re.compile(rf"</?(?:br|dd|dt|hr){_ATTRIBUTES}>|</li\s*>", re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"<li{_ATTRIBUTES}>", re.IGNORECASE)
_POWER = re.compile(r"(?:(?<=\d)|(?<=\b[^\W\d_])|(?<=\)))<sup>(?=[-−+]?[\dn])", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_NAMES}){_ATTRIBUTES}>", re.IGNORECASE)
_CELL = re.compile(rf"</?th{_ATTRIBUTES}>", re.IGNORECASE)
_EXTERNAL = re.compile(
    r"\[(?:https?:|ftps?:|mailto:|irc:|news:)?(?://)[^\s\[\]]*[^\S\n]*([^\[\]\n]*)\]?"
    r"|\[mailto:[^\s\[\]]*[^\S\n]*([^\[\]\n]*)\]?",
    re.I,
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f]")
_LEFT = re.compile(r"\[\[+|\]\]+|\{\{+|\}\}+|\{\||\|\}|\|\|+|\|-")
_LEFT_OPTION = re.compile(r"thumb(?:nail)?\||\b(?:frame|frameless|upright)\|", re.I)
_LEFT_PREFIX = re.compile(r"[CcFfIi](?:(?i:ategory)|(?i:ile)|(?i:mage)):")
_PREFIXES = ("category:", "file:", "image:")
_LITERAL_TAG = re.compile(rf"<(/?(?:{_NAMES})(?=[\s/>])[^<>\n]*)>", re.IGNORECASE)
_UNCLOSED_TAG = re.compile(rf"</?ref\b|</(?=(?:{_NAMES})\b|[^a-z]|$)", re.IGNORECASE)

# Patterns begin with a plain character or set, for which `re` searches several times faster.
_ODD_SPACE = re.compile(
    "[\t\v\f\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
_LINE_BEGINS_ODD = re.compile(r"\n[^\S\n ]\s*?(?=[^\s]|\n)")


def clean_inline(text: str) -> str:
    """Plain text of rendered wikitext; line breaks and marks stay.

    A line that begins with a space only because of what was left out or of a hard space does not
    begin with one here: it is no preformatted text.
    """
    if "''" in text:
        text = _unquote(text)
    if "<" in text:
        text = _BREAK_TAG.sub("\n\n\u00a0", text)
        text = _ENTRY_TAG.sub("\n* ", _SPACE_TAG.sub("\u00a0", text))
        if "<sup" in text:
            text = _with_powers(text)
        if "<th" in text and "<tr" in text:
            text = _CELL.sub("", text)
        text = _TAG.sub("", text)
    if "[" in text:
        text = _EXTERNAL.sub(lambda m: m[1] or m[2] or VOID, text)
    if "&" in text:
        text = html.unescape(text)
    text = scrub(_INVISIBLE.sub("", text))
    text = _LINE_BEGINS_ODD.sub("\n", text)
    text = _ODD_SPACE.sub(" ", text)
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _with_powers(text: str) -> str:
    """`^` for the `<sup>` of a power."""
    first, *rest = text.split("<sup>")
    out = [first]
    for before, part in zip([first, *rest], rest, strict=False):
        is_power = (_EXPONENT.match(part) and _BASE.search(before, len(before) - 2)) or (
            before[-1:].isalpha() and _NEGATIVE.match(part)
        )
        out += ["^" if is_power else "<sup>", part]
    return "".join(out)


def scrub(text: str) -> str:
    """Takes out whatever reads as markup still, written as text or left by broken markup."""
    if "|" in text:
        text = _LEFT_OPTION.sub(" ", text)
    text = _LEFT.sub(" ", text)
    lower = text.lower()
    if any(prefix in lower for prefix in _PREFIXES):
        text = _LEFT_PREFIX.sub(" ", text)
    if "<" in text:
        for _ in range(4):  # tags within others
            text = _LITERAL_TAG.sub(_shown_tag, text)
        text = _UNCLOSED_TAG.sub(" ", text)
    return text


def _shown_tag(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    return f" {match[1]}" if before.isalnum() else match[1]


def _unquote(text: str) -> str:
    """Takes out the marks of bold and italics; apostrophes beside them stay."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "''" in line:
            note = _ITALIC_LINE.fullmatch(line)
            line = _unquote_line(line)
            lines[number] = f"{note[1]}{NOTE}{line[len(note[1]) :]}" if note else line
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
