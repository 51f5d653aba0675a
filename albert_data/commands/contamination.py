"""`contamination`: which evaluation texts stand in a corpus."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import click

from albert_data.base.counts import count_of
from albert_data.commands import tables
from albert_data.commands.options import LOCATION, MOST, TOKEN_CACHE, note
from albert_data.storage.file_names import CONTAMINATION

if TYPE_CHECKING:
    from rich.console import Console

    from albert_data.schema import Contamination

SHOWN = 15  # documents on the terminal; the file names more


@click.command()
@click.option(
    "--tokens",
    required=True,
    type=TOKEN_CACHE,
    help="Token cache of the corpus, or the build that it is of.",
)
@click.option(
    "--against",
    "first",
    multiple=True,
    required=True,
    metavar="[KIND:]PATH…",
    help="Evaluation files, folders or globs: SQuAD (JSON), RACE (folder), GLUE (TSV), plain text; "
    "KIND is squad, race, glue or text, and seen from the file where left out.",
)
@click.argument("more", nargs=-1, metavar="[PATH]…")
@click.option(
    "--ngram",
    type=click.IntRange(1, 1000),
    default=13,
    show_default=True,
    help="Words of an n-gram.",
)
@click.option(
    "--output",
    type=LOCATION,
    help=f"The result.  [default: TOKENS/{CONTAMINATION}, shown in data cards and reports]",
)
@click.option(
    "--exclude",
    type=LOCATION,
    help="Also write a list of documents, for build or tokenize --exclude.",
)
@click.option(
    "--threshold",
    type=click.IntRange(1, MOST),
    default=1,
    show_default=True,
    help="N-grams from which on a document is in that list.",
)
@click.option(
    "--texts",
    type=LOCATION,
    help="Also write all evaluation texts that overlap, with their places: a JSON object a line.",
)
def contamination(
    tokens: Path,
    first: Sequence[str],
    more: Sequence[str],
    ngram: int,
    output: Path | None,
    exclude: Path | None,
    threshold: int,
    texts: Path | None,
) -> None:
    """Looks for evaluation texts in a corpus: n-grams of words that stand in both."""
    from rich.progress import Progress

    from albert_data.base.errors import ConfigError
    from albert_data.insight.contamination.evaluation import files_of, read_sets
    from albert_data.insight.contamination.search import search
    from albert_data.storage.outputs import refuse_output
    from albert_data.storage.sealed import write_sealed
    from albert_data.tokens.cache import read_index

    output = output or tokens / CONTAMINATION
    read = files_of([*first, *more])
    refuse_output(output, "--output", named=CONTAMINATION, inputs=read)
    written = {"--output": output, "--exclude": exclude, "--texts": texts}
    for option in ("--exclude", "--texts"):
        refuse_output(written[option], option, inputs=read)
    for one, other in combinations(written, 2):
        if written[one] is not None and written[one] == written[other]:
            fix = "name another file for one of the two"
            raise ConfigError(f"{one} and {other} are one file", where=str(written[one]), fix=fix)
    total = sum(file.tokens for file in read_index(tokens).files)
    sets = read_sets([*first, *more])
    console = tables.console(stderr=True)
    began = time.monotonic()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("searching", total=total)
        result = search(
            tokens, sets, ngram, exclude, threshold, texts, lambda n: bar.update(task, advance=n)
        )
    seconds = time.monotonic() - began
    write_sealed(output, result)
    show(result, console)
    counted = f"{count_of(total, 'token')} ({count_of(result.words, 'word')})"
    note(f"{counted} searched in {seconds:.1f} s")
    if texts:
        overlapping = sum(own.matched for own in result.sets)
        note(f"{count_of(overlapping, 'text')} in {texts}, with file, part and place")
    elif any(own.matched for own in result.sets):
        note("which texts these are: --texts FILE")
    if result.excluded:
        note(f"{count_of(result.excluded.documents, 'document')} in {exclude}")
    click.echo(f"{output}")


def show(result: Contamination, console: Console) -> None:
    """Prints the sets and the documents as tables."""
    from rich.table import Table

    ngrams = f"{result.ngram}-grams"
    table = Table("evaluation", box=None, pad_edge=False)
    for name in ("texts", "too short", "overlap", "", f"{ngrams} found"):
        table.add_column(name, justify="right", no_wrap=True)
    for own in result.sets:
        told = own.items - own.too_short
        table.add_row(
            own.name,
            *(f"{count:,}" for count in (own.items, own.too_short, own.matched)),
            f"{own.matched / told:.1%}" if told else "",
            f"{own.ngrams_found / own.ngrams:.2%}" if told else "",
        )
    console.print(table)
    if rows := sum(own.unusable_rows for own in result.sets):
        console.print(f"rows of too few columns, left out: {rows:,}")
    console.print(f"documents of the corpus that overlap: {result.overlapping_documents:,}")
    if result.documents:
        documents = Table(ngrams, "source", "id", "title", box=None, pad_edge=False)
        for one in result.documents[:SHOWN]:
            documents.add_row(f"{one.ngrams:,}", one.source, one.id, one.title)
        console.print(documents)
