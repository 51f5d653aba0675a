"""What several commands share: their options, how these become settings, and what is printed.

What reads sources and settings is imported by those that need it: a wrong option is told at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from albert_data.base.errors import ConfigError
from albert_data.commands.printing import MakesFiles
from albert_data.storage import file_names
from albert_data.storage.atomic import check_name
from albert_data.storage.paths import location

if TYPE_CHECKING:
    from albert_data.base.tally import Tally
    from albert_data.config.settings import Config

_Function: TypeAlias = Callable[..., Any]
_Option: TypeAlias = Callable[[_Function], _Function]


class _Location(click.ParamType):  # type: ignore[type-arg]  # older ones take no argument
    """A file or folder of this machine or of an object store."""

    name = "path"

    def convert(self, value: Any, parameter: Any, context: Any) -> Path:
        name = max(parameter.opts, key=len) if parameter is not None else ""
        if not str(value):
            raise ConfigError("an empty path", where=name, fix="name a file or folder")
        if "\0" in str(value):
            raise ConfigError("no path: it holds a NUL", where=name, fix="name a file or folder")
        check_name(str(value))
        return location(value)


class _TokenCache(_Location):
    """The folder of a token cache, or of the build that it lies in."""

    def convert(self, value: Any, parameter: Any, context: Any) -> Path:
        from albert_data.tokens.cache import cache_of

        return cache_of(super().convert(value, parameter, context))


class Amount(click.FloatRange):
    """A number; NaN and what is infinite, which compare as within any range, are none."""

    def convert(self, value: Any, parameter: Any, context: Any) -> float:
        number = float(super().convert(value, parameter, context))
        if not math.isfinite(number):
            self.fail(f"{value} is no finite number.", parameter, context)
        return number


MOST = 2**31 - 1  # of what is counted on a command line
WORKERS = click.IntRange(max=4096)  # what is less than one is refused where an engine is chosen
LOCATION = _Location()
TOKEN_CACHE = _TokenCache()
PASS_ON = {"ignore_unknown_options": True}

BEAM_HELP = "Any other option goes to Apache Beam (--runner=…, --temp_location=…)."


def source_help() -> str:
    """The kinds of source in one sentence."""
    from albert_data.corpus.source_protocol import Source
    from albert_data.corpus.sources import SOURCES

    files = ", ".join(f"{s.kind}:" for s in SOURCES.values() if s.target == Source.target)
    others = ", ".join(
        f"{s.kind}:{s.target}" for s in SOURCES.values() if s.target != Source.target
    )
    return f"Input, repeatable: {files} (file, folder or glob), {others}."


class SourceOption(click.Option):
    """Asks the sources for its help when that is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = source_help()
        return super().get_help_record(ctx)


source_option = click.option(
    "--source",
    "sources",
    cls=SourceOption,
    multiple=True,
    required=True,
    metavar="KIND:PATH",
)
USUAL = "paper"
CONFIG_HELP = "A preset (paper, paper-128, dynamic, tiny), a YAML file, or the folder of a build."
vocabulary_option = click.option(
    "--vocab", required=True, type=LOCATION, help="SentencePiece .model file."
)
config_option = click.option(
    "--config",
    "config_name",
    default=USUAL,
    show_default=True,
    metavar="NAME|FILE",
    help=CONFIG_HELP,
)
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Overrides a key, such as masking.max_ngram=2; repeatable.",
)
sentences_option = click.option(
    "--sentences",
    type=click.Choice(["sentencex", "lines"]),
    help="How prose is cut into sentences (sentences.splitter).",
)
pseudo_option = click.option(
    "--pseudo-documents",
    type=click.IntRange(max=MOST),
    metavar="N",
    help="Rows per document for input without document boundaries (sources.pseudo_documents).",
)
exclude_option = click.option(
    "--exclude",
    type=LOCATION,
    help="List of documents to leave out, as contamination --exclude writes it.",
)
hold_out_option = click.option(
    "--hold-out",
    metavar="SHARE|N",
    help="Documents that no training example is made of, as 1% or 2000 (hold_out): shards of them "
    "go to OUTPUT/held-out.",
)
workers_option = click.option(
    "--workers", type=WORKERS, help="Processes on this machine; one a core by default."
)
verbose_option = click.option(
    "--verbose", "-v", is_flag=True, help="Show what workers and Beam print."
)
dry_run_option = click.option(
    "--dry-run",
    is_flag=True,
    help="Start nothing: check options, input, output, credentials and what else can be.",
)
beam_argument = click.argument("beam_args", nargs=-1, type=click.UNPROCESSED)


