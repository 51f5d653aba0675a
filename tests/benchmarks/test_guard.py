"""The guard against slowness: what it warns of, what it fails at, and what it compares."""

from __future__ import annotations

import json
import time
from functools import partial

import pytest

from benchmarks import guard
from benchmarks.guard import Row, ratio_of, verdict
from benchmarks.record import Record


@pytest.mark.parametrize(
    ("measured", "told"),
    [(2.4, "ok"), (1.5, "ok"), (1.49, "slower"), (1.0, "slower"), (0.99, "FAILED")],
)
def test_a_quarter_below_the_committed_ratio_is_told_and_half_of_it_fails(measured, told):
    assert verdict(measured, 2.0) == told
    assert verdict(measured, None) == "new"


def spin(seconds: float):
    def work(_) -> None:
        began = time.process_time()
        while time.process_time() - began < seconds:
            pass

    return work


def test_work_is_compared_with_its_yardstick_by_processor_time():
    assert ratio_of(Row("", spin(0.08), spin(0.02)), None, runs=3) == pytest.approx(0.25, abs=0.1)


def test_a_row_that_fails_is_an_exit_code_and_committing_writes_every_row(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "COMMITTED", tmp_path / "guard.json")
    monkeypatch.setattr(guard, "RUNS", 1)
    monkeypatch.setattr(guard, "ROWS", (Row("spin", spin(0.02), spin(0.02)),))
    assert guard.main(["demo", "--commit"]) == 0
    assert json.loads((tmp_path / "guard.json").read_text()).keys() == {"spin"}
    (tmp_path / "guard.json").write_text('{"spin": 9.0}')
    assert guard.main(["demo"]) == 1


def test_recorded_ratios_are_a_dated_file_beside_the_committed_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "COMMITTED", tmp_path / "guard.json")
    monkeypatch.setattr(guard, "RUNS", 1)
    monkeypatch.setattr(guard, "ROWS", (Row("spin", spin(0.02), spin(0.02)),))
    monkeypatch.setattr(guard, "Record", partial(Record, folder=tmp_path))
    (tmp_path / "guard.json").write_text('{"spin": 0.125}')
    assert guard.main(["demo", "--record"]) == 0
    (file,) = tmp_path.glob("*-yardsticks.md")
    assert "| spin | 1." in (text := file.read_text()) or "| spin | 0.9" in text
    assert "| 0.125 |" in text


def test_every_row_has_a_committed_ratio():
    assert json.loads(guard.COMMITTED.read_text()).keys() == {row.name for row in guard.ROWS}
