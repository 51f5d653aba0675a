"""README's snippet for other trainers, on packed shards of other lengths and names, from a later batch on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.command_line import albert_data, python_path, succeeds
from tests.docs.blocks import all_blocks

(SNIPPET,) = (
    block.text
    for block in all_blocks()["README.md"]
    if block.language == "python" and "TFRecordDataset" in block.text
)
SHOW = '\nimport sys\nsys.stdout.buffer.write(batch["input_ids"].numpy().astype("<i4").tobytes())\n'


def batch_of(folder: Path, done: int) -> np.ndarray:
    """The batch [16, S] that the snippet gives after `done` others."""
    code = SNIPPET.replace("batch(256)", "batch(16)").replace("done = 0", f"done = {done}")
    assert code != SNIPPET
    environment = {**os.environ, "PYTHONPATH": python_path(), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", code + SHOW]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True)
    assert run.returncode == 0, run.stderr[-2000:]
    return np.frombuffer(run.stdout, "<i4").reshape(16, -1)


@pytest.mark.slow
@pytest.mark.parametrize("packing", ["none", "gzip"])
def test_snippet_reads_other_lengths_packed_or_not_and_goes_on(
    packing: str, tiny_build: Path, tmp_path: Path
) -> None:
    given = ["--set=pairs.max_length=48", "--set=masking.max_predictions=8", "--workers=1"]
    named = [
        "--set=shards.name=shards-{index}-of-{count}.tfrecord",
        f"--set=shards.compression={packing}",
    ]
    succeeds(
        albert_data(
            "remask", tiny_build / "tokens", "--output", tmp_path / "shards", *given, *named
        )
    )
    names = [
        s["name"] for s in json.loads((tmp_path / "shards/manifest.json").read_text())["shards"]
    ]
    assert all(
        name.endswith(".tfrecord.gz" if packing == "gzip" else ".tfrecord") for name in names
    )
    first, again, later = (batch_of(tmp_path, done) for done in (0, 0, 5))
    assert first.shape == (16, 48) and first.all(axis=1).any()
    np.testing.assert_array_equal(
        first, again
    )  # the order is the seed's, so skipping goes on in it
    assert not np.array_equal(first, later)
