"""Shards in a store by TensorFlow's file systems, of which one in memory stands for Google's."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from albert_data.storage import paths
from model import readers
from tests.model.backends import of_tensorflow
from tests.model.fake_storage import FakeStorage
from tests.model.make_shards import write_shards
from tests.shared import ROOT

pytestmark = of_tensorflow


class InMemory(readers.TensorFlowStore):
    def status(self, path):
        return super().status(path.replace("gs://", "ram://"))

    def read(self, path, begin, end):
        return super().read(path.replace("gs://", "ram://"), begin, end)


@pytest.fixture
def without_client(monkeypatch):
    monkeypatch.setattr(paths, "_stores", {})
    monkeypatch.setattr(readers, "TensorFlowStore", InMemory)
    monkeypatch.setattr(readers, "_has_client", lambda: False)


def test_shards_of_a_store_are_read_without_its_client(tmp_path, monkeypatch, without_client):
    import tensorflow as tf

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write_shards(tmp_path / "shards", [130, 9])
    for path in folder.iterdir():
        with tf.io.gfile.GFile(f"ram://bucket/shards/{path.name}", "wb") as file:
            file.write(path.read_bytes())
    found = next(readers.open_reader("gs://bucket/shards").batches(139, seed=1))
    expected = next(readers.open_reader(str(folder)).batches(139, seed=1))
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)


def test_what_is_not_there_is_no_file(without_client):
    with pytest.raises(FileNotFoundError):
        InMemory().status("gs://bucket/nothing")


def test_the_client_is_taken_where_it_is_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "_stores", {})
    monkeypatch.setattr(readers, "_has_client", lambda: True)
    readers.open_reader(str(write_shards(tmp_path, [3])))
    assert not paths._stores


READ = """
from model.tpu_environment import set_for
with set_for("tensorflow", "cpu", ""):
    import tensorflow
from model import readers
readers._has_client = lambda: False
shards = readers.open_reader("gs://bucket/shards")
print([int(number) for number in next(shards.batches(64, seed=1, threads=0))["input_ids"][:, 1]])
"""


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_part_of_an_object_is_fetched_and_not_the_64_megabytes_behind_it(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write_shards(tmp_path / "shards", [1500], length=512, predictions=77)
    shards = readers.open_reader(str(folder))
    expected = next(shards.batches(64, seed=1))["input_ids"][:, 1]  # makes the offsets
    storage = FakeStorage(tmp_path, tmp_path)
    variables = {**os.environ, **storage.variables, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", READ], env=variables, capture_output=True, text=True, timeout=200
    )
    storage.close()
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == str(expected.tolist())
    of_records = [size for name, size in storage.sent if name.startswith("shards/train-")]
    blocks = len({number // 64 for number in shards.order(0, 64, seed=1).tolist()})
    assert sum(of_records) <= (blocks + 1) * (2**19 + 1)  # one more for the first bytes of the file
    assert shards.manifest.shards[0].bytes > 2 * sum(of_records)
