"""What is written lasts: whole, or not seen at all, after a loss of power too."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from albert_data.storage import atomic
from albert_data.storage.atomic import atomic_path, files_to_disk, to_disk, write_text


@pytest.fixture
def calls(monkeypatch) -> list[str]:
    """Names of what was fsynced and renamed, in order."""
    seen: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(opened: int) -> None:
        seen.append(f"sync {Path(os.readlink(f'/proc/self/fd/{opened}')).name.split('-')[-1]}")
        fsync(opened)

    def noted_replace(source: Path, target: Path) -> None:
        seen.append(f"rename {Path(target).name}")
        replace(source, target)

    monkeypatch.setattr(atomic.os, "fsync", noted_fsync)
    monkeypatch.setattr(atomic.os, "replace", noted_replace)
    return seen


def test_a_file_lasts_before_it_has_its_name_and_then_the_name_does(tmp_path, calls):
    folder = tmp_path / "folder"
    folder.mkdir()
    write_text(folder / "a.json", "{}")
    assert calls == ["sync a.json", "rename a.json", "sync folder"]


def test_a_file_that_is_checked_before_it_is_used_need_not(tmp_path, calls):
    with atomic_path(tmp_path / "block", lasting=False) as temporary:
        temporary.write_bytes(b"1")
    assert calls == ["rename block"]


def test_all_files_of_a_folder_and_its_name_are_made_to_last(tmp_path, calls):
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    for name in ("b", "a", "inner/c"):
        (folder / name).write_bytes(b"1")
    (folder / "link").symlink_to(folder / "a")
    files_to_disk(folder)
    assert calls == ["sync a", "sync b", "sync folder", f"sync {tmp_path.name.split('-')[-1]}"]


def test_an_error_of_the_disk_is_one_of_the_file_and_nothing_is_left(tmp_path, monkeypatch):
    def fails(opened: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(atomic.os, "fsync", fails)
    with pytest.raises(OSError) as caught:
        write_text(tmp_path / "a.json", "{}")
    assert caught.value.filename == str(tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_that_cannot_wait_for_its_disk_is_no_error(tmp_path, monkeypatch, number):
    def cannot(opened: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic.os, "fsync", cannot)
    to_disk(tmp_path)
    write_text(tmp_path / "a", "1")
    assert (tmp_path / "a").read_text() == "1"
