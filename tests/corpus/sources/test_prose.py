"""The prose source: documents that were extracted before, under the names they had."""

import json
from pathlib import Path
from typing import Any

import pytest

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext
from albert_data.corpus.sources.prose import SOURCE as PROSE


def read(folder: Path, *rows: Any, **settings: Any):
    path = folder / "p.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    context = ReadContext(SourceSettings(**settings))
    (split,) = PROSE.plan(str(folder), context.settings)
    return list(PROSE.read(split, context)), context.tally


def test_a_document_has_the_source_id_and_unit_of_its_row(tmp_path: Path) -> None:
    row = {"source": "books:a  b.txt", "id": "a  b.txt", "unit": 3, "title": "A  b"}
    found, tally = read(
        tmp_path,
        {**row, "paragraphs": ["One. Two.", "Three  ."]},
        "",
        {**row, "sentences": [" One.", "Two.", " "]},
        {**row, "paragraphs": ["One. Two."], "sentences": ["One.", "Two."]},
    )
    names: Any = {"source": "books:a  b.txt", "unit": "p.jsonl 3"}
    assert found == [
        Document("a  b.txt", "A  b", ["One. Two.", "Three  ."], **names),
        Document("a  b.txt", "A  b", ["One.", "Two."], presegmented=True, **names),
        Document("a  b.txt", "A  b", ["One. Two."], sentences=["One.", "Two."], **names),
    ]
    assert [document.cut(str.splitlines) for document in found[1:]] == [["One.", "Two."]] * 2
    assert tally.counts == {"read/document": 3}


def test_a_row_may_have_nothing_but_its_text(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path, {"paragraphs": ["One. Two."]}, {"sentences": ["One."], "id": None, "n": 1}
    )
    assert found == [
        Document("byte-0", "", ["One. Two."]),
        Document("byte-30", "", ["One."], presegmented=True),
    ]


@pytest.mark.parametrize(
    "row, problem, fix",
    [
        (
            {"text": "One."},
            "no key 'paragraphs' or 'sentences'; the keys are: text",
            "as albert-data prose",
        ),
        (
            {"paragraphs": "One."},
            "the key 'paragraphs' holds no list of strings",
            "a list of strings",
        ),
        (
            {"sentences": ["One.", 2]},
            "the key 'sentences' holds no list of strings",
            "a list of strings",
        ),
        (
            {"paragraphs": ["One."], "sentences": {}},
            "'sentences' holds no list",
            "a list of strings",
        ),
        (
            {"paragraphs": ["\ud800"]},
            "the key 'paragraphs' holds no list of strings",
            "a list of strings",
        ),
        ({"paragraphs": ["A."], "title": "\udc00"}, "half a surrogate pair", "mend the row"),
        (
            {"paragraphs": ["A."], "source": "books"},
            "the key 'source' holds no source",
            "wikipedia:",
        ),
        (
            {"paragraphs": ["A."], "source": "books:a\tb"},
            "the key 'source' holds no source",
            "wikipedia:",
        ),
        ({"paragraphs": ["A."], "source": 7}, "the key 'source' holds no source", "wikipedia:"),
        ("[1]", "a JSON list, not an object", "one JSON object a line"),
        ('{"paragraphs": [', "not a JSON value", "one JSON object a line"),
        ({"paragraphs": ["x" * 600]}, "a line longer than 500 bytes", "max_document_bytes"),
    ],
)
def test_a_row_of_another_form_is_an_error_or_counted(
    tmp_path, row, problem: str, fix: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, {"sentences": ["One."]}, row, max_document_bytes=100)
    assert problem in caught.value.problem and fix in caught.value.fix
    assert caught.value.where.startswith(f"{tmp_path}/p.jsonl: line 2, byte 24")
    found, tally = read(
        tmp_path, row, {"sentences": ["One."]}, max_document_bytes=100, bad_input="drop"
    )
    assert len(found) == sum(tally.dropped("document").values()) == 1


def test_rules_about_documents_hold_of_rows(tmp_path: Path) -> None:
    rows = [{"paragraphs": []}, {"sentences": ["One."]}, {"paragraphs": ["One. Two."]}]
    found, tally = read(tmp_path, *rows, min_characters=6)
    assert len(found) == 1 and tally.dropped("document") == {"empty": 1, "too short": 1}
