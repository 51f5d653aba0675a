"""What is left out, a row a thing (`schema.LEFT_OUT_ROW`), while it is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from albert_data.base.tally import LISTED_CHARACTERS, NOTHING_KNOWN, About, Tally
from albert_data.corpus.source_protocol import Split

FIRST_WORDS, TITLE_CHARACTERS = 100, 200  # characters

Row = dict[str, Any]


class ListingTally(Tally):
    """Counts, and gives each thing that is left out of a split to `take`; None: it only counts.

    `split` may be set anew while nothing of another is counted; None for what knows its source itself.
    """

    def __init__(self, take: Callable[[Row], Any] | None, split: Split | None = None) -> None:
        super().__init__()
        self._take, self.split = take, split

    def drop(
        self,
        item: str,
        reason: str,
        sample: str = "",
        n: int = 1,
        about: About = NOTHING_KNOWN,
    ) -> None:
        super().drop(item, reason, sample, n, about)
        if self._take is not None:
            self._take(row_of(item, reason, sample, n, about, self.split))


def row_of(
    item: str, reason: str, sample: str, n: int, about: About, split: Split | None = None
) -> Row:
    """The row of things that were left out; places name files without the folder of this machine."""
    source = f"{split.source}:{split.name}" if split else ""
    return {
        "source": about.source or source,
        "item": item,
        "reason": reason,
        "id": about.id,
        "title": about.title[:TITLE_CHARACTERS],
        "first_words": first_words(about.text),
        "what": sample.replace(split.path, split.name) if split else sample,
        "count": n,
    }


def first_words(text: str) -> str:
    """The words of a text that FIRST_WORDS characters hold, white space collapsed; of one, its beginning."""
    words = " ".join(text[:LISTED_CHARACTERS].split())
    if len(words) <= FIRST_WORDS:
        return words
    cut = words[: FIRST_WORDS + 1].rpartition(" ")[0]
    return cut or words[:FIRST_WORDS]
