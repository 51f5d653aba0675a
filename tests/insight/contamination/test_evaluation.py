"""Evaluation files of each kind → texts by part, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from albert_data.base.errors import ConfigError, DataError
from albert_data.insight.contamination.evaluation import read_sets
from tests.shared import SHARED, needs_shared_data


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def parts_of(spec: str) -> tuple[str, dict[str, list[str]]]:
    (own,) = read_sets([spec])
    return own.kind, own.parts


def squad(*answers: str) -> str:
    question = {"question": "Who\nran?", "answers": [{"text": a} for a in answers]}
    paragraph = {"context": "A  dog ran.", "qas": [question]}
    return json.dumps({"version": "v2.0", "data": [{"title": "Dogs", "paragraphs": [paragraph]}]})


def race(article: str) -> str:
    return json.dumps(
        {"article": article, "questions": ["Why?"], "options": [["a b", "c"]], "answers": ["A"]}
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [(("a dog", "a dog", "the dog"), {"answers": ["a dog", "the dog"]}), ((), {})],
)
def test_squad_has_contexts_questions_and_distinct_answers(tmp_path, answers, expected):
    path = write(tmp_path / "dev.json", squad(*answers))
    kind, parts = parts_of(path)
    assert kind == "squad"
    assert parts == {"contexts": ["A dog ran."], "questions": ["Who ran?"], **expected}


def test_each_text_has_its_place(tmp_path):
    own = read_sets([write(tmp_path / "dev.json", squad("a dog"))])[0]
    asked = "Dogs, paragraph 0, question"
    assert own.places == {
        "contexts": ["Dogs, paragraph 0"], "questions": [asked], "answers": [asked]
    }  # fmt: skip
    own = read_sets([write(tmp_path / "race/7.txt", race("Text."))])[0]
    assert own.places["answers"] == ["7.txt: line 1"] * 2
    glue = "index\tsentence\n0\tShort.\n1\tLonger.\n"
    assert read_sets([write(tmp_path / "dev.tsv", glue)])[0].places["texts"] == ["row 2", "row 3"]
    text = write(tmp_path / "a.txt", "One.\n\n \n\nTwo.\n")
    assert read_sets([text])[0].places["texts"] == ["paragraph 1", "paragraph 3"]


@pytest.mark.parametrize("spec", ["sqad:dev.json", "Squad:dev.json", "wikipedia:dump.xml"])
def test_a_kind_that_is_none_is_told(spec):
    with pytest.raises(ConfigError, match="no kind of evaluation file called") as error:
        read_sets([spec])
    assert "squad, race, glue, text" in str(error.value)


def test_race_is_a_set_a_folder_whose_options_are_answers(tmp_path):
    for number in (1, 2):
        write(tmp_path / "dev/high" / f"{number}.txt", race(f"Article {number}."))
    write(tmp_path / "dev/middle/1.txt", race("Another."))
    high, middle = read_sets([str(tmp_path)])
    assert (high.name, high.kind) == (str(tmp_path / "dev/high"), "race")
    assert high.parts == {
        "contexts": ["Article 1.", "Article 2."],
        "questions": ["Why?", "Why?"],
        "answers": ["a b", "c", "a b", "c"],
    }
    assert middle.parts["contexts"] == ["Another."]


def test_race_of_a_question_a_row_counts_an_article_once(tmp_path):
    rows = [{"article": "One.", "question": q, "options": ["x", "y"]} for q in ("Why?", "Who?")]
    _, parts = parts_of(write(tmp_path / "race.jsonl", "\n".join(map(json.dumps, rows))))
    assert parts == {
        "contexts": ["One."],
        "questions": ["Why?", "Who?"],
        "answers": ["x", "y", "x", "y"],
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("gj04\t1\t\tIt sails.\ngj04\t0\t*\tIt.", {"texts": ["It sails.", "It."]}),
        ("index\tquestion\tsentence\tlabel\n0\tWhy?\tSo.\tx",
         {"contexts": ["So."], "questions": ["Why?"]}),
        ("id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tA?\tB?\t0",
         {"questions": ["A?", "B?"]}),
        ("\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t2\t3\tHe said \"no.\tYes.",
         {"texts": ["He said \"no.", "Yes."]}),
        ("sentence\tlabel\nfine . \t1", {"texts": ["fine ."]}),
    ],
)  # fmt: skip
def test_glue_columns_are_known_by_their_header(tmp_path, rows, expected):
    assert parts_of(write(tmp_path / "dev.tsv", rows + "\n")) == ("glue", expected)


def test_glue_rows_of_too_few_columns_are_counted(tmp_path):
    path = write(tmp_path / "dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\tA.\n1\tB.\tC.\tx\n")
    (own,) = read_sets([path])
    assert own.parts == {"texts": ["B.", "C."]}
    assert own.tally.dropped("row") == {"too few columns": 1}
    assert own.tally.samples["dropped/row/too few columns"] == [f"{path}: row 2"]


def test_plain_text_is_paragraphs_or_lines_where_no_blank_line_parts_them(tmp_path):
    wrapped = write(tmp_path / "a.txt", "One\nlong.\n\nTwo.\n")
    lines = write(tmp_path / "b.txt", "One.\nTwo.\n")
    assert parts_of(wrapped) == ("text", {"texts": ["One long.", "Two."]})
    assert parts_of(lines) == ("text", {"texts": ["One.", "Two."]})


def test_a_file_named_twice_is_read_once(tmp_path):
    path = write(tmp_path / "a.txt", "One.\n")
    assert len(read_sets([path, path])) == 1


@needs_shared_data
def test_every_shared_glue_file_is_read_with_all_its_rows():
    sets = read_sets([str(SHARED / "glue/*/dev*.tsv")])
    found = {Path(own.name).parent.name: {k: len(v) for k, v in own.parts.items()} for own in sets}
    assert found == {
        "CoLA": {"texts": 1043},
        "MRPC": {"texts": 816},
        "QNLI": {"contexts": 50, "questions": 50},
        "RTE": {"texts": 554},
        "SST-2": {"texts": 50},
        "STS-B": {"texts": 100},
        "WNLI": {"texts": 100},
    }


@pytest.mark.parametrize(
    ("name", "content", "problem", "place"),
    [
        ("dev.json", '{"data": [', "not readable as JSON", "dev.json"),
        ("dev.json", '{"data": [{}]}', "no key 'paragraphs'", "dev.json: article 0"),
        (
            "dev.json",
            '{"data": [{"paragraphs": [{"context": 1}]}]}',
            "1 is not a text",
            "article 0",
        ),
        ("r.jsonl", '{"article": "A", "options": []}\n', "null is not a text", "line 1, byte 0"),
        ("race:r.txt", '{"article": "A",\n', "not a JSON value", "r.txt: line 1"),
        ("dev.tsv", "a\tb\n1\t2\n", "no column of this file is known", "dev.tsv"),
        ("empty.txt", "\n\n", "no text in this evaluation file", "empty.txt"),
    ],
)
def test_broken_files_are_named_with_place_and_fix(tmp_path, name, content, problem, place):
    kind, _, file = name.rpartition(":")
    path = write(tmp_path / file, content)
    with pytest.raises(DataError, match=problem) as caught:
        read_sets([f"{kind}:{path}" if kind else path])
    assert place in caught.value.where
    assert caught.value.fix


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path):
    path = tmp_path / "dev.tsv"
    path.write_bytes(b"sentence\tlabel\nfine\t1\nb\xe9te\t0\n")
    with pytest.raises(DataError, match="not valid UTF-8") as caught:
        read_sets([str(path)])
    assert caught.value.where == f"{path}: line 3, byte 23"


def test_a_file_of_no_known_kind_and_one_that_is_not_there_are_refused(tmp_path):
    path = write(tmp_path / "notes.jsonl", '{"text": "x"}\n')
    with pytest.raises(ConfigError, match="not known what kind"):
        read_sets([path])
    with pytest.raises(ConfigError, match="no such file") as caught:
        read_sets([f"glue:{tmp_path}/dev.tsv"])
    assert caught.value.where == f"--against glue:{tmp_path}/dev.tsv"
