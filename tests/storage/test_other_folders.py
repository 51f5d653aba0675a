"""A folder of ours that is no shard set is told apart, with what was meant."""

from __future__ import annotations

import pytest

from tests.command_line import albert_data, fails


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
