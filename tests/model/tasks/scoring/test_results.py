from __future__ import annotations

from dataclasses import replace

import pytest

from model.tasks.scoring.results import groups_of, results_table, row_of
from model.tasks.scoring.runs import Run
from model.tasks.table import TASKS


def runs(*figures, majority=50.0):
    """Runs whose figure falls by one after the best."""
    return [
        Run(
            "rte",
            "albert-base",
            "x",
            seed,
            ((100, None), (200, best), (300, best and best - 1)),
            majority,
        )
        for seed, best in enumerate(figures)
    ]


def test_a_row_has_median_and_quartiles_of_all_runs():
    row = row_of(TASKS["rte"], runs(60.0, 70, 64, 62, 90))
    assert (row.runs, row.median, row.quartiles, row.best, row.last) == (5, 64, (62, 70), 90, 63)
    assert row.failed == 0 and row.paper is None


def test_runs_not_above_one_answer_for_all_failed_and_count():
    row = row_of(TASKS["rte"], runs(50.0, 49.0, None, 60.0, 70.0))
    assert row.failed == 3 and row.median == 50 and row.quartiles == (49, 60)


def test_the_papers_figure_stands_beside_the_same_model():
    assert row_of(TASKS["squad2"], runs(1.0), "albert-base").paper == pytest.approx(78.55)
    assert row_of(TASKS["squad2"], runs(1.0), "albert-tiny").paper is None
    assert row_of(TASKS["cola"], runs(1.0), "albert-base").paper is None


def test_the_table_is_in_the_order_of_the_tasks_with_the_averages_that_can_be_made():
    names = ("race", "squad1", "mnli", "squad2", "sst-2")
    rows = [row_of(TASKS[name], runs(80.0, 82), "albert-base") for name in names]
    assert results_table(rows).splitlines() == [
        "| task | runs | median | quartiles | best | last | failed | paper |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| SST-2 | 2 | 81.0 | 80.5 to 81.5 | 82.0 | 80.0 | 0 | 90.3 |",
        "| MNLI | 2 | 81.0 | 80.5 to 81.5 | 82.0 | 80.0 | 0 | 81.6 |",
        "| SQuAD 1.1 | 2 | 81.0 | 80.5 to 81.5 | 82.0 | 80.0 | 0 | 85.8 |",
        "| SQuAD 2.0 | 2 | 81.0 | 80.5 to 81.5 | 82.0 | 80.0 | 0 | 78.5 |",
        "| RACE | 2 | 81.0 | 80.5 to 81.5 | 82.0 | 80.0 | 0 | 64.0 |",
        "| **Table 2's average of five** |  | 81.0 |  |  |  |  |  |",
        "",
        "paper: table 2 of arXiv 1909.11942 (development sets; models of 125,000 steps)",
    ]
    assert "average" not in results_table(rows[:4])
    assert results_table([row_of(TASKS["rte"], runs(60.0))]).count("\n") == 3
    twice = [*rows, row_of(TASKS["race"], runs(70.0), "albert-base", ", from elsewhere")]
    assert "average" not in results_table(
        twice
    ) and "| RACE, from elsewhere | 1 |" in results_table(twice)


def test_runs_of_another_beginning_are_a_row_apart():
    other = [replace(run, init="y") for run in runs(70.0)]
    rows = [row for row, _ in groups_of([*runs(60.0, 62.0), *other])]
    assert [(row.name, row.runs, row.median) for row in rows] == [
        ("RTE, albert-base from x", 2, 61.0),
        ("RTE, albert-base from y", 1, 70.0),
    ]
    assert [row.name for row, _ in groups_of(runs(60.0))] == ["RTE"]
