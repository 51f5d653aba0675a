"""`diff`: two builds compared."""

from __future__ import annotations

from pathlib import Path

import click

from albert_data.commands import tables
from albert_data.commands.options import LOCATION


@click.command()
@click.argument("first", type=LOCATION)
@click.argument("second", type=LOCATION)
@click.option("--no-records", is_flag=True, help="Compare the manifests only, at once.")
def diff(first: Path, second: Path, no_records: bool) -> None:
    """What differs between the builds FIRST and SECOND, and how many records are the same."""
    from rich.table import Table

    from albert_data.insight.diff import compare

    found = compare(first, second, records=not no_records)
    click.echo("made of the same" if not found.made_of else "made of other:")
    for line in found.made_of:
        click.echo(f"  {line}")
    if (records := found.records) is not None:
        changed = "" if records.changed is None else f", {records.changed:,} changed"
        click.echo(
            f"records: {records.same:,} the same, {records.moved:,} moved{changed}, "
            f"{records.only_first:,} only in the first, {records.only_second:,} only in the second"
        )
        if records.changed is None:
            click.echo("  (without provenance in both, a changed record is one of each)")
    table = Table("", "first", "second", box=None, pad_edge=False)
    for name, before, after in found.totals:
        table.add_row(name.replace("_", " "), f"{before:,}", f"{after:,}")
    for name, *checks in found.laws:
        cells = [
            "–" if law is None else f"{law.measured:.2%}{'' if law.ok else ' off'}"
            for law in checks
        ]
        table.add_row(name, *cells)
    console = tables.console()
    console.print(table)
    wished = Table(
        "setting: wished, realised", "first", "second", "share", box=None, pad_edge=False
    )
    for name, *verdicts in found.wishes:
        figures = ("–" if verdict is None else verdict.figures for verdict in verdicts)
        what = next(verdict.what for verdict in verdicts if verdict is not None)
        wished.add_row(name, *figures, what)
    console.print(wished)
