"""`left-out`: everything that a build left out, counted by reason or listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from albert_data.base.errors import ConfigError
from albert_data.commands.options import LOCATION, note


@click.command("left-out")
@click.argument("folder", type=LOCATION)
@click.option(
    "--reason", metavar="PATTERN", help="Lists what went for this reason (* and ? match)."
)
@click.option(
    "--item", metavar="PATTERN", help="Lists documents, paragraphs, sentences, rows, files."
)
@click.option("--source", metavar="PATTERN", help="Lists what is of these sources, as wikipedia:*.")
@click.option("--document", metavar="ID", help="Lists what is of the document of this id or title.")
@click.option(
    "--count", default=20, show_default=True, type=click.IntRange(min=0), help="Rows; 0 for all."
)
def left_out(
    folder: Path,
    reason: str | None,
    item: str | None,
    source: str | None,
    document: str | None,
    count: int,
) -> None:
    """Counts what was left out of FOLDER, a build's or a token cache, by reason; with an option, lists it.

    The rows are those of left_out.parquet, in FOLDER and in the token cache in it.
    """
    wanted = {"reason": reason, "item": item, "source": source}
    patterns = {name: pattern for name, pattern in wanted.items() if pattern is not None}
    lists = _lists(folder)
    if not patterns and document is None:
        _show_counts(lists)
        return
    shown = found = 0
    for row in _rows(lists):
        if not all(fnmatchcase(row[name], pattern) for name, pattern in patterns.items()):
            continue
        if document not in (None, row["id"], row["title"]):
            continue
        found += 1
        if shown < count or not count:
            shown += 1
            click.echo("\t".join(_cells(row)))
    note(f"{shown:,} of {found:,} shown" + ("; --count 0 shows all" if shown < found else ""))


def _lists(folder: Path) -> list[Path]:
    from albert_data.storage import file_names

    places = folder / file_names.LEFT_OUT, folder / file_names.TOKENS / file_names.LEFT_OUT
    lists = [path for path in places if path.is_file()]
    if not lists:
        raise ConfigError(
            f"there is no {file_names.LEFT_OUT}",
            where=str(folder),
            fix="name the folder of a finished build or token cache",
        )
    if (folder / file_names.MANIFEST).is_file() and len(lists) == 1:
        note("what was left out while reading is listed in the folder of the token cache")
    return lists


def _rows(lists: list[Path]) -> Iterator[dict[str, Any]]:
    from albert_data.tokens.left_out_file import read_left_out

    for path in lists:
        for batch in read_left_out(path):
            yield from batch.to_pylist()


def _cells(row: dict[str, Any]) -> list[str]:
    times = f" x {row['count']}" if row["count"] > 1 else ""
    what = (
        [row["id"], row["title"], row["first_words"]]
        if row["id"] or row["title"]
        else [row["what"]]
    )
    return [row["item"] + times, row["reason"], row["source"], *what]


def _show_counts(lists: list[Path]) -> None:
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in _rows(lists):
        kind = row["source"].partition(":")[0]
        counts[row["item"], row["reason"], kind] += row["count"]
    for (item, reason, kind), number in sorted(counts.items()):
        click.echo(f"{item}\t{reason}\t{kind}\t{number}")
    if not counts:
        note("nothing was left out")
