"""How many steps one host call takes: as many as fit into some seconds, by the measured time of a step."""

from __future__ import annotations

from ..settings import TrainSettings

ON_ACCELERATORS, ON_A_CPU = 5.0, 1.0  # seconds
_FIRST = 2  # calls whose time says nothing: tracing and compiling


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
        self._calls = 0
        self.steps = 1

    def took(self, steps: int, seconds: float) -> None:
        """Learns from a call: never more than twice as long as the last, shorter at once."""
        self._calls += 1
        if self._calls >= _FIRST:
            fitting = int(self._seconds * steps / max(seconds, 1e-9))
            self.steps = max(1, min(fitting, 2 * self.steps, self._most))
