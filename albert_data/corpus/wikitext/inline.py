"""Inline markup to plain text: quotes, tags, external links, entities.

Every pattern is bounded by a line, a bracket or a short count, so each pass is linear; it is tried only
where a character of it stands, which costs a tenth.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from albert_data.corpus.characters import clean
from albert_data.corpus.wikitext.marks import NOTE, VOID
from albert_data.corpus.wikitext.tag_names import HTML, one_of

_NAMES = one_of(HTML)
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
_TAG = re.compile(rf"</?(?:{_NAMES}){_ATTRIBUTES}>", re.IGNORECASE)
_CELL = re.compile(rf"</?th{_ATTRIBUTES}>", re.IGNORECASE)
_EXTERNAL = re.compile(
    r"\[(?:https?:|ftps?:|mailto:|irc:|news:)?(?://)[^\s\[\]]*[^\S\n]*([^\[\]\n]*)\]?"
    r"|\[mailto:[^\s\[\]]*[^\S\n]*([^\[\]\n]*)\]?",
    re.I,
)
_LEFT = re.compile(r"\[\[+|\]\]+|\{\{+|\}\}+|\{\||\|\}|\|\|+|\|-")
_LEFT_OPTION = re.compile(r"thumb(?:nail)?\||\b(?:frame|frameless|upright)\|", re.I)
_LEFT_PREFIX = re.compile(r"[CcFfIi](?:(?i:ategory)|(?i:ile)|(?i:mage)):")
# In ASCII's letters of either case. It begins with the colon, a literal, which is found fast.
_PREFIX_END = re.compile(r":(?:(?<=category:)|(?<=file:)|(?<=image:))", re.I | re.A)
_LITERAL_TAG = re.compile(rf"<(/?(?:{_NAMES})(?=[\s/>])[^<>\n]*)>", re.IGNORECASE)
_UNCLOSED_TAG = re.compile(rf"</?ref\b|</(?=(?:{_NAMES})\b|[^a-z]|$)", re.IGNORECASE)

# White space that reads as a space, but for line breaks.
_ODD_SPACES = (
    "\xa0\t\v\f\r\x1c\x1d\x1e\x1f\x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
_SPACES = re.compile("  +")
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
    text = scrub(clean(text, marks=True))
    text = _LINE_BEGINS_ODD.sub("\n", text)
    for space in _ODD_SPACES:
        if space in text:
            text = text.replace(space, " ")
    return _SPACES.sub(" ", text)


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
    if "|" in text or any(c in text and c + c in text for c in "[]{}"):
        text = _LEFT.sub(" ", text)
    if _PREFIX_END.search(text):
        text = _LEFT_PREFIX.sub(" ", text)
    if "<" in text:
        for _ in range(4):  # tags within others
            text, count = _LITERAL_TAG.subn(_shown_tag, text)
            if not count:
                break
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
    if "''''" not in line:  # runs of two and of three
        without_bold = line.replace("'''", "")
        bold = len(line) - len(without_bold)
        if "''" not in without_bold:
            return without_bold
        if bold % 2 == 0 or without_bold.count("''") % 2 == 0:
            return without_bold.replace("''", "")
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
