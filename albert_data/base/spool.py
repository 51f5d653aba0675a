"""What is gone over more than once and may not fit into memory, on the disk where it is much.

Temporary files lie where TMPDIR says, have no name, and go with the object or its process.
"""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

IN_MEMORY = 1 << 20  # bytes of a spool
LONG = 8 << 20  # bytes of texts that are not held at once


class Spool(Generic[Item]):
    """Items in the order in which they came: the first as it is, others pickled, on the disk if many."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._first: list[Item] = []
        self._others = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._others.close)
        self._end = 0
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        if self._first:
            self._others.seek(self._end)
            pickle.dump(item, self._others, pickle.HIGHEST_PROTOCOL)
            self._end = self._others.tell()
        else:
            self._first.append(item)

    def is_long(self) -> bool:
        """Whether there is too much of it to be held at once."""
        return self._end > LONG

    def __iter__(self) -> Iterator[Item]:
        yield from self._first
        at = 0
        while at < self._end:
            self._others.seek(at)
            item = pickle.load(self._others)
            at = self._others.tell()
            yield item


class LongText(Collection[str]):
    """Texts on the disk, some a window; read as often as they are gone over."""

    def __init__(self, windows: Spool[list[str]]) -> None:
        self.windows = windows

    def __iter__(self) -> Iterator[str]:
        for window in self.windows:
            yield from window

    def __len__(self) -> int:
        return sum(map(len, self.windows))

    def __contains__(self, text: object) -> bool:
        return any(text in window for window in self.windows)


def texts_of(windows: Spool[list[str]]) -> list[str] | LongText:
    """Texts that were spooled: a list, but where there are many."""
    return LongText(windows) if windows.is_long() else [text for own in windows for text in own]
