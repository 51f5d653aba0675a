"""The Beam arguments of a command line become checked PipelineOptions, before any work starts.

Beam drops what it does not know and only logs it, so every argument that the command line passes on
is parsed here first, against the options of all of Beam's runners.

Without --runner this machine's own processes do the work. DirectRunner means Beam's FnApiRunner in this
process: Beam 2.77's own tries to download Prism first.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from apache_beam.io.filesystems import FileSystems
from apache_beam.options import pipeline_options as beam_options

from albert_data.base.errors import ConfigError
from albert_data.config.mistaken_options import key_of_option, value_of
from albert_data.config.settings import Config, flatten
from albert_data.corpus.sources import SOURCES

from .choose import Engine, cores, on_this_machine

IN_THIS_PROCESS = "FnApiRunner"
_MODE = "--direct_running_mode"
_MEANT_LOCAL = ("DirectRunner", "SwitchingDirectRunner")
_JOB_SERVER_RUNNERS = ("FlinkRunner", "SparkRunner", "PortableRunner", "KafkaStreamsRunner")

# What the job servers of Flink and Spark take for a batch job beyond Beam's Python options. Beam
# asks the server when it submits a job; here the names must be known before that.
_JOB_SERVER_OPTIONS = set(
    """bundle_size cache_disabled disable_metrics enable_spark_metric_sinks execution_mode_for_batch
    execution_retry_delay faster_copy files_to_stage flink_conf_dir max_bundle_size
    max_bundle_time_mills number_of_execution_retries object_reuse operator_chaining
    re_iterable_group_by_key_result spark_master storage_level""".split()
)


def parse(
    args: Sequence[str], workers: int | None, also: Iterable[str], note: Callable[[str], None]
) -> Engine:
    """What `choose.choose` says of Beam's arguments; main-session pickling is off."""
    parser = _parser()
    known = {name for action in parser._actions for name in action.option_strings}
    flags = [_with_underscores(arg, known) for arg in args]
    try:
        parsed, unknown = parser.parse_known_args(flags)
    except (ValueError, argparse.ArgumentError) as error:  # Beam's own argument actions raise these
        raise ConfigError(f"a value cannot be read: {error}", where="Beam options") from error

    runner = _runner_name(parsed.runner, note)
    accepted = _JOB_SERVER_OPTIONS if runner in _JOB_SERVER_RUNNERS else set()
    _refuse_unknown(unknown, accepted, sorted({*known, *also}))

    options = beam_options.PipelineOptions(flags)
    options.view_as(beam_options.StandardOptions).runner = runner
    options.view_as(beam_options.SetupOptions).save_main_session = False
    FileSystems.set_options(options)
    given = {flag.partition("=")[0] for flag in flags}
    if not runner:
        return on_this_machine(_workers(options, workers, given))
    if runner == IN_THIS_PROCESS:
        if (_workers(options, workers, given) or 1) > 1:
            raise ConfigError(
                "DirectRunner works in this process alone",
                where="--workers",
                fix="leave --runner out for processes of this machine",
            )
        return Engine(1, runner, options)
    engine = Engine(0, runner, options)
    _check_remote(engine, workers)
    return engine


