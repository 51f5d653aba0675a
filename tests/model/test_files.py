"""Files by the standard library, by TensorFlow's file systems and by the library's stores: one behaviour."""

import errno
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from albert_data.storage import paths
from model import files
from tests.memory_store import MemoryStore


@pytest.fixture(params=["here", "tensorflow", "library"])
def folder(request, tmp_path, monkeypatch):
    if request.param == "here":
        return str(tmp_path / "folder")
    if request.param == "tensorflow":
        return f"ram://{tmp_path.name}/folder"
    store = MemoryStore()
    monkeypatch.setattr(paths, "_stores", {"s3": lambda: store})
    monkeypatch.delitem(sys.modules, "tensorflow")
    return "s3://bucket/folder"


def test_what_is_written_is_read_and_listed(folder):
    assert not files.exists(f"{folder}/a") and files.names(folder) == []
    files.make_folder(folder)
    files.write(f"{folder}/b", "Zeile\n")
    files.write(f"{folder}/a", b"\x00\x01\x02")
    files.write(f"{folder}/b", "ü\n")
    assert files.exists(f"{folder}/a") and files.is_folder(folder)
    assert not files.is_folder(f"{folder}/a")
    assert files.names(folder) == ["a", "b"]
    assert files.read(f"{folder}/a", 2) == b"\x00\x01" and files.read_text(f"{folder}/b") == "ü\n"


def test_a_file_grows_at_its_end_and_is_made_where_there_is_none(folder):
    files.make_folder(folder)
    for line in (b"1\n", b"2\n", b"3\n"):
        files.append(f"{folder}/log", line)
    assert files.read(f"{folder}/log") == b"1\n2\n3\n"


def test_a_file_is_removed_once_or_more_often(folder):
    files.make_folder(folder)
    files.write(f"{folder}/a", b"x")
    files.remove(f"{folder}/a")
    files.remove(f"{folder}/a")
    assert files.names(folder) == []


def test_a_file_is_copied_into_every_kind_of_folder_and_out(folder, tmp_path):
    (tmp_path / "source").write_bytes(b"content")
    files.make_folder(folder)
    files.copy(str(tmp_path / "source"), f"{folder}/copy")
    files.copy(f"{folder}/copy", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == b"content"


def test_what_is_not_there_is_an_error_with_its_name(folder):
    with pytest.raises(FileNotFoundError) as missing:
        files.read(f"{folder}/nothing")
    assert missing.value.filename == f"{folder}/nothing"


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("before")

    def full(self, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError) as error:
        files.write(str(path), "after")
    assert error.value.filename == str(path) and path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "kind, said, number, reason",
    [
        (tf.errors.PermissionDeniedError, "the reason\nand where", errno.EACCES, "the reason"),
        (tf.errors.UnavailableError, "the reason\nand where", errno.EIO, "the reason"),
        (
            tf.errors.ResourceExhaustedError,
            "{{function_node x}} /a; No space left on device [Op:SaveV2]",
            errno.ENOSPC,
            "No space left on device",
        ),
        (
            tf.errors.FailedPreconditionError,
            "/a; No such device or address",
            errno.ENXIO,
            "No such device or address",
        ),
    ],
)
def test_what_a_store_says_through_tensorflow_is_an_error_with_the_files_name(
    monkeypatch, kind, said, number, reason
):
    def refuse(path):
        raise kind(None, None, said)

    monkeypatch.setattr(tf.io.gfile, "exists", refuse)
    with pytest.raises(OSError) as error:
        files.exists("gs://bucket/file")
    found = error.value
    assert (found.errno, found.strerror) == (number, reason)
    assert found.filename == "gs://bucket/file"
