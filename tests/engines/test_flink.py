"""Builds on a real Flink cluster: the same bytes as on this machine."""

from __future__ import annotations

import pytest

from tests.command_line import content, finish, start, succeeds
from tests.engines.servers import ENOUGH

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


def test_two_task_slots_make_the_same_bytes_as_this_machine(flink, jobs, embedded, tmp_path):
    options = [*flink.options, "--environment_type=LOOPBACK"]
    succeeds(finish(start(*jobs(tmp_path / "shards", *options)), ENOUGH))
    assert content(tmp_path / "shards") == content(embedded)
