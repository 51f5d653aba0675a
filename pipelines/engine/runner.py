"""Runs a Beam pipeline to its end on worker processes of this machine, or on a remote runner.

A failure anywhere becomes one exception, without Beam's tracebacks on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions

from albert_data.base.errors import ConfigError, DataError

from ..cluster import dataflow
from ..local.processes import Crew, ending
from .failures import failure_in
from .options import is_dataflow


def run(
    pipeline_fn: Callable[[beam.Pipeline], Any], options: PipelineOptions, *, verbose: bool = False
) -> None:
    """Builds a pipeline with `pipeline_fn` and runs it to its end.

    Args:
        options: from `options.parse_beam_options`.
        verbose: lets Beam's log and the workers' output through to stderr.

    Raises:
        DataError: what a worker reported, a worker that died, or anything unexpected (`__cause__`
            then has Beam's own exception). No worker process is left.
        KeyboardInterrupt, SystemExit: Ctrl-C; SIGTERM or SIGHUP.
    """
    crew = Crew(options, verbose)
    with crew.hired():
        try:
            with _pipeline(options) as pipeline:
                pipeline_fn(pipeline)
        except BaseException as error:
            if crew.stopped_by:
                raise ending(crew.stopped_by) from None
            if isinstance(error, DataError) or not isinstance(error, Exception):
                raise
            raise failure_in(crew.failure or f"{type(error).__name__}: {error}") from error
    standard = options.view_as(StandardOptions)
    state = pipeline.result.state
    if state not in (None, "DONE"):
        raise DataError(f"the job ended as {state}", where=standard.runner, fix="see its log there")


def _pipeline(options: PipelineOptions) -> beam.Pipeline:
    if is_dataflow(options):
        dataflow.complete(options)
    try:
        return beam.Pipeline(options=options)
    except (ValueError, ImportError) as error:  # what a remote runner finds wrong with the options
        raise ConfigError(" ".join(str(error).split()), where="Beam options") from error
