"""Which pages of a wiki are redirects and which tell the meanings of a name apart, in the wiki's language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from albert_data.corpus.wikitext.page import Site
from albert_data.corpus.wikitext.site_words import (
    fold,
    redirect_words,
    says_disambiguation,
    site_words,
)

_REDIRECT = re.compile(r"\s*([#＃][^\[\]{}|\n]{1,40}?)\s*[:：]?\s*\[\[")
_TEMPLATE = re.compile(r"\{\{\s*([^{}|\n<]{1,60})")
_BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]\s*$")


@dataclass(frozen=True, slots=True)
class SitePages:
    """What a site's language says of its pages (`leave_out.Wiki`)."""

    site: Site

    def is_redirect(self, markup: str) -> bool:
        """Whether markup begins with the word of a redirect, of any language, and a link."""
        match = _REDIRECT.match(markup)
        return match is not None and fold(match[1]) in redirect_words()

    def is_disambiguation(self, title: str, markup: str) -> bool:
        """Whether the title's brackets, a template or a switch say so."""
        words = site_words(self.site)
        bracketed = _BRACKETED.search(title)
        return (
            (bracketed is not None and fold(bracketed[1]) in words.titles)
            or not words.disambiguation.isdisjoint(map(fold, set(_TEMPLATE.findall(markup))))
            or says_disambiguation(markup)
        )
