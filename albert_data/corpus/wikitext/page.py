"""What a page's text depends on beside its markup: its title, its wiki, and the day it is read as of."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Site:
    """The wiki that pages stand in.

    Attributes:
        language: its code, such as `en`; empty where it is not known.
        name: as the wiki calls itself (`{{SITENAME}}`).
        namespaces: names in lower case, those of the wiki's own language too, to their numbers.
        variant: in which `-{zh-hans:…; zh-hant:…}-` is read; empty for the language's own choice.
    """

    language: str = ""
    name: str = "Wikipedia"
    namespaces: Mapping[str, int] = field(default_factory=dict)
    variant: str = ""


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
