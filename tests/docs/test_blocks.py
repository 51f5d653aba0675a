"""What README.md and docs/ tell people to type does what they say: see `blocks.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from albert_data.config.grid import load_grid
from model.settings import load_settings
from tests.command_line import python_path
from tests.docs.blocks import LANGUAGES, Block, all_blocks, blocks_of, furnish, programs

BLOCKS = all_blocks()
RUN = {
    name: blocks
    for name, own in BLOCKS.items()
    if (blocks := [b for b in own if b.language in ("sh", "python") and not b.not_run])
}
NOT_RUN = [block for own in BLOCKS.values() for block in own if block.not_run]
YAML = [block for own in BLOCKS.values() for block in own if block.language == "yaml"]
# What a page shows at full size, and what a test makes of it.
SMALLER = {
    "--size 30000": "--size 2000",
    "vocab_size=30000": "vocab_size=2000",
    " steps=200": " steps=2",
    "warmup_steps=20": "warmup_steps=1",
}
READERS = {"my-grid.yaml": load_grid, "run.yaml": load_settings}


@pytest.fixture
def place(tmp_path: Path, tiny_build: Path, vocabulary_file: Path) -> Path:
    furnish(tmp_path, tiny_build, vocabulary_file)
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", RUN)
def test_blocks_of_a_page_run_as_they_stand(page: str, place: Path) -> None:
    for block in YAML:
        (place / file_of(block)).write_text(block.text, encoding="utf-8")
    if page == "README.md":  # makes its own, as a newcomer does
        (place / "shards").rename(place / "other")
        (place / "my.model").unlink()
    for block in RUN[page]:
        done = run(block, place)
        assert done.returncode == 0, f"{block.place}:\n{block.text}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("block", NOT_RUN, ids=[block.place for block in NOT_RUN])
def test_block_that_is_not_run_says_why(block: Block) -> None:
    pytest.skip(f"{block.place}: {block.not_run}")


@pytest.mark.parametrize("page", BLOCKS)
def test_every_block_says_what_it_is(page: str) -> None:
    assert [block.place for block in BLOCKS[page] if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("block", YAML, ids=[block.place for block in YAML])
def test_settings_in_a_page_are_read_by_what_they_are_for(block: Block, tmp_path: Path) -> None:
    path = tmp_path / file_of(block)
    path.write_text(block.text, encoding="utf-8")
    assert READERS[path.name](str(path))


def test_block_that_fails_in_its_middle_fails(tmp_path: Path) -> None:
    programs(tmp_path / "bin")
    page = "# A\n\n```sh\nfalse\ntrue\n```\n\n```sh\n# not run by the tests: it needs rain\nwait\n```\n"
    first, second = blocks_of(page, "a.md")
    assert (first.place, first.not_run) == ("a.md:3", "")
    assert (second.place, second.not_run) == ("a.md:8", "it needs rain")
    assert run(first, tmp_path).returncode == 1


def test_target_that_the_makefile_does_not_have_fails(tmp_path: Path) -> None:
    programs(tmp_path / "bin")
    assert run(Block("a.md:1", "sh", "make demo\n"), tmp_path).returncode == 0
    assert run(Block("a.md:1", "sh", "make no-such-target\n"), tmp_path).returncode == 2


def file_of(block: Block) -> str:
    """The file that a block of YAML names in its first line."""
    return block.text.splitlines()[0].removeprefix("# ")


def run(block: Block, place: Path) -> subprocess.CompletedProcess[str]:
    """Runs a block in the folder."""
    text = block.text
    for large, small in SMALLER.items():
        text = text.replace(large, small)
    command = ["sh", "-euc", text] if block.language == "sh" else [sys.executable, "-c", text]
    environment = {
        **os.environ, "PYTHONPATH": python_path(), "TF_CPP_MIN_LOG_LEVEL": "2",
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
