"""`estimate`: what a build will make and cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError
from albert_data.commands import tables
from albert_data.commands.options import (
    LOCATION,
    MOST,
    Amount,
    SourceOption,
    config_option,
    note,
    pseudo_option,
    read_config,
    sentences_option,
    set_option,
)
from albert_data.commands.suggestions import TakesSettings

if TYPE_CHECKING:
    from albert_data.schema import Place

_UNITS = {
    "shard_bytes": ("MB", 1e6),
    "provenance_bytes": ("MB", 1e6),
    "cache_bytes": ("MB", 1e6),
    "work_bytes": ("MB", 1e6),
    "memory_bytes": ("MB", 1e6),
    "seconds": ("minutes", 60),
}


@click.command(cls=TakesSettings)
@click.option("--source", "sources", cls=SourceOption, multiple=True, metavar="KIND:PATH")
@click.option("--vocab", type=LOCATION, help="SentencePiece .model file; with --source.")
@click.option(
    "--scale",
    "sizes",
    multiple=True,
    metavar="[KIND:]SIZE",
    help="Of a corpus that is not here, unpacked (24GB, wikipedia:24GB) or packed (22GB.bz2); the"
    " sources are a sample of it, or there are none.",
)
@config_option
@set_option
@sentences_option
@pseudo_option
@click.option("--sample", metavar="SHARE", help="Of the corpus.  [default: 5%, 8 to 64 MB]")
@click.option(
    "--seed", type=click.IntRange(0, MOST), default=0, show_default=True, help="Another sample."
)
@click.option(
    "--workers",
    type=click.IntRange(1, MOST),
    default=1,
    show_default=True,
    help="Processes the time is for, each on a core of its own.",
)
@click.option(
    "--machines",
    type=click.IntRange(1, MOST),
    default=8,
    show_default=True,
    help="Of Dataflow, two cores each.",
)
@click.option("--price-per-core-hour", "price", type=Amount(0, 1e9), metavar="P")
@click.option(
    "--machine-price",
    type=Amount(0, 1e9),
    metavar="P",
    help="Of two cores for an hour, in place of list prices.",
)
@click.option(
    "--save", type=LOCATION, help="As JSON; OUTPUT/estimate.json is shown in the build's report."
)
def estimate(
    sources: Sequence[str],
    vocab: Path | None,
    sizes: Sequence[str],
    config_name: str,
    overrides: Sequence[str],
    sentences: str | None,
    pseudo_documents: int | None,
    sample: str | None,
    seed: int,
    workers: int,
    machines: int,
    price: float | None,
    machine_price: float | None,
    save: Path | None,
) -> None:
    """Predicts tokens, records, bytes, memory, time and price of a build from a sample of its sources, or
    from its size alone."""
    from albert_data.corpus.plan import plan_all, refuse_input_as_output
    from albert_data.examples.budget import settled
    from albert_data.insight.estimate.elsewhere import predict_sizes
    from albert_data.insight.estimate.look import parse_share, parse_size
    from albert_data.insight.estimate.predict import predict
    from albert_data.shards.foreseen import foreseen
    from albert_data.storage.file_names import ESTIMATE
    from albert_data.storage.outputs import refuse_output
    from albert_data.storage.sealed import write_sealed

    refuse_output(save, "--save", named=ESTIMATE, inputs=[str(vocab)] if vocab else [])
    config = settled(read_config(config_name, overrides, sentences, pseudo_documents))
    if save and sources:
        refuse_input_as_output(plan_all(sources, config.sources), str(save))
    share = parse_share(sample) if sample is not None else None
    scaled = [parse_size(size) for size in sizes]
    if sources and vocab:
        found = predict(
            sources, vocab, config, workers, share, price, seed, scaled, machines, machine_price
        )
    elif scaled and not sources:
        found = predict_sizes(scaled, config, workers, price, seed, machines, machine_price)
    else:
        option = "--vocab" if sources else "--source"
        fix = "give --source KIND:PATH --vocab FILE, or --scale SIZE for a corpus that is not here"
        raise ConfigError("what is to be estimated?", where=f"no {option}", fix=fix)
    from rich.table import Table

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
    tables.console().print(table)
    _show_places(found.places)
    for line in foreseen(config):
        note(f"warning: {line}")
    for line in found.notes:
        note(f"note: {line}")
    if found.beyond:
        note(
            f"{found.read / 1e6:,.1f} MB read of {found.opened / 1e6:,.1f} MB opened, "
            f"{found.read / found.corpus:.2%} of the corpus, in {found.seconds:.1f} s"
        )
    if save:
        save.parent.mkdir(parents=True, exist_ok=True)
        write_sealed(save, found)
        click.echo(str(save))


def _show_places(places: Sequence[Place]) -> None:
    from rich.table import Table

    table = Table("where", "processes", "minutes", "USD", "price", box=None, pad_edge=False)
    for column in table.columns[1:4]:
        column.justify = "right"
    for place in places:
        usd = "" if place.usd is None else f"{place.usd:,.2f}"
        row = (place.name, f"{place.workers:,}", _number(place.seconds / 60), usd, place.basis)
        table.add_row(*row)
    console = tables.console()
    console.print()
    console.print(table)


def _number(x: float) -> str:
    if x >= 1000 or x == round(x):
        return f"{x:,.0f}"
    return f"{x:,.1f}" if x >= 10 else f"{x:,.3g}"
