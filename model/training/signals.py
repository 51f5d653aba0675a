"""What a signal asks of a run: to save and end, or to save and go on."""

from __future__ import annotations

import signal
import threading
from typing import Any

# A preempted machine, Ctrl-C, a terminal that is gone.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Turns signals into flags that the loop looks at, while entered.

    A second signal to end does what it would have done. A signal that this process ignores (nohup) is
    ignored still.

    Attributes:
        end: whether the run is to save and end.
    """

    def __init__(self) -> None:
        self.end = False
        self._save = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            for number in (*ENDING, signal.SIGUSR1):
                before = signal.getsignal(number)
                if before is not signal.SIG_IGN:
                    self._before[number] = before
                    signal.signal(number, self._catch)
        return self

    def _catch(self, number: int, frame: Any) -> None:
        if number == signal.SIGUSR1:
            self._save = True
            return
        self.end = True
        for ending in ENDING:
            if ending in self._before:
                signal.signal(ending, self._before[ending])

    def wants_checkpoint(self) -> bool:
        """Whether a checkpoint was asked for since the last look."""
        asked, self._save = self._save, False
        return asked or self.end

    def __exit__(self, *error: Any) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
