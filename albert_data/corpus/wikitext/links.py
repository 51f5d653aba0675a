"""What a reader sees of `[[target|label]]`: the label, the target, or nothing.

Letters that follow a link (its trail, `[[bus]]es`) are text either way, so that the rules by which each
language's wiki makes them part of the link do not matter here.
"""

from __future__ import annotations

import re
from collections.abc import Set

from albert_data.corpus.wikitext.site_words import fold, interlanguage_prefixes

_SHOWN_PREFIXES = frozenset(
    "wikt wiktionary w wikipedia s wikisource q wikiquote b wikibooks n wikinews v wikiversity"
    " voy wikivoyage commons c d wikidata m meta mw species wikispecies portal help template"
    " user special wp project talk draft book module".split()
)
# Wikipedias younger than the table of languages, too, have such a prefix; nobody writes theirs in capitals.
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_PIPE_TRICK = re.compile(
    r"(?:^[^:]*:)?(.*?)(?: *\([^()]*\)| *（[^（）]*）|(?:, |，|، ).*)?$", re.DOTALL
)


def link_text(target: str, label: str | None, unseen: Set[str]) -> str:
    """The visible text of an internal link.

    Args:
        target: before the pipe.
        label: after it; None where there is no pipe.
        unseen: namespaces, folded, whose links show nothing.
    """
    target = target.strip()
    prefix, colon, rest = target.partition(":")
    if colon:
        written, prefix = prefix.strip(), fold(prefix)
        if prefix in unseen:
            return ""
        if not prefix:
            prefix, _, inner = rest.partition(":")
            known = fold(prefix)
            if known in unseen or known in _SHOWN_PREFIXES or _is_language(prefix.strip(), known):
                rest = inner
        elif prefix not in _SHOWN_PREFIXES:
            if _is_language(written, prefix) and not rest.startswith(" "):
                return ""
            rest = target
    else:
        rest = target
    if label:
        return label
    if label is not None:
        trick = _PIPE_TRICK.match(target)
        return trick[1] if trick else rest
    page, hash_mark, section = rest.strip().partition("#")
    if hash_mark:
        section = section.replace("_", " ")
        return f"{page} § {section}" if page else section
    return page.replace("_", " ")


def is_invisible(target: str, unseen: Set[str]) -> bool:
    """Whether a link to this target shows no text (a picture, a category)."""
    prefix, colon, _ = target.partition(":")
    return bool(colon) and fold(prefix) in unseen


def _is_language(written: str, folded: str) -> bool:
    return folded in interlanguage_prefixes() or _LANGUAGE.fullmatch(written) is not None
