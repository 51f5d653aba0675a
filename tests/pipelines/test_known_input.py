"""A build whose input was touched, copied or moved is the same build; other text never passes for it."""

import os
import shutil
from pathlib import Path

import pytest

from tests.command_line import albert_data, content, fails, succeeds
from tests.shared import EXAMPLES


@pytest.fixture
def build(tmp_path: Path, vocabulary_file: Path):
    """Builds what lies in `tmp_path/books`, or in another folder, with one token cache."""
    shutil.copytree(EXAMPLES / "books", tmp_path / "books")

    def run(output: str = "shards", books: str = "books", *more: str):
        return albert_data(
            "build",
            f"--source=books:{tmp_path / books}",
            f"--vocab={vocabulary_file}",
            f"--output={tmp_path / output}",
            f"--tokens={tmp_path}/tokens",
            "--config=tiny",
            "--workers=1",
            *more,
        )

    return run


def units(folder: Path) -> dict[str, int]:
    """The finished units of the token cache, and when they were made."""
    return {p.name: p.stat().st_mtime_ns for p in (folder / "tokens/units").iterdir()}


def other_text(path: Path) -> None:
    """Other text of the same size and time, as `cp -p` and `rsync -t` leave it."""
    before, text = path.stat(), path.read_text()
    path.write_text(text.replace("e", "a", 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_touched_copied_and_moved_files_are_the_same_input(build, tmp_path):
    succeeds(build())
    before, made = units(tmp_path), content(tmp_path / "shards")
    for path in (tmp_path / "books").iterdir():
        os.utime(path, ns=(0, 10**9))
    assert "is complete already" in succeeds(build()).err
    shutil.copytree(tmp_path / "books", tmp_path / "copy")
    shutil.rmtree(tmp_path / "books")
    assert "is complete already" in succeeds(build("shards", "copy")).err
    (tmp_path / "copy").rename(tmp_path / "moved")
    succeeds(build("again", "moved"))
    assert units(tmp_path) == before and content(tmp_path / "again") == made


def test_other_text_of_the_same_size_and_time_is_refused_and_named(build, tmp_path):
    succeeds(build())
    name = "the_weighing_house.txt"
    other_text(tmp_path / "books" / name)
    size = (tmp_path / "books" / name).stat().st_size
    told = f"books:{name} has other content (of {size:,} bytes as before)\n"
    fails(build(), f"begun with other input: {told}", code=2)
    fails(build("new"), f"the token cache was made otherwise: {told}", code=2)


def test_a_renamed_file_is_another_and_the_message_says_why(build, tmp_path):
    succeeds(build())
    (tmp_path / "books/the_weighing_house.txt").rename(tmp_path / "books/house.txt")
    fails(
        build(),
        "books:house.txt has the content of books:the_weighing_house.txt, which is gone: renamed",
        code=2,
    )


def test_what_changed_since_a_build_was_begun_is_told(build, tmp_path):
    bad = tmp_path / "books/bad.txt"
    bad.write_bytes(b"A \xff byte.\n")
    fails(build(), "not valid UTF-8", code=1)
    bad.write_text("It was a byte. It is one no more.\n")
    told = succeeds(build()).err
    line = (
        f"{tmp_path}/shards: since this was begun, books:bad.txt has other content "
        "(34 bytes, before 10); what was made of other files is kept\n"
    )
    assert told.count("since this was begun") == 1 and line in told
