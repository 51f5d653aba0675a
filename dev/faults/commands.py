"""One command that meets a fault: started, disturbed at its moment, and how it ended."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from dev.faults.kinds import Fault
from dev.faults.shim import Faults
from dev.faults.zygote import Zygote


class Finding(Exception):
    """A run that did not hold; the text says how."""


@dataclass
class End:
    """How a command ended.

    Attributes:
        code: its exit code, or minus the signal that killed it.
    """

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        return self.err.partition("error: ")[2].partition("\n")[0]


def run(
    zygote: Zygote,
    arguments: list[str],
    faults: Faults,
    said: Path,
    seconds: float,
    fault: Fault,
    draw: random.Random,
    meanwhile: Callable[[str], list[str]],
) -> tuple[End, list[str]]:
    """Runs a command; how it ended, and what happened to it meanwhile.

    Args:
        said: path to which what it prints goes, with `.out` and `.err`.
        seconds: after which it hangs.
        draw: which worker a signal goes to.
        meanwhile: function of `fault.stopped`, called while the command stands still.

    Raises:
        Finding: it hangs.
    """
    pid = zygote.start(arguments, faults.environment, said)
    began = time.monotonic()
    end, status, happened = began + seconds, None, []
    signalled = not fault.signal
    watching = bool(fault.stopped)
    while status is None and time.monotonic() < end:
        wait = 0.005 if watching else seconds
        if not signalled:
            wait = max(0.0, began + fault.after - time.monotonic())
        status = zygote.end(pid, wait)
        if status is None and not signalled:
            signalled = True
            happened += _send(fault.signal, fault.whom, pid, draw)
        if status is None and watching and (stopped := faults.counts()["stopped"]):
            watching = False
            happened += meanwhile(fault.stopped)
            os.kill(stopped, signal.SIGCONT)
    if status is None:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        zygote.end(pid, seconds)
        raise Finding(f"it hangs: {said.with_suffix('.err').read_text(errors='replace')}")
    with suppress(ProcessLookupError):  # of a command that was killed, its workers are ending
        os.killpg(pid, signal.SIGKILL)
    out, err = (Path(f"{said}.{name}").read_text(errors="replace") for name in ("out", "err"))
    return End(os.waitstatus_to_exitcode(status), out, err), happened


def second_run(zygote: Zygote, arguments: list[str], said: Path, seconds: float) -> End:
    """The same command without faults, while the first stands still.

    Raises:
        Finding: it hangs.
    """
    pid = zygote.start(arguments, {}, said)
    status = zygote.end(pid, seconds)
    if status is None:
        os.killpg(pid, signal.SIGKILL)
        raise Finding("a second run of the same command hangs")
    return End(os.waitstatus_to_exitcode(status), "", Path(f"{said}.err").read_text())


def _send(number: int, whom: str, pid: int, draw: random.Random) -> list[str]:
    """Sends a signal to a command's group, itself or one of its workers; where it went."""
    with suppress(ProcessLookupError, psutil.NoSuchProcess):
        if whom == "group":
            os.killpg(pid, number)
        elif whom == "command":
            os.kill(pid, number)
        else:
            workers = psutil.Process(pid).children(recursive=True)
            if not workers:
                return []
            os.kill(draw.choice(workers).pid, number)
        return [f"{signal.Signals(number).name} to the {whom}"]
    return []
