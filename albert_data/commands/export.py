"""`export`: a shard set in another form."""

from __future__ import annotations

from pathlib import Path

import click

from albert_data.base.counts import count_of
from albert_data.commands.options import LOCATION, note


@click.command()
@click.argument("shards", type=LOCATION)
@click.option(
    "--to", "form", required=True, type=click.Choice(["parquet", "npz", "arrayrecord", "mds"])
)
@click.option(
    "--output", required=True, type=click.Path(path_type=Path), help="A new or an empty folder."
)
def export(shards: Path, form: str, output: Path) -> None:
    """Writes the records of SHARDS, a record a row, in the same order, and compares what it wrote."""
    from albert_data.read.export import export as write
    from albert_data.read.shard_reader import open_shards

    opened = open_shards(shards)
    files = list(write(opened, form, output))
    size = sum(file.stat().st_size for file in files)
    made = f"{count_of(len(opened), 'record')} in {count_of(len(files), 'file')}"
    note(f"{made}, {size / 1e6:,.1f} MB: {output}")
