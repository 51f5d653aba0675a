"""How many steps one host call takes, and how often a line is logged: by the measured time, not by steps."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..settings import TrainSettings

ON_ACCELERATORS, ON_A_CPU = 5.0, 0.5  # seconds
LOG_SECONDS = 5.0, 60.0  # between two lines, at the beginning of a process and when it is old
_LINES = 100  # of a process that is not old


class CallLength:
    """The steps of the next call.

    Args:
        settings: TrainSettings. ``steps_per_call`` is the most, ``call_seconds`` the time.
        has_accelerator: bool. Decides about the time where that is 0.

    Attributes:
        steps: int.
    """

    def __init__(self, settings: TrainSettings, has_accelerator: bool) -> None:
        usual = ON_ACCELERATORS if has_accelerator else ON_A_CPU
        self._seconds = settings.call_seconds or usual
        self._most = settings.steps_per_call or settings.steps
        self._total, self._is_first = settings.steps, True
        self._timed: tuple[int, float] | None = (0, 0.0)  # steps and seconds, until they are told
        self.steps = 1

    def took(self, steps: int, seconds: float, done: int) -> Iterator[str]:
        """Learns from a call: never more than twice as long as the last, shorter at once.

        Args:
            steps: int. Of the call.
            seconds: float. That it took.
            done: int. Steps of the whole run, after it.

        Returns: what is said of the time: of the first call, and, once, of a step after it.
        """
        if self._is_first:  # its time says nothing: tracing and compiling
            self._is_first = False
            yield f"step {done:,} took {told_time(seconds)}, compiling included"
            return
        fitting = int(self._seconds * steps / max(seconds, 1e-9))
        self.steps = max(1, min(fitting, 2 * self.steps, self._most))
        if self._timed:
            number, all_seconds = self._timed = (self._timed[0] + steps, self._timed[1] + seconds)
            if all_seconds >= self._seconds:
                a_step, left = all_seconds / number, self._total - done
                yield f"{told_time(a_step)} a step: the {left:,} to come take {told_time(a_step * left)}"
                self._timed = None


class LogTimes:
    """Whether a line is due, where ``log_every`` is 0: after the first call, then by time.

    Every five seconds at first; a process that has run for longer logs a hundredth of its time apart, at most
    a minute.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._last: float | None = None

    def is_due(self) -> bool:
        """Asked once a call; a line is written where it says so."""
        now = time.monotonic()
        low, high = LOG_SECONDS
        if self._last is None or now - self._last >= min(
            max(low, (now - self._began) / _LINES), high
        ):
            self._last = now
            return True
        return False


def told_time(seconds: float) -> str:
    """`0.085 s`, `14.2 s`, `3 min 20 s`, `5 h 12 min`, `3 d 4 h`."""
    if seconds < 60:
        return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.1f} s"
    for unit, name, part, its in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if seconds >= unit:
            whole, rest = divmod(seconds, unit)
            return f"{whole:,.0f} {name} {rest // part:.0f} {its}"
    raise AssertionError(seconds)
