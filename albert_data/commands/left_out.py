"""`left-out`: everything that a build left out, counted by reason or listed.

On a terminal a table; in a pipe a row a line, cells between tabs, their names on stderr. What a
spreadsheet would take for a formula has an apostrophe before it (`neutral.cell`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from albert_data.base import neutral
from albert_data.base.errors import ConfigError
from albert_data.commands import tables
from albert_data.commands.options import LOCATION, MOST, note

USUAL = 20  # rows
NAMED = 12  # values that there are, where a pattern fits none
COUNTS = ("item", "reason", "kind of source", "how many")
ROW = ("item", "reason", "source", "id", "title", "first words", "place")


@click.command("left-out")
@click.argument("folder", type=LOCATION)
@click.option(
    "--reason", metavar="PATTERN", help="Lists what went for this reason (* and ? match)."
)
@click.option(
    "--item",
    metavar="PATTERN",
    help="Lists what went as document, paragraph, sentence, row, line or file.",
)
@click.option(
    "--source",
    metavar="PATTERN",
    help="Lists what is of these sources: wikipedia, books:a*, or the name of a file.",
)
@click.option("--document", metavar="ID", help="Lists what is of the document of this id or title.")
@click.option(
    "--count",
    type=click.IntRange(0, MOST),
    help=f"Rows, 0 for all; without another option, rows of each item and reason.  [default: {USUAL}]",
)
def left_out(
    folder: Path,
    reason: str | None,
    item: str | None,
    source: str | None,
    document: str | None,
    count: int | None,
) -> None:
    """Counts what was left out of FOLDER, a build's or a token cache, by reason; with an option, lists it.

    The rows are those of left_out.parquet, in FOLDER and in the token cache in it.
    """
    wanted = {"reason": reason, "item": item, "source": source, "document": document}
    patterns = {name: pattern for name, pattern in wanted.items() if pattern is not None}
    lists = _lists(folder)
    if patterns:
        _show_chosen(lists, patterns, USUAL if count is None else count)
    elif count is not None:
        _show_each(lists, count)
    else:
        _show_counts(lists)


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


def _kind(row: dict[str, Any]) -> str:
    return str(row["source"]).partition(":")[0]


def _names(name: str, row: dict[str, Any]) -> tuple[str, ...]:
    """What an option's pattern may be of a row."""
    if name == "document":
        return row["id"], row["title"]
    if name == "item":
        return row["item"], f"{row['item']}s"
    if name == "source":
        return row["source"], _kind(row), row["source"].partition(":")[2]
    return (row[name],)


def _fits(name: str, pattern: str, row: dict[str, Any]) -> bool:
    if name == "document":
        return pattern in _names(name, row)
    return any(fnmatchcase(value, pattern) for value in _names(name, row))


def _show_chosen(lists: list[Path], patterns: dict[str, str], count: int) -> None:
    """The first `count` rows that all patterns fit; of a pattern that fits none, what there is."""
    shown: list[Sequence[str]] = []
    found, alone = 0, Counter[str]()
    there: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(lists):
        fitting = [name for name, pattern in patterns.items() if _fits(name, pattern, row)]
        alone.update(fitting)
        for name in patterns:
            there[name].add(_kind(row) if name == "source" else _names(name, row)[0])
        if len(fitting) < len(patterns):
            continue
        found += 1
        if len(shown) < count or not count:
            shown.append(_cells(row))
    _print(ROW, shown)
    note(f"{len(shown):,} of {found:,} shown{'; --count 0 shows all' * (len(shown) < found)}")
    for name, pattern in patterns.items():
        if not alone[name]:
            values = sorted(value for value in there[name] if value)
            more = "; …" if len(values) > NAMED else ""
            has = f"; there are: {'; '.join(values[:NAMED])}{more}" if values else ""
            note(f"nothing that was left out has --{name} {pattern}{has}")


def _show_each(lists: list[Path], count: int) -> None:
    """The first `count` rows of each item and reason."""
    groups: defaultdict[tuple[str, str], list[Sequence[str]]] = defaultdict(list)
    found = 0
    for row in _rows(lists):
        found += 1
        own = groups[row["item"], row["reason"]]
        if len(own) < count or not count:
            own.append(_cells(row))
    shown = [cells for key in sorted(groups) for cells in groups[key]]
    _print(ROW, shown)
    note(f"{len(shown):,} of {found:,} shown{'; --count 0 shows all' * (len(shown) < found)}")


def _cells(row: dict[str, Any]) -> list[str]:
    """The cells of a row, in which no tab or line end is left."""
    times = f" x {row['count']}" if row["count"] > 1 else ""
    names = ("reason", "source", "id", "title", "first_words", "what")
    return [row["item"] + times, *(neutral.cell(str(row[name])) for name in names)]


def _show_counts(lists: list[Path]) -> None:
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in _rows(lists):
        counts[row["item"], row["reason"], _kind(row)] += row["count"]
    _print(COUNTS, [(*key, str(number)) for key, number in sorted(counts.items())])
    if not counts:
        note("nothing was left out")


def _print(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    console = tables.console()
    if console.is_terminal:
        table = Table(*names, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*row)
        console.print(table, markup=False)
        return
    note("\t".join(names))
    for row in rows:
        click.echo("\t".join(row))
