"""The page of pretraining runs, several side by side: ``albert-runs RUN…``.

Curves with what is reached without a model, phases, rate, norms, throughput, epochs and settings;
from each run's ``log.jsonl`` and ``model.json`` alone, also while it trains.
"""

from __future__ import annotations

import json
import os
import posixpath
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

import click

from albert_data.base.errors import DataError

from . import files
from .failures import errors_shown
from .help_text import NAMES, help_of
from .pages.content import Chart, Curve, Level, Page, Table
from .pages.picture import picture
from .pages.render import render
from .run_folder import Run, read_run
from .training.monitor import LOG
from .training.phases.plateau import Unigrams
from .training.phases.reading import Event, Facts, Phases

PAGE_FILE = "run.html"
POINTS = 600  # of a curve: more than a screen shows

# (title, (figure, its name), …, unit, factor): one chart each.
_CHARTS = (
    ("Masked-LM loss, nats", (("mlm_loss", ""), ("eval_mlm_loss", "held out")), "", 1.0),
    (
        "Sentence accuracy",
        (("sentence_accuracy", ""), ("eval_sentence_accuracy", "held out")),
        " %",
        100.0,
    ),
    ("Masked-LM accuracy", (("mlm_accuracy", ""), ("eval_mlm_accuracy", "held out")), " %", 100.0),
    ("Learning rate × 1,000", (("learning_rate", ""),), "", 1000.0),
    ("Gradient norm, largest of a line", (("gradient_norm", ""),), "", 1.0),
    ("Trust ratio, median of the weights", (("trust_ratio_median", ""),), "", 1.0),
    ("Thousand tokens a second", (("tokens_per_second", ""),), "", 1e-3),
    ("Share of the peak (MFU)", (("mfu", ""),), " %", 100.0),
    ("Times through the data", (("epoch", ""),), "", 1.0),
)


class Logged(NamedTuple):
    """A run as its folder has it."""

    name: str
    run: Run
    lines: list[Mapping[str, float]]
    events: list[Event]


def read(folder: str) -> Logged:
    """Reads a run and the phases of its curve.

    Raises:
        DataError: no run, or one without a log.
    """
    run, path = read_run(folder), posixpath.join(folder, LOG)
    whole = files.read_text(path).splitlines() if files.exists(path) else []
    lines = [json.loads(line) for line in whole if line.endswith("}")]
    if not lines:
        raise DataError("no log", where=path, fix="let the run train for some steps")
    last: dict[str, float] = {}
    for line in lines:
        last.update(line)
    entropy, words = last.get("mlm_loss_to_beat"), last.get("sentence_accuracy_to_beat")
    facts = Facts(Unigrams(entropy) if entropy else None, words, run.objective)
    phases = Phases(facts, int(run.train.get("batch_size", 1)))
    events = [event for line in lines for event in phases.add(line)]
    return Logged(posixpath.basename(folder.rstrip("/")) or folder, run, lines, events)


def page_of(runs: Sequence[Logged], title: str, places: Sequence[str]) -> Page:
    """The page of some runs."""
    first = runs[0]
    last = [one.lines[-1] for one in runs]
    tiles = (
        (f"{max(int(line['step']) for line in last):,}", "steps done"),
        (f"{_latest(first, 'mlm_loss'):.2f}", "masked-LM loss"),
        (f"{_latest(first, 'tokens'):,.0f}", "tokens seen"),
        (str(sum(len(one.run.rewinds) for one in runs)), "rewinds"),
    )
    return Page(
        title=title,
        kicker="Pretraining",
        lead=f"{', '.join(one.name for one in runs)}",
        tiles=tiles,
        table=_phases(runs) if any(one.events or one.run.rewinds for one in runs) else None,
        charts=tuple(chart for row in _CHARTS if (chart := _chart(runs, *row))),
        tables=(_settings(runs, places),),
    )


def _latest(one: Logged, name: str) -> float:
    return float(next((line[name] for line in reversed(one.lines) if name in line), float("nan")))


def _chart(
    runs: Sequence[Logged], title: str, figures: Sequence[tuple[str, str]], unit: str, factor: float
) -> Chart | None:
    curves, levels = [], []
    for one in runs:
        for figure, kind in figures:
            points = [(int(x["step"]), factor * x[figure]) for x in one.lines if figure in x]
            if points:
                seen = tuple(points[:: -(-len(points) // POINTS)])
                curves.append(Curve(", ".join(filter(None, (one.name, kind))), seen))
            beats = {x[f"{figure}_to_beat"] for x in one.lines if f"{figure}_to_beat" in x}
            for value in beats:
                told = "without a model" + (f", {kind}" if kind else "")
                if Level(told, factor * value) not in levels:
                    levels.append(Level(told, factor * value))
    if not curves:
        return None
    told = "; ".join(
        f"{one.name}, step {event.step:,}: {event.text}"
        for one in runs
        for event in one.events
        if title.startswith("Masked-LM loss")
    )
    return Chart(title, tuple(curves), tuple(levels), told, unit)


def _phases(runs: Sequence[Logged]) -> Table:
    rows = [
        (one.name, f"{event.step:,}", event.text)
        for one in runs
        for event in sorted(one.events, key=lambda event: event.step)
    ]
    rows += [
        (one.name, f"{back['step']:,}", f"went back to step {back.get('to', 0):,}: {back['why']}")
        for one in runs
        for back in one.run.rewinds
    ]
    return Table("Phases", ("run", "step", "what the curve says"), tuple(rows))


def _settings(runs: Sequence[Logged], places: Sequence[str]) -> Table:
    """Model, settings, data; a row each, a column a run."""
    whole = [
        {"folder": place, "engine": one.run.engine, "data": one.run.data,
         "begun with": one.run.init or "random weights",
         **one.run.model.to_dict(), **one.run.train}
        for one, place in zip(runs, places, strict=True)
    ]  # fmt: skip
    rows = tuple((key, *(str(one.get(key, "–")) for one in whole)) for key in whole[0])
    return Table("Settings", ("setting", *(one.name for one in runs)), rows)


@click.command(context_settings=NAMES, help=help_of(__doc__))
@click.argument("runs", nargs=-1, required=True)
@click.option("--output", help="Else run.html in the first run's folder.")
@click.option(
    "--picture", "picture_path", type=click.Path(path_type=Path), help="SVG of the losses."
)
@click.option("--title", default="", help="Else the first run's folder.")
def main(runs: tuple[str, ...], output: str | None, picture_path: Path | None, title: str) -> None:
    with errors_shown():
        logged = [read(folder) for folder in runs]
        page = page_of(logged, title or logged[0].name, runs)
        path = output or posixpath.join(runs[0], PAGE_FILE)
        files.write(path, render(page))
        if picture_path:
            picture_path.write_text(picture(page.charts[0]), encoding="utf-8")
        click.echo(os.fspath(path))


if __name__ == "__main__":
    main()
