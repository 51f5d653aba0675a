"""Documents left out by name: of builds and token caches, counted, the same on any number of workers."""

from __future__ import annotations

import json

import pytest

from albert_data.base.errors import ConfigError
from albert_data.config.settings import Config
from albert_data.corpus.exclude_list import excluding, read_list
from tests.command_line import CORPUS, SMALL, albert_data, content, fails, succeeds

NAMES = "# remark\nwikipedia:wikipedia.xml\t31\nwikipedia:wikipedia.xml\t48\n\nbooks:no.txt\tno\n"


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "documents.txt"
    path.write_text(NAMES)
    return path


def test_the_fingerprint_is_of_the_names_not_of_the_path_order_or_remarks(tmp_path, listed):
    other = tmp_path / "other.txt"
    other.write_text("books:no.txt\tno\nwikipedia:wikipedia.xml\t48\nwikipedia:wikipedia.xml\t31")
    assert read_list(other).fingerprint == read_list(listed).fingerprint
    other.write_text("wikipedia:wikipedia.xml\t31")
    assert read_list(other).fingerprint != read_list(listed).fingerprint


def test_an_empty_list_is_as_none(tmp_path):
    path = tmp_path / "none.txt"
    path.write_text("# nothing\n")
    assert excluding(Config(), path)[0] == Config()


@pytest.mark.parametrize(
    ("text", "problem", "place"),
    [
        ("books:a.txt\ta\nwikipedia 7\n", "not a document's name: 'wikipedia 7'", ": line 2"),
        ("wikipedia\t7\n", "not a document's name", ": line 1"),
        (None, "cannot be read: No such file or directory", ""),
    ],
)
def test_a_broken_list_is_named_with_its_line(tmp_path, text, problem, place):
    path = tmp_path / "list.txt"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_list(path)
    assert problem in caught.value.problem
    assert caught.value.where == f"{path}{place}"


def _build(folder, vocabulary_file, *more):
    given = ["--vocab", vocabulary_file, "--set=checks=warn", *SMALL]
    return albert_data("build", *CORPUS, "--output", folder, *given, *more)


def test_named_documents_are_left_out_and_counted_and_unknown_names_reported(
    tmp_path, vocabulary_file, listed
):
    one = _build(tmp_path / "one", vocabulary_file, "--exclude", listed, "--workers=1")
    err = succeeds(one).err
    assert "2 excluded" in err
    assert "names of --exclude that no document has: 1 (books:no.txt no)" in err
    manifest = json.loads((tmp_path / "one/manifest.json").read_text())
    assert manifest["reading"]["counts"]["dropped/document/excluded"] == 2
    assert manifest["config"]["sources"]["exclude"] == read_list(listed).fingerprint
    assert "excluded" in (tmp_path / "one/README.md").read_text()
    # Shards made from the cache later know the list as well.
    again = ["remask", tmp_path / "one/tokens", "--output", tmp_path / "again", "--workers=1"]
    succeeds(albert_data(*again, "--set=checks=warn", "--config=tiny.yaml"))
    assert content(tmp_path / "again") == content(tmp_path / "one")


@pytest.mark.slow
def test_two_workers_leave_the_same_documents_out(tmp_path, vocabulary_file, listed):
    for workers in (1, 2):
        folder = tmp_path / f"{workers}"
        made = _build(folder, vocabulary_file, "--exclude", listed, f"--workers={workers}")
        succeeds(made)
    assert content(tmp_path / "1") == content(tmp_path / "2")


def test_a_fingerprint_without_its_list_is_refused(tmp_path, vocabulary_file, listed):
    mark = f"--set=sources.exclude={'ab' * 32}"
    fails(_build(tmp_path / "x", vocabulary_file, mark), "fingerprint of another list")
    fails(_build(tmp_path / "x", vocabulary_file, mark, "--exclude", listed), "of another list")
