"""`dev-set`: the paper's intrinsic development set, from SQuAD and RACE."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from albert_data.commands.jobs import show_summary
from albert_data.commands.options import (
    SETTINGS,
    engine_of,
    job_command,
    note,
    output_option,
    read_config,
    vocabulary_option,
)


@job_command(
    click.option(
        "--squad",
        multiple=True,
        metavar="PATH",
        help="SQuAD development file (JSON, v1.1 or v2.0), folder or glob; repeatable.",
    ),
    click.option(
        "--race",
        multiple=True,
        metavar="PATH",
        help="RACE development folder (JSON lines), file or glob; repeatable.",
    ),
    vocabulary_option,
    output_option("Folder of the shards; a run that was stopped is resumed."),
    *SETTINGS,
)
def dev_set(
    squad: Sequence[str],
    race: Sequence[str],
    vocab: Path,
    output: Path,
    config_name: str,
    overrides: Sequence[str],
    workers: int | None,
    verbose: bool,
    beam_args: Sequence[str],
) -> None:
    """Shards of SQuAD's and RACE's development texts, to watch a training with.

    An ordinary build of the sources squad:PATH and race:PATH in which every text is used once
    (pairs.dupe_factor=1, unless --set says otherwise). Give the --config of the training shards.
    """
    from albert_pipelines import build as jobs

    sources = [*(f"squad:{path}" for path in squad), *(f"race:{path}" for path in race)]
    if not sources:
        raise click.UsageError("give --squad PATH, --race PATH or both")
    config = read_config(config_name, ["pairs.dupe_factor=1", *overrides])
    engine = engine_of(beam_args, workers)
    began = time.monotonic()
    manifest = jobs.build(sources, vocab, output, config, engine, note=note, verbose=verbose)
    show_summary(manifest, output, time.monotonic() - began)
