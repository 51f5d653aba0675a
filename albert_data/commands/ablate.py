"""`ablate`: all variants of a grid in one job."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from albert_data.base.counts import count_of
from albert_data.commands import tables
from albert_data.commands.options import (
    TOKEN_CACHE,
    engine_of,
    job_command,
    note,
    output_option,
)

if TYPE_CHECKING:
    from albert_data.schema import AblationVariant


@job_command(
    click.argument("grid"),
    click.option(
        "--tokens",
        type=TOKEN_CACHE,
        help="Token cache of the variants, or the build that it is of.",
    ),
    output_option("Folder of the variants' folders; a run that was stopped is resumed."),
    click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="KIND:PATH",
        help="Input of variants that need a token cache of their own (another vocabulary, say).",
    ),
)
def ablate(
    grid: str,
    tokens: Path | None,
    output: Path,
    sources: Sequence[str],
    workers: int | None,
    verbose: bool,
    beam_args: Sequence[str],
) -> None:
    """Shards of all variants of GRID, a ready grid (objective, ngram, …) or a YAML file."""
    from albert_data.commands.variants import base_of, tell_differences
    from albert_data.config.grid import load_grid

    base = base_of(tokens) if tokens else None
    variants = load_grid(grid, base)
    if tokens and base:
        tell_differences(tokens, base, [variant.config for variant in variants])
    engine = engine_of(beam_args, workers)
    from albert_pipelines.ablate import ablate as make

    began = time.monotonic()
    result = make(variants, tokens, sources, output, engine, note=note, verbose=verbose)
    show_table(result.variants)
    made = f"{count_of(len(variants), 'variant')} in {time.monotonic() - began:.1f} s"
    note(f"{made}, each a shard set by itself")
    click.echo(f"{output / 'ablation.json'}")


def show_table(variants: list[AblationVariant]) -> None:
    from rich.table import Table

    table = Table("variant", "what differs", box=None, pad_edge=False)
    for name in ("records", "MB", "worker s"):
        table.add_column(name, justify="right")
    for variant in variants:
        differs = "\n".join(f"{key}={value}" for key, value in variant.differs.items())
        differs = differs or "(the base)"
        seconds = "" if variant.seconds is None else f"{variant.seconds:.1f}"
        megabytes = f"{variant.bytes / 1e6:,.1f}"
        table.add_row(variant.name, differs, f"{variant.records:,}", megabytes, seconds)
    tables.console(stderr=True).print(table)
