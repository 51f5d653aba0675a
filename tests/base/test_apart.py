"""A call in a child: what it gives comes back, and its end ends nobody else."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from albert_data.base.apart import Ended, apart
from albert_data.base.errors import DataError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux alone")


def test_what_it_returns_comes_back_from_another_process():
    found, process = apart(lambda: ([1, "two"], os.getpid()))
    assert found == [1, "two"] and process != os.getpid()


@pytest.mark.parametrize("error", [DataError("wrong", where="file", fix="mend"), ValueError("no")])
def test_what_it_raises_is_raised(error):
    def fails() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        apart(fails)
    assert str(caught.value) == str(error)


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL])
def test_its_end_is_told_by_the_signal(number, capfd):
    with pytest.raises(Ended, match=number.name):
        apart(lambda: os.kill(os.getpid(), number))
    assert capfd.readouterr().err == ""


def test_an_exit_is_told_by_its_code():
    with pytest.raises(Ended, match="exit code 3"):
        apart(lambda: os._exit(3))


def test_nothing_is_left_open():
    before = sorted(os.listdir("/proc/self/fd"))
    apart(lambda: 1)
    with pytest.raises(Ended):
        apart(lambda: os._exit(1))
    assert sorted(os.listdir("/proc/self/fd")) == before
