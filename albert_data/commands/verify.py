"""`verify`: re-checks a shard set."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from albert_data.commands.options import LOCATION, note


@click.command()
@click.argument("shards", type=LOCATION)
def verify(shards: Path) -> None:
    """Re-checks everything that the manifest of SHARDS claims."""
    from rich.progress import track

    from albert_data.insight import verify as checks
    from albert_data.shards.manifest import read_manifest

    manifest = read_manifest(shards)
    console = Console(stderr=True)
    hide = not console.is_terminal
    tracked = track(manifest.shards, "verifying", console=console, transient=True, disable=hide)
    shown = iter(tracked)

    def progress(_: str) -> None:
        next(shown)

    found = checks.verify(shards, progress)
    note(
        f"{shards} is as its manifest claims: {len(manifest.shards)} shards, "
        f"{found.examples:,} examples, {found.masked_tokens:,} masked tokens"
    )
    if found.unchecked:
        note(
            "made by version 0.1, whose manifests have no seal; nothing shows whether these are as "
            f"they were written: {', '.join(found.unchecked)}"
        )
