"""The command line: parse, call, print. Beam is imported only by the commands that run a job."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

import albert_data
from albert_data.config import Config
from albert_data.config_file import load
from albert_data.errors import ConfigError, DataError
from albert_data.tally import Tally

PASS_ON = {"ignore_unknown_options": True}

_BEAM_HELP = "Any other option goes to Apache Beam (--runner=…, --temp_location=…)."

source_option = click.option(
    "--source",
    "sources",
    multiple=True,
    required=True,
    metavar="KIND:PATH",
    help="Input, repeatable: books:, wikipedia:, text:, jsonl:, parquet: (file, folder or glob), "
    "huggingface:NAME[:CONFIG][@REVISION][/SPLIT].",
)
vocabulary_option = click.option(
    "--vocab", required=True, type=click.Path(path_type=Path), help="SentencePiece .model file."
)
config_option = click.option(
    "--config",
    "config_name",
    default="paper",
    show_default=True,
    metavar="NAME|FILE",
    help="A preset (paper, paper-128, tiny) or a YAML file.",
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
    type=int,
    metavar="N",
    help="Rows per document for input without document boundaries (sources.pseudo_documents).",
)
workers_option = click.option(
    "--workers", type=int, help="Processes on this machine; one a core by default."
)
verbose_option = click.option("--verbose", "-v", is_flag=True, help="Show Beam's own log.")
beam_argument = click.argument("beam_args", nargs=-1, type=click.UNPROCESSED)


def _output(help_text: str):
    return click.option("--output", required=True, type=click.Path(path_type=Path), help=help_text)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(albert_data.__version__, prog_name="albert-data")
def cli() -> None:
    """Builds, checks and explains ALBERT pretraining shards."""


@cli.command(context_settings=PASS_ON, epilog=_BEAM_HELP)
@source_option
@vocabulary_option
@_output("Folder of the shards; a run that was stopped is resumed.")
@click.option(
    "--tokens",
    type=click.Path(path_type=Path),
    help="Folder of the token cache.  [default: OUTPUT/tokens]",
)
@config_option
@set_option
@sentences_option
@pseudo_option
@workers_option
@verbose_option
@beam_argument
def build(
    sources, vocab, output, tokens, config_name, overrides, sentences, pseudo_documents, workers,
    verbose, beam_args,
) -> None:  # fmt: skip
    """Real text in, shards out: tokenise, mask, assemble."""
    from pipelines import build as jobs

    config = _config(config_name, overrides, sentences, pseudo_documents)
    options = _beam(beam_args, workers)
    began = time.monotonic()
    manifest = jobs.build(
        sources, vocab, output, config, options, tokens, note=_note, verbose=verbose
    )
    _summary(manifest, output, time.monotonic() - began)


@cli.command(context_settings=PASS_ON, epilog=_BEAM_HELP)
@source_option
@vocabulary_option
@_output("Folder of the token cache.")
@config_option
@set_option
@sentences_option
@pseudo_option
@workers_option
@verbose_option
@beam_argument
def tokenize(
    sources, vocab, output, config_name, overrides, sentences, pseudo_documents, workers, verbose,
    beam_args,
) -> None:  # fmt: skip
    """Stage 1 alone: the token cache, for any number of `remask` runs."""
    from pipelines import build as jobs

    config = _config(config_name, overrides, sentences, pseudo_documents)
    options = _beam(beam_args, workers)
    began = time.monotonic()
    index = jobs.tokenize(sources, vocab, output, config, options, verbose=verbose)
    _reading(Tally.from_json(index["tally"]))
    tokens = sum(file["tokens"] for file in index["files"])
    _note(f"{tokens:,} tokens in {output} ({time.monotonic() - began:.1f} s)")


@cli.command(context_settings=PASS_ON, epilog=_BEAM_HELP)
@click.argument("tokens", type=click.Path(path_type=Path))
@_output("Folder of the shards; a run that was stopped is resumed.")
@config_option
@set_option
@workers_option
@verbose_option
@beam_argument
def remask(tokens, output, config_name, overrides, workers, verbose, beam_args) -> None:
    """Stages 2 and 3: shards of another variant from the token cache TOKENS."""
    from pipelines import build as jobs

    fixed = [o for o in overrides if o.partition(".")[0] in ("sources", "sentences", "tokens")]
    if fixed:
        raise ConfigError(
            "this key is decided when the token cache is made",
            where=f"--set {fixed[0]}",
            fix="make another cache: albert-data tokenize … --set " + fixed[0],
        )
    config = _config(config_name, overrides)
    options = _beam(beam_args, workers)
    began = time.monotonic()
    manifest = jobs.remask(tokens, output, config, options, note=_note, verbose=verbose)
    _summary(manifest, output, time.monotonic() - began)


@cli.command()
@click.argument("shards", type=click.Path(path_type=Path))
def verify(shards) -> None:
    """Re-checks everything that the manifest of SHARDS claims."""
    from rich.progress import track

    from albert_data import verify as checks

    manifest = checks.read_manifest(shards)
    console = Console(stderr=True)
    hide = not console.is_terminal
    tracked = track(manifest["shards"], "verifying", console=console, transient=True, disable=hide)
    names = iter(tracked)
    found = checks.verify(shards, progress=lambda _: next(names))
    _note(
        f"{shards} is as its manifest claims: {len(manifest['shards'])} shards, "
        f"{found.examples:,} examples, {found.masked_tokens:,} masked tokens"
    )


@cli.command()
@source_option
@_output("The .model file to write.")
@click.option("--size", default=30_000, show_default=True, help="Number of pieces.")
@click.option("--sample", default=2_000_000, show_default=True, help="Most sentences to train on.")
@config_option
@set_option
@sentences_option
@pseudo_option
def vocab(
    sources, output, size, sample, config_name, overrides, sentences, pseudo_documents
) -> None:
    """Trains a SentencePiece vocabulary on the sources."""
    from albert_data.train_vocabulary import train_vocabulary

    config = _config(config_name, overrides, sentences, pseudo_documents)
    console = Console(stderr=True)
    with console.status("reading") as status:
        tally = train_vocabulary(
            sources,
            output,
            size,
            config,
            sample,
            lambda documents: status.update(f"training: {documents:,} documents read"),
        )
    _reading(tally)
    _note(f"{size:,} pieces in {output}")


def _config(
    name: str,
    overrides: Sequence[str],
    sentences: str | None = None,
    pseudo_documents: int | None = None,
) -> Config:
    own = [f"sentences.splitter={sentences}"] if sentences else []
    if pseudo_documents is not None:
        own.append(f"sources.pseudo_documents={pseudo_documents}")
    return load(name, [*overrides, *own])


def _beam(beam_args: Sequence[str], workers: int | None) -> Any:
    from pipelines.options import parse_beam_options

    command = click.get_current_context().command
    own = {flag for parameter in command.params for flag in parameter.opts if flag[:2] == "--"}
    return parse_beam_options(beam_args, workers=workers, also=own, note=_note)


def _note(line: str) -> None:
    click.echo(line, err=True)


def _reading(tally: Tally) -> None:
    dropped = tally.dropped("document")
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in dropped.items()) or "none"
    _note(
        f"documents: {tally.counts['read/document']:,} read, "
        f"{tally.counts['kept/document']:,} kept, left out: {reasons}"
    )


def _summary(manifest: dict[str, Any], folder: Path, seconds: float) -> None:
    totals, statistics = manifest["totals"], manifest["statistics"]
    _reading(Tally.from_json(manifest["reading"]))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    masked, spans = statistics["masked_tokens"], statistics["spans"]
    realised = " / ".join(f"{n / sum(spans['by_units']):.1%}" for n in spans["by_units"])
    law = " / ".join(f"{p:.1%}" for p in spans["law"])
    for name, value in (
        ("corpus", f"{totals['documents']:,} documents, {totals['tokens']:,} tokens"),
        ("examples", f"{totals['examples']:,} in {len(manifest['shards'])} shards"),
        ("size", f"{totals['shard_bytes'] / 1e6:,.1f} MB"),
        ("masked", f"{masked / totals['example_tokens']:.2%} of the tokens"),
        ("spans of 1, 2, … units", f"{realised}  (law: {law})"),
        ("label 1", f"{statistics['labels'][1] / totals['examples']:.1%}"),
        ("time", f"{seconds:.1f} s, {totals['examples'] / seconds:,.0f} examples/s"),
    ):
        table.add_row(name, value)
    Console(stderr=True).print(table)
    click.echo(f"{folder / 'manifest.json'}")
    _note(f"data card: {folder / 'README.md'}; check it: albert-data verify {folder}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command; every failure is one message on stderr and an exit code other than 0."""
    shown = {"-v", "--verbose"} & {*(sys.argv[1:] if arguments is None else arguments)}
    logging.basicConfig(level=logging.INFO if shown else logging.ERROR)
    try:
        cli.main(args=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DataError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.exceptions.Abort):  # click makes the one into the other
        click.echo("stopped; the same command goes on where it was", err=True)
        sys.exit(130)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fix = "fix: mend this, then run the same command again: it goes on where it was"
        click.echo(f"error: {where}{error.strerror or error}\n  {fix}", err=True)
        sys.exit(1)
