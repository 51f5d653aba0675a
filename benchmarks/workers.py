"""One worker process and two, at default settings: seconds, how the work was shared, peak memory.

    python benchmarks/workers.py VOCABULARY FOLDER [COPIES [ROUNDS]]     # some minutes

FOLDER holds `books/` and `wiki/`; builds are of COPIES of each (8: 110 MB of books), with one worker and
with two in turns. Where other programs use the processors, the wall clock says little: *shared* is what
two free cores would give, the processor time with one worker over that of the parent and of the busier of the
two workers. Peak memory is the kernel's `VmHWM` of any process: what it shares with others counts, too.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from record import Record
from remask import ROOT

LOOK = 0.2  # seconds between looks at the processes: they take a processor, too


@dataclass
class Run:
    """Seconds, by the clock and of processors, and MB."""

    wall: float
    processor: float
    workers: list[float]
    peak: float

    @property
    def alone(self) -> float:
        """What no free core could make faster: the parent's work and the busiest worker's."""
        return self.processor - sum(self.workers) + max(self.workers, default=0)


def build(source: str, vocabulary: Path, output: Path, workers: int) -> Run:
    command = [
        sys.executable, "-m", "albert_data", "build", f"--source={source}", f"--vocab={vocabulary}",
        f"--output={output}", f"--workers={workers}",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'typings'}"}
    used, peaks = {}, [0.0]
    before = _processor_seconds()
    began = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = psutil.Popen(command, env=environment, stdout=log, stderr=log)
        while process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess, OSError):
                peaks.append(_peak(process.pid))
                for worker in _children(process.pid):
                    peaks.append(_peak(worker))
                    times = psutil.Process(worker).cpu_times()
                    used[worker] = times.user + times.system
            time.sleep(LOOK)
        if process.returncode:
            log.seek(0)
            sys.exit(log.read().decode())
    wall = time.monotonic() - began
    shutil.rmtree(output)
    own = sorted(used.values())[-workers:]
    return Run(wall, _processor_seconds() - before, own, max(peaks))


def _children(pid: int) -> list[int]:
    """psutil looks at every process of the machine for them."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1000 if lines else 0.0


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(vocabulary: Path, corpora: Path, copies: int = 8, rounds: int = 3) -> None:
    headings = (
        "source", "workers", "wall s", "processor s", "parent + busiest worker",
        "peak of a process, MB", "wall, × one worker", "shared, × one worker",
    )  # fmt: skip
    with (
        tempfile.TemporaryDirectory(prefix="albert-workers-") as name,
        Record("workers", *headings) as record,
    ):
        folder = Path(name)
        for kind, corpus in (("books", "books"), ("wikipedia", "wiki")):
            for copy in range(copies):
                shutil.copytree(corpora / corpus, folder / corpus / str(copy))
            files = (path for path in (folder / corpus).rglob("*") if path.is_file())
            size = sum(path.stat().st_size for path in files) / 1e6
            runs: dict[int, list[Run]] = {1: [], 2: []}
            for _ in range(rounds):
                for workers, own in runs.items():
                    own.append(
                        build(f"{kind}:{folder / corpus}", vocabulary, folder / "made", workers)
                    )
            for workers, own in runs.items():
                wall, processor, alone = (
                    statistics.median(getattr(run, field) for run in own)
                    for field in ("wall", "processor", "alone")
                )
                pairs = list(zip(runs[1], own, strict=True))
                by_clock = statistics.median(one.wall / these.wall for one, these in pairs)
                shared = statistics.median(one.processor / these.alone for one, these in pairs)
                record.row(
                    f"{kind}, {size:.0f} MB", str(workers), f"{wall:.1f}", f"{processor:.1f}",
                    f"{alone:.1f}", f"{max(run.peak for run in own):.0f}",
                    f"{by_clock:.2f}", f"{shared:.2f}",
                )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), *map(int, sys.argv[3:]))
