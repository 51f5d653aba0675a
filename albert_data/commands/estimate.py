"""`estimate`: what a build will make and cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from albert_data.base.counts import count_of
from albert_data.commands import printing
from albert_data.commands.options import (
    LOCATION,
    config_option,
    note,
    pseudo_option,
    read_config,
    sentences_option,
    set_option,
    source_option,
    vocabulary_option,
)
from albert_data.commands.suggestions import TakesSettings

_UNITS = {
    "shard_bytes": ("MB", 1e6),
    "provenance_bytes": ("MB", 1e6),
    "cache_bytes": ("MB", 1e6),
    "seconds": ("minutes", 60),
}


@click.command(cls=TakesSettings)
@source_option
@vocabulary_option
@config_option
@set_option
@sentences_option
@pseudo_option
@click.option("--sample", metavar="SHARE", help="Of the corpus.  [default: 5%, 8 to 64 MB]")
@click.option("--seed", type=int, default=0, show_default=True, help="Another sample.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Processes the time is for, each on a core of its own.",
)
@click.option("--price-per-core-hour", "price", type=click.FloatRange(0), metavar="P")
@click.option(
    "--save", type=LOCATION, help="As JSON; OUTPUT/estimate.json is shown in the build's report."
)
def estimate(
    sources: Sequence[str],
    vocab: Path,
    config_name: str,
    overrides: Sequence[str],
    sentences: str | None,
    pseudo_documents: int | None,
    sample: str | None,
    seed: int,
    workers: int,
    price: float | None,
    save: Path | None,
) -> None:
    """Predicts tokens, records, bytes, time and price of a build from a sample of its sources."""
    from albert_data.corpus.plan import plan_all, refuse_input_as_output
    from albert_data.insight.estimate.look import parse_share
    from albert_data.insight.estimate.predict import predict
    from albert_data.storage.file_names import ESTIMATE
    from albert_data.storage.outputs import refuse_output
    from albert_data.storage.sealed import write_sealed

    refuse_output(save, "--save", named=ESTIMATE, inputs=[str(vocab)])
    config = read_config(config_name, overrides, sentences, pseudo_documents)
    if save:
        refuse_input_as_output(plan_all(sources, config.sources), str(save))
    share = parse_share(sample) if sample is not None else None
    found = predict(sources, vocab, config, workers, share, price, seed)
    table = Table("", "predicted", "from", "to", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, figure in found.predicted.items():
        unit, size = _UNITS.get(name, ("", 1))
        label = name.replace("_bytes", "").replace("_", " ")
        label = (
            f"{unit} for {count_of(workers, 'worker')}" if name == "seconds" else f"{label} {unit}"
        )
        table.add_row(label, *(_number(x / size) for x in vars(figure).values()))
    printing.console().print(table)
    for line in found.notes:
        note(f"note: {line}")
    note(
        f"{found.read / 1e6:,.1f} MB read of {found.opened / 1e6:,.1f} MB opened, "
        f"{found.read / found.corpus:.1%} of the corpus, in {found.seconds:.1f} s"
    )
    if save:
        save.parent.mkdir(parents=True, exist_ok=True)
        write_sealed(save, found)
        click.echo(str(save))


def _number(x: float) -> str:
    if x >= 1000 or x == round(x):
        return f"{x:,.0f}"
    return f"{x:,.1f}" if x >= 10 else f"{x:,.3g}"
