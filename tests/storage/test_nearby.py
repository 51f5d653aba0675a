"""What is said of a place that is no finished build."""

from __future__ import annotations

import pytest

from albert_data.storage.nearby import not_this


@pytest.fixture
def home(tmp_path):
    for name in ("demo/shards/manifest.json", "demo/report.html", "demo/work/x", "empty/file"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    "name, problem, fix",
    [
        ("demo", "none", "did you mean {}/demo/shards?"),
        ("empty", "none", "make one"),
        ("nowhere", "no such folder", "check the path, or make one"),
        ("demo/shards/manifest.json", "is a file, not a folder", "name the folder: {}/demo/shards"),
        ("demo/report.html", "is a file, not a folder", "name a folder"),
    ],
)
def test_what_was_meant_is_told(home, name, problem, fix):
    told = not_this(home / name, "manifest.json", "none", "make one")
    assert told == (problem, fix.format(home))


def test_of_many_folders_three_are_told(tmp_path):
    for number in range(5):
        (tmp_path / f"s{number}").mkdir()
        (tmp_path / f"s{number}/manifest.json").write_text("")
    _, fix = not_this(tmp_path, "manifest.json", "none", "make one")
    assert fix == f"did you mean {tmp_path}/s0 or {tmp_path}/s1 or {tmp_path}/s2?"
