"""Shards without a manifest, packed ones, and what is kept of them: offsets and unpacked copies."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from albert_data import open_shards
from albert_data.base.errors import DataError
from albert_data.shards.offsets import read_offsets, write_offsets
from tests.model.make_shards import example, write_shards
from tests.read.conftest import LENGTH, PREDICTIONS, VOCABULARY


def made(folder, counts, **more):
    return write_shards(folder, counts, LENGTH, PREDICTIONS, VOCABULARY, **more)


def check_all(shards, count):
    assert len(shards) == count
    for number in range(count):
        for name, values in shards[number].items():
            expected = example(number, LENGTH, PREDICTIONS, VOCABULARY)[name]
            np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_files_without_a_manifest_are_read_by_name(tmp_path, gzip):
    made(tmp_path, [5, 0, 3], gzip=gzip)
    (tmp_path / "manifest.json").unlink()
    (tmp_path / "notes.txt").write_text("not a shard")
    shards = open_shards(tmp_path)
    assert (shards.max_length, shards.max_predictions) == (LENGTH, PREDICTIONS)
    assert shards.manifest is None
    check_all(shards, 8)
    batch = next(shards.batches(8, seed=1))
    assert batch["input_ids"][:, 1].tolist() == shards.order(0, 8, seed=1).tolist()
    first = open_shards(sorted(tmp_path.glob("train-*"))[0])
    check_all(first, 5)


def test_no_shards_at_all_is_said(tmp_path):
    with pytest.raises(DataError, match="manifest"):
        open_shards(tmp_path)
    with pytest.raises(DataError):
        open_shards(tmp_path / "not-there")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(DataError, match="no pretraining example"):
        open_shards(tmp_path / "empty")


def test_a_file_that_is_no_tfrecord_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"some text that is no TFRecord file at all")
    with pytest.raises(DataError, match="cut off or its length is damaged"):
        open_shards(tmp_path / "file")


def cached() -> list[str]:
    """Names of what lies in the user's cache."""
    found = (name for _, _, names in os.walk(os.environ["XDG_CACHE_HOME"]) for name in names)
    return sorted(name for name in found if "train" in name)


def test_offsets_are_kept_beside_our_shards_and_in_the_cache_for_others(tmp_path):
    ours, others = made(tmp_path / "ours", [3]), made(tmp_path / "others", [3])
    (others / "manifest.json").unlink()
    name = "offsets-train-00000-of-00001.tfrecord.offsets"
    check_all(open_shards(ours), 3)
    assert (ours / name).is_file() and cached() == []
    check_all(open_shards(others), 3)
    assert not (others / name).exists() and cached() == [name]


def test_a_folder_that_cannot_be_written_is_read_all_the_same(tmp_path, monkeypatch):
    folder = made(tmp_path, [3])

    def refuse(path, *_):
        if path.parent == folder:
            raise PermissionError(13, "Permission denied", str(path))
        write_offsets(path, *_)

    monkeypatch.setattr("albert_data.read.shard_bytes.write_offsets", refuse)
    check_all(open_shards(folder), 3)
    assert cached() == ["offsets-train-00000-of-00001.tfrecord.offsets"]


def test_offsets_of_a_shard_of_another_content_are_made_anew(tmp_path):
    one, two = made(tmp_path / "one", [5, 3]), made(tmp_path / "two", [3, 5])
    check_all(open_shards(one), 8)
    for path in one.glob("offsets-*"):
        shutil.copy(path, two / path.name)
    check_all(open_shards(two), 8)


def test_damaged_offsets_are_made_anew(tmp_path):
    folder = made(tmp_path, [5])
    check_all(open_shards(folder), 5)
    path = folder / "offsets-train-00000-of-00001.tfrecord.offsets"
    whole = path.read_bytes()
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        check_all(open_shards(folder), 5)
        assert path.read_bytes() == whole
    for at in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[at] ^= 4
        path.write_bytes(damaged)
        check_all(open_shards(folder), 5)
        assert path.read_bytes() == whole


def test_offsets_come_back_as_they_were_for_their_content_alone(tmp_path):
    offsets = np.array([0, 5, 9, 2**40])
    write_offsets(tmp_path / "offsets", "a" * 64, offsets)
    np.testing.assert_array_equal(read_offsets(tmp_path / "offsets", "a" * 64), offsets)
    assert read_offsets(tmp_path / "offsets", "b" * 64) is None
    assert read_offsets(tmp_path / "none", "a" * 64) is None


def test_a_foreign_file_that_is_written_again_is_counted_again(tmp_path):
    made(tmp_path, [5])
    (tmp_path / "manifest.json").unlink()
    check_all(open_shards(tmp_path), 5)
    made(tmp_path, [4])
    (tmp_path / "manifest.json").unlink()
    check_all(open_shards(tmp_path), 4)


def test_packed_shards_are_unpacked_once_up_to_a_limit(tmp_path):
    folder = made(tmp_path, [5, 3], gzip=True)
    check_all(open_shards(folder), 8)
    copies = [name for name in cached() if not name.startswith("offsets")]
    assert copies == ["train-00000-of-00002.tfrecord.gz", "train-00001-of-00002.tfrecord.gz"]
    check_all(open_shards(folder), 8)
    with pytest.raises(DataError, match="need more than 2,000 bytes unpacked"):
        check_all(open_shards(folder, disk=2000), 8)


def test_a_build_writes_the_offsets_that_a_reader_would_make(tmp_path, tiny_build):
    written = {path.name: path.read_bytes() for path in tiny_build.glob("offsets-*")}
    assert len(written) == len(list(tiny_build.glob("shards-*")))
    folder = tmp_path / "copy"
    shutil.copytree(tiny_build, folder)
    for path in folder.glob("offsets-*"):
        path.unlink()
    shards = open_shards(folder)
    next(shards.batches(len(shards)))
    assert {path.name: path.read_bytes() for path in folder.glob("offsets-*")} == written
