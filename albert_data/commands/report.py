"""`report`: a page about a build."""

from __future__ import annotations

from pathlib import Path

import click

from albert_data.base.counts import count_of
from albert_data.commands.options import LOCATION, note
from albert_data.commands.printing import MakesFiles


@click.command(cls=MakesFiles)
@click.argument("shards", type=LOCATION)
@click.option("--against", type=LOCATION, help="Another build, side by side.")
@click.option("--output", type=LOCATION, default="report.html", show_default=True)
def report(shards: Path, against: Path | None, output: Path) -> None:
    """Writes one self-contained HTML page about the build in the folder SHARDS."""
    from albert_data.insight.report.page import read_build, render
    from albert_data.storage.atomic import write_text
    from albert_data.storage.outputs import refuse_output

    refuse_output(output, "--output")
    builds = [read_build(folder) for folder in (shards, against) if folder]
    write_text(output, render(builds))
    off = sum(not law.ok for build in builds for law in build.laws)
    note(f"{count_of(off, 'law') if off else 'no laws'} off beyond chance")
    from albert_data.tokens.unknown import describe

    for build in builds:
        totals = build.manifest.totals
        shown = describe(totals.unknown, totals.tokens, build.manifest.reading.counts)
        note(f"{build.name}: <unk> is {shown}")
    click.echo(str(output))
