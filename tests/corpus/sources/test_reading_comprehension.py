"""SQuAD's and RACE's texts as sources, and the development set made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext
from albert_data.corpus.sources import SOURCES
from tests.command_line import albert_data, succeeds
from tests.shared import SHARED, needs_shared_data


def read(kind: str, path: Path, **settings: Any):
    source = SOURCES[kind]
    context = ReadContext(SourceSettings(**settings))
    splits = source.plan(str(path), context.settings)
    return [document for split in splits for document in source.read(split, context)], context.tally


def squad_file(path: Path, *articles: Any) -> Path:
    path.write_text(json.dumps({"version": "v2.0", "data": articles}))
    return path


def article(title: str, *contexts: str) -> dict[str, Any]:
    questions = [{"question": "Who?", "id": "1", "answers": [], "is_impossible": True}]
    return {"title": title, "paragraphs": [{"context": c, "qas": questions} for c in contexts]}


def race_folder(folder: Path) -> Path:
    """The layout of RACE's release: a folder a level, a file an article, no line end."""
    for level, number, text in (
        ("middle", 1, "A fine day.\nWe went out."),
        ("high", 7, "It rained. We stayed in."),
    ):
        line = {
            "answers": ["B"], "options": [["a", "b", "c", "d"]], "questions": ["Why?"],
            "article": text, "id": f"{level}{number}.txt",
        }  # fmt: skip
        (folder / level).mkdir(parents=True)
        (folder / level / f"{number}.txt").write_text(json.dumps(line))
    return folder


def test_squad_article_is_a_document_of_its_contexts_without_the_questions(tmp_path: Path) -> None:
    path = squad_file(
        tmp_path / "dev.json",
        article("Steam_engine", "It runs  on steam.", "Watt built one."),
        article("Oxygen", "It is a gas."),
    )
    found, tally = read("squad", path)
    assert found == [
        Document("article-0", "Steam engine", ["It runs on steam.", "Watt built one."]),
        Document("article-1", "Oxygen", ["It is a gas."]),
    ]
    assert tally.counts == {"read/document": 2}


def test_race_article_is_a_document_with_the_id_of_its_row(tmp_path: Path) -> None:
    found, tally = read("race", race_folder(tmp_path / "dev"))
    assert found == [
        Document("high7.txt", "", ["It rained. We stayed in."]),
        Document("middle1.txt", "", ["A fine day.", "We went out."]),
    ]
    assert tally.counts == {"read/document": 2}


def test_article_repeated_for_each_question_is_taken_once_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    rows = [{"article": text, "question": q} for text, q in (("A b.", 1), ("A b.", 2), ("C.", 3))]
    path.write_text("\n".join(map(json.dumps, rows)))
    found, tally = read("race", path)
    assert [document.paragraphs for document in found] == [["A b."], ["C."]]
    assert tally.dropped("document") == {"repeated article": 1}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"data": {}}', "not SQuAD's form"),
        (b"[1]", "not SQuAD's form"),
        (b'{"data": [', "not readable as JSON"),
        (b'{"data": "\xff"}', "not valid UTF-8"),
        (b'{"data": [{"title": "x", "paragraphs": [{}]}]}', "article without"),
        (b'{"data": [7]}', "article without"),
    ],
)
def test_file_that_is_not_squad_stops_the_build_or_is_dropped_and_counted(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "dev.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=problem) as error:
        read("squad", path)
    assert str(path) in str(error.value)
    found, tally = read("squad", path, bad_input="drop")
    assert found == []
    assert tally.counts["read/document"] == sum(tally.dropped("document").values()) == 1


def test_race_file_without_an_article_names_the_keys_it_has(tmp_path: Path) -> None:
    path = tmp_path / "1.txt"
    path.write_text('{"story": "Once.", "id": "1"}')
    with pytest.raises(DataError, match="no key 'article'"):
        read("race", path)


@needs_shared_data
def test_real_squad_files_of_both_versions_give_their_articles() -> None:
    folder = SHARED / "squad"
    found, tally = read("squad", folder)
    articles = [
        entry
        for path in sorted(folder.glob("*.json"))
        for entry in json.loads(path.read_text())["data"]
    ]
    assert [d.title for d in found] == [a["title"].replace("_", " ") for a in articles]
    assert sum(len(d.paragraphs) for d in found) == sum(len(a["paragraphs"]) for a in articles)


def test_dev_set_is_a_verified_shard_set_of_both_in_which_each_text_is_used_once(
    tmp_path: Path, vocabulary_file: Path
) -> None:
    squad = squad_file(tmp_path / "dev.json", article("A", *["The river is wide. It is deep."] * 9))
    race = race_folder(tmp_path / "race")
    shards = tmp_path / "shards"
    made = albert_data(
        "dev-set", "--squad", squad, "--race", race, "--vocab", vocabulary_file,
        "--config=tiny.yaml", "--workers=1", "--output", shards,
    )  # fmt: skip
    succeeds(made)
    succeeds(albert_data("verify", shards))
    manifest = json.loads((shards / "manifest.json").read_text())
    assert manifest["totals"]["documents"] == 3
    assert manifest["config"]["pairs"]["dupe_factor"] == 1


def test_dev_set_without_input_says_what_to_give(tmp_path: Path, vocabulary_file: Path) -> None:
    result = albert_data("dev-set", "--vocab", vocabulary_file, "--output", tmp_path / "x")
    assert result.code == 2
    assert "--squad" in result.err and "--race" in result.err
