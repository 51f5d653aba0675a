"""What Ctrl-C, SIGTERM and SIGHUP do to a run: they end its workers, then the run; a second one, all."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping:
    """Attributes:
    by: int. The signal that stopped the run; 0: none.
    """

    def __init__(self, kill: Callable[[], None]) -> None:
        self._kill = kill
        self.by = 0

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """Meanwhile signals end the run; those that are ignored, as nohup asks, stay so."""
        before = {}
        if threading.current_thread() is threading.main_thread():
            before = {number: signal.getsignal(number) for number in SIGNALS}
        try:
            for number, handler in before.items():
                if handler is not signal.SIG_IGN:
                    signal.signal(number, self._stop)
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def exception(self) -> BaseException:
        """What the run ends with."""
        return KeyboardInterrupt() if self.by == signal.SIGINT else SystemExit(128 + self.by)

    def _stop(self, number: int, frame: Any) -> None:
        if self.by:
            os._exit(128 + number)
        self.by = number
        self._kill()
        raise self.exception()
