"""What a signal asks of a run: to save and end, or to save and go on.

Python runs a handler between two of its own instructions, which a library that compiles for half a minute
does not come to. So a thread hears of signals, too, from the interpreter's wake-up pipe: where nothing would
be lost it ends the process within ``PATIENCE``; else it says what is waited for, and a second signal ends it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

# A preempted machine, Ctrl-C, a terminal that is gone.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STOPPED = 143  # exit code
PATIENCE = 1.0  # seconds that the main thread has to notice
_MANY = 64  # signals read at once
T = TypeVar("T")


class Stopped(BaseException):
    """A signal to end came where what is at work can be given up."""


class Signals:
    """Turns signals into flags that the loop looks at, while entered.

    A signal that this process ignores (nohup) is ignored still.

    Args:
        last_words: see there.

    Attributes:
        last_words: function of a line, called from another thread: why the run is not yet, or now, over.
        end: whether the run is to save and end.
        may_leave: whether ending this process at once would lose nothing.
    """

    def __init__(self, last_words: Callable[[str], None] = lambda line: None) -> None:
        self.end = self.may_leave = False
        self._save = self._can_give_up = False
        self.last_words, self._noticed = last_words, threading.Event()
        self._before: dict[int, Any] = {}
        self._pipe: tuple[socket.socket, socket.socket] | None = None

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            ours, theirs = self._pipe = socket.socketpair()
            theirs.setblocking(False)
            self._fd = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
            for number in (*ENDING, signal.SIGUSR1):
                before = signal.getsignal(number)
                if before is not signal.SIG_IGN:
                    self._before[number] = before
                    signal.signal(number, self._catch)
            threading.Thread(target=self._hear, args=(ours,), daemon=True).start()
        return self

    def _catch(self, number: int, frame: Any) -> None:
        if number == signal.SIGUSR1:
            self._save = True
            return
        self.end = True
        if self._can_give_up:
            self._can_give_up = False
            raise Stopped

    def _hear(self, pipe: socket.socket) -> None:
        """Waits for signals to end; another thread."""
        with contextlib.suppress(OSError):  # the pipe is closed: the run is over
            self._wait_for_one(pipe)
            noticed = self._noticed.wait(PATIENCE)
            if not noticed and self.may_leave:
                self._leave()
            # A second one that came with the first, from a shell or `timeout`, is no second thought.
            with contextlib.suppress(BlockingIOError):
                pipe.recv(_MANY, socket.MSG_DONTWAIT)
            if not noticed:
                self.last_words("stopping: what is at work ends first; once more ends it at once")
            self._wait_for_one(pipe)
            self._leave()

    def _wait_for_one(self, pipe: socket.socket) -> None:
        while numbers := pipe.recv(_MANY):
            if any(number in ENDING and number in self._before for number in numbers):
                return
        raise OSError

    def _leave(self) -> None:
        self.last_words(
            "stopped; the same command goes on from the last checkpoint, if there is one"
        )
        os._exit(STOPPED)

    def unless_ended(self, work: Callable[[], T]) -> T | None:
        """What ``work`` gives; None where a signal to end comes meanwhile, or came before."""
        try:
            self._can_give_up = True
            return None if self.end else work()
        except Stopped:
            return None
        finally:
            self._can_give_up = False

    def wants_checkpoint(self) -> bool:
        """Whether a checkpoint was asked for since the last look."""
        if self.end:
            self._noticed.set()
        asked, self._save = self._save, False
        return asked or self.end

    def __exit__(self, *error: Any) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._pipe:
            signal.set_wakeup_fd(self._fd)
            for end in self._pipe:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
