"""A build whose files end in `.tfrecord` and `.tfrecord.gz`: every command and reader takes it."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from albert_data import open_shards
from tests.command_line import albert_data, shard_names, succeeds

NAME = "--set=shards.name=shards-{index}-of-{count}.tfrecord"


@pytest.fixture(scope="module", params=["none", "gzip"])
def renamed(request, tmp_path_factory, tiny_build) -> Path:
    """The tiny build, assembled anew under other names."""
    folder = tmp_path_factory.mktemp("renamed") / "shards"
    given = ["--workers=1", NAME, f"--set=shards.compression={request.param}"]
    succeeds(albert_data("remask", tiny_build / "tokens", "--output", folder, *given))
    return folder


def test_records_are_those_of_the_usual_names(renamed: Path, tiny_build: Path) -> None:
    names = shard_names(renamed)
    assert len(names) == 4 and len(set(name.partition(".")[2] for name in names)) == 1
    for name in names:
        bytes_read = (renamed / name).read_bytes()
        if name.endswith(".gz"):
            assert name.endswith(".tfrecord.gz")
            bytes_read = gzip.decompress(bytes_read)
        assert bytes_read == (tiny_build / name.partition(".")[0]).read_bytes()


def test_who_chooses_by_the_ending_finds_shards_alone(renamed: Path) -> None:
    found = [*renamed.glob("*.tfrecord"), *renamed.glob("*.tfrecord.gz")]
    assert sorted(path.name for path in found) == shard_names(renamed)


def test_commands_take_them(renamed: Path, tiny_build: Path, tmp_path: Path) -> None:
    succeeds(albert_data("verify", renamed))
    assert "is as its manifest claims" in albert_data("verify", renamed).err
    assert "shards-00000-of-00004.tfrecord" in succeeds(albert_data("inspect", renamed)).out
    one = renamed / shard_names(renamed)[0]
    succeeds(albert_data("inspect", one, "--vocab", renamed / "vocab.model"))
    succeeds(albert_data("report", renamed, "--output", tmp_path / "report.html"))
    assert (
        "0 only in the first, 0 only in" in succeeds(albert_data("diff", tiny_build, renamed)).out
    )
    assert succeeds(albert_data("clean", renamed)).out == ""
    succeeds(albert_data("export", renamed, "--to", "npz", "--output", tmp_path / "npz"))
    assert (tmp_path / "npz/shards-00000-of-00004.npz").is_file()
    succeeds(albert_data("verify", renamed, "--foreign"))


def test_readers_give_the_same_batches(renamed: Path, tiny_build: Path) -> None:
    first = next(open_shards(renamed).batches(8, seed=3))
    usual = next(open_shards(tiny_build).batches(8, seed=3))
    for name, values in usual.items():
        np.testing.assert_array_equal(first[name], values)
