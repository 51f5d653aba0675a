"""The prose of sources as a file: what a build reads, where it came from, and what was left out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data import schema
from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import Config, SourceSettings
from albert_data.corpus.file_formats import input_files
from albert_data.corpus.leave_out import without_holes
from albert_data.corpus.plan import group_splits, plan_all, read_split
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import Document, ReadContext
from albert_data.corpus.write_prose import write_prose
from tests.shared import EXAMPLES

SOURCES = [f"wikipedia:{EXAMPLES}/wikipedia.xml", f"books:{EXAMPLES}/books"]
CONFIG = Config(sources=SourceSettings(unit_bytes=40_000))


def rows(path: Path) -> list[dict[str, Any]]:
    with input_files.open_binary(str(path)) as stream:
        return [json.loads(line) for line in stream]


def documents(specs: list[str], config: Config = CONFIG) -> list[tuple[str, int, Document]]:
    """(source, number of the unit, document) of all that is read."""
    units = group_splits(plan_all(specs, config.sources), config.sources.unit_bytes)
    return [
        (split.source_of(document), number, document)
        for number, unit in enumerate(units)
        for split in unit
        for document in read_split(split, ReadContext(config.sources))
    ]


def test_the_file_holds_what_is_read_with_its_source_id_and_unit(tmp_path: Path) -> None:
    path = tmp_path / "new/p.jsonl.zst"
    tally = write_prose(SOURCES, path, CONFIG)
    expected = documents(SOURCES)
    assert len({unit for _, unit, _ in expected}) == 5
    assert [list(row.values()) for row in rows(path)] == [
        [source, own.id, unit, own.title, own.paragraphs] for source, unit, own in expected
    ]
    assert list(rows(path)[0]) == [column.name for column in schema.PROSE_ROW[:5]]
    assert tally.counts["kept/document"] == len(expected)
    assert [path] == list(path.parent.iterdir())


def test_sentences_are_those_of_the_pipeline(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    write_prose(SOURCES, path, CONFIG, sentences=True)
    cut = splitter(CONFIG.sentences)
    for row, (_, _, document) in zip(rows(path), documents(SOURCES), strict=True):
        assert row["paragraphs"] == document.paragraphs
        whole = without_holes(cut(document.paragraphs), Tally(), "")
        assert row["sentences"] == whole


@pytest.mark.parametrize("sentences", [False, True])
def test_what_is_read_from_the_file_is_what_was_written(tmp_path: Path, sentences: bool) -> None:
    (tmp_path / "t.txt").write_text("One goose.\nTwo geese.\n\nA third. And more.\nA fourth.\n")
    (tmp_path / "r.jsonl").write_text(
        '{"id": " x", "title": "a\\tb", "text": "A\\u00a0goose. It ran.\\nB."}\n'
    )
    specs = [*SOURCES, f"text:{tmp_path}/t.txt", f"jsonl:{tmp_path}/r.jsonl"]
    for name in ("p.jsonl", "q.jsonl.xz"):
        write_prose(specs, tmp_path / name, CONFIG, sentences)
        specs = [f"prose:{tmp_path / name}"]  # and once more from what was written
    cut = splitter(CONFIG.sentences)
    first = documents([*SOURCES, f"text:{tmp_path}/t.txt", f"jsonl:{tmp_path}/r.jsonl"])
    for (source, _, was), (origin, _, now) in zip(first, documents(specs), strict=True):
        assert (source, was.id, was.title, was.paragraphs) == (
            origin,
            now.id,
            now.title,
            now.paragraphs,
        )
        assert was.cut(cut) == now.cut(cut)


def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for workers in (1, 3):
        paths = [tmp_path / f"{name}{workers}.jsonl.gz" for name in "pl"]
        write_prose(SOURCES, paths[0], CONFIG, left_out=paths[1], workers=workers)
        made.append([path.read_bytes() for path in paths])
    assert made[0] == made[1]
    assert len(list(tmp_path.iterdir())) == 4


def test_the_list_of_what_was_left_out_is_that_of_the_counts(tmp_path: Path) -> None:
    for name in ("a.txt", "b.md", "c.md"):
        (tmp_path / name).write_text("CHAPTER I\n\nThe goose ran home.\n")
    listed = tmp_path / "left.jsonl.bz2"
    specs = [SOURCES[0], f"books:{tmp_path}"]
    tally = write_prose(specs, tmp_path / "p.jsonl", CONFIG, left_out=listed)
    found = rows(listed)
    again = Tally()
    for row in found:
        assert list(row) == [column.name for column in schema.LEFT_OUT_ROW]
        again.drop(row["item"], row["reason"], n=row["count"])
    assert again.counts == {k: n for k, n in tally.counts.items() if k.startswith("dropped/")}
    lines = {(row["source"], row["item"], row["reason"], row["what"]) for row in found}
    assert ("", "file", "suffix .md", "b.md") in lines and (
        "",
        "file",
        "suffix .md",
        "c.md",
    ) in lines
    assert ("books:a.txt", "paragraph", "heading", "a.txt: CHAPTER I") in lines
    wiki = [what for source, _, reason, what in lines if reason == "redirect"]
    assert len(wiki) == 4 and all(what.startswith("wikipedia.xml: ") for what in wiki)


def test_broken_input_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The goose ran home.\n")
    (tmp_path / "b.txt").write_bytes(b"caf\xe9\n")
    target = tmp_path / "out"
    for workers in (1, 2):
        config = replace(CONFIG, sources=SourceSettings(unit_bytes=1))
        specs = [f"text:{tmp_path}/a.txt", f"books:{tmp_path}/b.txt"]
        with pytest.raises(DataError, match="b.txt: line 1, byte 3"):
            write_prose(specs, target / "p.jsonl", config, left_out=target / "l", workers=workers)
        assert list(target.iterdir()) == []


def test_nothing_to_write_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("CHAPTER I\n")
    with pytest.raises(DataError, match=r"no document is left to write \(1 empty\)"):
        write_prose([f"books:{tmp_path}"], tmp_path / "p.jsonl", CONFIG)
    with pytest.raises(ConfigError, match="p.jsonl.zip: no archive of this kind is written"):
        write_prose([f"books:{tmp_path}"], tmp_path / "p.jsonl.zip", CONFIG)
    with pytest.raises(ConfigError, match="--output and --left-out are one file"):
        write_prose([f"books:{tmp_path}"], tmp_path / "p", CONFIG, left_out=tmp_path / "p")
    for paths in ({"output": tmp_path / "a.txt"}, {"left_out": tmp_path / "a.txt"}):
        with pytest.raises(ConfigError, match="a file that is read would be written over"):
            write_prose([f"books:{tmp_path}"], **{"output": tmp_path / "p", **paths}, config=CONFIG)
        assert (tmp_path / "a.txt").read_text() == "CHAPTER I\n"
    with pytest.raises(ConfigError, match="no such file"):
        write_prose([f"books:{tmp_path}/b.txt"], tmp_path / "p.jsonl", CONFIG)


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=40)
@given(
    st.lists(
        st.fixed_dictionaries({"id": TEXTS, "title": TEXTS, "text": TEXTS}), min_size=1, max_size=5
    ),
    st.booleans(),
)
def test_any_row_comes_back_as_the_same_document(tmp_path_factory, given_rows, sentences) -> None:
    folder = tmp_path_factory.mktemp("rows")
    source = folder / "r.jsonl"
    source.write_text("".join(f"{json.dumps(row)}\n" for row in [{"text": "A. B."}, *given_rows]))
    write_prose([f"jsonl:{source}"], folder / "p.jsonl", CONFIG, sentences)
    cut = splitter(CONFIG.sentences)
    before, after = (
        [
            (name, own.id, own.title, own.paragraphs, own.cut(cut))
            for name, _, own in documents([spec])
        ]
        for spec in (f"jsonl:{source}", f"prose:{folder}/p.jsonl")
    )
    assert before == after
