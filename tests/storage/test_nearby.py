"""What is said of a place that is no finished build."""

from __future__ import annotations

import pytest

from albert_data.base.errors import DataError
from albert_data.storage.nearby import not_this
from model.shards import read_manifest
from tests.command_line import albert_data, fails


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


@pytest.mark.parametrize("command", [["inspect"], ["verify"], ["report"], ["diff"]])
def test_a_token_cache_is_told_from_shards(tiny_build, tmp_path, command):
    second = {"diff": [tiny_build], "report": ["--output", tmp_path / "r.html"]}
    given = [*command, tiny_build / "tokens", *second.get(command[0], [])]
    result = albert_data(*given)
    fails(result, "this is a token cache, which holds no records", "remask", code=result.code)
    assert result.code in (1, 2)


def test_a_grid_names_its_variants(tmp_path):
    (tmp_path / "ablation.json").write_text("{}")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    told = f"name one of them: {tmp_path}/a, {tmp_path}/b\n"
    fails(albert_data("inspect", tmp_path), "this is a grid's folder", told, code=2)


def test_an_unfinished_build_is_told_to_be_one(tmp_path):
    (tmp_path / "build.json").write_text("{}")
    fails(albert_data("inspect", tmp_path), "this build is not finished", code=2)


def test_the_trainer_tells_them_apart_too(tiny_build):
    with pytest.raises(DataError, match="this is a token cache"):
        read_manifest(str(tiny_build / "tokens"))
