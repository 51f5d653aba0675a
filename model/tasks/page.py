"""The page of fine-tuning runs: curves of each task, medians with quartiles beside the paper's figures.

In: a file of runs (`scoring/runs.py`), or a folder with some. Out: `results.html` beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from albert_data.base.errors import DataError
from albert_data.storage.atomic import write_text

from ..failures import errors_shown
from ..help_text import NAMES
from ..pages.content import Bar, Bars, Chart, Curve, Level, Page, Table
from ..pages.render import render
from .scoring.results import HEADINGS, Row, groups_of
from .scoring.runs import Run, read_runs

RUNS_FILE, PAGE_FILE = "runs.jsonl", "results.html"


def write_page(place: Path, title: str = "") -> Path:
    """Writes the page of the runs in a place and returns its path.

    Args:
        place: a file of runs, or a folder: all files `runs.jsonl` in and below it.
        title: empty: the folder's name.

    Raises:
        DataError: no runs, or a line that is none.
    """
    files = sorted(place.rglob(RUNS_FILE)) if place.is_dir() else [place]
    # A run that stands in two files, as of a task and of a suite, is one.
    runs = list(dict.fromkeys(run for file in files for run in read_runs(file)))
    if not runs:
        raise DataError("no runs", where=str(place), fix="fine-tune a task into it first")
    folder = place if place.is_dir() else place.parent
    path = folder / PAGE_FILE
    write_text(path, render(page_of(runs, title or folder.resolve().name)))
    return path


def page_of(runs: Sequence[Run], title: str) -> Page:
    """The page of some runs; those of one task, model and beginning are a row."""
    groups = groups_of(runs)
    rows = [row for row, _ in groups]
    hours = sum(run.seconds for run in runs) / 3600
    began = sorted({run.init or "random weights" for run in runs})
    models = sorted({run.model for run in runs})
    return Page(
        title=title,
        kicker="Fine-tuning",
        lead=f"{', '.join(models)} from {', '.join(began)}",
        tiles=(
            (str(len({row.task.name for row in rows})), "tasks"),
            (str(len(runs)), "runs"),
            (str(sum(row.failed for row in rows)), "failed: not above one answer for all"),
            (
                f"{hours:.1f}" if hours >= 1 else f"{60 * hours:.0f} min",
                "hours" if hours >= 1 else "of work",
            ),
        ),
        bars=Bars(
            "Medians",
            tuple(Bar(row.name, row.median, *row.quartiles, row.paper) for row in rows),
            note="The bar is the median of the runs' best figures on the development set, per cent; the "
            "band shows the quartiles, the tick the paper's figure of the same model where its table 2 has "
            "one.",
        ),
        table=Table(
            "Runs",
            HEADINGS,
            tuple(row.cells() for row in rows),
            note="“last” is the median of the last checkpoints.",
        ),
        charts=tuple(_chart(row, own) for row, own in groups),
    )


def _chart(row: Row, runs: Sequence[Run]) -> Chart:
    ordered = sorted(runs, key=lambda run: run.seed)
    levels = [Level("one answer for all", max(run.majority for run in runs))]
    if row.paper is not None:
        levels.insert(0, Level("paper", row.paper))
    return Chart(
        row.name,
        tuple(Curve(f"seed {run.seed}", run.curve, run.best_step) for run in ordered),
        tuple(levels),
        note=f"Figure on the development set ({', '.join(row.task.metrics)}); a dot is a run's best.",
        unit=" %",
    )


@click.command(
    "page", context_settings=NAMES, help="Writes results.html of the runs in and below a folder."
)
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--title", default="", help="Else the folder's name.")
def page_command(place: Path, title: str) -> None:
    with errors_shown():
        click.echo(write_page(place, title))
