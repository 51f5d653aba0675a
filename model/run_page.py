"""The page of pretraining runs, several side by side: ``albert-runs RUN…``.

Curves with what is reached without a model, phases, rate, norms, throughput, memory, place in the data and
settings; from each run's ``log.jsonl`` and ``model.json`` alone, also while it trains. Where the shards hold
a ``report.html`` (``albert-data report``), or their data card, it is linked.
"""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

import click

from albert_data.base.errors import DataError

from . import files
from .failures import errors_shown
from .help_text import NAMES, help_of
from .pages.content import Chart, Curve, Level, Mark, Page, Table
from .pages.picture import picture
from .pages.render import render
from .run_folder import LOG, Run, read_log, read_run
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
    ("Memory of the host, GiB, the most so far", (("host_memory_gib", ""),), "", 1.0),
    ("Memory of a device, GiB, the most so far", (("device_memory_gib", ""),), "", 1.0),
    ("Place in the data: times through it", (("epoch", ""),), "", 1.0),
)


class Logged(NamedTuple):
    """A run as its folder has it."""

    name: str
    run: Run
    lines: Sequence[Mapping[str, float]]
    events: list[Event]


def read(folder: str) -> Logged:
    """Reads a run and the phases of its curve.

    Raises:
        DataError: no run, or one without a log.
    """
    run, lines = read_run(folder), read_log(folder)
    if not lines:
        where, fix = posixpath.join(folder, LOG), "let the run train for some steps"
        raise DataError("no log", where=where, fix=fix)
    last: dict[str, float] = {}
    for line in lines:
        last.update(line)
    entropy, words = last.get("mlm_loss_to_beat"), last.get("sentence_accuracy_to_beat")
    facts = Facts(Unigrams(entropy) if entropy else None, words, run.objective)
    drawn = not (run.init or run.branch)
    phases = Phases(facts, int(run.train.get("batch_size", 1)), drawn=drawn)
    events = [event for line in lines for event in phases.add(line)]
    return Logged(folder, run, lines, events)


def named(runs: Sequence[Logged]) -> list[Logged]:
    """The runs by the shortest ends of their folders that tell them apart."""
    parts = [one.name.rstrip("/").split("/") for one in runs]
    for most in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-most:]) for part in parts]
        if len(set(names)) == len(set(map(tuple, parts))):
            break
    return [one._replace(name=name or one.name) for one, name in zip(runs, names, strict=True)]


def page_of(runs: Sequence[Logged], title: str, places: Sequence[str]) -> Page:
    """The page of some runs."""
    runs = named(runs)
    return Page(
        title=title,
        kicker="Pretraining",
        lead=", ".join(one.name for one in runs),
        links=_links(runs),
        tiles=_tiles(runs[0]) if len(runs) == 1 else (),
        table=_phases(runs),
        charts=tuple(chart for row in _CHARTS if (chart := _chart(runs, *row))),
        tables=(*([_beside(runs)] if len(runs) > 1 else []), _settings(runs, places)),
    )


def _links(runs: Sequence[Logged]) -> tuple[tuple[str, str], ...]:
    """Of each data set the report, else the data card, that lies beside its shards on this machine."""
    found: dict[str, str] = {}
    for one in runs:
        for name, what in (("report.html", "report of the data"), ("README.md", "data card")):
            path = Path(one.run.shards) / name
            if one.run.shards and "://" not in one.run.shards and path.is_file():
                found.setdefault(path.as_uri(), what + (f" of {one.name}" if len(runs) > 1 else ""))
                break
    return tuple(found.items())


# (figure, what it is, its form): how far a run has come.
_REACHED = (
    ("step", "steps done", "{:,.0f}"),
    ("mlm_loss", "masked-LM loss", "{:.2f}"),
    ("eval_mlm_loss", "the same, held out", "{:.2f}"),
    ("eval_sentence_accuracy", "sentence accuracy, held out", "{:.1%}"),
    ("epoch", "times through the data", "{:.3g}"),
    ("examples", "examples seen", "{:,.0f}"),
    ("tokens", "tokens seen", "{:,.0f}"),
    ("device_memory_gib", "GiB of a device, at most", "{:.2f}"),
    ("host_memory_gib", "GiB of the host, at most", "{:.2f}"),
)


def _reached(one: Logged) -> dict[str, str]:
    """By what it is; what the log does not hold is left out."""
    found = {}
    for name, what, form in _REACHED:
        latest = next((line[name] for line in reversed(one.lines) if name in line), None)
        if latest is not None:
            found[what] = form.format(latest)
    return {**found, "rewinds": str(len(one.run.rewinds))}


