"""Work files in which a byte changed between two runs: named, and made anew once they are removed."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.command_line import (
    CORPUS,
    SMALL,
    albert_data,
    content,
    fails,
    finish,
    shard_names,
    start,
    stop_at,
    succeeds,
)


def change_byte(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("moment", "pattern", "message"),
    [
        ("/tokens.json", "tokens/parts/*.parquet", ": the token file is damaged (CRC-32C)"),
        ("/shards-00000-", "work/blocks/*.block", " byte 0: a block file is damaged (CRC-32C)"),
    ],
)
def test_a_damaged_work_file_is_named_and_made_anew_when_it_is_removed(
    tmp_path, vocabulary_file, tiny_build, moment, pattern, message
):
    folder = tmp_path / "shards"
    command = ["build", *CORPUS, "--vocab", vocabulary_file, "--output", folder, *SMALL[:1]]
    command.append("--workers=1")
    killed = finish(start(*command, **stop_at(tmp_path, "before", moment, 1)))
    assert killed.code == -signal.SIGKILL
    file = sorted(folder.glob(pattern))[0]
    change_byte(file, 100)
    fails(albert_data(*command), f"error: {file}{message}", "\n  fix: remove", code=1)
    assert not (folder / "manifest.json").exists() and shard_names(folder) == []
    file.unlink()
    succeeds(albert_data(*command))
    assert content(folder) == content(tiny_build)
