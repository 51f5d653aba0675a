"""The jsonl source: an object a line."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError, DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.corpus.sources.jsonl import SOURCE as JSONL


def read(path: Path, start: int = 0, end: int | None = None, **settings: Any):
    context = ReadContext(SourceSettings(**settings))
    found = list(JSONL.read(Split("jsonl", path.name, str(path), start, end), context))
    return found, context.tally


def write(folder: Path, *rows: object, name: str = "a.jsonl") -> Path:
    path = folder / name
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_rows_become_documents(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"id": 7, "title": " A  title", "text": "One.\n\n Two.\r\nThree. "},
        b"",
        {"text": "No id."},
    )
    found, tally = read(path)
    assert found == [
        Document("7", "A title", ["One.", "Two.", "Three."]),
        Document("byte-69", "", ["No id."]),
    ]
    assert tally.counts == {"read/document": 2}


def test_a_row_behind_more_blanks_than_a_line_may_have_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path, b" " * 50, b" " * 50 + b'{"text": "Far."}', {"text": "Near."})
    found, tally = read(path, bad_input="drop", max_document_bytes=20)
    assert [document.paragraphs for document in found] == [["Near."]]
    assert tally.counts["read/document"] == 2
    assert tally.dropped("document") == {"too long": 1}


def test_columns_are_settings_and_gzip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b'{"key": "k", "name": "n", "body": "b"}\n'))
    columns: Any = {"id_column": "key", "title_column": "name", "text_column": "body"}
    assert read(path, **columns)[0] == [Document("k", "n", ["b"])]


@given(
    st.lists(
        st.sampled_from(
            [b'{"text":"a"}', b'{"text":"\xc3\xa9", "id":1}', b"{", b"\xff", b"", b"[]"]
        )
    ),
    st.lists(st.integers(0, 99), max_size=6),
    st.sampled_from([b"\n", b"\r\n"]),
)
def test_every_way_of_splitting_gives_the_same_documents(tmp_path_factory, rows, cuts, end) -> None:
    path = tmp_path_factory.getbasetemp() / "split.jsonl"
    path.write_bytes(end.join([b'{"text":"a"}', *rows]))
    whole, tally = read(path, bad_input="drop")
    starts = sorted({0, *cuts})
    parts = [
        read(path, start, stop, bad_input="drop")
        for start, stop in zip(starts, [*starts[1:], None], strict=True)
    ]
    assert [document for found, _ in parts for document in found] == whole
    assert sum(t.counts["read/document"] for _, t in parts) == tally.counts["read/document"]


@pytest.mark.parametrize(
    "row, message",
    [
        (b'{"text": "a"', r"line 2, byte 14: not a JSON value: expecting ',' delimiter"),
        (b'{"text": "a\xff"}', r"line 2, byte 25: not valid UTF-8 \(byte 0xFF\)"),
        (b"[1]", "line 2, byte 14: a JSON list, not an object"),
        (b'{"txt": "a"}', "line 2, byte 14: no key 'text'; the keys are: txt"),
        (b'{"text": 5}', "line 2, byte 14: column 'text' holds an integer, not text"),
        (b'{"text": "\\ud800"}', "line 2, byte 14: the text holds half a surrogate pair"),
        (b"[" * 100_000, "line 2, byte 14: not readable as JSON"),
        (b'{"text": "' + b"x" * 300 + b'"}', "line 2, byte 14: a row longer than 200 bytes"),
        (b'{"text": "' + b"x" * 500 + b'"}', "line 2, byte 14: a line longer than 400 bytes"),
    ],
)
def test_broken_rows_are_named_or_dropped(tmp_path: Path, row: bytes, message: str) -> None:
    limit = 200 if b"x" in row else 8 * 2**20
    path = write(tmp_path, {"text": "a"}, row, {"text": "b"})
    with pytest.raises(DataError, match=message):
        read(path, max_document_bytes=limit)
    found, tally = read(path, bad_input="drop", max_document_bytes=limit)
    assert [d.paragraphs for d in found] == [["a"], ["b"]]
    assert sum(tally.dropped("document").values()) == 1
    assert tally.counts["read/document"] == 3


@pytest.mark.parametrize(
    "row, reason, named",
    [
        (b'{"id": "ab", "text": "The end', "cut-off JSON", "id 'ab'"),
        (b'{"id": "ab", "text": "The end"', "cut-off JSON", "id 'ab'"),
        (b'{"id": 17, "text": tru', "cut-off JSON", "id '17'"),
        (b'{"id": "a\\u0062", "text": "x\\u00', "cut-off JSON", "id 'ab'"),
        (b'{"id": "ab", text: "The end"}', "not JSON", "id 'ab'"),
        (b'{"id": "ab", "text": "a" "b"}', "not JSON", "id 'ab'"),
        (b"17", "integer, not an object", ""),
        (b'"The end"', "string, not an object", ""),
        (b'["id", "text"]', "list, not an object", ""),
        (b"null", "null, not an object", ""),
        (b'{"id": "ab", "body": "The end"}', "no key 'text'", "id 'ab'"),
        (b'{"id": "ab", "text": 7}', "'text' is no text but of kind integer", "id 'ab'"),
        (b'{"id": "ab", "text": true}', "'text' is no text but of kind true or false", "id 'ab'"),
        (b'{"id": 8, "text": ["The end"]}', "'text' is no text but of kind list", "id '8'"),
        (b'{"id": "ab", "text": {"a": 1}}', "'text' is no text but of kind object", "id 'ab'"),
        (b'{"id": "ab", "text": "caf\xe9"}', "undecodable", "id 'ab'"),
        (b'{"id": ["ab"], "text": 7}', "'text' is no text but of kind integer", ""),
    ],
)
def test_each_kind_of_broken_row_has_its_own_word_and_its_place(
    tmp_path: Path, row: bytes, reason: str, named: str
) -> None:
    path = write(tmp_path, {"text": "a"}, row, {"text": "b"})
    _, tally = read(path, bad_input="drop")
    assert tally.dropped("document") == {reason: 1}
    (sample,) = tally.samples[f"dropped/document/{reason}"]
    with pytest.raises(DataError) as refused:
        read(path)
    for place in (sample, refused.value.where):  # the first part of a file knows its lines
        assert place.startswith(f"{path}: line 2, byte ") and place.endswith(
            f", {named}" * bool(named)
        )
    assert ("id" in sample.rpartition("byte")[2]) == bool(named)


def test_a_row_of_a_later_part_is_named_by_its_byte_where_nothing_fails(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "a"}, {"id": "ab", "text": 5})
    _, tally = read(path, 14, None, bad_input="drop")
    assert [*tally.samples.values()] == [[f"{path}: byte 14, id 'ab'"]]
    with pytest.raises(DataError) as refused:
        read(path, 14, None)
    assert refused.value.where == f"{path}: line 2, byte 14, id 'ab'"


def test_an_object_over_several_lines_is_told_how_to_become_one(tmp_path: Path) -> None:
    path = write(
        tmp_path, *json.dumps({"text": "The goose ran home."}, indent=1).encode().split(b"\n")
    )
    with pytest.raises(DataError, match="line 1, byte 0: not a JSON value") as caught:
        read(path)
    assert "jq -c . FILE" in caught.value.fix


def test_null_and_short_rows_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": None}, {"text": " \n "}, {"text": "ab"}, {"text": "abc"})
    found, tally = read(path, min_characters=3)
    assert [d.paragraphs for d in found] == [["abc"]]
    assert tally.dropped("document") == {"empty": 2, "too short": 1}


def test_lines_without_boundaries_are_refused_or_grouped(tmp_path: Path) -> None:
    write(tmp_path, *({"text": f"Sentence {i}."} for i in range(5)))
    with pytest.raises(ConfigError, match="no document boundaries.*\n  fix: --pseudo-documents N"):
        JSONL.plan(str(tmp_path), SourceSettings())
    settings = SourceSettings(pseudo_documents=2, unit_bytes=10)
    (split,) = JSONL.plan(str(tmp_path), settings)
    context = ReadContext(settings)
    assert list(JSONL.read(split, context)) == [
        Document("rows-0-1", "", ["Sentence 0.", "Sentence 1."], presegmented=True),
        Document("rows-2-3", "", ["Sentence 2.", "Sentence 3."], presegmented=True),
        Document("rows-4-4", "", ["Sentence 4."], presegmented=True),
    ]
    assert context.tally.counts == {"read/document": 3, "read/row": 5, "kept/row": 5}


def test_rows_with_boundaries_are_not_grouped(tmp_path: Path) -> None:
    write(tmp_path, {"id": 1, "text": "Short."}, {"id": 2, "text": "Short."}, name="ids.jsonl")
    write(tmp_path, {"text": "Two\nlines."}, {"text": "One."}, name="lines.jsonl")
    settings = SourceSettings(pseudo_documents=2)
    context = ReadContext(settings)
    found = [d for s in JSONL.plan(str(tmp_path), settings) for d in JSONL.read(s, context)]
    assert [d.paragraphs for d in found] == [["Short."], ["Short."], ["Two", "lines."], ["One."]]


def test_empty_file_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.touch()
    with pytest.raises(DataError, match="the file is empty"):
        read(path)
    assert read(path, bad_input="drop")[1].dropped("document") == {"empty file": 1}


MILL = "Mill\n\nThe mill stands by the brook.\n\nHistory \nA boat was sold.\n\nSee also \n List of mills\n"


def test_articles_of_other_extractors_are_read_without_headings_and_lists(tmp_path: Path) -> None:
    row = {"id": "1", "url": "u", "title": "Mill", "text": MILL}
    path = write(tmp_path, row)
    found, tally = read(path)
    assert found == [Document("1", "Mill", ["The mill stands by the brook.", "A boat was sold."])]
    assert tally.dropped("paragraph") == {"heading": 2, "section without prose": 1, "title": 1}
    assert tally.counts["read/paragraph"] == 6 and tally.counts["kept/paragraph"] == 2
    assert tally.samples["dropped/paragraph/title"] == [f"{path}: byte 0: Mill"]
    assert len(read(path, row_lines="all")[0][0].paragraphs) == 6
    other = write(tmp_path, {**row, "language": "en"}, name="b.jsonl")
    assert read(other)[0][0].paragraphs[:2] == ["The mill stands by the brook.", "History"]
    assert read(other)[1].dropped("paragraph") == {"title": 1}
    assert read(other, row_lines="prose")[0] == found


def test_pages_of_a_search_index_are_read_and_its_index_lines_passed_over(tmp_path: Path) -> None:
    index: dict[str, Any] = {"index": {"_type": "page", "_id": "1"}}
    path = write(
        tmp_path,
        index,
        {"title": "Mill", "namespace": 0, "text": "The mill stands. A boat was sold."},
        {"create": {}},
        {"title": "Talk:Mill", "namespace": 1, "text": "What mill? Which boat?"},
        {"delete": {"_id": "9"}},
        {"title": "True", "namespace": True, "text": "A row. Of its own."},
        {"title": "No page of a wiki", "namespace": "goose", "text": "A row. Of its own."},
        name="cirrus.json",
    )
    found, tally = read(path)
    assert [document.title for document in found] == ["Mill", "True", "No page of a wiki"]
    assert tally.dropped("document") == {"namespace": 1}
    assert tally.dropped("line") == {"index line of a bulk file": 3}
    tally.keep("document", 3)
    tally.check_balance()
    # A key of that name that is the text is no index line.
    assert read(write(tmp_path, {"index": "A text."}), text_column="index")[0][0].paragraphs == [
        "A text."
    ]


@pytest.mark.parametrize(
    "row, what, way",
    [
        (
            {"name": "Mill", "identifier": 1, "article_body": {"html": "<p>x", "wikitext": "x"}},
            "Wikimedia Enterprise's HTML dump",
            "wikipedia:FILE",
        ),
        (
            {"name": "Mill", "sections": [{"has_parts": []}]},
            "structured contents",
            "wikipedia:FILE",
        ),
        (
            {"_index": "w", "_id": "1", "_source": {"text": "x"}},
            "exported from Elasticsearch",
            "._source",
        ),
        ({"doc": {"text": "x"}, "doc_as_upsert": True}, "update of Elasticsearch", "select(.doc)"),
        (
            {"source": "books:a", "id": "1", "paragraphs": ["x"]},
            "as albert-data prose",
            "prose:FILE",
        ),
        (
            {"version": "1.1", "data": [{"title": "x", "paragraphs": []}]},
            "SQuAD's form",
            "squad:FILE",
        ),
        ({"body": "x"}, "no key 'text'; the keys are: body", "sources.text_column=KEY"),
    ],
)
def test_rows_of_another_form_are_named_with_the_way_that_works(tmp_path, row, what, way) -> None:
    path = write(tmp_path, row)
    with pytest.raises(DataError) as caught:
        read(path)
    assert what in caught.value.problem and way in caught.value.fix
    assert caught.value.where.startswith(f"{path}: line 1, byte 0")
    _, tally = read(path, bad_input="drop")
    assert sum(tally.dropped("document").values()) == 1


def test_rows_of_wikitext_have_no_document_boundaries(tmp_path: Path) -> None:
    paragraph = {"text": " The goose is a bird of the brook . " * 20}
    rows = [{"text": ""}, {"text": " = Goose = \n"}, {"text": ""}, paragraph, paragraph]
    with pytest.raises(ConfigError, match="no document boundaries"):
        JSONL.plan(str(write(tmp_path, *rows)), SourceSettings())
    assert JSONL.plan(str(write(tmp_path, paragraph, paragraph)), SourceSettings())


def test_a_repeated_title_and_marked_headings_go_from_any_row(tmp_path: Path) -> None:
    text = "Goose\n\nA goose ran. 1 = 1.\n= = Life = =\n== See ==\nIt flew home."
    path = write(tmp_path, {"title": "Goose", "text": text}, {"title": "Goose", "text": "Goose"})
    found, tally = read(path)
    assert [d.paragraphs for d in found] == [["A goose ran. 1 = 1.", "It flew home."], ["Goose"]]
    assert tally.dropped("paragraph") == {"title": 1, "heading": 2}
    assert tally.counts["read/paragraph"] == 5 and tally.counts["kept/paragraph"] == 2
    assert len(read(path, row_lines="all")[0][0].paragraphs) == 5


@pytest.mark.parametrize("column", ["id", "title"])
def test_half_a_surrogate_pair_in_a_name_is_broken_input(tmp_path: Path, column: str) -> None:
    path = write(tmp_path, {"text": "One goose."}, {column: "\ud83e", "text": "Two geese."})
    with pytest.raises(DataError, match="byte 23.*: id or title holds half a surrogate pair"):
        read(path)
    found, tally = read(path, bad_input="drop")
    assert len(found) == 1 and tally.dropped("document") == {"undecodable": 1}
