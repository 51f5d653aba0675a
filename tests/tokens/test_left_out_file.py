"""Lists of what was left out: rows in, the same rows out, however they are written and joined."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.base.tally import About
from albert_data.corpus.left_out_list import FIRST_WORDS, first_words, row_of
from albert_data.corpus.source_protocol import Split
from albert_data.schema import LEFT_OUT_ROW
from albert_data.tokens import left_out_file
from albert_data.tokens.left_out_file import (
    described,
    is_whole,
    join,
    left_out_writer,
    read_left_out,
)


def rows(numbers) -> list[dict]:
    return [row_of("document", "empty", f"{n}", 1, About(str(n), "t", "x y")) for n in numbers]


def read(path) -> list[dict]:
    return [row for batch in read_left_out(path) for row in batch.to_pylist()]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_joined_list_has_the_rows_in_order_whatever_a_row_group_holds(
    tmp_path, monkeypatch, size
):
    monkeypatch.setattr(left_out_file, "ROWS", size)
    for name, numbers in (("a", range(7)), ("b", ()), ("c", range(7, 20))):
        with left_out_writer(tmp_path / name) as writer:
            for row in rows(numbers):
                writer.add(row)
    lists = [tmp_path / name for name in "abc"]
    assert join(rows([-1]), lists, tmp_path / "all") == 21
    assert read(tmp_path / "all") == rows([-1, *range(20)])
    assert pq.ParquetFile(tmp_path / "all").num_row_groups >= 20 // (2 * size)


def test_a_list_of_nothing_is_no_file_and_a_changed_one_is_not_taken_over(tmp_path):
    with left_out_writer(tmp_path / "none") as writer:
        pass
    assert described(tmp_path / "none", writer.rows) is None
    assert not (tmp_path / "none").exists() and is_whole(tmp_path, None)
    with left_out_writer(tmp_path / "some") as writer:
        writer.add(rows([1])[0])
    known = described(tmp_path / "some", writer.rows)
    assert known.rows == 1 and is_whole(tmp_path, known)
    data = bytearray((tmp_path / "some").read_bytes())
    data[10] ^= 1
    (tmp_path / "some").write_bytes(data)
    assert not is_whole(tmp_path, known)
    (tmp_path / "some").unlink()
    assert not is_whole(tmp_path, known)


def test_what_is_no_list_is_refused_with_its_name(tmp_path):
    (tmp_path / "x").write_bytes(b"no parquet")
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x")
    assert caught.value.where == str(tmp_path / "x")


def test_a_row_names_no_folder_of_this_machine(tmp_path):
    split = Split("books", "b/x.txt", "/home/me/b/x.txt")
    row = row_of("document", "empty", "/home/me/b/x.txt: byte 3", 2, About(), split)
    assert row["what"] == "b/x.txt: byte 3" and row["source"] == "books:b/x.txt"
    assert list(row) == [column.name for column in LEFT_OUT_ROW]


@given(st.text(max_size=300))
def test_first_words_are_whole_words_from_the_beginning(text):
    found = first_words(text)
    words = text.split()
    assert len(found) <= FIRST_WORDS
    shown = found.split()
    if shown and shown != words[: len(shown)]:
        assert len(shown) == 1 and words[0].startswith(shown[0])
    if len(" ".join(words)) <= FIRST_WORDS:
        assert shown == words
