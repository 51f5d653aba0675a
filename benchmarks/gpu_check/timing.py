"""Time of a step on a device that works while the host goes on."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

WARM_UP, ROUNDS = 3, 7


class StepTime(NamedTuple):
    """Seconds a step: median, fastest and slowest of the rounds, how many steps were timed, and the median
    of this process' processor seconds, which is what a CPU with other work leaves comparable."""

    median: float
    fastest: float
    slowest: float
    steps: int
    processor: float = math.nan


def time_steps(
    step: Callable[[], None],
    wait: Callable[[], None],
    round_seconds: float = 0.4,
    warm_up: int = WARM_UP,
    rounds: int = ROUNDS,
) -> StepTime:
    """Times rounds of several steps, each round from an idle device to an idle device.

    Args:
        step: starts a step; may return before it is done.
        wait: returns when the device has done all.
        round_seconds: about the time of a round.
        warm_up: steps before the first that is timed.
        rounds: at least 1.

    Several steps follow each other without waiting, as in training, so the host's work hides behind the
    device's where it is less.
    """
    for _ in range(warm_up):
        step()
    wait()
    start = time.perf_counter()
    step()
    wait()
    count = max(1, math.ceil(round_seconds / (time.perf_counter() - start)))
    seconds, processor = [], []
    for _ in range(rounds):
        start, worked = time.perf_counter(), time.process_time()
        for _ in range(count):
            step()
        wait()
        seconds.append((time.perf_counter() - start) / count)
        processor.append((time.process_time() - worked) / count)
    median, used = statistics.median(seconds), statistics.median(processor)
    return StepTime(median, min(seconds), max(seconds), count * rounds, used)
