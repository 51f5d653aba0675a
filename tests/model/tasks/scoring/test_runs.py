from __future__ import annotations

import dataclasses
import math

import pytest

from albert_data.base.errors import DataError
from model.tasks.scoring.runs import Run, add_run, read_runs

RUN = Run(
    "rte",
    "albert-base",
    "runs/a",
    3,
    ((100, 60.0), (200, 70.5), (300, 70.5), (400, 69.0)),
    52.7,
    9.5,
)


def test_the_best_checkpoint_is_the_first_of_the_highest_figure():
    assert (RUN.best_step, RUN.best, RUN.last, RUN.failed) == (200, 70.5, 69.0, False)


def test_a_run_without_a_figure_failed():
    none = dataclasses.replace(RUN, curve=((100, None),))
    assert none.best_step == 0 and math.isnan(none.best) and math.isnan(none.last) and none.failed
    assert dataclasses.replace(RUN, curve=()).failed
    later = dataclasses.replace(RUN, curve=((100, 60.0), (200, None)))
    assert (later.best, later.best_step, later.failed) == (60.0, 100, False) and math.isnan(
        later.last
    )
    assert dataclasses.replace(RUN, majority=70.5).failed


def test_runs_come_back_and_the_later_line_of_a_run_counts(tmp_path):
    path = tmp_path / "new" / "runs.jsonl"
    assert read_runs(path) == []
    other = dataclasses.replace(RUN, seed=4, curve=((100, None),))
    again = dataclasses.replace(RUN, curve=((100, 61.0),))
    for run in (RUN, other, again):
        add_run(path, run)
    assert read_runs(path) == [again, other]
    assert path.read_text().count("\n") == 3


def test_a_line_that_was_cut_off_is_no_run_and_harms_none(tmp_path):
    path = tmp_path / "runs.jsonl"
    add_run(path, RUN)
    whole = path.read_bytes()
    for size in range(1, len(whole) - 1):
        path.write_bytes(whole + whole[:size])
        assert read_runs(path) == [RUN]
        other = dataclasses.replace(RUN, seed=4)
        add_run(path, other)
        assert read_runs(path) == [RUN, other]


@pytest.mark.parametrize("line", ["no json", "{}", '{"task": 7}', "[]"])
def test_a_line_that_is_no_run_is_one_clear_error(tmp_path, line):
    path = tmp_path / "runs.jsonl"
    add_run(path, RUN)
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(DataError, match="no run: ") as caught:
        read_runs(path)
    assert caught.value.where == f"{path}: line 2"
