"""The one kind of failure a user sees."""

from __future__ import annotations

import errno
import os
import pickle
from pathlib import Path

import pytest

from albert_data.base.errors import ConfigError, DataError, file_of, fix_of, of_the_system


def test_the_message_says_where_what_and_the_fix():
    error = DataError("record 3 is damaged", where="shards-00000-of-00004", fix="build it again")
    assert str(error) == "shards-00000-of-00004: record 3 is damaged\n  fix: build it again"
    assert str(DataError("the disk is full", where="/data")) == "/data: the disk is full"
    assert str(DataError("the disk is full", fix="free some space")) == (
        "the disk is full\n  fix: free some space"
    )
    assert str(DataError("the disk is full")) == "the disk is full"


def test_settings_have_another_exit_code_than_data():
    assert DataError("x").exit_code == 1
    assert ConfigError("x").exit_code == 2
    assert isinstance(ConfigError("x"), DataError)


@pytest.mark.parametrize("kind", [DataError, ConfigError])
def test_errors_of_worker_processes_arrive_whole(kind):
    error = pickle.loads(pickle.dumps(kind("what", where="there", fix="so")))
    assert type(error) is kind
    assert (error.problem, error.where, error.fix) == ("what", "there", "so")
    assert str(error) == "there: what\n  fix: so"


@pytest.mark.parametrize(
    "number, told",
    [
        (errno.EFBIG, "ulimit -f"),
        (errno.EMFILE, "ulimit -n"),
        (errno.ENOSPC, "make room"),
        (errno.EACCES, "permissions"),
        (errno.EIO, "mend this, then do it again"),
    ],
)
def test_a_limit_of_the_system_is_told_with_what_lifts_it(number: int, told: str) -> None:
    fix = fix_of(OSError(number, os.strerror(number)), "do it again")
    assert told in fix and fix.endswith("then do it again")


def test_a_read_that_fails_names_the_file_that_was_open(tmp_path):
    memory = Path("/proc/self/mem")  # whose first bytes cannot be read
    with open(tmp_path / "outer", "wb"), pytest.raises(OSError) as caught:
        memory.read_bytes()
    assert caught.value.filename is None and file_of(caught.value) == str(memory)
    assert str(of_the_system(caught.value)).startswith(f"{memory}: Input/output error\n  fix: ")


def test_an_error_that_names_its_file_is_of_this_one_alone(tmp_path):
    with pytest.raises(OSError) as caught, open(__file__, "rb"):
        (tmp_path / "none").read_bytes()
    assert file_of(caught.value) == str(tmp_path / "none")
    assert file_of(OSError(errno.EIO, "")) == ""
