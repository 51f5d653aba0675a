"""A worker pool that could only make a job wait for ever is refused before it serves one."""

import sys

import pytest
from albert_pipelines.cluster.pool_server import serve

from albert_data.base.errors import ConfigError


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (None, "No such file"),
        ("echo /elsewhere", "/elsewhere"),
        ("echo no Beam >&2; exit 1", "no Beam"),
    ],
)
def test_a_python_that_is_not_this_environments_is_refused(tmp_path, monkeypatch, script, found):
    if script:
        (tmp_path / "python").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match=f"the workers' python is not that of .*{found}"):
        serve("127.0.0.1", 0, print)
