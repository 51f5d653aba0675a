"""The parquet source: a document a row, split by row groups."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError, DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.corpus.sources.parquet import SOURCE as PARQUET


def write(path: Path, group: int = 1000, **columns) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return path


def read(path: Path, **settings):
    """(documents, tally) of all the file's splits as planned."""
    context = ReadContext(SourceSettings(**settings))
    found: list[Document] = []
    for split in PARQUET.plan(str(path), context.settings):
        found += PARQUET.read(split, context)
    return found, context.tally


def test_rows_become_documents_whatever_the_string_type(tmp_path: Path) -> None:
    text = ["One.\nTwo.", "Three."]
    for array in (
        pa.array(text),
        pa.array(text, pa.large_string()),
        pa.array(text).dictionary_encode(),
    ):
        path = write(tmp_path / "a.parquet", id=[3, 4], title=["A", None], text=array, n=[1, 2])
        found, tally = read(path)
        assert found == [Document("3", "A", ["One.", "Two."]), Document("4", "", ["Three."])]
        assert tally.counts == {"read/document": 2}


def test_row_without_an_id_is_named_by_its_number_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", 2, text=["a"] * 5, title=["t"] * 5)
    assert [d.id for d in read(path, unit_bytes=1)[0]] == [f"row-{i}" for i in range(5)]


def test_small_row_groups_are_joined_up_to_a_unit(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet", 10, text=["x" * 100 + str(i) for i in range(100)], id=[0] * 100
    )
    sizes = {
        unit: [(s.start, s.end) for s in PARQUET.plan(str(path), SourceSettings(unit_bytes=unit))]
        for unit in (1, 4500, 10**9)
    }
    assert sizes == {
        1: [(i, i + 1) for i in range(10)],
        4500: [(0, 3), (3, 6), (6, 9), (9, 10)],
        10**9: [(0, 10)],
    }


def test_only_the_needed_columns_are_weighed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", text=["x"], html=["y" * 100_000], id=[1])
    (split,) = PARQUET.plan(str(path), SourceSettings())
    assert split.weight < 1000


def test_missing_text_column_names_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", id=[1], content=["x"], texts=["x"])
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert str(caught.value) == (
        f"{path}: no column 'text'; the columns are: content, id, texts\n"
        "  fix: name the column of the text: --set sources.text_column=texts"
    )
    with pytest.raises(ConfigError, match="the column 'id' holds int64, not text"):
        read(path, text_column="id")


def test_broken_files_are_errors_or_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", text=["x" * i for i in range(500)], id=list(range(500)))
    data = path.read_bytes()
    for broken in (b"not parquet at all", data[:-100], b""):
        path.write_bytes(broken)
        with pytest.raises(DataError, match="a.parquet: not a Parquet file, or a truncated one"):
            read(path)
        found, tally = read(path, bad_input="drop")
        assert found == []
        assert tally.dropped("document") == {"broken file": 1}
    path.write_bytes(data[:100] + b"\xff" * 600 + data[700:])
    with pytest.raises(DataError, match=r"a.parquet: row group 0: cannot be read"):
        read(path)


def test_a_changed_byte_is_found_by_the_checksum_of_its_page(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"text": ["The goose ran home."]})
    pq.write_table(table, path, compression="none", use_dictionary=False, write_page_checksum=True)
    assert [d.paragraphs for d in read(path)[0]] == [["The goose ran home."]]
    assert path.read_bytes().count(b"goose ran home") > 0
    path.write_bytes(path.read_bytes().replace(b"goose ran home", b"moose ran home"))
    with pytest.raises(DataError, match=r"a.parquet: row group 0: cannot be read .*CRC"):
        read(path)


def test_undecodable_and_null_rows_are_counted(tmp_path: Path) -> None:
    raw = pa.array([b"good", b"caf\xe9", None, b"more"], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 4, raw.buffers())
    path = write(tmp_path / "a.parquet", text=text, id=list("abcd"))
    with pytest.raises(DataError, match=r"a.parquet: row 1: not valid UTF-8 \(byte 0xE9\)"):
        read(path)
    found, tally = read(path, bad_input="drop")
    assert [d.paragraphs for d in found] == [["good"], ["more"]]
    assert tally.dropped("document") == {"undecodable": 1, "empty": 1}


def test_file_without_rows_is_bad_input(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", text=pa.array([], pa.string()))
    with pytest.raises(DataError, match="the file has no rows"):
        read(path)


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 15))
def test_pseudo_documents_do_not_depend_on_row_groups(tmp_path_factory, rows, group, size) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = write(folder / "lines.parquet", group, text=[f"Line {i}." for i in range(rows + 1)])
    found, tally = read(path, unit_bytes=1, pseudo_documents=size)
    assert [d.id for d in found] == [
        f"rows-{i}-{min(i + size, rows + 1) - 1}" for i in range(0, rows + 1, size)
    ]
    assert [s for d in found for s in d.paragraphs] == [f"Line {i}." for i in range(rows + 1)]
    assert all(d.presegmented for d in found)
    assert tally.counts["read/row"] == rows + 1
    tally.keep("document", len(found))
    tally.check_balance()


def test_input_without_boundaries_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", text=["usually , he would be tearing around ."] * 3)
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert "--pseudo-documents N makes one document of every N rows" in str(caught.value)
    long = write(tmp_path / "b.parquet", text=["A long text. " * 100] * 3)
    assert len(read(long)[0]) == 3


def test_empty_rows_of_pseudo_documents_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", text=["One.", " ", None, "Two.", "", ""])
    found, tally = read(path, pseudo_documents=2)
    assert [(d.id, d.paragraphs) for d in found] == [("rows-0-1", ["One."]), ("rows-2-3", ["Two."])]
    assert tally.dropped("row") == {"empty": 4}
    assert tally.dropped("document") == {"empty": 1}


def test_split_names_its_row_groups() -> None:
    assert Split("parquet", "a", "a.parquet", 2, 5).label() == "a.parquet [2:5]"


def test_articles_of_hugging_faces_wikipedia_are_read_without_headings(tmp_path: Path) -> None:
    columns = {
        "id": ["1"],
        "url": ["u"],
        "title": ["Mill"],
        "text": ["It stands.\n\nHistory\nIt burnt."],
    }
    path = write(tmp_path / "a.parquet", **columns)
    found, tally = read(path)
    assert found == [Document("1", "Mill", ["It stands.", "It burnt."])]
    assert tally.dropped("paragraph") == {"heading": 1}
    (whole,), _ = read(path, row_lines="all")
    assert whole.paragraphs == ["It stands.", "History", "It burnt."]
