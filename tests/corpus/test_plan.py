"""Naming sources, planning them together, and grouping their splits into units."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.commands.options import source_help
from albert_data.config.settings import SourceSettings
from albert_data.corpus.plan import group_splits, parse_source, plan_all
from albert_data.corpus.source_protocol import Split
from albert_data.corpus.sources import SOURCES
from tests.shared import ROOT

KINDS = {"text", "books", "wikipedia", "jsonl", "parquet", "huggingface", "squad", "race", "prose"}


def test_every_kind_is_registered_by_its_name() -> None:
    assert set(SOURCES) == KINDS
    assert all(source.kind == kind for kind, source in SOURCES.items())


def test_the_readme_says_of_every_kind_what_it_says_of_itself() -> None:
    readme = (ROOT / "README.md").read_text()
    for source in SOURCES.values():
        assert f"| `{source.kind}:{source.target}` | {source.reads} |\n" in readme


def test_the_help_of_source_names_every_kind() -> None:
    text = source_help()
    assert all(f" {kind}:" in text for kind in KINDS)
    assert "huggingface:NAME[:CONFIG][@REVISION][/SPLIT]." in text


@pytest.mark.parametrize("kind", [s.kind for s in SOURCES.values() if s.whole_files])
def test_a_kind_whose_files_are_whole_gives_a_split_a_file(tmp_path: Path, kind: str) -> None:
    source = SOURCES[kind]
    (tmp_path / f"a{source.suffixes[0]}").write_text("Some words. " * 1000)
    (split,) = source.plan(str(tmp_path), SourceSettings(unit_bytes=100))
    assert (split.start, split.end, split.weight) == (0, None, 12_000)


def test_spec_is_a_kind_and_a_target() -> None:
    assert parse_source("books:/a:b") == (SOURCES["books"], "/a:b")


@pytest.mark.parametrize(
    "spec, fix",
    [
        ("book:x.txt", "did you mean books:x.txt?"),
        ("/data/enwiki.xml.bz2", "write wikipedia:/data/enwiki.xml.bz2"),
        ("rows.jsonl", "write jsonl:rows.jsonl"),
        ("corpus", "write books:corpus"),
        (
            "zzz:x",
            "the kinds are: books, huggingface, jsonl, parquet, prose, race, squad, text, wikipedia",
        ),
    ],
)
def test_unknown_kind_suggests_the_nearest(spec: str, fix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_source(spec)
    assert fix in caught.value.fix


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("Some words.\n")


def test_same_file_named_twice_is_planned_once(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path, "c/a.txt", "c/b.txt")
    monkeypatch.chdir(tmp_path)
    os.symlink("c/a.txt", "link.txt")
    specs = ["books:c", "books:./c/*.txt", f"books:{tmp_path}/c/a.txt", "books:link.txt"]
    for order in (specs, specs[::-1]):
        assert [s.name for s in plan_all(order, SourceSettings())] == ["a.txt", "b.txt"]


def test_same_file_may_serve_two_kinds(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    specs = [f"text:{tmp_path}/a.txt", f"books:{tmp_path}/a.txt"]
    assert [s.source for s in plan_all(specs, SourceSettings())] == ["books", "text"]


def test_equal_names_get_the_folders_that_tell_them_apart(tmp_path: Path) -> None:
    write(tmp_path, "x/one/a.txt", "y/one/a.txt", "z/a.txt", "z/b.txt")
    specs = [f"books:{tmp_path}/{folder}" for folder in ("x/one", "y/one", "z")]
    for order in (specs, specs[::-1]):
        names = [s.name for s in plan_all(order, SourceSettings())]
        assert names == ["b.txt", "x/one/a.txt", "y/one/a.txt", "z/a.txt"]


def test_no_source_is_refused() -> None:
    with pytest.raises(ConfigError, match="no source"):
        plan_all([], SourceSettings())


def book(name: str, weight: int, source: str = "books") -> Split:
    return Split(source, name, name, weight=weight)


def grouped(splits: list[Split], unit: int) -> list[list[str]]:
    return [[s.name for s in unit] for unit in group_splits(splits, unit)]


def test_units_are_filled_and_a_small_rest_joins_the_last() -> None:
    books = [book(name, 40) for name in "abcdefg"]
    assert grouped(books, 100) == [["a", "b", "c"], ["d", "e", "f", "g"]]


def test_small_file_is_not_alone_in_its_unit() -> None:
    assert grouped([book("a", 500), book("b", 500), book("c", 500)], 100) == [["a", "b", "c"]]
    assert grouped([book(n, 500) for n in "abcd"], 100) == [["a", "b"], ["c", "d"]]
    assert grouped([book("a", 500)], 100) == [["a"]]
    parts = [Split("text", "t", "t", i, i + 500, 500) for i in range(0, 1500, 500)]
    assert [len(unit) for unit in group_splits(parts, 100)] == [1, 1, 1]


def test_units_of_much_text_grow_and_neighbouring_parts_of_a_file_become_one() -> None:
    def parts(count: int) -> list[Split]:
        ends = [*range(10, 10 * count, 10), None]
        return [Split("text", "t", "t", 10 * i, end, 10) for i, end in enumerate(ends)]

    for count, size in [(128, 1), (129, 2), (256, 2), (1000, 8), (1024, 8), (5000, 8)]:
        units = group_splits(parts(count), 10)
        assert len(units) == count // size
        assert {len(unit) for unit in units} == {1}
        bounds = [(unit[0].start, unit[0].end) for unit in units]
        assert bounds[0][0] == 0 and bounds[-1][1] is None
        assert all(a[1] == b[0] for a, b in itertools.pairwise(bounds))
        assert sum(unit[0].weight for unit in units) == 10 * count
    # Another kind is none of its business.
    assert len(group_splits([*parts(100), *(book(str(n), 10) for n in range(100))], 10)) == 150


def test_kinds_are_not_mixed() -> None:
    splits = [book("a", 10), book("b", 10), book("w", 10, "wikipedia")]
    assert grouped(splits, 1000) == [["a", "b"], ["w"]]


@given(st.lists(st.integers(0, 300), min_size=1), st.integers(1, 400))
def test_grouping_keeps_every_split_in_order(weights: list[int], unit: int) -> None:
    splits = [book(str(i), weight) for i, weight in enumerate(weights)]
    units = group_splits(splits, unit)
    assert [s for unit in units for s in unit] == splits
    assert all(sum(s.weight for s in u) >= unit for u in units) or len(units) == 1
    assert all(len(u) > 1 for u in units) or len(splits) == 1
