"""`prose`: the text that a build reads from its sources, as a file for people and for builds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from albert_data.base.counts import count_of
from albert_data.commands import tables
from albert_data.commands.options import (
    LOCATION,
    config_option,
    note,
    output_option,
    pseudo_option,
    read_config,
    sentences_option,
    set_option,
    show_reading,
    workers_option,
)
from albert_data.commands.printing import MakesFiles


@click.command(cls=MakesFiles)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@output_option("The file to write: FILE.jsonl, or packed as .jsonl.zst, .gz, .bz2 or .xz.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["paragraphs", "sentences"]),
    default="paragraphs",
    show_default=True,
    help="What of a document is written; with sentences, a build takes these as they are.",
)
@click.option(
    "--left-out",
    type=LOCATION,
    metavar="FILE",
    help="Lists what was left out, and why: {source, item, reason, id, title, first_words, what, count} a "
    "line.",
)
@config_option
@set_option
@sentences_option
@pseudo_option
@workers_option
def prose(
    sources: Sequence[str],
    output: Path,
    form: str,
    left_out: Path | None,
    config_name: str,
    overrides: Sequence[str],
    sentences: str | None,
    pseudo_documents: int | None,
    workers: int | None,
) -> None:
    """Writes the prose that a build reads from SOURCE (KIND:PATH, as --source of build).

    A document a line: {source, id, unit, title, paragraphs}. `--source prose:FILE` builds from it, and
    gives the records that a build from the sources gives.
    """
    import os

    from albert_data.corpus.write_prose import write_prose
    from albert_data.storage.outputs import refuse_output

    refuse_output(output, "--output")
    refuse_output(left_out, "--left-out")
    config = read_config(config_name, overrides, sentences, pseudo_documents)
    began = time.monotonic()
    console = tables.console(stderr=True)
    with console.status("reading") as status:
        tally = write_prose(
            sources,
            output,
            config,
            form == "sentences",
            left_out,
            workers or os.cpu_count() or 1,
            lambda documents: status.update(f"{count_of(documents, 'document')} written"),
        )
    show_reading(tally)
    seconds = time.monotonic() - began
    written = count_of(tally.counts["kept/document"], "document")
    note(f"{written} in {output} ({seconds:.1f} s)")
