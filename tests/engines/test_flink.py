"""Builds on a real Flink cluster: the same bytes as on this machine, whatever fails in each stage, or one
clear error and nothing that looks whole."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.command_line import (
    MERGING,
    PROGRAM,
    content,
    fails,
    finish,
    go_on,
    leftovers,
    mounted,
    remount,
    shard_names,
    start,
    stop_at,
    stopped_in,
    succeeds,
)
from tests.engines.servers import BIN, ENOUGH, ROOT, Server, free_port, running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

# The file at whose first rename a worker stops: the first one that is finished of a stage.
STAGES = {
    "tokenizing": "/tokens/units/",
    "masking": ".block",
    "merging": ".merged",
    "assembling": "/work/shards/",
}


def test_two_task_slots_make_the_same_bytes_as_this_machine(flink, jobs, embedded, tmp_path):
    options = [*flink.options, "--environment_type=LOOPBACK"]
    succeeds(finish(start(*jobs(tmp_path / "shards", *options)), ENOUGH))
    assert content(tmp_path / "shards") == content(embedded)


def test_flink_starts_worker_processes_by_itself(flink, jobs, embedded, tmp_path):
    command = json.dumps({"command": str(BIN / "albert-data-worker")})
    own = ["--environment_type=PROCESS", f"--environment_config={command}"]
    succeeds(finish(start(*jobs(tmp_path / "shards", *flink.options, *own)), ENOUGH))
    assert content(tmp_path / "shards") == content(embedded)


@pytest.mark.parametrize("stage", STAGES)
def test_a_task_manager_that_is_killed_is_replaced_and_the_bytes_are_the_same(
    flink, jobs, embedded, tmp_path, stage
):
    options = [*flink.options, "--environment_type=LOOPBACK"]
    stops = stop_at(tmp_path, "wait after", STAGES[stage], 1)
    program = MERGING if stage == "merging" else PROGRAM
    process = start(*jobs(tmp_path / "shards", *options), program=program, **stops)
    stopped_in(tmp_path, process)
    flink.task_manager.stop()
    flink.start_task_manager()
    go_on(tmp_path)
    succeeds(finish(process, ENOUGH))
    assert content(tmp_path / "shards") == content(embedded)


@contextlib.contextmanager
def worker_pool(
    folder: Path, environment: dict[str, str], before: Sequence[str] = ()
) -> Iterator[list[str]]:
    """Workers as processes of their own; yields Beam's options.

    `python` is not on the pool's PATH: it must find its own.
    """
    port = free_port()
    environment = {"PYTHONPATH": str(ROOT), **environment, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    command = [*before, BIN / "albert-data", "worker-pool", "--port", str(port)]
    pool = Server(command, folder / "pool.log", environment)
    with running(pool, lambda: "workers at" in pool.text()):
        yield ["--environment_type=EXTERNAL", f"--environment_config=localhost:{port}"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_that_is_killed_is_replaced_and_the_bytes_are_the_same(
    flink, jobs, embedded, tmp_path, stage
):
    with worker_pool(tmp_path, stop_at(tmp_path, "wait after", STAGES[stage], 1)) as external:
        program = MERGING if stage == "merging" else PROGRAM
        process = start(*jobs(tmp_path / "shards", *flink.options, *external), program=program)
        os.kill(stopped_in(tmp_path, process), signal.SIGKILL)
        succeeds(finish(process, ENOUGH))
    assert content(tmp_path / "shards") == content(embedded)
    assert leftovers(tmp_path / "shards") == []


def test_a_full_disk_ends_the_job_which_goes_on_elsewhere(flink, jobs, embedded, tmp_path):
    parts = ["vocab.model", "tokens/parts/*", "shards-*"]
    sizes = [sum(p.stat().st_size for p in embedded.glob(name)) for name in parts]
    room = int(sizes[0] + sizes[1] + 1.7 * sizes[2]) + 30_000  # records lie there twice for a time
    options = [*flink.options, "--environment_type=LOOPBACK"]
    with mounted(tmp_path / "disk", f"size={room}") as disk:
        folder = disk / "shards"
        result = finish(start(*jobs(folder, *options)), ENOUGH)
        fails(result, f"error: {folder}/", ": No space left on device", "make room there", code=1)
        assert not (folder / "manifest.json").exists() and not list(folder.rglob(".tmp-*"))
        remount(disk, "size=8m")
        succeeds(finish(start(*jobs(folder, "--workers=1"))))
        assert content(folder) == content(embedded) and leftovers(folder) == []


def test_workers_that_cannot_write_the_folder_end_the_job_with_one_error(flink, jobs, tmp_path):
    with mounted(tmp_path / "disk", "size=8m") as disk:
        # As on a machine of the cluster that has the shared folder mounted read-only.
        alone = [
            "unshare",
            "--mount",
            "sh",
            "-c",
            f'mount -o remount,bind,ro {disk} && exec "$@"',
            "-",
        ]
        with worker_pool(tmp_path, {}, alone) as external:
            process = start(*jobs(disk / "shards", *flink.options, *external))
            result = finish(process, ENOUGH)
        fails(result, f"error: {disk}/shards/", ": Read-only file system", "permissions", code=1)
        folder = disk / "shards"
        assert not (folder / "manifest.json").exists() and shard_names(folder) == []
