"""Which documents of a token cache a shard set uses: of some sources (`pairs.sources`), not held out.

Token files keep all documents; those of other sources are left out when a file is read, and counted.
So a subset of a corpus costs no second cache, and gives the records of a build from it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from albert_data.base.errors import ConfigError
from albert_data.schema import TokenIndex

ALL = "*"


class Choice(NamedTuple):
    """Which documents of a token file are read.

    Attributes:
        sources: `pairs.sources`.
        hold_out: documents with a hash below this are left out (`hold_out.py`).
    """

    sources: str = ALL
    hold_out: int = 0


EVERYTHING = Choice()


def chosen(source: str, patterns: str) -> bool:
    """Whether a source (`kind:name`) matches one of the patterns between `|`."""
    return any(fnmatchcase(source, pattern.strip()) for pattern in patterns.split("|"))


def check_patterns(patterns: str, sources: Sequence[str]) -> None:
    """Raises ConfigError for a pattern that no source matches."""
    for pattern in patterns.split("|"):
        if not any(chosen(source, pattern) for source in sources):
            some = ", ".join(sources[:5]) + (" …" if len(sources) > 5 else "")
            raise ConfigError(
                f"no source matches {pattern.strip()!r}",
                where=f"pairs.sources {patterns}",
                fix=f"write a pattern for some of: {some}",
            )


def select_sources(index: TokenIndex, patterns: str) -> TokenIndex:
    """A token cache's index as it were without the other sources; its tally stays.

    Files without a chosen document are left out, the counts of the others are of the chosen ones.
    """
    if patterns == ALL:
        return index
    files = []
    for file in index.files:
        own = [counts for source, counts in file.sources.items() if chosen(source, patterns)]
        if own:
            documents, sentences, tokens = (sum(column) for column in zip(*own, strict=True))
            unknown = file.unknown
            if unknown is not None:
                unknown = {source: n for source, n in unknown.items() if chosen(source, patterns)}
            counts = {"documents": documents, "sentences": sentences, "tokens": tokens}
            files.append(replace(file, **counts, unknown=unknown))
    names = [source for source in index.sources if chosen(source, patterns)]
    return replace(index, files=files, sources=names)
