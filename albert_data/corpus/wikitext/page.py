"""What a page's text depends on beside its markup: its title, its wiki, and the day it is read as of."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
_LATIN = re.compile(r"[A-Za-z]")
_SAMPLE = 4000  # characters of a page


@dataclass(frozen=True, slots=True)
class Site:
    """The wiki that pages stand in.

    Attributes:
        language: its code, such as `en`; empty where it is not known.
        name: as the wiki calls itself (`{{SITENAME}}`).
        namespaces: names in lower case, those of the wiki's own language too, to their numbers.
    """

    language: str = ""
    name: str = "Wikipedia"
    namespaces: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageContext:
    """One page of a site.

    Attributes:
        title: with its namespace; empty where it is not known.
        site: that it stands in.
        date: that it is read as of: the dump's, or else the revision's; None where neither is known.
    """

    title: str = ""
    site: Site = field(default_factory=Site)
    date: datetime.date | None = None


UNKNOWN_PAGE = PageContext()


def guessed(page: PageContext, markup: str) -> PageContext:
    """The page of an unknown wiki: in no English one where most letters are of another script."""
    sample = markup[:_SAMPLE]
    if sample.isascii() or len(_NOT_LATIN.findall(sample)) <= len(_LATIN.findall(sample)):
        return page
    return replace(page, site=replace(page.site, language="und"))
