"""Benchmarks leave a dated file a run, with what a figure is worth nothing without."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from benchmarks.record import Record


def test_run_leaves_a_dated_file_of_its_rows_and_conditions(tmp_path: Path) -> None:
    with Record("masking", "what", "measured", folder=tmp_path) as record:
        record.row("one process", "28,000 examples/s")
    (path,) = tmp_path.iterdir()
    assert path.name == f"{date.today()}-masking.md"
    text = path.read_text(encoding="utf-8")
    assert text.endswith(
        "| what | measured |\n| --- | --- |\n| one process | 28,000 examples/s |\n"
    )
    for condition in ("command", "commit", "machine", "load at the start", "versions"):
        assert re.search(rf"^- {condition}: \S", text, re.M)


def test_second_run_of_a_day_keeps_the_first(tmp_path: Path) -> None:
    for _ in range(2):
        with Record("masking", "what", folder=tmp_path):
            pass
    today = date.today()
    assert {p.name for p in tmp_path.iterdir()} == {f"{today}-masking.md", f"{today}-masking-2.md"}


def test_run_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Record("masking", "what", folder=tmp_path) as record:
        record.row("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_row_that_does_not_fit_the_headings_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 cells under 1"), Record("masking", "what") as record:
        record.row("one process", "28,000 examples/s")
