"""Files that a command is told to write, beside and within builds."""

from __future__ import annotations

import json
import shutil

import pytest

from albert_data.base.errors import ConfigError
from albert_data.storage.atomic import atomic_path
from albert_data.storage.outputs import refuse_output
from tests.command_line import albert_data, content, fails
from tests.shared import EXAMPLES


@pytest.fixture
def build(tmp_path, tiny_build):
    return shutil.copytree(tiny_build, tmp_path / "shards")


OWN = [
    *(
        "manifest.json",
        "README.md",
        "vocab.model",
        "build.json",
        "estimate.json",
        "tokens/config.yaml",
    ),
    *(
        "shards-00000-of-00004",
        "provenance-00000-of-00004.parquet",
        "offsets-shards-00000-of-00004",
    ),
    *("tokens", "tokens/tokens.json", "tokens/vocab.model", "tokens/parts/new.parquet"),
    *("work/blocks/new.block", "tokens/../manifest.json"),
]


@pytest.mark.parametrize("name", OWN)
def test_a_file_of_a_build_is_refused_whether_it_is_there_or_not(build, name):
    with pytest.raises(ConfigError, match="would be written over") as caught:
        refuse_output(build / name, "--output")
    assert caught.value.fix == "name another --output"


@pytest.mark.parametrize("name", ["report.html", "tokens/report.html", "page/manifest.json"])
def test_other_files_may_lie_in_a_build(build, name):
    refuse_output(build / name, "--output")


def test_names_of_ours_mean_nothing_elsewhere(tmp_path):
    for name in ("manifest.json", "vocab.model", "README.md", "parts/new.parquet"):
        refuse_output(tmp_path / name, "--output")


def test_what_a_command_is_for_is_written_where_it_belongs_alone(build):
    refuse_output(build / "tokens/contamination.json", "--output", named="contamination.json")
    with pytest.raises(ConfigError):
        refuse_output(build / "tokens/units/contamination.json", "--output", "contamination.json")


def test_a_way_through_links_is_the_same_file(tmp_path, build, monkeypatch):
    (tmp_path / "link").symlink_to(build)
    for path in (tmp_path / "link/manifest.json", tmp_path / "link/tokens/../manifest.json"):
        with pytest.raises(ConfigError):
            refuse_output(path, "--output")
    (tmp_path / "given.txt").touch()
    (tmp_path / "other.txt").symlink_to(tmp_path / "given.txt")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="a file that is read"):
        refuse_output(tmp_path / "given.txt", "--save", inputs=["other.txt"])


def test_no_command_writes_over_a_build_or_what_it_reads(tmp_path, build, vocabulary_file):
    before = content(build)
    text = tmp_path / "text.txt"
    text.write_text("one two three four five six seven eight nine ten\n")
    books = f"books:{EXAMPLES}/books"
    search = ["contamination", "--tokens", build / "tokens", "--against", text]
    estimate = ["estimate", "--source", books, "--config=tiny.yaml"]
    own = build / "manifest.json"
    for option, command in (
        ("--output", ["report", build]),
        ("--output", ["prose", books]),
        ("--left-out", ["prose", books, "--output", tmp_path / "p.jsonl"]),
        ("--output", ["vocab", "--source", books]),
        ("--output", search),
        ("--exclude", search),
        ("--save", [*estimate, "--vocab", vocabulary_file]),
    ):
        fails(albert_data(*command, option, own), f"{own}: ", f"name another {option}", code=2)
    vocabulary = shutil.copy(vocabulary_file, tmp_path / "v.model")
    for option, command, read in (
        ("--output", search, text),
        ("--exclude", search, text),
        ("--save", [*estimate, "--vocab", vocabulary], vocabulary),
        ("--save", [*estimate, "--vocab", vocabulary, f"--source=text:{text}"], text),
    ):
        fails(albert_data(*command, option, read), "a file that is read", code=2)
    assert content(build) == before and json.loads(own.read_text())
    assert text.read_text().startswith("one two")


def test_two_outputs_of_a_search_are_two_files(tmp_path, build):
    text = tmp_path / "text.txt"
    text.write_text("one two three four five six seven eight nine ten\n")
    given = ["--tokens", build / "tokens", "--against", text, "--output", tmp_path / "x"]
    fails(albert_data("contamination", *given, "--exclude", tmp_path / "x"), "are one file", code=2)


def test_what_a_killed_run_left_of_it_goes_and_what_is_being_written_stays(tmp_path):
    output = tmp_path / "report[1].html"
    left, other = (tmp_path / f".tmp-{'0a' * 6}-{name}" for name in (output.name, "report1.html"))
    for path in (left, other):
        path.write_text("half")
    with atomic_path(output) as written:
        refuse_output(output, "--output")
        assert written.exists() and other.exists() and not left.exists()
        written.write_text("whole")
    assert sorted(tmp_path.iterdir()) == sorted([output, other])