def _tiles(one: Logged) -> tuple[tuple[str, str], ...]:
    return tuple((value, what) for what, value in _reached(one).items())


def _beside(runs: Sequence[Logged]) -> Table:
    """A row a run."""
    reached = [_reached(one) for one in runs]
    whats = [what for _, what, _ in _REACHED if any(what in one for one in reached)] + ["rewinds"]
    rows = [
        (one.name, *(found.get(what, "–") for what in whats))
        for one, found in zip(runs, reached, strict=True)
    ]
    return Table("Side by side", ("run", *whats), tuple(rows))


def _chart(
    runs: Sequence[Logged], title: str, figures: Sequence[tuple[str, str]], unit: str, factor: float
) -> Chart | None:
    curves: list[Curve] = []
    levels: list[Level] = []
    for one in runs:
        for figure, kind in figures:
            points = [(int(x["step"]), factor * x[figure]) for x in one.lines if figure in x]
            if points:
                seen = tuple(points[:: -(-len(points) // POINTS)])
                curves.append(Curve(", ".join(filter(None, (one.name, kind))), seen))
            beats = {x[f"{figure}_to_beat"] for x in one.lines if f"{figure}_to_beat" in x}
            for value in beats:
                told = "without a model" + (f", {kind}" if kind else "")
                if factor * value not in [level.value for level in levels]:
                    of = f", {one.name}" if any(level.name == told for level in levels) else ""
                    levels.append(Level(told + of, factor * value))
    if not curves:
        return None
    marks = []
    if title.startswith("Masked-LM loss"):
        at = {curve.name: number for number, curve in enumerate(curves)}
        marks = [
            Mark(event.since, at[one.name], event.text)
            for one in runs
            for event in one.events
            if one.name in at
        ]
    told = "Dotted upright lines: where a phase begins, in the colour of its run." if marks else ""
    decimals = 1 if unit else 2
    return Chart(title, tuple(curves), tuple(levels), told, unit, decimals, tuple(marks))


def _phases(runs: Sequence[Logged]) -> Table | None:
    """What happened, a row each; None where nothing did."""
    rows = [
        (one.name, f"{one.run.branch['step']:,}", _branched(one.run.branch))
        for one in runs
        if one.run.branch
    ]
    rows += [
        (one.name, f"{event.step:,}", event.text)
        for one in runs
        for event in sorted(one.events, key=lambda event: event.step)
    ]
    rows += [
        (one.name, f"{back['step']:,}", f"went back to step {back.get('to', 0):,}: {back['why']}")
        for one in runs
        for back in one.run.rewinds
    ]
    headings = ("run", "step", "what the curve says")
    return Table("Phases", headings, tuple(rows), ends_in_prose=True) if rows else None


def _branched(branch: Mapping[str, Any]) -> str:
    told = ", ".join(f"{x['setting']} {x['old']} → {x['new']}" for x in branch["changes"])
    return f"branched off {branch['run']}, {told or 'with the same settings'}"


def _begun_with(run: Run) -> str:
    branch = f"step {run.branch['step']} of {run.branch['run']}" if run.branch else ""
    return branch or run.init or "random weights"


def _hours(run: Run) -> str:
    """Of its steps; a run of an older version does not know them."""
    return f"{run.seconds_of_steps / 3600:.3g}" if run.seconds_of_steps else "–"


def _settings(runs: Sequence[Logged], places: Sequence[str]) -> Table:
    """Model, settings, data; a row each, a column a run."""
    whole = [
        {"folder": place, "engine": one.run.engine, "shards": one.run.shards or "–", "data": one.run.data,
         "begun with": _begun_with(one.run), "hours of its steps": _hours(one.run),
         **one.run.model.to_dict(), **one.run.train}
        for one, place in zip(runs, places, strict=True)
    ]  # fmt: skip
    keys = dict.fromkeys(key for one in whole for key in one)
    rows = tuple((key, *(str(one.get(key, "–")) for one in whole)) for key in keys)
    return Table("Settings", ("setting", *(one.name for one in runs)), rows, wraps=True)


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
        page = page_of(logged, title or named(logged)[0].name, runs)
        path = output or posixpath.join(runs[0], PAGE_FILE)
        files.write(path, render(page))
        if picture_path:
            files.write(str(picture_path), picture(page.charts[0]))
        click.echo(os.fspath(path))


if __name__ == "__main__":
    main()
