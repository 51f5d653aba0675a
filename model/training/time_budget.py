"""Steps by time: how many a run of ``max_hours`` has, decided once, by steps that are measured and undone.

In: settings that name a time. Out: settings whose ``steps`` take so long, and what the run's folder keeps of
that. The time is that of steps alone, waiting for their data included; compiling, evaluations, checkpoints
and log are not in it, so that runs that are compared have the same time to learn.

A run's first steps are taken and thrown away: without the first, which compiles, they take 2 % of the time,
at most a minute, and five at least. Of their calls the median, weighted by steps, says the time of one. Then
the run begins at its initial values as a run of that many steps does, and nothing changes their number: it
ends with rate 0, also where its steps take longer than those that were measured.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..configs import SettingError
from ..run_folder import Run
from ..settings import TrainSettings
from .calls import CallLength, told_time
from .engine import Engine
from .job import Job

SHARE, MOST_SECONDS, LEAST_STEPS = 0.02, 60.0, 5  # measured
WARM_UP_SHARE = 10  # a warm-up takes at most so many-th of the steps
TOLERANCE = 0.1  # of the time: what a run is off by more than that is warned of
HOUR = 3600.0


class Measure(NamedTuple):
    """Steps that were taken to see how long one takes.

    Attributes:
        steps: of them, without the first.
        seconds: of one.
    """

    steps: int
    seconds: float


def known_schedule(folder: str, known: Run | None, asked: TrainSettings) -> Mapping[str, Any]:
    """What was laid out for the run in a folder; nothing where it has no time, or has not begun.

    Raises:
        SettingError: the run has another time, or is to have other steps in it.
    """
    if known is None:
        return {}
    for key in ("max_hours", "steps", "warmup_steps"):
        of_steps = {"max_hours": 0.0, **known.train}
        old, new = (known.laid_out or of_steps).get(key), getattr(asked, key)
        if old != new and (key == "max_hours" or asked.max_hours):
            raise SettingError(
                f"the folder holds a run with {key}={old!r}, now {new!r}: a schedule is laid out once",
                where=folder,
                fix=f"take another --model-dir, and --branch {folder} to go on from where it is",
            )
    return known.laid_out


def measure(job: Job, settings: TrainSettings, engine: Engine, folder: str) -> Measure:
    """Takes steps from the initial values on and leaves them: the engine must be built again."""
    engine.build(job, settings, folder)
    engine.begin()
    length, calls = CallLength(settings, engine.has_accelerator), list[tuple[int, float]]()
    wanted = min(SHARE * HOUR * settings.max_hours, MOST_SECONDS)
    count = done = 0
    while not done:
        count = max(count, 1)
        began = time.monotonic()
        engine.run(count)
        calls.append((count, time.monotonic() - began))
        list(length.took(*calls[-1], done=sum(steps for steps, _ in calls)))
        timed = np.array(calls[1:]).reshape(-1, 2).sum(axis=0)
        enough = timed[0] >= LEAST_STEPS and timed[1] >= wanted
        done, count = engine.largest((int(enough), length.steps))
    found = measure_of(calls[1:])
    (microseconds,) = engine.largest((round(min(1e6 * found.seconds, 2**31 - 1)),))
    return found._replace(seconds=microseconds / 1e6)  # all processes have the same


def measure_of(calls: list[tuple[int, float]]) -> Measure:
    """The median second a step of calls (steps, seconds), each as often as it has steps."""
    steps, seconds = np.array(calls).T
    of_one = seconds / steps
    order = np.argsort(of_one)
    middle = np.searchsorted(np.cumsum(steps[order]), steps.sum() / 2)
    return Measure(int(steps.sum()), float(of_one[order[middle]]))


def lay_out(asked: TrainSettings, measured: Measure, first: int) -> dict[str, Any]:
    """The schedule of a run, as its folder keeps it.

    Args:
        first: step that it begins at: 0, but of a branch.

    Raises:
        SettingError: the time is too short for two steps.
    """
    fitting = int(asked.max_hours * HOUR / max(measured.seconds, 1e-9))
    if fitting < 2:
        problem = (
            f"max_hours is {asked.max_hours:g}, and one step takes {told_time(measured.seconds)}"
        )
        raise SettingError(problem, fix="give the time of some hundred steps")
    steps = min(asked.steps, first + fitting)
    return {
        "max_hours": asked.max_hours,
        "steps": asked.steps,
        "warmup_steps": asked.warmup_steps,
        "steps_laid_out": steps,
        "warmup_laid_out": min(asked.warmup_steps, steps // WARM_UP_SHARE),
        "step_seconds": float(f"{measured.seconds:.4g}"),
        "steps_measured": measured.steps,
    }


def with_schedule(asked: TrainSettings, laid_out: Mapping[str, Any]) -> TrainSettings:
    """The settings that a run goes by."""
    if not laid_out:
        return asked
    steps, warmup = laid_out["steps_laid_out"], laid_out["warmup_laid_out"]
    return replace(asked, steps=steps, warmup_steps=warmup)


def line_of_measuring(settings: TrainSettings) -> str:
    """What is said before it."""
    wanted = max(1.0, min(SHARE * HOUR * settings.max_hours, MOST_SECONDS))
    return (
        f"max_hours {settings.max_hours:g}: steps are measured first, for about {told_time(wanted)} "
        "when they are compiled, and undone"
    )


def line_of_steps_laid_out(laid_out: Mapping[str, Any]) -> str:
    """What is said of a schedule when it is decided, and whenever the run goes on."""
    steps, most = laid_out["steps_laid_out"], laid_out["steps"]
    limit = f"all {most:,} that are asked for" if steps == most else f"of at most {most:,}"
    return (
        f"max_hours {laid_out['max_hours']:g}: {told_time(laid_out['step_seconds'])} a step "
        f"({laid_out['steps_measured']:,} measured), so the schedule has {steps:,} steps, {limit}, "
        f"{laid_out['warmup_laid_out']:,} of them warm-up"
    )


def lines_of_time(laid_out: Mapping[str, Any], seconds: float) -> Iterator[str]:
    """What is said of a run that is done.

    Args:
        seconds: that its steps took.
    """
    most = HOUR * laid_out["max_hours"]
    told = f"max_hours {laid_out['max_hours']:g}: the steps took {told_time(seconds)} ({seconds / most:.1%})"
    is_off = abs(seconds / most - 1) > TOLERANCE
    if is_off and laid_out["steps_laid_out"] < laid_out["steps"]:
        yield (
            f"warning: {told}, for they were not as long as those that were measured; compare it with "
            f"runs of a time within {TOLERANCE:.0%} only"
        )
    else:
        yield told
