"""Where tables and bars go that rich lays out; imported by commands with some, for rich takes a while."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from albert_data.base import neutral

_WIDE = 4096  # columns


class _Console(Console):
    """Takes text as it stands: it has no markup, and nothing in it commands the terminal."""

    def __init__(self, **given: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **given)

    def render_str(self, text: str, **given: Any) -> Text:
        return super().render_str(neutral.plain(text), **given)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=neutral.plain(segment.text))


def console(stderr: bool = False) -> Console:
    """Where tables go: as wide as a terminal, and in a pipe or file as wide as they are."""
    usual = _Console(stderr=stderr)
    return usual if usual.is_terminal else _Console(stderr=stderr, width=_WIDE)
