"""Calls and log lines by time; the times are given."""

import pytest

from model.settings import TrainSettings
from model.training import calls
from model.training.calls import CallLength, LogTimes, told_time


def test_calls_grow_to_their_time_and_the_first_which_compiles_says_nothing():
    length = CallLength(TrainSettings(steps=1000), has_accelerator=False)
    said, done = [], 0
    for _ in range(6):
        done += length.steps
        said += length.took(length.steps, 0.1 * length.steps if done > 1 else 30.0, done)
    assert length.steps == 5  # of 0.1 s, in half a second
    assert said == [
        "step 1 took 30.0 s, compiling included",
        "0.100 s a step: the 992 to come take 1 min 39 s",
    ]


def test_a_call_that_takes_longer_is_shorter_at_once():
    length = CallLength(TrainSettings(call_seconds=1.0), has_accelerator=True)
    for number, seconds in enumerate([9, 0.1, 0.1, 0.1, 8]):
        list(length.took(length.steps, seconds, number))
    assert length.steps == 1


def test_a_line_is_due_after_the_first_call_then_by_time_and_ever_more_seldom(monkeypatch):
    now = 0.0
    monkeypatch.setattr(calls.time, "monotonic", lambda: now)
    times, due = LogTimes(), []
    for now in range(1, 20_001):
        if times.is_due():
            due.append(now)
    gaps = [b - a for a, b in zip(due, due[1:], strict=False)]
    assert due[0] == 1 and gaps[0] == 5 and gaps[-1] == 60
    assert gaps == sorted(gaps) and len(due) < 600


@pytest.mark.parametrize(
    "seconds, told",
    [(0.0853, "0.085 s"), (14.23, "14.2 s"), (200, "3 min 20 s"), (18_720, "5 h 12 min"),
     (273_600, "3 d 4 h"), (59.96, "60.0 s"), (3600, "1 h 0 min")],
)  # fmt: skip
def test_times_are_told_as_people_tell_them(seconds, told):
    assert told_time(seconds) == told
