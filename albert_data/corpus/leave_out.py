"""Every rule by which a document is left out that could have been read, and the reason it is counted by.

A rule takes what is known of a document at some moment, and the settings, and returns its reason, or None
where the document stays. The rules of a moment are tried in order, the first reason counts:

    moment                              rules               are asked by
    a page of a wiki, before its prose  PAGE_RULES          sources/wikipedia
    a document as read                  DOCUMENT_RULES      each source, `by_itself`
    a document in sentences and pieces  ENCODED_RULES       tokens/writer

Of a document that stays, sentences with a HOLE go (`without_holes`), which are counted as items of their
own. The other reasons are no rules about a document alone: `EXCLUDED`, by a list of names; `REPEATS`, by the
documents before it; `PARSER_TIMEOUT`, by the clock. What is broken is a `Flaw`, an error unless
`sources.bad_input` is `drop`. A document of one sentence stays in the token cache; `examples/pairs.py`
makes no example of it and counts it in the manifest's totals, since that depends on the settings of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

from albert_data.base.tally import NOTHING_KNOWN, About, Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext

EMPTY = "empty"
EXCLUDED = "excluded"
TOO_LONG = "too long"
PARSER_TIMEOUT = "parser timeout"
REPEATED_ARTICLE = "repeated article"  # it stands in the file once for each question about it
NOT_UNDERSTOOD = "formula or template not understood"  # of a sentence that holds a HOLE
LIST_LEFT_OUT = "its list was left out"  # of a sentence that announced one
# What to do where no document is left.
NOTHING_LEFT = (
    "check the source's kind and the settings under sources (text_column names the key of the text, "
    "min_characters the shortest document)"
)
# Groups of the names of templates that were not understood (`Tally.name`).
IN_A_SENTENCE = "template not understood in a sentence"
ON_ITS_OWN_LINE = "template not understood on its own line"
REPEATS = {"exact": "duplicate", "minhash": "near duplicate"}  # by `tokens.dedup`
# Stands in a paragraph where a formula or a template was left out of a sentence. A noncharacter, for a
# program's own use: no text holds it.
HOLE = "\ufdd0"

_REDIRECT = re.compile(r"\s*#redirect\s*:?\s*\[\[", re.IGNORECASE)
_DISAMBIGUATION = re.compile(
    r"\{\{\s*+(?:[^{}|\n]{0,40}[ -])?(?:disambig(?:uation)?(?: cleanup| page)?|disamb|dab|hndis"
    r"|geodis|numberdis|schooldis|hospitaldis|mathdab|mil-unit-dis|roaddis|callsigndis|letterdis)"
    r"\s*[|}]",
    re.IGNORECASE,
)

Subject = TypeVar("Subject")
Rule = Callable[[Subject, SourceSettings], str | None]


class Wiki(Protocol):
    """What a wiki says of its pages in its own language; English is known here."""

    def is_redirect(self, markup: str) -> bool: ...

    def is_disambiguation(self, title: str, markup: str) -> bool: ...


class Page(NamedTuple):
    """A page of a wiki. Of one over the limit, only its beginning is known.

    Attributes:
        namespace: its number; `0` is that of articles.
        tagged: the dump says that it is a redirect.
        model: what its text is; empty where the dump does not say.
        wiki: that it stands in.
    """

    title: str
    namespace: str
    tagged: bool
    model: str = ""
    markup: str = ""
    wiki: Wiki | None = None


class Encoded(NamedTuple):
    """A document's numbers of sentences that have a piece, and of pieces."""

    sentences: int
    pieces: int


def redirect(page: Page, settings: SourceSettings) -> str | None:
    moved = page.tagged or _REDIRECT.match(page.markup) is not None
    if not moved and page.wiki is not None:
        moved = page.wiki.is_redirect(page.markup)
    return "redirect" if moved else None


def other_namespace(page: Page, settings: SourceSettings) -> str | None:
    """Talk, files, templates, categories."""
    return "namespace" if page.namespace != "0" else None


def not_wikitext(page: Page, settings: SourceSettings) -> str | None:
    return "not wikitext" if page.model not in ("", "wikitext") else None


def disambiguation(page: Page, settings: SourceSettings) -> str | None:
    """Pages that only tell the meanings of a name apart, by their title, template or switch."""
    told = (
        page.title.endswith("(disambiguation)") or _DISAMBIGUATION.search(page.markup) is not None
    )
    if not told and page.wiki is not None:
        told = page.wiki.is_disambiguation(page.title, page.markup)
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


def goes(reason: str | None, tally: Tally, sample: str, about: About = NOTHING_KNOWN) -> bool:
    """Whether there is a reason, by which a document is then counted; `sample` says which one."""
    if reason:
        tally.drop("document", reason, sample, about=about)
    return reason is not None


def without_holes(
    sentences: list[str], tally: Tally, sample: str, about: About = NOTHING_KNOWN
) -> list[str]:
    """The sentences in which nothing was left out; the others are counted. `sample` names the document."""
    whole = [sentence for sentence in sentences if HOLE not in sentence]
    if lost := len(sentences) - len(whole):
        first = next(sentence for sentence in sentences if HOLE in sentence).replace(HOLE, "…")
        tally.drop("sentence", NOT_UNDERSTOOD, sample, lost, about._replace(text=first))
    return whole


def by_itself(document: Document, context: ReadContext, sample: str) -> bool:
    """Whether a document that was read goes by one of DOCUMENT_RULES."""
    reason = first_reason(DOCUMENT_RULES, document, context.settings)
    return goes(reason, context.tally, sample, about(document))


def about(document: Document, source: str = "") -> About:
    """What a list of what is left out says of a document."""
    text = " ".join(islice(document.paragraphs, 3)) if document.paragraphs else ""
    return About(document.id, document.title, text, source)
