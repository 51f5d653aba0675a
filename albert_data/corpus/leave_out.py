"""Every rule by which a document is left out that could have been read, and the reason it is counted by.

A rule takes what is known of a document at some moment, and the settings, and returns its reason, or None
where the document stays. The rules of a moment are tried in order, the first reason counts:

    moment                              rules               are asked by
    a page of a wiki, before its prose  PAGE_RULES          sources/wikipedia
    a document as read                  DOCUMENT_RULES      each source, `by_itself`
    a document in sentences and pieces  ENCODED_RULES       tokens/writer

The other reasons are no rules about a document alone: `EXCLUDED`, by a list of names; `REPEATS`, by the
documents before it; `PARSER_TIMEOUT`, by the clock. What is broken is a `Flaw`, an error unless
`sources.bad_input` is `drop`. A document of one sentence stays in the token cache; `examples/pairs.py`
makes no example of it and counts it in the manifest's totals, since that depends on the settings of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext
from albert_data.corpus.wikitext.page import Site
from albert_data.corpus.wikitext.site_words import (
    fold,
    redirect_words,
    says_disambiguation,
    site_words,
)

EMPTY = "empty"
EXCLUDED = "excluded"
TOO_LONG = "too long"
PARSER_TIMEOUT = "parser timeout"
REPEATED_ARTICLE = "repeated article"  # it stands in the file once for each question about it
REPEATS = {"exact": "duplicate", "minhash": "near duplicate"}  # by `tokens.dedup`

# The word of a redirect, in any language (`site_words.redirect_words`), and the link behind it.
_REDIRECT = re.compile(r"\s*([#＃][^\[\]{}|\n]{1,40}?)\s*[:：]?\s*\[\[")
_TEMPLATE = re.compile(r"\{\{\s*([^{}|\n<]{1,60})")
_BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]\s*$")
# Names of English templates, and of those that end in one (`human name disambiguation`).
_DISAMBIGUATION = re.compile(
    r"\{\{\s*(?:[^{}|\n]{0,40}[ -])?(?:disambig(?:uation)?(?: cleanup| page)?|disamb|dab|hndis"
    r"|geodis|numberdis|schooldis|hospitaldis|mathdab|mil-unit-dis|roaddis|callsigndis|letterdis)"
    r"\s*[|}]",
    re.IGNORECASE,
)

Subject = TypeVar("Subject")
Rule = Callable[[Subject, SourceSettings], str | None]


class Page(NamedTuple):
    """A page of a wiki. Of one over the limit, only its beginning is known.

    Attributes:
        namespace: its number; `0` is that of articles.
        tagged: the dump says that it is a redirect.
        model: what its text is; empty where the dump does not say.
        site: whose page it is.
    """

    title: str
    namespace: str
    tagged: bool
    model: str = ""
    markup: str = ""
    site: Site = Site()


class Encoded(NamedTuple):
    """A document's numbers of sentences that have a piece, and of pieces."""

    sentences: int
    pieces: int


def redirect(page: Page, settings: SourceSettings) -> str | None:
    match = None if page.tagged else _REDIRECT.match(page.markup)
    moved = page.tagged or (match is not None and fold(match[1]) in redirect_words())
    return "redirect" if moved else None


def other_namespace(page: Page, settings: SourceSettings) -> str | None:
    """Talk, files, templates, categories."""
    return "namespace" if page.namespace != "0" else None


def not_wikitext(page: Page, settings: SourceSettings) -> str | None:
    return "not wikitext" if page.model not in ("", "wikitext") else None


def disambiguation(page: Page, settings: SourceSettings) -> str | None:
    """Pages that only tell the meanings of a name apart, by their title, template or switch."""
    words = site_words(page.site)
    bracketed = _BRACKETED.search(page.title)
    told = (
        (bracketed is not None and fold(bracketed[1]) in words.titles)
        or _DISAMBIGUATION.search(page.markup) is not None
        or not words.disambiguation.isdisjoint(map(fold, _TEMPLATE.findall(page.markup)))
        or says_disambiguation(page.markup)
    )
    return "disambiguation" if told else None


def empty(document: Document, settings: SourceSettings) -> str | None:
    return None if any(document.paragraphs) else EMPTY


def too_short(document: Document, settings: SourceSettings) -> str | None:
    characters = sum(map(len, document.paragraphs))
    return "too short" if characters < settings.min_characters else None


def no_pieces(encoded: Encoded, settings: SourceSettings) -> str | None:
    """Nothing but what the vocabulary has no piece for."""
    return EMPTY if encoded.pieces == 0 else None


PAGE_RULES: tuple[Rule[Page], ...] = (redirect, other_namespace, not_wikitext, disambiguation)
LONG_PAGE_RULES: tuple[Rule[Page], ...] = (other_namespace, redirect)
DOCUMENT_RULES: tuple[Rule[Document], ...] = (empty, too_short)
ENCODED_RULES: tuple[Rule[Encoded], ...] = (no_pieces,)


def first_reason(
    rules: Iterable[Rule[Subject]], subject: Subject, settings: SourceSettings
) -> str | None:
    """The reason of the first rule that has one."""
    return next((reason for rule in rules if (reason := rule(subject, settings))), None)


def goes(reason: str | None, tally: Tally, sample: str) -> bool:
    """Whether there is a reason, by which a document is then counted; `sample` says which one."""
    if reason:
        tally.drop("document", reason, sample)
    return reason is not None


def by_itself(document: Document, context: ReadContext, sample: str) -> bool:
    """Whether a document that was read goes by one of DOCUMENT_RULES."""
    reason = first_reason(DOCUMENT_RULES, document, context.settings)
    return goes(reason, context.tally, sample)
