"""Builds on a real Flink cluster: the same bytes as on this machine, whatever fails meanwhile."""

from __future__ import annotations

import time

import pytest

from tests.command_line import content, finish, start, succeeds
from tests.engines.servers import ENOUGH

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


def test_two_task_slots_make_the_same_bytes_as_this_machine(flink, jobs, embedded, tmp_path):
    options = [*flink.options, "--environment_type=LOOPBACK"]
    succeeds(finish(start(*jobs(tmp_path / "shards", *options)), ENOUGH))
    assert content(tmp_path / "shards") == content(embedded)


def test_a_task_manager_that_is_killed_is_replaced_and_the_bytes_are_the_same(
    flink, jobs, embedded, tmp_path
):
    options = [*flink.options, "--environment_type=LOOPBACK"]
    process = start(*jobs(tmp_path / "shards", *options))
    parts = tmp_path / "shards" / "tokens" / "parts"
    while not (parts.is_dir() and any(parts.glob("*.parquet"))):
        assert process.poll() is None
        time.sleep(0.02)
    flink.task_manager.stop()
    flink.start_task_manager()
    result = finish(process, ENOUGH)  # Flink's own account of what it lost may be in the log
    assert result.code == 0, result.err
    assert content(tmp_path / "shards") == content(embedded)
