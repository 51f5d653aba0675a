"""`inspect`: records as people read them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from albert_data.commands import tables
from albert_data.commands.options import LOCATION, MOST
from albert_data.insight.conditions import CONDITIONS

_MEANINGS = "; ".join(f"{name}: {meaning}" for name, (meaning, _) in CONDITIONS.items())


@click.command()
@click.argument("shards", type=LOCATION)
@click.option("--record", type=click.IntRange(0, MOST), help="Only this one; they count from 0.")
@click.option("--document", metavar="ID|TITLE", help="Those made of a document.")
@click.option(
    "--where", type=click.Choice(list(CONDITIONS)), help=f"Those that are so ({_MEANINGS})."
)
@click.option(
    "--count", type=click.IntRange(1, MOST), default=3, show_default=True, help="How many."
)
@click.option(
    "--vocab",
    type=LOCATION,
    help="SentencePiece .model file, for shards without a manifest.",
)
def inspect(
    shards: Path,
    record: int | None,
    document: str | None,
    where: str | None,
    count: int,
    vocab: Path | None,
) -> None:
    """Shows records of SHARDS, a build's folder or any TFRecord file of ALBERT examples."""
    from albert_data.base.errors import ConfigError
    from albert_data.insight.inspect import find, show, titles_like
    from albert_data.insight.shard_set import open_shards

    opened = open_shards(shards, vocab)
    objective = opened.manifest.config["pairs"]["objective"] if opened.manifest else ""
    console = tables.console()
    shown = 0
    found = find(opened, record, document, where or "")
    for one in islice(found, 1 if record is not None else count):
        console.print(show(one, objective))
        shown += 1
    if not shown:
        fix = "ask for others with --document or --where"
        if document is not None and (near := titles_like(opened, document)):
            fix = f"did you mean {' or '.join(near)}?"
        raise ConfigError("no such record", where=str(shards), fix=fix)
