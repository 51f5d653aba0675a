"""A folder of the user's own under /tmp, where others may have been first."""

from __future__ import annotations

import os
import tempfile

import pytest

from albert_data.base.errors import DataError
from albert_data.base.private import is_own, own_folder
from albert_data.storage import locks
from albert_data.storage.build_folder import claim, look


@pytest.fixture
def shared(monkeypatch, tmp_path):
    """The place of the folder under the system's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"albert-data-{os.getuid()}"


def test_it_is_made_for_nobody_else_and_found_again(shared):
    assert own_folder() == shared == own_folder()
    assert shared.stat().st_mode & 0o777 == 0o700


def test_a_link_a_file_and_a_folder_that_others_may_write_are_refused(shared, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    shared.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="link"):
        own_folder()
    shared.unlink()
    shared.touch()
    with pytest.raises(FileExistsError):
        own_folder()
    shared.unlink()
    shared.mkdir()
    for mode in (0o777, 0o770, 0o1777):
        shared.chmod(mode)
        assert not is_own(shared)
        with pytest.raises(PermissionError):
            own_folder()


def test_another_users_folder_is_not_ones_own(shared, monkeypatch):
    own_folder()
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    assert not is_own(shared)


def test_a_lock_that_is_a_link_cuts_no_other_file_off(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("all of it")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".lock").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"), locks.held(folder):
        pass
    for begin in (lambda: claim(folder).__enter__(), lambda: look(folder)):
        with pytest.raises(DataError, match="a symbolic link out of the folder"):
            begin()
    assert victim.read_text() == "all of it"


@pytest.mark.parametrize("name", ["work", "tokens", "held-out", "work/blocks"])
def test_a_link_in_an_output_folder_is_not_followed_out_of_it(tmp_path, name):
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    for each in (folder, elsewhere):
        each.mkdir()
    (folder / "build.json").write_text("{}")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(DataError, match=f"{name}: a symbolic link out of the folder, to "):
        claim(folder).__enter__()
    (folder / name).unlink()
    with claim(folder):
        pass
