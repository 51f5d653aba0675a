"""Little memory, few descriptors, no more processes, no HOME: one error, and then the same bytes."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import threading
from multiprocessing import process

import pytest
from albert_pipelines.local.crew import Crew

from albert_data.base import kernels
from albert_data.base.errors import DataError
from tests.command_line import PROGRAM, albert_data, content, fails, finish, start, succeeds


def under(limits: str, *arguments, **environment):
    """A command in a process of its own under limits of the shell's `ulimit`."""
    program = ["sh", "-c", f'{limits} exec "$@"', "sh", *PROGRAM]
    return finish(start(*arguments, program=program, **environment), 280)


@pytest.mark.slow
@pytest.mark.parametrize("limits", ["ulimit -n 12;", "ulimit -v 300000;"])
def test_a_build_under_a_limit_is_one_error_and_without_it_the_same_bytes(
    tmp_path, jobs, embedded, limits
):
    given = jobs(tmp_path / "shards", "--workers=2")
    ended = under(limits, *given)
    fails(ended, code=1)
    succeeds(albert_data(*given))
    assert content(tmp_path / "shards") == content(embedded)


def few_processes(most: int) -> list[str]:
    """What begins a command that may have so many processes and threads, or skips.

    The limit counts all of a user and does not bind root: another user, one for each limit since tests may
    run side by side, who may read what root owns.
    """
    allowed = "+dac_override"
    another = ["setpriv", f"--reuid={65_000 + most}", "--regid=65534", "--clear-groups"]
    another += [f"--inh-caps={allowed}", f"--ambient-caps={allowed}", "prlimit", f"--nproc={most}"]
    if (
        not all(map(shutil.which, ("setpriv", "prlimit")))
        or subprocess.run([*another, "true"], capture_output=True).returncode
    ):
        pytest.skip(
            "needs root, setpriv and prlimit: a user of its own whose processes are counted"
        )
    return another


@pytest.mark.slow
@pytest.mark.parametrize("most", [3, 5, 6])
def test_a_build_with_few_processes_is_one_error_and_without_the_limit_the_same_bytes(
    tmp_path, jobs, embedded, most
):
    given = jobs(tmp_path / "shards", "--workers=3")
    program, cache = [*few_processes(most), *PROGRAM], str(tmp_path / "cache")
    ended = finish(start(*given, program=program, HOME=cache, XDG_CACHE_HOME=cache), 280)
    fails(ended, "raise the limit on processes", code=1)
    succeeds(albert_data(*given))
    assert content(tmp_path / "shards") == content(embedded)


@pytest.mark.slow
def test_a_build_without_a_home_that_can_be_written_is_made(tmp_path, jobs, embedded):
    given = jobs(tmp_path / "shards", "--workers=2")
    nowhere = {"HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none"}
    assert under("", *given, **nowhere).code == 0
    assert content(tmp_path / "shards") == content(embedded)


def no_thread(*_):
    raise RuntimeError("can't start new thread")


def no_process(*_):
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def no_memory(*_):
    raise MemoryError


@pytest.mark.parametrize(
    ("place", "name", "instead", "said"),
    [
        (threading.Thread, "start", no_thread, "no more processes or threads can be started"),
        (process.BaseProcess, "start", no_process, "raise the limit on processes (ulimit -u 4096)"),
        (threading.Thread, "start", no_memory, "raise the limit on memory (ulimit -v unlimited)"),
    ],
)  # fmt: skip
def test_what_cannot_be_started_is_one_error_and_then_the_same_bytes(
    tmp_path, monkeypatch, jobs, embedded, place, name, instead, said
):
    given = jobs(tmp_path / "shards", "--workers=2")
    with monkeypatch.context() as patched:
        patched.setattr(place, name, instead)
        fails(albert_data(*given), said, code=1)
    succeeds(albert_data(*given))
    assert content(tmp_path / "shards") == content(embedded)


def test_a_worker_that_may_not_start_a_thread_says_so_and_prints_nothing(monkeypatch, capfd):
    crew = Crew()
    with monkeypatch.context() as patched:
        # So that workers are forked, and with them what stands for a thread's start.
        patched.setattr(threading, "active_count", lambda: 1)
        patched.setattr(threading.Thread, "start", no_thread)
        crew.hire(2)
    with pytest.raises(DataError, match="no more processes or threads can be started") as found:
        crew.run(str, ["an element"] * 3, [], len)
    crew.close()
    assert "raise the limit on processes (ulimit -u 4096)" in found.value.fix
    assert capfd.readouterr() == ("", "")


def test_memory_that_ends_a_compiler_is_refused_before_it_begins(monkeypatch):
    """LLVM ends the process where it gets none."""
    monkeypatch.setattr(resource, "getrlimit", lambda which: (600_000_000, 600_000_000))
    with pytest.raises(DataError, match=r"0\.6 GB are allowed \(ulimit -v\)"):
        kernels._need_memory()
    monkeypatch.setattr(resource, "getrlimit", lambda which: (resource.RLIM_INFINITY,) * 2)
    kernels._need_memory()
