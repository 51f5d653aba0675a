"""A stored file with any field changed, under a seal that fits: one error that names the file, or none.

The fields are those of a real build, each replaced by values of every kind.
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from albert_data.base.errors import DataError
from albert_data.insight.data_card import data_card
from albert_data.insight.shard_set import open_shards
from albert_data.schema import BuildIdentity, Difficulty, Manifest, Run, TokenIndex
from albert_data.shards.manifest import read_manifest
from albert_data.storage.sealed import parse_sealed, read_marker, seal_of
from tests.damaged_json import DEEP, VALUES, places, with_value

FILES = {
    "manifest.json": Manifest,
    "build.json": BuildIdentity,
    "run.json": Run,
    "difficulty.json": Difficulty,
    "tokens/tokens.json": TokenIndex,
}


def changed(content: dict, at: tuple, value: Any, kind: str) -> bytes:
    """The file with another value in one place, sealed anew."""
    made = with_value({k: v for k, v in content.items() if k != "seal"}, at, value)
    return json.dumps({**made, "seal": seal_of(made, kind)}).encode()


@pytest.fixture(scope="module")
def folder(tiny_build, tmp_path_factory) -> Path:
    return Path(shutil.copytree(tiny_build, tmp_path_factory.mktemp("damaged") / "shards"))


@pytest.mark.parametrize("name", FILES)
def test_any_field_of_any_kind_is_read_or_one_error_that_names_the_file(folder, name):
    kind, content = FILES[name], json.loads((folder / name).read_text())
    for at in places(content):
        if at[0] == "seal":
            continue
        for value in VALUES:
            try:
                parse_sealed(changed(content, at, value, kind.__name__), kind, name)
            except DataError as error:
                assert error.where == name and error.fix, (at, value)
                str(error).encode()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "text", [DEEP, "[]", "7", '"x"', "", "{", '{"a": ' + DEEP + "}", "9" * 10_000]
)
def test_what_is_no_such_file_is_damaged(tmp_path, name, text):
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(DataError, match="file.json"):
        parse_sealed(path.read_bytes(), FILES[name], str(path))
    assert read_marker(path, FILES[name]) is None


def test_half_a_surrogate_pair_is_no_text_and_a_whole_one_is(folder):
    content = json.loads((folder / "run.json").read_text())
    whole = changed(content, ("command",), "\U0001f600", "Run")
    assert b"\\ud83d" in whole
    assert parse_sealed(whole, Run, "run.json").command == "\U0001f600"
    with pytest.raises(DataError, match="surrogates"):
        parse_sealed(changed(content, ("command",), "a\udcff", "Run"), Run, "run.json")


@pytest.mark.parametrize("seed", range(4))
def test_a_build_whose_manifest_was_changed_is_shown_or_is_one_error(folder, tmp_path, seed):
    """What a manifest says is used by what opens, reads and describes the build."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path, drawn = copy / "manifest.json", random.Random(seed)
    content = json.loads(path.read_text())
    all_places = [at for at in places(content) if at[0] != "seal"]
    for _ in range(60):
        at, value = drawn.choice(all_places), drawn.choice(VALUES)
        path.write_bytes(changed(content, at, value, "Manifest"))
        for use in (open_shards, lambda where: data_card(read_manifest(where))):
            try:
                use(copy)
            except (DataError, OSError):  # a name may be too long: commands say so in one line
                continue
            except Exception as error:
                raise AssertionError(f"{at} = {str(value)[:40]!r}: {error!r}") from error


def test_a_manifest_without_a_key_of_its_settings_is_damaged(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / "manifest.json"
    content = json.loads(path.read_text())
    masking = {key: value for key, value in content["config"]["masking"].items() if key != "rate"}
    path.write_bytes(changed(content, ("config", "masking"), masking, "Manifest"))
    with pytest.raises(DataError, match=r"config lacks masking\.rate"):
        read_manifest(copy)
