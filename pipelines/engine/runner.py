"""Takes a job's steps to their end, on this machine or by Beam; a failure anywhere becomes one exception."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from albert_data.base.errors import DataError

from ..flow import Flow
from ..local.crew import Crew
from ..local.local_flow import LocalFlow
from .choose import Engine
from .failures import failure_in, reported_errors
from .stopping import Stopping

Describe = Callable[[Flow], Any]


@contextlib.contextmanager
def ready(engine: Engine, verbose: bool = False) -> Iterator[Callable[[Describe], None]]:
    """Makes an engine ready; its worker processes are there from here on, and signals end the run.

    Args:
        verbose: lets Beam's log and the workers' output through to stderr.

    Yields: function that takes the steps which another one lays out on a ``Flow``. It raises
        DataError: what a worker reported, a worker that died, or anything unexpected (its exception is
            `__cause__`);
        KeyboardInterrupt, SystemExit: Ctrl-C; SIGTERM or SIGHUP. No worker process is left.
    """
    crew = Crew()
    stopping = Stopping(crew.kill)
    alone = engine.beam is not None or engine.workers == 1

    def run(describe: Describe) -> None:
        try:
            if engine.beam is not None:
                from ..cluster.beam_run import run_pipeline

                run_pipeline(describe, engine, verbose)
            else:
                with reported_errors():
                    describe(LocalFlow(None if alone else crew))
                crew.end()
        except BaseException as error:
            if stopping.by:
                raise stopping.exception() from None
            if isinstance(error, DataError) or not isinstance(error, Exception):
                raise
            if verbose and alone:
                traceback.print_exc(file=sys.stderr)
            raise failure_in(f"{type(error).__name__}: {error}") from error

    with stopping.handled():
        try:
            if not alone:
                crew.hire(engine.workers, verbose)
            yield run
        finally:
            crew.close()
