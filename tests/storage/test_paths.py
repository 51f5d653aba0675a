"""Paths of this machine and of object stores; the stores themselves are tested under engines/."""

import pickle
from pathlib import Path

import pytest

from albert_data.base.errors import ConfigError
from albert_data.storage.paths import RemotePath, fill, is_remote, location, open_binary


def test_a_path_without_a_scheme_is_an_ordinary_one(tmp_path):
    assert location("a/b") == Path("a/b") and type(location("a")) is type(Path("a"))
    assert not is_remote("C:/x") and not is_remote("a://b"[:2]) and is_remote("gs://b/x")


def test_a_remote_path_is_joined_and_taken_apart_as_a_local_one():
    path = location("gs://bucket/made//shards/") / "work" / "x.block"
    assert str(path) == f"{path}" == "gs://bucket/made/shards/work/x.block"
    assert (path.name, path.suffix, str(path.parent)) == (
        "x.block",
        ".block",
        "gs://bucket/made/shards/work",
    )
    assert str(path.with_name("y")) == "gs://bucket/made/shards/work/y"
    assert type(path.parent) is RemotePath
    assert pickle.loads(pickle.dumps(path)) == path == location(str(path))


@pytest.mark.parametrize(
    ("path", "message"),
    [("ftp://host/x", "no such kind of storage"), ("s3:///", "no bucket in this path")],
)
def test_a_path_that_names_no_store_is_refused(path, message):
    with pytest.raises(ConfigError, match=f"{path}: {message}"):
        location(path)


def test_ranges_are_read_exactly_and_one_beyond_the_end_is_an_error(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    first, second = bytearray(3), bytearray(4)
    fill([(path, 2, memoryview(first)), (path, 6, memoryview(second))])
    assert (bytes(first), bytes(second)) == (b"234", b"6789")
    with pytest.raises(OSError, match="it ends before byte 12: .*a"):
        fill([(path, 8, memoryview(second))])
    with open_binary(path) as stream:
        assert stream.read(2) == b"01"