class _Parser(beam_options._BeamArgumentParser):
    """Beam's parser for every option class, raising ConfigError instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        where, _, problem = message.removeprefix("argument ").partition(": ")
        raise ConfigError(problem, where=where, fix="see Beam's documentation of the option")


def _parser() -> _Parser:
    parser = _Parser(allow_abbrev=False, add_help=False)
    classes = {str(cls): cls for cls in beam_options.PipelineOptions.__subclasses__()}
    for cls in classes.values():
        cls._add_argparse_args(parser)
    return parser


def _with_underscores(arg: str, known: set[str]) -> str:
    """`--temp-location=x` as Beam writes it, `--temp_location=x`; anything else as it is."""
    name, equals, value = arg.partition("=")
    if not name.startswith("--") or name in known:
        return arg
    renamed = "--" + name[2:].replace("-", "_")
    if renamed in known or renamed[2:] in _JOB_SERVER_OPTIONS:
        return renamed + equals + value
    return arg


def _refuse_positional(arg: str) -> ConfigError:
    fix = "write --option=value, and quote values that contain blanks"
    if arg.partition(":")[0] in SOURCES and ":" in arg:
        fix = f"write --source {arg}"
    elif "=" in arg and arg.partition("=")[0] in flatten(Config()):
        fix = f"write --set {arg}"
    return ConfigError(f"{arg!r} belongs to no option", where="command line", fix=fix)


def _refuse_unknown(unknown: Sequence[str], accepted: set[str], proposals: Sequence[str]) -> None:
    """Raises ConfigError for the first argument that is no option, nor the value of one."""
    may_be_value = False
    for arg in unknown:
        if not arg.startswith("-"):
            if not may_be_value:
                raise _refuse_positional(arg)
            may_be_value = False
            continue
        name, equals, _ = arg.partition("=")
        if name.removeprefix("--") not in accepted:
            near = _nearest(name, proposals)
            fix = f"did you mean {near}?" if near else "take it out; --help lists the options"
            if "--set" in proposals and (key := key_of_option(name, list(flatten(Config())))):
                fix = f"write --set {key}={value_of(name, unknown)}"
            if name.removeprefix("--") in _JOB_SERVER_OPTIONS:
                fix = "take it out: only the job servers of Flink and Spark know it"
            raise ConfigError("unknown option", where=name, fix=fix)
        may_be_value = not equals


def _nearest(name: str, proposals: Sequence[str]) -> str:
    """The known name that looks most like this one, or nothing where none does."""
    written = "--" + name.lstrip("-").replace("-", "_")
    close = difflib.get_close_matches(written, proposals, n=1)
    return (close or difflib.get_close_matches(name, proposals, n=1) or [""])[0]


def _runner_name(given: str | None, note: Callable[[str], None]) -> str:
    """The class name of a runner, as Beam finds it: any case, `Runner` may be left out; empty: none."""
    if not given:
        return ""
    names = {name.lower(): name for name in beam_options.StandardOptions.KNOWN_RUNNER_NAMES}
    name = names.get(given.lower()) or names.get(given.lower() + "runner")
    if name in _MEANT_LOCAL:
        note(f"{name}: Beam's FnApiRunner in this process, which needs no download of Prism")
        return IN_THIS_PROCESS
    if name:
        return name
    module, _, attribute = given.rpartition(".")
    try:  # a class of the user's, which Beam imports by this name as well
        if module and hasattr(importlib.import_module(module), attribute):  # noqa: TID251
            return given
    except ImportError:
        pass
    close = difflib.get_close_matches(given.lower(), names, n=1)
    raise ConfigError(
        f"unknown runner {given!r}",
        where="--runner",
        fix=f"did you mean {names[close[0]]}?" if close else "leave it out to run on this machine",
    )


def _workers(
    options: beam_options.PipelineOptions, workers: int | None, given: set[str]
) -> int | None:
    """Processes on this machine by our option and Beam's; None: neither says."""
    direct = options.view_as(beam_options.DirectOptions)
    asked = workers
    if "--direct_num_workers" in given:
        asked = direct.direct_num_workers or cores()
    if workers not in (None, asked):
        problem = f"--workers={workers} and --direct_num_workers={asked} contradict each other"
        raise ConfigError(problem, where="command line", fix="give --workers alone")
    if asked is None and direct.direct_running_mode == "in_memory" and _MODE in given:
        return 1
    return asked


def _check_remote(engine: Engine, workers: int | None) -> None:
    """Raises ConfigError for what the runner would only find out after the start."""
    runner, options = engine.runner, engine.beam
    if workers is not None:
        raise ConfigError(
            f"--workers counts processes on this machine, but {runner} runs elsewhere",
            where="--workers",
            fix="leave it out; Dataflow takes --num_workers and --max_num_workers, Flink and "
            "Spark --parallelism",
        )
    endpoint = options.view_as(beam_options.PortableOptions).job_endpoint
    if runner == "PortableRunner" and not endpoint:
        fix = "add --job_endpoint=HOST:PORT"
        raise ConfigError("PortableRunner needs a job server", where="--runner", fix=fix)
    if options.view_as(beam_options.StandardOptions).no_wait_until_finish:
        raise ConfigError(
            "a job is waited for: it keeps its folders from other builds until it ends",
            where="--no_wait_until_finish",
            fix="take it out; run this in a session that lasts, such as tmux or a job of its own",
        )
    if engine.is_dataflow:
        _check_dataflow(options.view_as(beam_options.GoogleCloudOptions))


def _check_dataflow(cloud: beam_options.GoogleCloudOptions) -> None:
    if not _has_dataflow():
        raise ConfigError(
            "DataflowRunner needs Google's client libraries, which are not installed",
            where="--runner",
            fix="pip install 'albert-data[gcp]'",
        )
    missing = [
        option
        for option, value in (
            ("--project", cloud.project),
            ("--region", cloud.region or os.environ.get("CLOUDSDK_COMPUTE_REGION")),
            ("--temp_location", cloud.temp_location or cloud.staging_location),
        )
        if not value
    ]
    if missing:
        raise ConfigError(
            f"DataflowRunner needs {', '.join(missing)}",
            where="--runner",
            fix="add --project=ID --region=europe-west1 --temp_location=gs://BUCKET/tmp",
        )
    for option in ("temp_location", "staging_location"):
        place = getattr(cloud, option)
        if place and not place.startswith("gs://"):
            raise ConfigError(
                f"Dataflow's workers cannot reach {place!r}",
                where=f"--{option}",
                fix="give a folder on Google Cloud Storage: gs://BUCKET/tmp",
            )


def _has_dataflow() -> bool:
    try:
        return importlib.util.find_spec("google.cloud.dataflow") is not None
    except ModuleNotFoundError:
        return False
