"""What a run of a task came to: its figure at every score on the development set, a JSON line a run.

A file of lines is added to when a run ends, so that an unbroken sequence of seeds goes on where it
stopped: what is there need not run again. Of two lines of the same run the later one counts. A last
line that was cut off, as a kill does it, is no run; any other damage is an error. Several processes may
add to a file, each while it holds it.
"""

from __future__ import annotations

import fcntl
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from albert_data.base.errors import DataError
from albert_data.storage.atomic import through_no_link

_START = b'{"task":'


@dataclass(frozen=True)
class Run:
    """One run of a task.

    Attributes:
        task, model, init: names: of the task, of the model's configuration, of the weights it began with.
        seed: of the run.
        curve: (step, figure in per cent) of every score on the development set, ascending; a figure of None
            is that of logits that were no numbers.
        majority: figure of one answer for all.
        seconds: that the run took, over all processes that it went on in.
    """

    task: str
    model: str
    init: str
    seed: int
    curve: tuple[tuple[int, float | None], ...]
    majority: float
    seconds: float = 0.0

    @property
    def best_step(self) -> int:
        """The first step of the highest figure; 0 where there is none."""
        known = [(-figure, step) for step, figure in self.curve if figure is not None]
        return min(known)[1] if known else 0

    @property
    def best(self) -> float:
        """The highest figure; NaN where there is none."""
        return max((figure for _, figure in self.curve if figure is not None), default=math.nan)

    @property
    def last(self) -> float:
        """The last figure; NaN where it is none."""
        last = self.curve[-1][1] if self.curve else None
        return math.nan if last is None else last

    @property
    def failed(self) -> bool:
        """Not above one answer for all."""
        return not self.best > self.majority


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keeps a file of runs, and what is made of it, to this block; other processes wait here."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab", opener=through_no_link) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # ends with the stream, or the process
        yield


def add_run(path: Path, run: Run) -> None:
    """Adds a line to a file that is ``held``; on the disk when this returns."""
    line = msgspec.json.encode(run) + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b", opener=through_no_link) as stream:
        stream.seek(0, os.SEEK_END)
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":  # a line that was cut off ends here
                line = b"\n" + line
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def read_runs(path: Path) -> list[Run]:
    """The runs of a file, in the order of their first lines; none where there is no file.

    Raises:
        DataError: a line that is no run.
    """
    if not path.is_file():
        return []
    lines = path.read_bytes().split(b"\n")
    runs: dict[tuple[str, str, str, int], Run] = {}
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            run = msgspec.json.decode(line, type=Run)
        except msgspec.DecodeError as error:
            if _is_cut_off(line):
                continue
            fix = "remove that line: the run is made again"
            raise DataError(f"no run: {error}", where=f"{path}: line {number}", fix=fix) from None
        runs[run.task, run.model, run.init, run.seed] = run
    return list(runs.values())


def _is_cut_off(line: bytes) -> bool:
    """The beginning of a run's line without its end."""
    return line.startswith(_START[: len(line)]) and not line.endswith(b"}")
