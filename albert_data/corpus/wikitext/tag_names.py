"""Names of tags, and patterns of many names that fail at once where none begins so."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Tags that MediaWiki knows; any other is text. After Help:HTML in wikitext.
HTML = (
    "abbr b bdi bdo big br caption cite code col colgroup data dd del dfn dt em font h1 h2 h3 h4 h5 h6"
    " hr i ins kbd li link mark meta q rb rp rt rtc ruby s samp small span strike strong sub sup tbody"
    " td tfoot thead time tr tt u var wbr ref references gallery nowiki math chem ce pre source score"
    " syntaxhighlight timeline hiero imagemap templatedata graph mapframe maplink includeonly noinclude"
    " onlyinclude indicator inputbox categorytree templatestyles section translate tvar languages"
    " section blockquote p div center poem ul ol dl table"
).split()


def one_of(names: Iterable[str]) -> str:
    """A pattern of any of some names, which what follows must end: tried by their first letter, as `re`
    tries alternatives one by one where case is ignored."""
    by_letter: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_letter.setdefault(name[0], []).append(re.escape(name[1:]))
    letters = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in by_letter.items())
    return f"(?=[{''.join(by_letter)}])(?:{letters})"
