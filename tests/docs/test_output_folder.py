"""docs/output-folder.md names every file of ours, and says the truth about those that may go."""

from __future__ import annotations

import re
import shutil

import pytest

from albert_data.schema import LEFT_OUT_ROW
from albert_data.storage import file_names
from tests.command_line import albert_data, fails, succeeds
from tests.shared import ROOT

PAGE = (ROOT / "docs" / "output-folder.md").read_text()
ROWS = {
    cells[0].strip(): cells[2].strip()
    for line in PAGE.splitlines()
    if line.startswith("| `") and len(cells := line.strip("|").split("|")) == 3
}


def names() -> set[str]:
    """Names and patterns of all that may lie in a folder of ours."""
    texts = {
        value
        for name, value in vars(file_names).items()
        if name.isupper() and isinstance(value, str) and not name.startswith("_")
    }
    inner = {file_names.BLOCKS, file_names.MERGED, file_names.MARKERS}
    return {text for text in texts - inner if "{" not in text}  # no template of a name


@pytest.mark.parametrize("name", sorted(names()))
def test_every_file_of_ours_is_on_the_page(name):
    assert re.search(rf"`{re.escape(name)}[/`*]", PAGE) or f"`{name}" in PAGE


def test_every_column_of_the_list_is_named():
    assert all(f"`{column.name}`" in PAGE for column in LEFT_OUT_ROW)


def gone(folder, cell) -> list[str]:
    """Removes what a row of the page names from a folder; what that was."""
    found = []
    for pattern in re.findall(r"`([^`]+)`", cell):
        for path in list(folder.glob(pattern.rstrip("/"))):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            found.append(path.name)
    return found


def test_shards_without_all_that_may_be_deleted_verify_and_are_read(tmp_path, tiny_build):
    folder = tmp_path / "shards"
    shutil.copytree(tiny_build, folder)
    may = [cell for cell, answer in ROWS.items() if answer.startswith("yes")]
    removed = [name for cell in may for name in gone(folder, cell)]
    assert {"README.md", "left_out.parquet", "tokens", "run.json"} <= set(removed)
    succeeds(albert_data("verify", folder))
    from albert_data import open_shards

    assert next(iter(open_shards(folder).batches(2, seed=0)))


@pytest.mark.parametrize("cell", [cell for cell, answer in ROWS.items() if answer == "needed"])
def test_without_what_is_needed_the_shards_do_not_verify(tmp_path, tiny_build, cell):
    folder = tmp_path / "shards"
    shutil.copytree(tiny_build, folder)
    assert gone(folder, cell)
    fails(albert_data("verify", folder), code=1)


def test_a_token_cache_is_enough_without_its_marks_and_lists(tmp_path, tiny_build):
    tokens = tmp_path / "tokens"
    shutil.copytree(tiny_build / "tokens", tokens)
    for name in ("units", "left-out", "left_out.parquet", "identity.json"):
        assert gone(tokens, f"`{name}`")
    given = ["--output", tmp_path / "b", "--workers=1", "--config=tiny"]
    succeeds(albert_data("remask", tokens, *given))
