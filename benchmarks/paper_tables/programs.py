"""A program of the project as a process of its own, to its end, with what it cost."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from albert_data.base.errors import DataError

STOPPED = 143  # how a program ends that was stopped by a signal and can go on
ROOT = Path(__file__).resolve().parents[2]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A signal came; the same command goes on."""


class Cost(NamedTuple):
    """Of a process: seconds on the clock, and of processors."""

    seconds: float
    processor_seconds: float


def finish(command: Sequence[str], log: Path) -> Cost:
    """Runs a program; what it prints is added to ``log``.

    A signal to this process is passed on, once: a trainer then saves a checkpoint.

    Raises:
        DataError: it failed; the last line that it printed says why.
        Stopped: it was stopped.
    """
    begun, used = time.monotonic(), _processor_seconds()
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C reaches it from here alone
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        )
        with _passed_on(process) as came:
            try:
                status = process.wait()
            except BaseException:
                process.terminate()
                process.wait()
                raise
    if came or status in (STOPPED, 130):
        raise Stopped
    if status:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        said = [line.strip() for line in lines[-12:] if line.strip()]
        raise DataError(
            f"`{' '.join(map(str, command[1:5]))} …` ended with status {status}: {' / '.join(said[-2:])}",
            where=str(log),
            fix="mend what it says; the same command goes on",
        )
    return Cost(time.monotonic() - begun, _processor_seconds() - used)


@contextmanager
def _passed_on(process: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Passes the first signal of a kind that stops on to a process; yields those that came."""
    came: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        if not came:
            process.send_signal(signal.SIGTERM)
        came.append(number)

    before = {number: signal.signal(number, pass_on) for number in SIGNALS}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