# What several jobs are told.
CORPUS = (source_option, vocabulary_option)
SETTINGS = (config_option, set_option)
READING = (sentences_option, pseudo_option, exclude_option)


def output_option(help_text: str) -> _Option:
    return click.option("--output", required=True, type=LOCATION, help=help_text)


def job_command(*options: _Option) -> Callable[[_Function], click.Command]:
    """A command that runs a job: its options, then those of every job."""

    def decorate(function: _Function) -> click.Command:
        for option in reversed((*options, workers_option, verbose_option, beam_argument)):
            function = option(function)
        made = click.command(cls=MakesFiles, context_settings=PASS_ON, epilog=BEAM_HELP)
        return made(function)

    return decorate


def named_config(name: str) -> Config:
    """The configuration of a preset, a YAML file, or a shard set (its folder or manifest).

    Raises:
        ConfigError: there is none of that name.
        DataError: the manifest is damaged.
    """
    from albert_data.config.load import from_dict, load
    from albert_data.shards.manifest import read_manifest

    if not is_build(name):
        return load(name)
    path = location(name)
    folder = path.parent if path.name == file_names.MANIFEST else path
    return from_dict(read_manifest(folder).config, str(folder / file_names.MANIFEST))


def is_build(name: str) -> bool:
    """Whether this is a shard set's folder or manifest, and not a file or name of settings."""
    path = location(name)
    return path.is_dir() or path.name == file_names.MANIFEST


def read_config(
    name: str,
    overrides: Sequence[str],
    sentences: str | None = None,
    pseudo_documents: int | None = None,
    hold_out: str | None = None,
) -> Config:
    from albert_data.config.load import override
    from albert_data.corpus.sentences import has_own_rules

    own = [f"sentences.splitter={sentences}"] if sentences else []
    if pseudo_documents is not None:
        own.append(f"sources.pseudo_documents={pseudo_documents}")
    if hold_out is not None:
        own.append(f"hold_out={hold_out}")
    config = override(named_config(name), [*overrides, *own])
    if not has_own_rules(config.sentences):
        note(
            f"sentences.language={config.sentences.language}: sentencex has no rules of its own for it;"
            " sentences end as in a related language that it knows, or as in English"
        )
    return config


def engine_of(beam_args: Sequence[str], workers: int | None) -> Any:
    """The engine that a command line asks for (`albert_pipelines.engine.choose`)."""
    from albert_pipelines.engine.choose import choose

    command = click.get_current_context().command
    own = {flag for parameter in command.params for flag in parameter.opts if flag[:2] == "--"}
    return choose(beam_args, workers=workers, also=own, note=note)


def note(line: str) -> None:
    click.echo(line, err=True)


def show_reading(tally: Tally) -> None:
    from albert_data.corpus.exclude_list import UNKNOWN

    dropped = tally.dropped("document")
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in dropped.items()) or "none"
    note(
        f"documents: {tally.counts['read/document']:,} read, "
        f"{tally.counts['kept/document']:,} kept, left out: {reasons}"
    )
    for line in tally.unread_files():
        note(line)
    for item in ("paragraph", "sentence", "row", "line"):
        if dropped := tally.dropped(item):
            reasons = ", ".join(f"{n:,} {reason}" for reason, n in dropped.items())
            note(f"{item}s left out: {reasons}")
    if unknown := tally.counts[UNKNOWN]:
        names = "; ".join(tally.samples[UNKNOWN])
        note(
            f"names of --exclude that no document has: {unknown:,} ({names}{', …' if unknown > 5 else ''})"
        )
