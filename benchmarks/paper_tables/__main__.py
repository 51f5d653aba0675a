"""A table of the ALBERT paper in small, with a verdict on each of its claims: `make table3` … `make figure1`.

    python -m benchmarks.paper_tables table5 --scale tiny --books BOOKS/ --wikipedia DUMP --output FOLDER

In: a folder of plain-text books and a dump of Wikipedia. Two fifths of the documents are held out (`gpu`:
1 %); a vocabulary, a token cache and the variants of the data are made (`vocab`, `tokenize`, `ablate`), each
row is trained with each seed (`albert-train`) and scored on the held-out documents. Out: FOLDER/TABLE.md.
What is done is not done again, rows that tables share neither, so the same command goes on where it was
stopped.

The rows, figures and claims of each table: `tables`. Sizes: `scales`. The test of a claim: `verdicts`.
Cost at `tiny`, three seeds: docs/science.md has what was measured.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from benchmarks.record import conditions
from model.failures import errors_shown

from .data import make_data
from .programs import STOPPED, Stopped
from .report import page
from .runs import make, runs_of, write
from .scales import SCALES
from .tables import TABLES


@click.command(help=__doc__)
@click.argument("name", type=click.Choice(list(TABLES)))
@click.option("--scale", "size", type=click.Choice(list(SCALES)), default="tiny", show_default=True)
@click.option(
    "--books", required=True, type=click.Path(exists=True, path_type=Path), help="A folder."
)
@click.option("--wikipedia", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A dump, pages-articles.")  # fmt: skip
@click.option("--output", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(min=1))
def main(name: str, size: str, books: Path, wikipedia: Path, output: Path, seeds: int) -> None:
    scale = SCALES[size]
    table = TABLES[name](scale)
    output = output.resolve()
    about = {
        "day": time.strftime("%Y-%m-%d"),
        **conditions(os.getloadavg()[0]),
        "command": f"`make {name} SCALE={size} SEEDS={seeds} BOOKS=… WIKIPEDIA=…`",
    }
    try:
        with errors_shown():
            make_data(output / "data", books.resolve(), wikipedia.resolve(), scale, table.variants)
            runs = runs_of(table, scale, output, range(seeds))
            for done in range(seeds):  # the page of the seeds so far
                make([run for run in runs if run.seed == done], table.metrics, click.echo)
                of_seeds = [run for run in runs if run.seed <= done]
                write(output / f"{name}.md", page(table, of_seeds, about))
    except Stopped:
        click.echo("stopped; the same command goes on", err=True)
        sys.exit(STOPPED)
    click.echo(output / f"{name}.md")


if __name__ == "__main__":
    main()
