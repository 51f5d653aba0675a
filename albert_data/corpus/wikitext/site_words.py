"""What a wiki's own language calls the things that its pages are cleared of: pictures, sections, switches.

The names are those of `mediawiki_names` (all languages, generated) and `wikipedia_words` (kept by hand).
Of a wiki whose language is known, its own words count, those of the languages that MediaWiki falls back
to, and the English ones, which MediaWiki takes everywhere; of an unknown one, those of all languages. The
dump's own list of namespaces comes on top. Tables are read when first asked for: 4 ms, once a process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from albert_data.corpus.wikitext import wikipedia_words
from albert_data.corpus.wikitext.languages import UNDETERMINED
from albert_data.corpus.wikitext.mediawiki_names import CODES, NAMES
from albert_data.corpus.wikitext.page import Site

MEDIA, FILE, CATEGORY = -2, 6, 14  # namespaces whose links show a picture or file, or file the page
# Codes of wikis that are not MediaWiki's codes of their languages (its LanguageCode.php, and `no`).
_OTHER_CODES = {
    "als": "gsw", "bat-smg": "sgs", "be-x-old": "be-tarask", "eml": "egl", "fiu-vro": "vro",
    "no": "nb", "roa-rup": "rup", "simple": "en", "zh-classical": "lzh", "zh-min-nan": "nan",
    "zh-yue": "yue",
}  # fmt: skip
# Prefixes of Wikipedia's interlanguage links that are no code of MediaWiki's.
_MORE_PREFIXES = "cz dk epo jp minnan mo nan tokipona zh-cfr"
# Sections by their English names, on a wiki that has words of its own: only what is no other word there.
_PLAIN_ENGLISH = frozenset("see also|references|external links|further reading".split("|"))
# On a wiki of no known language, such a short name may be another's template (`db`, `dp`, `z`).
_SHORT = 2
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e]")
_SWITCH = re.compile(r"(?:__|＿＿)(?:[^\s_＿]|_(?!_))+(?:__|＿＿)")


class _Row(NamedTuple):
    """A language's line of NAMES: the codes it falls back to, and names."""

    fallbacks: list[str]
    files: list[str]
    categories: list[str]
    redirects: list[str]
    switches: list[str]
    disambiguation: list[str]


class SiteWords(NamedTuple):
    """The words of one wiki, each folded as `fold` does.

    Attributes:
        unseen: namespaces whose links show nothing in the text: files, media, categories.
        sections: those without prose.
        disambiguation: templates that make a page one.
        titles: what stands in the brackets of such a page's title.
    """

    unseen: frozenset[str]
    sections: frozenset[str]
    disambiguation: frozenset[str]
    titles: frozenset[str]


def fold(name: str) -> str:
    """A name as it is compared: lower case, one space for each `_` and run of spaces, no invisible marks
    of direction; `İ` is `i` (Turkish)."""
    name = name.replace("_", " ").lower().replace("\u0307", "")
    return " ".join((name if name.isascii() else _BIDI.sub("", name)).split())


def site_words(site: Site) -> SiteWords:
    """The words of a site."""
    of_file = (MEDIA, FILE, CATEGORY)
    more = [fold(name) for name, number in site.namespaces.items() if number in of_file]
    return _words(site.language.lower(), frozenset(more))


@cache
def _words(language: str, more: frozenset[str]) -> SiteWords:
    chain = fallbacks(language)
    known = chain is not None
    codes = [*chain, "en"] if chain is not None else list(_rows())
    rows = [_rows()[code] for code in codes if code in _rows()]
    unseen = {fold(name) for row in rows for name in (*row.files, *row.categories)}
    own = [_sections()[code] for code in (chain or _sections()) if code in _sections()]
    sections = frozenset[str]().union(*own, _PLAIN_ENGLISH if own else _sections()["en"])
    marks = _named(wikipedia_words.DISAMBIGUATION, codes if known else None)
    return SiteWords(
        more | unseen,
        sections,
        marks if known else frozenset(mark for mark in marks if len(mark) > _SHORT),
        _named(wikipedia_words.TITLES, codes if known else None),
    )


def every_section() -> frozenset[str]:
    """The sections without prose of all languages, for text of which none is known."""
    return _words("", frozenset()).sections


def plain_code(language: str) -> str:
    """One code of a language: `nb` of `no`, `en` of `simple`, `zh` of `zh-hant`."""
    code = language.lower().replace("_", "-")
    return _OTHER_CODES.get(code, code).partition("-")[0]


def fallbacks(language: str) -> tuple[str, ...] | None:
    """Codes of a language and of those it falls back to, the nearest first; None where it is not known."""
    code = language.lower()
    if code in ("", UNDETERMINED):
        return None
    chain = [code]
    for code in chain:
        row = _rows().get(code)
        further = row.fallbacks if row else []
        other = _OTHER_CODES.get(code) or (code.partition("-")[0] if "-" in code else "")
        chain += [c for c in (other, *further) if c and c not in chain]
    return tuple(chain)


@cache
def interlanguage_prefixes() -> frozenset[str]:
    """Prefixes of links to the same article in another language."""
    return frozenset((*CODES.split(), *_OTHER_CODES, *_MORE_PREFIXES.split()))


@cache
def redirect_words() -> frozenset[str]:
    """`#redirect` in all languages, folded."""
    return frozenset(fold(word) for row in _rows().values() for word in row.redirects)


def without_switches(markup: str) -> str:
    """Markup without `__NOTOC__` and the like, in whatever language; `__init__` is none."""
    if "__" not in markup and "＿" not in markup:
        return markup
    return _SWITCH.sub(lambda m: "" if _is_switch(m[0], _switches()) else m[0], markup)


def says_disambiguation(markup: str) -> bool:
    """Whether markup has the switch that makes a page one of disambiguation (`__DISAMBIG__`)."""
    if "__" not in markup:
        return False
    return any(_is_switch(word, _disambiguation_switches()) for word in _SWITCH.findall(markup))


def _is_switch(word: str, switches: frozenset[str]) -> bool:
    return word in switches or word.lower().replace("\u0307", "") in switches


@cache
def _rows() -> dict[str, _Row]:
    rows = {}
    for line in NAMES.splitlines():
        code, *fields = line.split("|")
        rows[code] = _Row(*(field.split() for field in fields))
    return rows


@cache
def _switches() -> frozenset[str]:
    every = {s for row in _rows().values() for s in (*row.switches, *row.disambiguation)}
    return frozenset(every)


@cache
def _disambiguation_switches() -> frozenset[str]:
    return frozenset(s for row in _rows().values() for s in row.disambiguation)


@cache
def _sections() -> dict[str, frozenset[str]]:
    return _table(wikipedia_words.SECTIONS)


@cache
def _table(text: str) -> dict[str, frozenset[str]]:
    """Names by language; a language may have several lines."""
    table: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        code, _, names = line.partition(": ")
        table[code] = table.get(code, frozenset()).union(map(fold, names.split("|")))
    return table


def _named(text: str, codes: Iterable[str] | None) -> frozenset[str]:
    """The names of some languages, or of all."""
    table = _table(text)
    return frozenset[str]().union(*(table.get(code, ()) for code in (codes or table)))
