"""Figures of several runs of a task as a row: median, quartiles, best, last, failed; and the table of them.

A run failed where its best figure is not above that of one answer for all (`metrics.majority`), which
happens to RTE and CoLA; failed runs count in the median, for leaving them out is what makes medians
look better. Beside the row stands the paper's figure of the same model on the development set, where
its table 2 has one. Runs of another model or from other weights are a row apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from albert_data.base import neutral

from ..table import TASKS, Task, find_task
from .metrics import glue_average, table2_average
from .runs import Run

# Table 2 (development sets, 125,000 steps): SQuAD as the mean of F1 and EM, MNLI, SST-2, RACE.
_COLUMNS = ("squad1", "squad2", "mnli", "sst-2", "race")
PAPER: Mapping[str, Mapping[str, float]] = {
    model: dict(zip(_COLUMNS, figures, strict=True))
    for model, figures in {
        "bert-base": (86.8, 79.0, 84.5, 92.8, 68.2),
        "bert-large": (88.85, 83.6, 86.6, 93.0, 73.9),
        "albert-base": (85.8, 78.55, 81.6, 90.3, 64.0),
        "albert-large": (87.25, 80.85, 83.5, 91.7, 68.5),
        "albert-xlarge": (89.3, 84.6, 86.4, 92.4, 74.8),
        "albert-xxlarge": (91.2, 86.6, 88.0, 95.2, 82.3),
    }.items()
}
SOURCE = "paper: table 2 of arXiv 1909.11942 (development sets; models of 125,000 steps)"
HEADINGS = ("task", "runs", "median", "quartiles", "best", "last", "failed", "paper")


@dataclass(frozen=True)
class Row:
    """Several runs of a task: `median` and quartiles are of the best checkpoints, `last` is the median of the
    last ones; a run without a figure counts as 0. `name` is the task's, and says more where others of that
    task are beside it."""

    name: str
    task: Task
    runs: int
    median: float
    quartiles: tuple[float, float]
    best: float
    last: float
    failed: int
    paper: float | None

    def cells(self) -> tuple[str, ...]:
        """The row as text, one decimal."""
        figures = (f"{self.median:.1f}", "{:.1f} to {:.1f}".format(*self.quartiles))
        paper = "" if self.paper is None else f"{self.paper:.1f}"
        more = (f"{self.best:.1f}", f"{self.last:.1f}", str(self.failed), paper)
        return (self.name, str(self.runs), *figures, *more)


def groups_of(runs: Sequence[Run]) -> list[tuple[Row, list[Run]]]:
    """Runs of one task, model and beginning together, with their row, in the order of the tasks.

    Raises:
        ConfigError: a task that there is not.
    """
    groups: dict[tuple[str, str, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((find_task(run.task).name, run.model, run.init), []).append(run)
    order = list(TASKS)
    keys = sorted(groups, key=lambda key: (order.index(key[0]), *key[1:]))
    several = len({key[1:] for key in keys}) > 1
    return [
        (
            row_of(
                TASKS[task],
                groups[task, model, init],
                model,
                f", {model} from {init or 'random weights'}" if several else "",
            ),
            groups[task, model, init],
        )
        for task, model, init in keys
    ]


def row_of(task: Task, runs: Sequence[Run], model: str = "", more: str = "") -> Row:
    """The row of a task.

    Args:
        runs: at least one.
        model: name of the model's configuration, for the paper's figure.
        more: behind the task's name.
    """
    best = np.nan_to_num([run.best for run in runs], nan=0.0)
    last = np.nan_to_num([run.last for run in runs], nan=0.0)
    low, median, high = np.percentile(best, [25, 50, 75]).tolist()
    return Row(
        f"{task.title}{more}",
        task,
        len(runs),
        median,
        (low, high),
        float(best.max()),
        float(np.median(last)),
        sum(run.failed for run in runs),
        PAPER.get(model, {}).get(task.name),
    )


def results_table(rows: Sequence[Row]) -> str:
    """A Markdown table of the rows in the order of the tasks, and the averages that can be made of them: none
    where a task has several rows."""
    order = list(TASKS)
    rows = sorted(rows, key=lambda row: order.index(row.task.name))
    lines = [_line(HEADINGS), _line(["---"] * len(HEADINGS)), *(_line(row.cells()) for row in rows)]
    medians = {row.task.name: row.median for row in rows if math.isfinite(row.median)}
    if len(medians) < len(rows):
        medians = {}
    for title, average in (
        ("GLUE, mean of nine tasks", glue_average(medians)),
        ("Table 2's average of five", table2_average(medians)),
    ):
        if average is not None:
            lines.append(_line([f"**{title}**", "", f"{average:.1f}", *[""] * 5]))
    if any(row.paper is not None for row in rows):
        lines += ["", SOURCE]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(neutral.markdown(cell) for cell in cells)} |"
