"""Runs a job as a Beam pipeline, on the runner that its options name."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.runners.worker import sdk_worker

from albert_data.base.errors import ConfigError, DataError

from ..engine.choose import Engine
from . import dataflow
from .beam_flow import BeamFlow
from .loopback import on_loopback


def run_pipeline(describe: Callable[[BeamFlow], Any], engine: Engine, verbose: bool) -> None:
    """Lays a pipeline out with `describe` and runs it to its end.

    Raises:
        ConfigError: the runner refuses the options.
        DataError: the job ended otherwise than well.
        Exception: whatever Beam makes of a worker's.
    """
    quiet = contextlib.nullcontext() if verbose else _quiet()
    with quiet, on_loopback(), _pipeline(engine) as pipeline:
        describe(BeamFlow(pipeline))
    state = pipeline.result.state
    if state not in (None, "DONE"):
        fix = "see its log there"
        raise DataError(f"the job ended as {state}", where=engine.runner, fix=fix)


def _pipeline(engine: Engine) -> beam.Pipeline:
    if engine.is_dataflow:
        dataflow.complete(engine.beam)
    try:
        return beam.Pipeline(options=engine.beam)
    except (ValueError, ImportError) as error:  # what a remote runner finds wrong with the options
        raise ConfigError(" ".join(str(error).split()), where="Beam options") from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps from stderr what Beam, a job server and workers that are threads here say of failures:
    the command ends with one error of its own."""
    loggers = [logging.getLogger(name) for name in ("", "apache_beam", "grpc")]
    levels, hook = [logger.level for logger in loggers], threading.excepthook
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    threading.excepthook = lambda args: None
    sdk_worker.print = lambda *args, **kwargs: None  # type: ignore[attr-defined]  # a traceback
    try:
        yield
    finally:
        del sdk_worker.print  # type: ignore[attr-defined]
        threading.excepthook = hook
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
