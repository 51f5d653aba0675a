"""Who is told of what takes a while and is not the work itself: nobody, unless a program says so."""

from __future__ import annotations

import os
from collections.abc import Callable


class _Teller:
    """Prints in the process that asked for it, not in its children."""

    def __init__(self) -> None:
        self._print: Callable[[str], None] | None = None
        self._process = 0

    def tell(self, show: Callable[[str], None] | None) -> None:
        """Has lines shown from now on."""
        self._print, self._process = show, os.getpid()

    def __call__(self, line: str) -> None:
        if self._print is not None and self._process == os.getpid():
            self._print(line)


waiting = _Teller()
