"""Shards in an object store: a range a block, fetched once an epoch, within a limit of memory."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from albert_data import open_shards
from albert_data.base.errors import DataError
from albert_data.read.order import BLOCK
from albert_data.storage import paths
from tests.model.make_shards import write_shards
from tests.read.conftest import LENGTH, PREDICTIONS, VOCABULARY


class Folder(paths.Store):
    """A store whose objects are files of a folder; counts what is read."""

    def __init__(self, folder):
        self.folder, self.reads, self.lock = folder, [], threading.Lock()

    def _file(self, path):
        return self.folder / path.partition("://")[2].partition("/")[2]

    def status(self, path):
        found = self._file(path).stat()
        return paths.Status(found.st_size, str(found.st_mtime_ns))

    def read(self, path, begin, end):
        content = self._file(path).read_bytes()[begin:end]
        with self.lock:
            self.reads.append((path, len(content)))
        return content

    def list(self, prefix):
        folder = self._file(prefix)
        for file in folder.rglob("*") if folder.is_dir() else ():
            yield f"gs://bucket/{file.relative_to(self.folder)}", file.stat().st_size


COUNTS = [100, 0, 7, 150, 43]


@pytest.fixture
def store(tmp_path, monkeypatch):
    write_shards(tmp_path / "set", COUNTS, LENGTH, PREDICTIONS, VOCABULARY)
    next(open_shards(tmp_path / "set").batches(sum(COUNTS)))  # makes the offsets
    made = Folder(tmp_path)
    monkeypatch.setitem(paths._stores, "gs", lambda: made)
    return made


def of_records(store):
    return [size for path, size in store.reads if "/train-" in path and size > 6]


def test_an_epoch_is_that_of_local_files_and_reads_each_block_once(store):
    local, remote = open_shards(store.folder / "set"), open_shards("gs://bucket/set")
    both = (s.batches(20, seed=3, epochs=2, consumed=300) for s in (local, remote))
    for one, other in zip(*both, strict=True):
        for name, values in one.items():
            np.testing.assert_array_equal(other[name], values)
    whole = sum(shard.bytes for shard in local.manifest.shards)
    store.reads.clear()
    list(open_shards("gs://bucket/set").batches(20, seed=3, epochs=1))
    assert sum(of_records(store)) == whole
    pieces = -(-300 // BLOCK) + len(COUNTS)  # blocks that two shards share are read in two pieces
    assert len(of_records(store)) <= pieces


def test_hosts_share_a_block_only_where_their_rows_meet_in_it(store):
    sizes = []
    for host in range(2):
        store.reads.clear()
        remote = open_shards("gs://bucket/set")
        list(itertools.islice(remote.batches(2 * BLOCK, host=host, hosts=2, epochs=1), 3))
        sizes.append(sum(of_records(store)))
    whole = sum(shard.bytes for shard in remote.manifest.shards)
    assert whole <= sum(sizes) < 1.3 * whole and min(sizes) > 0.4 * whole


def test_memory_stays_below_its_limit(store):
    remote = open_shards("gs://bucket/set", memory=30_000)
    held = []
    for _ in itertools.islice(remote.batches(20, seed=3), 40):
        held.append(remote.sets[0].shards.ranges.held)
    assert 0 < max(held) <= 30_000


def test_any_record_and_evaluation(store):
    local, remote = open_shards(store.folder / "set"), open_shards("gs://bucket/set")
    for number in (0, 99, 100, 106, 107, 299):
        np.testing.assert_array_equal(remote[number]["input_ids"], local[number]["input_ids"])
    both = zip(local.evaluation(32), remote.evaluation(32), strict=True)
    assert all((one["input_ids"] == other["input_ids"]).all() for one, other in both)


def test_a_shard_without_offsets_is_read_once_in_one_pass(store):
    for path in (store.folder / "set").glob("offsets-*"):
        path.unlink()
    remote = open_shards("gs://bucket/set")
    list(remote.batches(20, epochs=1))
    store.reads.clear()
    list(open_shards("gs://bucket/set").batches(20, epochs=1))
    assert sum(of_records(store)) == sum(shard.bytes for shard in remote.manifest.shards)


def test_a_store_that_fails_is_named_and_a_later_try_may_succeed(store, monkeypatch):
    remote = open_shards("gs://bucket/set")
    assert remote[0]
    monkeypatch.setattr(
        Folder, "read", lambda *_: (_ for _ in ()).throw(OSError(5, "out of reach", "x"))
    )
    with pytest.raises(
        DataError, match="gs://bucket/set/train-00003-of-00005.tfrecord.*out of reach"
    ):
        remote[200]
    monkeypatch.undo()
    monkeypatch.setitem(paths._stores, "gs", lambda: store)
    assert remote[200]
