"""Figures of a benchmark: printed as they come, kept as a dated file of benchmarks/results/.

    with Record("main-job", "what", "measured", "compared with") as record:
        record.row("masking", "28,000 examples/s", "reference: 113")

A file says what a figure is worth nothing without: the machine and how busy it was, versions, commit and
command. A run that fails leaves none. Two runs of a day have two files.
"""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import metadata
from itertools import chain, count
from pathlib import Path
from types import TracebackType

RESULTS = Path(__file__).resolve().parent / "results"
PACKAGES = (
    "apache-beam", "numpy", "numba", "pyarrow", "sentencepiece", "sentencex", "tensorflow-cpu",
    "tensorflow", "jax", "torch", "keras", "keras-hub", "transformers", "mwparserfromhell",
    "datasets", "grain", "array-record", "tfrecord",
)  # fmt: skip


class Record:
    """The table of one run."""

    def __init__(self, name: str, *headings: str, folder: Path = RESULTS) -> None:
        self.name, self.headings, self.folder = name, headings, folder
        self.rows: list[Sequence[str]] = []
        self.load = os.getloadavg()[0]

    def __enter__(self) -> Record:
        print(_row(self.headings), _row(["---"] * len(self.headings)), sep="\n", flush=True)
        return self

    def row(self, *cells: str) -> None:
        """Prints a row and keeps it.

        Raises:
            ValueError: it has more or fewer cells than there are headings.
        """
        if len(cells) != len(self.headings):
            raise ValueError(f"{len(cells)} cells under {len(self.headings)} headings: {cells}")
        print(_row(cells), flush=True)
        self.rows.append(cells)

    def __exit__(self, kind: type | None, error: object, trace: TracebackType | None) -> None:
        if kind is None:
            print(f"kept as {self._write()}")

    def _write(self) -> Path:
        """Writes the file under the first name of today that is free."""
        self.folder.mkdir(exist_ok=True)
        today = f"{date.today()}-{self.name}"
        names = chain([today], (f"{today}-{number}" for number in count(2)))
        paths = (self.folder / f"{name}.md" for name in names)
        path = next(path for path in paths if not path.exists())
        path.write_text(self._text(), encoding="utf-8")
        return path

    def _text(self) -> str:
        table = table_text([self.headings, *self.rows])
        return f"{head_text(self.name, str(date.today()), conditions(self.load))}\n{table}"


def conditions(load: float) -> dict[str, str]:
    """What figures of this process are worth nothing without."""
    return {
        "command": f"`{shlex.join(['python', *sys.orig_argv[1:]])}`",
        "commit": _commit(),
        "machine": _machine(),
        "load at the start": f"{load:.1f} processes",
        "versions": _versions(),
    }


def head_text(name: str, day: str, conditions: Mapping[str, str]) -> str:
    """A result's title and conditions, with line breaks."""
    lines = [f"- {name}: {value}" for name, value in conditions.items()]
    return "\n".join([f"# {name}, {day}", "", *lines, ""])


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown, with line breaks; the first row is the headings."""
    return "".join(f"{_row(row)}\n" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:]))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _machine() -> str:
    """Processor, cores that this process may use, memory and system; no name of the host."""
    models = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    model = models[0].partition(": ")[2] if models else platform.processor() or platform.machine()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _commit() -> str:
    """The commit, with `-dirty` where files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
