"""Flink while something fails in each stage: the same bytes in the end, or one clear error at the end
and nothing that looks whole."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.command_line import (
    Result,
    content,
    finish,
    go_on,
    leftovers,
    mounted,
    remount,
    shard_names,
    start,
    stop_at,
    stopped_in,
)
from tests.engines.servers import BIN, ENOUGH, Server, free_port, running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

# The file at whose first rename a worker stops: the first one that is finished of a stage.
STAGES = {
    "tokenizing": "/tokens/units/",
    "masking": ".block",
    "assembling": "/work/shards/",
}


def fails_at_last(result: Result, *expected: str) -> None:
    """The last of stderr must be our one error; Flink's own log may stand before it."""
    assert result.code == 1 and result.out == "" and "Traceback" not in result.err, result.err
    *_, problem, fix = result.err.strip().splitlines()
    assert problem.startswith("error: ") and fix.startswith("  fix: "), result.err
    for text in expected:
        assert text in problem + fix, result.err


@pytest.mark.parametrize("stage", STAGES)
def test_a_task_manager_that_is_killed_is_replaced_and_the_bytes_are_the_same(
    flink, jobs, embedded, tmp_path, stage
):
    options = [*flink.options, "--environment_type=LOOPBACK"]
    stops = stop_at(tmp_path, "wait after", STAGES[stage], 1)
    process = start(*jobs(tmp_path / "shards", *options), **stops)
    stopped_in(tmp_path, process)
    flink.task_manager.stop()
    flink.start_task_manager()
    go_on(tmp_path)
    result = finish(process, ENOUGH)  # Flink's own account of what it lost may be in the log
    assert result.code == 0, result.err
    assert content(tmp_path / "shards") == content(embedded)


@contextlib.contextmanager
def worker_pool(
    folder: Path, environment: dict[str, str], before: Sequence[str] = ()
) -> Iterator[list[str]]:
    """Workers as processes of their own; yields Beam's options."""
    port = free_port()
    command = [*before, BIN / "albert-data", "worker-pool", "--port", str(port)]
    pool = Server(command, folder / "pool.log", environment)
    with running(pool, lambda: "workers at" in pool.text()):
        yield ["--environment_type=EXTERNAL", f"--environment_config=localhost:{port}"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_that_is_killed_is_replaced_and_the_bytes_are_the_same(
    flink, jobs, embedded, tmp_path, stage
):
    with worker_pool(tmp_path, stop_at(tmp_path, "wait after", STAGES[stage], 1)) as external:
        process = start(*jobs(tmp_path / "shards", *flink.options, *external))
        os.kill(stopped_in(tmp_path, process), signal.SIGKILL)
        result = finish(process, ENOUGH)
    assert result.code == 0, result.err
    assert content(tmp_path / "shards") == content(embedded)
    assert leftovers(tmp_path / "shards") == []


@pytest.mark.parametrize("stage", ["tokenizing", "assembling"])
def test_a_full_disk_ends_the_job_with_one_error(flink, jobs, embedded, tmp_path, stage):
    parts = ["tokens/parts/*", "shards-*"]
    tokens, records = (sum(p.stat().st_size for p in embedded.glob(name)) for name in parts)
    vocabulary = (embedded / "vocab.model").stat().st_size
    room = {"tokenizing": 0.4 * tokens, "assembling": tokens + 1.7 * records}[stage]
    options = [*flink.options, "--environment_type=LOOPBACK"]
    with mounted(tmp_path / "disk", f"size={int(vocabulary + room) + 30_000}") as disk:
        folder = disk / "shards"
        result = finish(start(*jobs(folder, *options)), ENOUGH)
        fails_at_last(result, f"error: {folder}/", ": No space left on device", "make room there")
        assert not (folder / "manifest.json").exists() and not list(folder.rglob(".tmp-*"))
        remount(disk, "size=8m")
        assert finish(start(*jobs(folder, *options)), ENOUGH).code == 0
        assert content(folder) == content(embedded)


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
            fails_at_last(
                finish(process, ENOUGH),
                f"error: {disk}/shards/",
                ": Read-only file system",
                "correct its permissions",
            )
        folder = disk / "shards"
        assert not (folder / "manifest.json").exists() and shard_names(folder) == []
