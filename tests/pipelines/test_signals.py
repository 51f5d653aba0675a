"""Signals that meet a build while it starts its workers: it ends at once, in silence, with nothing left
running, and the same command makes the bytes of a build that nobody disturbed."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from tests.command_line import albert_data, content, finish, leftovers, python_path, start, succeeds

# Read by Python at the start of a process: when the n-th worker's start is at a moment, the process
# sends itself, or all of its group, a signal, once or twice, and goes on.
SIGNAL_AT = """
import os, signal, sys, time
from multiprocessing import popen_fork, process
moment, worker, number, pauses, group = os.environ["SIGNAL_AT"].split("|")
seen = dict.fromkeys(("asked", "launched", "known", "started"), 0)
me = os.getpid()
def at(name):
    if os.getpid() != me:
        return
    seen[name] += 1
    if name == moment and seen[name] == int(worker):
        with open(os.environ["SIGNAL_SIGN"], "w"):
            pass
        for pause in pauses.split(","):
            os.kill(0 if group else os.getpid(), int(number))
            time.sleep(float(pause))
def wrapped(owner, name, before, after):
    function = getattr(owner, name)
    def call(*args, **kwargs):
        at(before)
        result = function(*args, **kwargs)
        at(after)
        return result
    setattr(owner, name, call)
wrapped(process.BaseProcess, "start", "asked", "started")
wrapped(popen_fork.Popen, "_launch", "launched", "known")
"""
MOMENTS = ("asked", "launched", "known", "started")  # in their order
ONE, TWO, AT_ONCE = "0.5", "0.05,0.5", "0,0.5"


def left_of(session: int) -> list[psutil.Process]:
    """Processes of a session that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def check_signals(tmp_path, jobs, number, moment, worker, pauses, group=""):
    (tmp_path / "sitecustomize.py").write_text(SIGNAL_AT)
    environment = {
        "PYTHONPATH": python_path(tmp_path),
        "SIGNAL_AT": f"{moment}|{worker}|{int(number)}|{pauses}|{group}",
        "SIGNAL_SIGN": str(tmp_path / "sent"),
    }
    process = start(*jobs(tmp_path / "shards", "--workers=2"), **environment)
    result = finish(process)
    case = f"{number.name} {moment} {worker} {pauses} {group}: {result}"
    assert (tmp_path / "sent").exists(), case
    assert result.code == 128 + number, case
    said = [line for line in result.err.splitlines() if line]
    assert said in ([], ["stopped; the same command goes on where it was"]), case
    end = time.monotonic() + 5
    while left := left_of(process.pid):
        assert time.monotonic() < end, f"{case} {left}"
        time.sleep(0.05)
    assert not (tmp_path / "shards" / "manifest.json").exists()


def check_resumed(tmp_path, jobs, embedded):
    succeeds(albert_data(*jobs(tmp_path / "shards", "--workers=1")))
    assert content(tmp_path / "shards") == content(embedded)
    assert leftovers(tmp_path / "shards") == []


@pytest.mark.parametrize("moment", [pytest.param("asked", marks=pytest.mark.slow), "known"])
def test_two_signals_while_a_worker_is_started_end_all(tmp_path, jobs, embedded, moment):
    check_signals(tmp_path, jobs, signal.SIGTERM, moment, 2, TWO)
    check_resumed(tmp_path, jobs, embedded)


def test_ctrl_c_of_a_terminal_while_workers_start_is_one_line(tmp_path, jobs):
    check_signals(tmp_path, jobs, signal.SIGINT, "started", 1, ONE, "group")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("worker", [1, 2])
def test_signals_at_every_moment_of_a_worker_s_start_end_all(
    tmp_path, jobs, embedded, number, worker
):
    for turn, moment in enumerate(MOMENTS, worker + number):
        pauses = (ONE, TWO, AT_ONCE)[turn % 3]
        check_signals(tmp_path, jobs, number, moment, worker, pauses, ("", "group")[turn % 2])
    check_resumed(tmp_path, jobs, embedded)
