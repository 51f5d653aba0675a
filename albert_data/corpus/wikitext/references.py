"""Entries of a list that name a work, as a bibliography does, instead of saying something."""

from __future__ import annotations

import re
from functools import lru_cache

# `Leiden: Brill, 1912.`, `Oxford University Press, 1998.`, numbers of books, `Smith, J. (1999)`.
_PUBLISHED = re.compile(
    r"(?:^|[.,(;?!”\"] )(?:[A-Z][\w.’'-]++[ ,/&-]{0,3}+){1,4}+"
    r": [A-Z][^.:;()]{1,50}, (?:c\. ?)?[12]\d{3}[a-z]?\b"
    r"|\b(?:Press|Verlag|Publish(?:ers|ing)|Books|Éditions|Editora?|Editorial),? \(?\d{4}\)?[.;]"
    r"|\b(?:ISBN|doi|OCLC|ISSN|arXiv|PMID)\b[ :]?",
)
_PAGES = re.compile(
    r"\bpp?\. ?\d|\b\d{1,3} ?\(\d{1,3}\): ?\d|\bvol\. ?[\dIVX]+|\bNo\. ?\d", re.IGNORECASE
)
_AUTHOR_YEAR = re.compile(r"[A-Z][\w’'-]+, (?:[A-Z]\.[ -]?)++.{0,80}\(\d{4}[a-z]?\)")
# In a section of works: a year where entries have it.
_DATED = re.compile(
    r"(?:,|\() ?(?:c\. ?)?1[4-9]\d\d\b[^.]{0,20}\.?$|(?:,|\() ?20\d\d\b[^.]{0,20}\.?$|^\(?\d{4}[)–:,. -]"
)
# Titles of sections that list works, in lower case.
_WORKS = re.compile(
    r"\b(?:works|writings|publications|books|novels|poetry|poems|plays|essays|papers|articles|editions"
    r"|translations|discography|filmography|albums|singles|recordings|films|videography|short stories"
    r"|collections|monographs|publicati\w+|werke|schriften|veröffentlichungen|publikationen|œuvres|ouvrages|obras|libros"
    r"|opere|publicações|сочинения|произведения|работы|труды|dzieła|publikacje|werken|verk|skrifter)\b"
)


@lru_cache(maxsize=4096)  # a wiki has few titles of sections
def lists_works(title: str) -> bool:
    """Whether a section of this title, in lower case, lists works."""
    return _WORKS.search(title) is not None


def looks_like_a_reference(entry: str, among_works: bool) -> bool:
    """Whether a list entry names a work; in a section of works a date at its end tells it."""
    if _PUBLISHED.search(entry) or _AUTHOR_YEAR.match(entry):
        return True
    return among_works and (_DATED.search(entry) or _PAGES.search(entry)) is not None
