"""`clean`: finds and removes what failed runs left behind."""

from __future__ import annotations

from pathlib import Path

import click

from albert_data.base.counts import count_of
from albert_data.commands.options import LOCATION, note


@click.command()
@click.argument("folder", type=LOCATION)
@click.option("--all", "everything", is_flag=True, help="Also all files of an unfinished build.")
@click.option("--yes", is_flag=True, help="Remove them; without it they are only listed.")
def clean(folder: Path, everything: bool, yes: bool) -> None:
    """Lists, and with --yes removes, what failed runs left in FOLDER, local or in an object store.

    A lock that it lists may be that of a build at work on another machine: make sure first.
    """
    from albert_data.shards.manifest import read_manifest
    from albert_data.storage.file_names import MANIFEST
    from albert_data.storage.leftovers import leftovers, remove

    whole = (folder / MANIFEST).exists()
    claimed = {file.name for file in read_manifest(folder).files()} if whole else None
    found = leftovers(folder, claimed, everything)
    for leftover in found:
        click.echo(f"{leftover.path}  {leftover.bytes:,} bytes, {leftover.why}")
    total = sum(leftover.bytes for leftover in found)
    if yes:
        remove(found)
    done = "removed" if yes else "to be removed with --yes" if found else "found"
    note(f"{count_of(len(found), 'file')} of {total / 1e6:,.1f} MB {done}")
