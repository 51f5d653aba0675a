"""Shards in a store by TensorFlow's file systems, of which one in memory stands for Google's."""

import numpy as np
import pytest

from albert_data.storage import paths
from model import readers
from tests.model.backends import of_tensorflow
from tests.model.make_shards import write_shards

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
