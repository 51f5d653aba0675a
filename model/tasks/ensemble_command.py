"""`ensemble`: several runs' stored predictions as one, as in section 4.9 of the paper. Nothing is trained.

    albert-finetune ensemble runs/rte-a runs/rte-b --data GLUE/RTE --output runs/rte-both --best 3

In: folders of runs with predictions of the development set, of any steps, seeds and sizes of model. Out:
OUTPUT/predictions-SPLIT.npz, read as any run's are; `ensemble.json` and `ensemble.md`, single against
ensemble. Predictions of test sets that all chosen members have are put together, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from albert_data.base import neutral
from albert_data.base.errors import ConfigError, DataError
from albert_data.storage.atomic import write_json, write_text

from ..failures import errors_shown
from ..help_text import NAMES, help_of
from .examples import Examples
from .features.make import digest
from .readers.find import read_task
from .scoring.ensembles import best_members, ensemble
from .scoring.members import Members, find_members
from .scoring.metrics import figure
from .scoring.predictions import Predictions, write_predictions
from .scoring.split_scores import split_scores
from .table import Task, find_task

ENSEMBLE = "ensemble"


class Scored(NamedTuple):
    """A member or the ensemble: its one figure, and the scores of each development set."""

    figure: float
    scores: dict[str, dict[str, float]]


@click.command("ensemble", context_settings=NAMES, help=help_of(__doc__))
@click.argument("runs", nargs=-1, required=True, metavar="RUN…")
@click.option("--data", required=True, help="That was predicted, as of training.")
@click.option("--output", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--best",
    type=click.IntRange(1, 10_000),
    help="Members: the best by development figure; else all.",
)
def ensemble_command(runs: tuple[str, ...], data: str, output: Path, best: int | None) -> None:
    with errors_shown():
        for line in make_ensemble(runs, data, output, best):
            click.echo(line)


def make_ensemble(
    runs: tuple[str, ...], data: str, output: Path, best: int | None = None
) -> list[str]:
    """Writes the ensemble and returns its table's lines.

    Args:
        runs: places of members.
        data: of the task, or a file of it.
        best: how many members; None: all.

    Raises:
        DataError: members of other tasks or examples, or other data than was predicted.
        ConfigError: fewer members than `best`.
    """
    members = find_members(runs)
    task = _task_of(members)
    examples = {split: read_task(data, task, split) for split in task.dev}
    for name, own in members.items():
        _check(name, own, examples)
    singles = {name: _score_member(task, name, own, examples) for name, own in members.items()}
    number = len(members) if best is None else best
    chosen = best_members({name: single.figure for name, single in singles.items()}, number)
    common = set.intersection(*(set(members[name]) for name in chosen))
    together = {
        split: ensemble(task, [members[name][split] for name in chosen])
        for split in sorted(common)
        if split in (*task.dev, *task.test)
    }
    scored = score_all(task, together, examples)
    output.mkdir(parents=True, exist_ok=True)
    for split, predictions in together.items():
        write_predictions(output / f"predictions-{split}.npz", predictions)
    lines = table_of(task, singles, chosen, scored)
    write_json(output / f"{ENSEMBLE}.json", _record(task, singles, chosen, scored))
    write_text(output / f"{ENSEMBLE}.md", "\n".join(lines) + "\n")
    return lines


def score_all(
    task: Task, own: Mapping[str, Predictions], examples: Mapping[str, Examples]
) -> Scored:
    """Scores on every development set, and the mean of their figures."""
    scores = {split: split_scores(task, own[split], held) for split, held in examples.items()}
    return Scored(figure(task, list(scores.values())), scores)


def _score_member(
    task: Task, name: str, own: Mapping[str, Predictions], examples: Mapping[str, Examples]
) -> Scored:
    """Raises DataError that names the member whose predictions cannot be scored, as of a diverged run."""
    try:
        return score_all(task, own, examples)
    except DataError as error:
        raise DataError(error.problem, where=name, fix="leave the run out") from None


def table_of(
    task: Task, singles: Mapping[str, Scored], chosen: list[str], together: Scored
) -> list[str]:
    """A Markdown table: members from the best to the worst, the ensemble below them."""
    columns = [(split, name) for split, of_split in together.scores.items() for name in of_split]
    several = len(together.scores) > 1
    names = [f"{split} {name}" if several else name for split, name in columns]
    lines = [_line([task.title, "", "figure", *names]), _line(["---"] * (3 + len(columns)))]

    def add(title: str, role: str, scored: Scored) -> None:
        cells = [f"{scored.scores[split][name]:.1f}" for split, name in columns]
        lines.append(_line([title, role, f"{scored.figure:.1f}", *cells]))

    order = sorted(singles, key=lambda name: (-singles[name].figure, name))
    for name in order:
        add(neutral.markdown(name), "member" if name in chosen else "", singles[name])
    best = max(single.figure for name, single in singles.items() if name in chosen)
    add(f"**ensemble of {len(chosen)}**", f"{together.figure - best:+.1f}", together)
    return lines


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _task_of(members: Members) -> Task:
    named = {next(iter(own.values())).task: name for name, own in members.items()}
    if len(named) > 1:
        told = ", ".join(f"{task} ({name})" for task, name in sorted(named.items()))
        raise DataError(f"runs of several tasks: {told}", fix="name runs of one")
    task = find_task(next(iter(named)))
    if not task.dev:
        raise ConfigError(
            f"{task.title} has no development set to choose by",
            fix="name runs of its training task",
        )
    return task


def _check(name: str, own: Mapping[str, Predictions], examples: Mapping[str, Examples]) -> None:
    """Raises DataError where a member lacks a development set, or predicted another one."""
    for split, held in examples.items():
        if split not in own:
            fix = "score the run on it, or leave the run out"
            raise DataError(f"no predictions of {split}", where=name, fix=fix)
        if own[split].examples != digest(held):
            problem = f"predictions of other examples than the {split} set of --data"
            fix = "predict the same split of the same data with every run"
            raise DataError(problem, where=name, fix=fix)


def _record(
    task: Task, singles: Mapping[str, Scored], chosen: list[str], together: Scored
) -> dict[str, Any]:
    """Plain, for JSON: a threshold of −∞ is None."""
    return {
        "task": task.name,
        "chosen": chosen,
        "members": {name: _plain(single) for name, single in singles.items()},
        ENSEMBLE: _plain(together),
    }


def _plain(scored: Scored) -> dict[str, Any]:
    scores = {
        split: {name: value if math.isfinite(value) else None for name, value in own.items()}
        for split, own in scored.scores.items()
    }
    return {"figure": scored.figure, "scores": scores}
