"""Sizes that nobody can mean: refused with the bound, before anything is made or long waited for."""

from __future__ import annotations

import shutil
import time

import pytest

from albert_data.base.errors import ConfigError
from albert_data.config.grid import MOST_VARIANTS, load_grid
from albert_data.config.load import read_file
from albert_data.config.yaml_text import MOST_CHARACTERS
from model.settings import load_settings
from tests.command_line import CORPUS, albert_data, fails

SECONDS = 10.0  # of this process's time; each was minutes, or did not end


@pytest.fixture(autouse=True)
def _at_once():
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


@pytest.fixture
def large_file(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.write(b"seed: 1\n#")
        stream.truncate(100 * 2**20)
    return path


READERS = {
    "settings": read_file,
    "settings of the trainer": lambda path: load_settings(str(path)),
    "grid": lambda path: load_grid(str(path)),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_settings_file_of_a_hundred_megabytes_is_refused(large_file, read):
    with pytest.raises(ConfigError, match=f"more than {MOST_CHARACTERS:,} characters"):
        read(large_file)


def test_a_settings_file_as_large_as_may_be_is_read(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_text(f"seed: 1\n#{'x' * (MOST_CHARACTERS - 9)}")
    assert read_file(path).seed == 1


@pytest.mark.parametrize("form", ["[{}]", "{{<<: [{}]}}"])
def test_aliases_that_stand_for_gigabytes_are_refused(tmp_path, form):
    """A few hundred bytes of YAML, which were printed in full."""
    path, inner = tmp_path / "laughs.yaml", "{a: x}"
    anchors = [f"&a0 {inner}"]
    anchors += [f"&a{n} {form.format(', '.join([f'*a{n - 1}'] * 9))}" for n in range(1, 12)]
    path.write_text(f"seed: [{', '.join(anchors)}]\n")
    with pytest.raises(ConfigError, match="with its aliases it has more than"):
        read_file(path)


def test_a_grid_of_a_million_variants_is_refused(tmp_path):
    path = tmp_path / "grid.yaml"
    axes = {"seed": 100, "pairs.dupe_factor": 100, "pairs.distinct": 100}
    path.write_text("cross:\n" + "".join(f"  {k}: {[*range(n)]}\n" for k, n in axes.items()))
    with pytest.raises(ConfigError, match=f"1,000,000 variants, of {MOST_VARIANTS:,} at most"):
        load_grid(str(path))


def test_more_pieces_than_can_be_and_more_workers_than_can_be_are_refused(tmp_path):
    vocab = albert_data("vocab", *CORPUS, "--size=2147483647", f"--output={tmp_path / 'v.model'}")
    assert vocab.code == 2 and "2147483647 is not in the range x<=1000000" in vocab.err
    build = albert_data("build", *CORPUS, "--vocab=none", "--output=none", f"--workers={10**9}")
    assert build.code == 2 and "1000000000 is not in the range x<=4096" in build.err
    assert not [*tmp_path.iterdir()]


def test_more_shards_than_there_can_be_examples_are_refused_before_one_is_made(
    tiny_build, tmp_path
):
    tokens = shutil.copytree(tiny_build / "tokens", tmp_path / "tokens")
    given = [tokens, f"--output={tmp_path / 'shards'}", "--workers=1"]
    ended = albert_data("remask", *given, "--set=shards.count=99999")
    fails(ended, "shards.count 99999: more shards than examples can be made of", code=2)
    assert not [*tmp_path.rglob("shards-*")]
