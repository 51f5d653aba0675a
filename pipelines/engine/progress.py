"""What workers have done so far, shown while a local run blocks.

Every worker process keeps one small file of running totals in a folder; `watch` in the parent adds
them up and shows a live bar on a terminal, or a plain line every ten seconds elsewhere. Files, not
sockets: no address to agree on, and the totals outlive a worker. They are renamed into place, at
most twice a second; `Reporter.add` costs 1 to 3 microseconds. What cannot be written is left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from albert_data.base.counts import count_of
from albert_data.schema import StageCounts

if TYPE_CHECKING:
    from .bars import Bars

WRITE_SECONDS = 0.5
LINE_SECONDS = 10.0
RATE_SECONDS = 30.0
_EXPECTED = "expected/"


def _sum(first: StageCounts, second: StageCounts) -> StageCounts:
    return StageCounts(*(a + b for a, b in zip(astuple(first), astuple(second), strict=True)))


@dataclass(frozen=True)
class Reporter:
    """A worker's end, kept in stages; without a folder, for remote runners, it does nothing."""

    folder: str | None = None

    def add(self, stage: str, **counts: int) -> None:
        """Adds work done in a stage, by the names of StageCounts. Safe from any thread."""
        if self.folder is not None:
            _totals(self.folder).add(stage, counts)

    def expect(self, stage: str, **counts: int) -> None:
        """Adds work to be done in a stage that `watch` could not be told of before the start."""
        self.add(_EXPECTED + stage, **counts)


class _Totals:
    """The running totals of this process, and their file."""

    def __init__(self, folder: str) -> None:
        self.path = Path(folder, f"{os.getpid()}.json")
        self.stages: dict[str, dict[str, int]] = {}
        self.lock = threading.Lock()
        self.due = self.closed = False

    def add(self, stage: str, counts: Mapping[str, int]) -> None:
        with self.lock:
            sums = self.stages.setdefault(stage, {})
            for name, count in counts.items():
                sums[name] = sums.get(name, 0) + count
            if not self.due:
                timer = threading.Timer(WRITE_SECONDS, self.write)
                self.due = timer.daemon = True
                timer.start()

    def write(self, close: bool = False) -> None:
        with self.lock:
            if not self.closed:
                self.due, self.closed = False, close
                new = self.path.with_suffix(".new")
                with contextlib.suppress(OSError):
                    new.write_text(json.dumps(self.stages))
                    new.replace(self.path)


_opened: dict[tuple[str, int], _Totals] = {}
_opening = threading.Lock()


def _totals(folder: str) -> _Totals:
    key = folder, os.getpid()
    with _opening:
        if key not in _opened:
            _opened[key] = _Totals(folder)
        return _opened[key]


def close() -> None:
    """Writes this process' totals for the last time."""
    for (_, process), totals in list(_opened.items()):
        if process == os.getpid():
            totals.write(close=True)


def read(folder: str | os.PathLike[str]) -> dict[str, StageCounts]:
    """The sum of all workers' totals by stage; what they expect is under `expected/STAGE`."""
    sums: dict[str, StageCounts] = {}
    for path in Path(folder).glob("*.json"):
        with contextlib.suppress(OSError, ValueError):
            for stage, counts in json.loads(path.read_text()).items():
                sums[stage] = _sum(sums.get(stage, StageCounts()), StageCounts(**counts))
    return sums


