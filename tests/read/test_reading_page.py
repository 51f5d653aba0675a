"""The blocks of docs/reading.md that need PyTorch or JAX, run as they stand where these are installed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.command_line import python_path
from tests.docs.blocks import all_blocks
from tests.read.conftest import needs

BLOCKS = {name: block for block in all_blocks()["docs/reading.md"] for name in ("torch", "jax")
          if f"import {name}\n" in block.text}  # fmt: skip


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_the_example_runs(tmp_path, tiny_build, name):
    needs(name)
    (tmp_path / "shards").symlink_to(tiny_build)
    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[name].text],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "256" in done.stdout
