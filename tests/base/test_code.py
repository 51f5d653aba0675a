"""Fingerprints of code: a change throws away what it could change, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from albert_data.base import code
from albert_data.base.code import PACKAGE, code_fingerprint, imported
from albert_data.corpus.sources import SOURCES

# What is kept from run to run, and the modules whose code it depends on.
KEPT = {
    "tokens of books": ("tokens.unit", "corpus.sources.books"),
    "tokens of jsonl": ("tokens.unit", "corpus.sources.jsonl"),
    "blocks": ("shards.block", "shards.pair_block", "shards.mapped_tokens"),
    "shards": ("shards.shard",),
    "shards of pairs": ("shards.shard_of_pairs",),
}
TOKENS = {"tokens of books", "tokens of jsonl"}
SHARDS = {"shards", "shards of pairs"}
# An edited file, and what it throws away.
EDITS = {
    "corpus/sources/books.py": {"tokens of books"},
    "corpus/book_text/gutenberg.py": {"tokens of books"},
    "corpus/sources/jsonl.py": {"tokens of jsonl"},
    "corpus/sources/wikipedia.py": set(),
    "corpus/sentences.py": TOKENS,
    "tokens/encoder.py": TOKENS,
    "tokens/unigram_search.py": TOKENS,
    "tokens/writer.py": TOKENS,
    "examples/pairs.py": {"blocks", *SHARDS},  # of which all are made of blocks
    "examples/masking.py": {"blocks", "shards of pairs"},
    "records/encode.py": {"blocks", "shards of pairs"},
    "shards/block.py": {"blocks", "shards of pairs"},
    "shards/partition.py": {"blocks", *SHARDS},
    "shards/shard_of_pairs.py": {"shards of pairs"},
    "shards/mapped_tokens.py": {"blocks", "shards of pairs"},
    "shards/shard.py": SHARDS,
    "storage/atomic.py": set(),
    "base/errors.py": set(),
    "insight/report/charts.py": set(),
    "insight/verify.py": set(),
    "commands/jobs.py": set(),
    "cli.py": set(),
}


@pytest.fixture
def package(tmp_path) -> Path:
    """A copy of the package."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(PACKAGE, tmp_path / "albert_data", ignore=ignored))


@pytest.fixture
def fingerprints(package) -> Callable[[], dict[str, str]]:
    def of() -> dict[str, str]:
        code.source_fingerprint.cache_clear()
        code._imports.cache_clear()
        return {name: code_fingerprint(*modules, package=package) for name, modules in KEPT.items()}

    yield of
    code.source_fingerprint.cache_clear()
    code._imports.cache_clear()


def test_a_copy_of_the_code_has_the_same_fingerprints(fingerprints):
    here = {name: code_fingerprint(*own) for name, own in KEPT.items()}
    assert fingerprints() == here
    assert len(set(here.values())) == len(here)


@pytest.mark.parametrize("file", EDITS)
def test_an_edit_throws_away_what_it_could_change_and_nothing_else(package, fingerprints, file):
    before = fingerprints()
    with open(package / file, "a") as stream:
        stream.write("# a remark\n")
    after = fingerprints()
    assert {name for name in KEPT if after[name] != before[name]} == EDITS[file]


@pytest.mark.parametrize("kind", SOURCES)
def test_no_kind_of_source_depends_on_another(kind):
    module = type(SOURCES[kind]).__module__.removeprefix("albert_data.")
    files = imported([f"{module.replace('.', '/')}.py"])
    others = {Path(name).stem for name in files if name.startswith("corpus/sources/")} - {
        "__init__"
    }
    uses = {"race": {"jsonl"}, "huggingface": {"parquet"}}  # read their files as the other's
    assert others == {Path(module.replace(".", "/")).name} | uses.get(kind, set())


def test_imports_are_found_however_they_are_written(tmp_path):
    for name in ("__init__", "one", "far/__init__", "far/two", "far/three", "far/four", "five"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.py").write_text("")
    (tmp_path / "root.py").write_text(
        "from albert_data import one\n"
        "def later():\n"
        "    from albert_data.far import (\n        two,\n        three,\n    )\n"
    )
    (tmp_path / "one.py").write_text("from albert_data.five import FIVE\n")
    found = imported(["root.py"], package=tmp_path)
    expected = {"root", "__init__", "one", "five", "far/__init__", "far/two", "far/three"}
    assert set(found) == {f"{name}.py" for name in expected}


def test_a_new_kind_of_source_throws_nothing_away(package, fingerprints):
    before = fingerprints()
    shutil.copy(package / "corpus/sources/text.py", package / "corpus/sources/another.py")
    assert fingerprints() == before


def test_what_moves_from_one_file_to_another_changes_a_fingerprint(package, fingerprints):
    before = fingerprints()
    text = (package / "shards/shard.py").read_text()
    (package / "shards/other.py").write_text(text)
    (package / "shards/shard.py").write_text("from albert_data.shards.other import *\n")
    assert fingerprints()["shards"] != before["shards"]
