"""Which parts of documents are read: about every (1 / share)-th run of PART characters.

The parts of all documents, one after the other, are cut into equal stretches of 1 / share parts, and
one part of each stretch is chosen at random: evenly spread, and without a period of its own. A
document of one part is taken whole or not at all.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

PART = 2048  # characters: shorter ones vary more, but there are more of them
_Part = TypeVar("_Part", str, list[str])
_HEADING = re.compile(r"\n(?===)")


@dataclass(slots=True)
class Seen:
    """A document that was looked at; sizes in characters.

    Attributes:
        size: of the whole document.
        taken: of the parts that were chosen.
        whole: it is one part.
        split: number of the split it stands in.
        tokens: pieces of the parts that were chosen.
    """

    size: int
    taken: int
    whole: bool
    split: int
    tokens: int = 0


class Excerpts:
    """Chooses parts and keeps what was seen.

    Attributes:
        seen: every document, in order.
        split: number of the split that is being read.
        asked: process time at which the last markup was given.
    """

    def __init__(self, share: float, seed: str) -> None:
        self.share = share
        self.seen: list[Seen] = []
        self.split = 0
        self.asked: float | None = None
        self._random = random.Random(seed)
        self._stretch, self._at = 0, 0.0
        self._next = self._random.random()

    def of_markup(self, markup: str) -> str | None:
        """The chosen parts of a page, cut at headings; None where there are none."""
        parts = self._choose(_joined(_HEADING.split(markup), "\n"))
        self.asked = time.process_time()
        return "\n".join(parts) if parts else None

    def of_paragraphs(self, paragraphs: list[str]) -> list[str]:
        """The paragraphs in the chosen parts of a document."""
        runs = _runs(paragraphs)
        return [text for part in self._choose(runs) for text in part]

    def all_of(self, paragraphs: list[str]) -> list[str]:
        """All paragraphs, counted as one part."""
        size = sum(map(len, paragraphs))
        self.seen.append(Seen(size, size, True, self.split))
        return paragraphs

    def _choose(self, parts: Sequence[_Part]) -> list[_Part]:
        chosen = [part for part in parts if self._is_chosen()]
        size, taken = (sum(map(_size, own)) for own in (parts, chosen))
        self.seen.append(Seen(size, taken, len(parts) < 2, self.split))
        return chosen

    def _is_chosen(self) -> bool:
        self._at += self.share
        chosen = self._at > self._next
        while self._at > self._next:
            self._stretch += 1
            self._next = self._stretch + self._random.random()
        return chosen


def _size(part: str | list[str]) -> int:
    return len(part) if isinstance(part, str) else sum(map(len, part))


def _runs(paragraphs: Sequence[str]) -> list[list[str]]:
    """Consecutive paragraphs in runs of at least PART characters; a shorter rest joins the last."""
    runs: list[list[str]] = [[]]
    size = 0
    for text in paragraphs:
        if size >= PART:
            runs.append([])
            size = 0
        runs[-1].append(text)
        size += len(text)
    if size < PART and len(runs) > 1:
        rest = runs.pop()
        runs[-1] += rest
    return runs


def _joined(parts: Sequence[str], separator: str) -> list[str]:
    return [separator.join(run) for run in _runs(parts)]
