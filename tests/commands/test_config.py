"""`config`, and what a variant of a token cache begins with."""

from __future__ import annotations

import shutil

import pytest
import yaml

from albert_data.config.load import load
from albert_data.shards.manifest import read_manifest
from tests.command_line import albert_data, fails, succeeds


def printed(*arguments):
    return succeeds(albert_data("config", *arguments)).out


def test_a_variant_begins_with_the_configuration_of_the_build(tiny_build, tmp_path):
    made = succeeds(
        albert_data(
            "remask",
            tiny_build / "tokens",
            "--output",
            tmp_path / "a",
            "--set=masking.max_ngram=1",
            "--workers=1",
        )
    )
    before, after = read_manifest(tiny_build).config, read_manifest(tmp_path / "a").config
    assert after == {**before, "masking": {**before["masking"], "max_ngram": 1}}
    assert before["pairs"]["max_length"] != load().pairs.max_length
    said = f"other than the build of {tiny_build / 'tokens'}: masking.max_ngram 3 → 1"
    assert made.err.count("other than") == 1 and said in made.err


def test_a_build_is_taken_for_its_token_cache(tiny_build, tmp_path):
    one = ["--set=masking.max_ngram=1", "--workers=1"]
    made = succeeds(albert_data("remask", tiny_build, "--output", tmp_path / "a", *one))
    assert f"other than the build of {tiny_build / 'tokens'}: masking.max_ngram" in made.err
    grid = tmp_path / "grid.yaml"
    grid.write_text("base: {seed: 4}\ncross: {masking.max_ngram: [1, 2]}\n")
    told = succeeds(
        albert_data(
            "ablate", grid, "--tokens", tiny_build, "--output", tmp_path / "b", "--workers=1"
        )
    ).err
    own = read_manifest(tiny_build).config
    variant = read_manifest(tmp_path / "b/max_ngram=2").config
    assert variant == {**own, "seed": 4, "masking": {**own["masking"], "max_ngram": 2}}
    same = [line for line in told.splitlines() if line.startswith("other than")]
    assert same == [f"other than the build of {tiny_build / 'tokens'}: seed {own['seed']} → 4"]


def test_a_folder_without_tokens_is_told_where_those_of_a_build_are(tmp_path):
    made = albert_data("remask", tmp_path, "--output", tmp_path / "a")
    fails(made, "no complete token cache", "OUTPUT/tokens", code=2)


def test_a_share_in_per_cent_is_told_as_a_number():
    fails(albert_data("config", "--set=masking.rate=12.5%"), "share of 1: 0.125", code=2)
    fails(albert_data("config", "--set=masking.rate=much"), "the default is written: 0.15", code=2)


def test_tokens_that_keep_no_configuration_are_said_to(tiny_build, tmp_path):
    tokens = tmp_path / "tokens"
    shutil.copytree(tiny_build / "tokens", tokens)
    (tokens / "config.yaml").unlink()
    made = albert_data(
        "remask", tokens, "--output", tmp_path / "a", "--set=shards.count=1", "--workers=1"
    )
    assert "does not say what it was made for: the default, --config paper" in succeeds(made).err
    assert read_manifest(tmp_path / "a").config["pairs"]["max_length"] == 512


@pytest.mark.parametrize("name", ["", "manifest.json", "tokens/config.yaml"])
def test_the_configuration_of_a_build_is_a_configuration(tiny_build, name):
    lines = printed(tiny_build / name)
    assert printed("--config", tiny_build / name) == lines
    own = read_manifest(tiny_build).config
    if name == "tokens/config.yaml":
        own["masking"]["word_rule"] = "auto"  # settled by the vocabulary, at the build
    assert yaml.safe_load(lines) == own


def test_each_key_names_its_origin():
    lines = printed(
        "--config=tiny", "--set=masking.rate=0.2", "--set=masking.ngram_law=[0.5, 0.25, 0.25]"
    )
    assert yaml.safe_load(lines)["masking"]["ngram_law"] == [0.5, 0.25, 0.25]
    origin = {line.split(":")[0].strip(): line.rpartition("# ")[2] for line in lines.splitlines()}
    assert (origin["rate"], origin["max_length"], origin["compression"]) == (
        "--set",
        "tiny",
        "default",
    )


def test_what_is_printed_is_read_back(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(printed("--config=paper-128", "--set=sources.variant=zh-hant"))
    assert load(str(file)) == load("paper-128", ["sources.variant=zh-hant"])


def test_no_such_configuration(tmp_path, tiny_build):
    fails(albert_data("config", tmp_path), "no manifest.json")
    fails(albert_data("config", tmp_path / "a.yaml"), "no such configuration")
    fails(albert_data("config", tiny_build, "--config=tiny"), "SHARDS and --config")
