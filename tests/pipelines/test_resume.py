"""Builds that are killed, interrupted or fail on the way: nothing is left running or half-written,
and the same command run again keeps what is finished and makes the bytes of an unbroken run."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from tests.command_line import (
    albert_data,
    content,
    fails,
    finish,
    leftovers,
    start,
    stop_at,
    succeeds,
    workers_of,
)

# A build's way through the disk: when it is stopped, at which rename to what, and what is there then.
MOMENTS = [
    ("after", "/tokens/units/", 2, "tokens/units/*.json", 2),
    ("before", "/tokens/tokens.json", 1, "tokens/units/*.json", 5),
    ("before", ".block", 4, "work/blocks/*.block", 3),
    ("after", "/shards-00001-", 2, "work/shards/*.json", 1),  # the shard, then its mark
    ("before", "/manifest.json", 1, "shards-0*", 4),
]


def finished_files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Inode and time of the files of every finished unit, block and shard."""
    units, shards = folder.glob("tokens/units/*.json"), folder.glob("work/shards/*.json")
    found = [*folder.glob("work/blocks/*.block")]
    for unit in units:
        found += [unit, *folder.glob(f"tokens/parts/{unit.stem}-*")]
    for shard in shards:
        found += [shard, folder / shard.stem]
    return {path: identity(path) for path in found if not path.name.startswith(".tmp-")}


def identity(path: Path) -> tuple[int, int]:
    return path.stat().st_ino, path.stat().st_mtime_ns


def kept(folder: Path, before: dict) -> bool:
    """Whether what was finished is as it was, but for work files that a whole build removes."""
    return all(
        identity(path) == known if path.exists() else not (folder / "work").exists()
        for path, known in before.items()
    )


def all_gone(processes, seconds: float) -> bool:
    """Whether all end in time; the dead that nobody waited for count as ended."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return all(p.status() == psutil.STATUS_ZOMBIE for p in alive if p.is_running())


def wait_for(path: Path, process) -> None:
    """Waits for a file that a started process makes."""
    while not path.exists():
        assert process.poll() is None, finish(process).err
        time.sleep(0.01)


def kill_at_every_moment(folder, stops, moments, jobs, workers):
    """Runs the build again and again, each time killed at the next moment."""
    for when, text, number, pattern, count in moments:
        before = finished_files(folder)
        environment = stop_at(stops, when, text, number)
        process = start(*jobs(folder, f"--workers={workers}"), **environment)
        assert finish(process).code == -signal.SIGKILL
        assert kept(folder, before), f"{when} {text}: something finished was made again"
        assert len(list(folder.glob(pattern))) >= count
        assert not (folder / "manifest.json").exists()


def test_a_build_killed_at_every_stage_is_resumed_to_the_same_bytes(tmp_path, jobs, embedded):
    folder = tmp_path / "shards"
    kill_at_every_moment(folder, tmp_path, [MOMENTS[0], *MOMENTS[2:4]], jobs, workers=1)
    before = finished_files(folder)
    last = stop_at(tmp_path, "after", "/manifest.json", 1)
    assert finish(start(*jobs(folder, "--workers=1"), **last)).code == -signal.SIGKILL
    assert content(folder) == content(embedded) and (folder / "work").is_dir()
    assert kept(folder, before)
    again = succeeds(albert_data(*jobs(folder, "--workers=1")))
    assert "is complete already" in again.err and leftovers(folder) == []
    assert content(folder) == content(embedded) and kept(folder, before)


@pytest.mark.slow
def test_two_workers_killed_at_every_moment_are_resumed_to_the_same_bytes(tmp_path, jobs, embedded):
    folder = tmp_path / "shards"
    first = [  # with two processes that count for themselves, a moment comes a little later
        ("before", "/tokens/vocab.model", 1, "build.json", 1),
        ("after", "/tokens/units/", 1, "tokens/units/*.json", 1),
    ]
    kill_at_every_moment(folder, tmp_path, [*first, *MOMENTS[1:]], jobs, workers=2)
    before = finished_files(folder)
    succeeds(finish(start(*jobs(folder, "--workers=2"))))
    assert content(folder) == content(embedded)
    assert leftovers(folder) == [] and kept(folder, before)


@pytest.mark.slow
def test_builds_killed_at_random_times_are_resumed_to_the_same_bytes(tmp_path, jobs, embedded):
    draw = random.Random(2)
    folder = tmp_path / "shards"
    for _ in range(6):
        process = start(*jobs(folder, "--workers=2"))
        with contextlib.suppress(psutil.TimeoutExpired):
            psutil.Process(process.pid).wait(draw.uniform(1, 7))
        workers = workers_of(process.pid) if process.poll() is None else []
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        finish(process)
        assert all_gone(workers, 5)
    succeeds(albert_data(*jobs(folder, "--workers=1")))
    assert content(folder) == content(embedded) and leftovers(folder) == []


@pytest.fixture
def halfway(tmp_path, jobs):
    """A build with two workers that waits in the middle of its first stage."""
    environment = stop_at(tmp_path, "wait after", "/tokens/units/", 1)
    process = start(*jobs(tmp_path / "shards", "--workers=2"), **environment)
    try:
        wait_for(tmp_path / "stopped", process)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def check_resumed(folder, jobs, embedded):
    assert not (folder / "manifest.json").exists()
    before = finished_files(folder)
    assert before
    succeeds(albert_data(*jobs(folder, "--workers=1")))
    assert kept(folder, before)
    assert content(folder) == content(embedded) and leftovers(folder) == []


def test_ctrl_c_ends_all_workers_and_says_so_in_one_line(tmp_path, halfway, jobs, embedded):
    workers = workers_of(halfway.pid)
    assert len(workers) == 2
    second = albert_data(*jobs(tmp_path / "shards", "--workers=1"))
    owner = f"(process {halfway.pid} of {socket.gethostname()})"
    fails(second, f"shards: another build is writing into this folder {owner}\n", code=2)
    os.killpg(halfway.pid, signal.SIGINT)
    result = finish(halfway)
    assert result.code == 130
    assert result.err.strip().splitlines()[-1] == "stopped; the same command goes on where it was"
    assert "error" not in result.err and "Traceback" not in result.err
    assert all_gone(workers, 0.5)
    check_resumed(tmp_path / "shards", jobs, embedded)


def test_workers_end_within_seconds_when_their_parent_is_killed(tmp_path, halfway, jobs, embedded):
    workers = workers_of(halfway.pid)
    assert len(workers) == 2
    halfway.kill()
    assert finish(halfway).code == -signal.SIGKILL
    assert all_gone(workers, 5)
    check_resumed(tmp_path / "shards", jobs, embedded)


@pytest.mark.slow
def test_a_killed_worker_ends_the_build_with_one_error(tmp_path, halfway, jobs, embedded):
    workers = workers_of(halfway.pid)
    workers[0].kill()
    result = finish(halfway)
    assert result.code == 1 and result.err.count("error:") == 1
    assert f"worker process {workers[0].pid}: killed" in result.err
    assert all_gone(workers, 5)
    check_resumed(tmp_path / "shards", jobs, embedded)
