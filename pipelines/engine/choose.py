"""Where a job runs: processes of this machine, or a runner of Beam, which is loaded only then."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from albert_data.base.errors import ConfigError

Note = Callable[[str], None]


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr)


@dataclass(frozen=True)
class Engine:
    """What takes a job's steps.

    Attributes:
        workers: processes on this machine, 1: this one alone; 0: the work is done elsewhere.
        runner: Beam's, by its class; empty: no Beam.
        beam: Beam's PipelineOptions; None: no Beam.
    """

    workers: int
    runner: str = ""
    beam: Any = None

    @property
    def is_dataflow(self) -> bool:
        return self.runner in ("DataflowRunner", "TestDataflowRunner")


def choose(
    args: Sequence[str] = (),
    *,
    workers: int | None = None,
    also: Iterable[str] = (),
    note: Note = _to_stderr,
) -> Engine:
    """The engine that a command line asks for: one process a core of this machine where it names no runner.

    Args:
        args: of Beam, `--name=value`, `--name value` or `--flag`; names may be written with dashes.
        workers: processes on this machine; None is one a core.
        also: names of the command line's own options (`--source`), to propose for a misspelt one.
        note: is told what an option does that is not what it says.

    Raises:
        ConfigError: an unknown option or runner (with the nearest known), a value that Beam
            refuses, a stray word, or a runner without what it needs.
    """
    if not args:
        return on_this_machine(workers)
    from .options import parse

    return parse(args, workers, also, note)


def on_this_machine(workers: int | None) -> Engine:
    """Processes of this machine.

    Raises:
        ConfigError: fewer than one.
    """
    count = cores() if workers is None else workers
    if count < 1:
        fix = "give 1 or more, or leave it out for one a core"
        raise ConfigError(f"{count} workers cannot do the work", where="--workers", fix=fix)
    return Engine(count)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