@contextlib.contextmanager
def watch(
    folder: str | os.PathLike[str], totals: Mapping[str, StageCounts], stream: TextIO
) -> Iterator[Reporter]:
    """Shows the progress of stages while the body runs; yields the workers' end.

    Args:
        folder: made if absent, and cleared of an earlier run's totals.
        totals: stage -> all its work as far as it is known, in the order of running. Bytes, else
            examples, documents or units give the share done and the time left.
        stream: a terminal gets a live bar a stage, anything else plain lines.
    """
    os.makedirs(folder, exist_ok=True)
    for old in Path(folder).glob("*.json"):
        old.unlink(missing_ok=True)
    _opened.clear()
    paces = {stage: Pace(total) for stage, total in totals.items()}
    display = (stream.isatty() and _bars(paces, stream)) or _Lines(paces, stream)

    def look(last: bool) -> None:
        seen, now = read(folder), time.monotonic()
        for stage in paces.keys() & seen.keys():
            paces[stage].total = _sum(totals[stage], seen.get(_EXPECTED + stage, StageCounts()))
            paces[stage].sample(now, seen[stage])
        with contextlib.suppress(OSError, ValueError):  # a closed stream
            display.show(now, last)

    def keep_looking() -> None:
        while not done.wait(WRITE_SECONDS):
            look(last=False)

    done = threading.Event()
    watcher = threading.Thread(target=keep_looking, daemon=True)
    watcher.start()
    try:
        yield Reporter(str(folder))
    finally:
        done.set()
        watcher.join()
        _totals(str(folder)).write(close=True)
        look(last=True)


def _bars(paces: Mapping[str, Pace], stream: TextIO) -> Bars | None:
    """Live bars, where a terminal can move its cursor."""
    from rich.console import Console

    from .bars import Bars

    console = Console(file=stream)
    return Bars(paces, console) if console.is_interactive else None


class Pace:
    """How far and how fast one stage is, from samples of its counts."""

    def __init__(self, total: StageCounts) -> None:
        self.total, self.counts = total, StageCounts()
        self.samples: deque[tuple[float, StageCounts]] = deque()
        self.start = self.end = 0.0

    def sample(self, now: float, counts: StageCounts) -> None:
        """Notes the counts of a moment; `now` in seconds of any clock."""
        if not self.samples:  # the stage began since the last look
            self.start = now - WRITE_SECONDS
            self.samples.append((self.start, StageCounts()))
        self.end = now if counts != self.counts else self.end
        self.counts = counts
        self.samples.append((now, counts))
        while now - self.samples[1][0] > RATE_SECONDS:
            self.samples.popleft()

    @property
    def measure(self) -> str:
        """The count whose total is known; empty if none is."""
        known = [n for n in ("bytes", "examples", "documents", "units") if getattr(self.total, n)]
        return known[0] if known else ""

    @property
    def share(self) -> float:
        """The part done, from 0 to 1; 0 where the total is not known."""
        name = self.measure
        return min(1.0, getattr(self.counts, name) / getattr(self.total, name)) if name else 0.0

    def rate(self, name: str) -> float:
        """One of the counts a second: lately, or on the whole once the stage is done."""
        (start, first), (end, last) = self.samples[0], self.samples[-1]
        if self.share == 1.0:
            start, first, end = self.start, StageCounts(), self.end
        done: int = getattr(last, name) - getattr(first, name)
        return done / (end - start)

    def __str__(self) -> str:
        """`1,204 documents, 4.1 MB/s, 20,113 examples/s, 0:42 left`, as far as it applies."""
        counts, name = self.counts, self.measure
        parts = [count_of(counts.documents, "document")] if counts.documents else []
        if counts.bytes:
            parts.append(f"{self.rate('bytes') / 1e6:.1f} MB/s")
        if counts.examples:
            parts.append(f"{self.rate('examples'):,.0f} examples/s")
        if 0.0 < self.share < 1.0 and (rate := self.rate(name)) > 0.0:
            left = (getattr(self.total, name) - getattr(counts, name)) / rate
            parts.append(f"{left // 60:.0f}:{left % 60:02.0f} left")
        return ", ".join(parts)


class _Lines:
    """A line for each stage that went on, every ten seconds and at the end."""

    def __init__(self, paces: Mapping[str, Pace], stream: TextIO) -> None:
        self.paces, self.stream = paces, stream
        self.due = time.monotonic() + LINE_SECONDS
        self.shown: dict[str, StageCounts] = {}

    def show(self, now: float, last: bool) -> None:
        if now < self.due and not last:
            return
        self.due = now + LINE_SECONDS
        for stage, pace in self.paces.items():
            if pace.counts != self.shown.get(stage, StageCounts()):
                self.shown[stage] = pace.counts
                share = f" {pace.share:.0%}" if pace.measure else ""
                told = f": {pace}" if str(pace) else ""
                print(f"{stage}{share}{told}", file=self.stream, flush=True)
