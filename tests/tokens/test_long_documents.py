"""A document in many rows of its token file is the document in one."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from albert_data.base import spool
from albert_data.base.spool import LongText, Spool
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.normalize import CHARACTERS, NORMALIZERS
from albert_data.corpus.source_protocol import Document
from albert_data.tokens import token_file, writer
from albert_data.tokens.source_patterns import EVERYTHING, Choice
from albert_data.tokens.token_file import (
    DocumentWindows,
    name_documents,
    read_columns,
    read_documents,
    read_keys,
    without_documents,
)

LONG = [f"Sentence {n} of a document that is long." for n in range(900)]
TEXTS = [
    ["A short one.", "Of two."],
    LONG,
    ["Another.", "It ends."],
    LONG[:500],
    ["The last.", "Yes."],
]


def write(folder, vocabulary, texts, long):
    """A token file; `long`: documents of many sentences come as texts on the disk."""
    tally = Tally()
    made = writer.TokenWriter(
        folder, "t", vocabulary, lambda p: p, NORMALIZERS["albert"], 2**20, SourceSettings(), tally
    )
    for number, text in enumerate(texts):
        tally.read("document")
        parts = Spool([text[:300], text[300:]])
        own = LongText(parts) if long and len(text) > 300 else text
        made.add(f"books:{number % 2}", Document(str(number), f"Book {number}", own))
    (file,) = made.close()
    tally.check_balance()
    return folder / file.path, file, tally


@pytest.fixture
def small(monkeypatch):
    """A few hundred characters and pieces are many."""
    monkeypatch.setattr(writer, "BATCH_CHARACTERS", 700)
    monkeypatch.setattr(token_file, "LARGE_PIECES", 1000)
    monkeypatch.setattr(token_file, "GROUP_PIECES", 400)
    monkeypatch.setattr(token_file, "LARGE", 1000)
    monkeypatch.setattr(spool, "IN_MEMORY", 1000)
    monkeypatch.setattr(spool, "LONG", 1000)


def test_long_documents_are_read_as_if_they_had_one_row_each(tmp_path, vocabulary, small):
    (tmp_path / "long").mkdir()
    whole, whole_file, whole_tally = write(tmp_path, vocabulary, TEXTS, long=False)
    path, file, tally = write(tmp_path / "long", vocabulary, TEXTS, long=True)
    assert pq.ParquetFile(path).metadata.num_rows > 40
    assert pq.ParquetFile(path).num_row_groups > 10
    same = ("documents", "sentences", "tokens", "content", "sources", "unknown")
    assert [getattr(file, name) for name in same] == [getattr(whole_file, name) for name in same]
    assert file.documents == 5 and tally.counts["kept/document"] == 5
    del (
        tally.counts[CHARACTERS],
        whole_tally.counts[CHARACTERS],
    )  # with what stands between sentences
    assert tally.counts == whole_tally.counts
    for choice in (EVERYTHING, Choice("books:0"), Choice("books:1"), Choice("*", 2**63)):
        expected, found = read_documents(whole, None, choice), read_documents(path, None, choice)
        for name, value in expected._asdict().items():
            np.testing.assert_array_equal(getattr(found, name), value, name)
        assert name_documents(path, [0], choice) == name_documents(whole, [0], choice)
    assert read_columns(path, ["id", "title"]) == read_columns(whole, ["id", "title"])
    assert read_keys(path, None).tolist() == read_keys(whole, None).tolist()


def test_windows_of_a_large_file_are_its_documents(tmp_path, vocabulary, small):
    path, file, _ = write(tmp_path, vocabulary, TEXTS, long=True)
    for choice in (EVERYTHING, Choice("books:1")):
        whole = read_documents(path, file.crc32c, choice)
        windows = DocumentWindows(path, file.crc32c, choice)
        sentences, documents = windows.bounds()
        np.testing.assert_array_equal(sentences, whole.sentence_offsets)
        np.testing.assert_array_equal(documents, whole.document_offsets)
        for name in ("ids", "keys"):
            joined = np.concatenate([getattr(window, name) for window in windows])
            np.testing.assert_array_equal(joined, getattr(whole, name))
        assert max(len(window.ids) for window in windows) < 1000 < len(whole.ids)


def test_a_long_document_is_left_out_with_all_its_rows(tmp_path, vocabulary, small):
    path, file, _ = write(tmp_path, vocabulary, TEXTS, long=True)
    rows = np.array([False, True, False, False, True])
    left = without_documents(tmp_path, file, rows, vocabulary.unk)
    whole = read_documents(path)
    found = read_documents(tmp_path / left.path, left.crc32c)
    assert left.documents == len(found.keys) == 3
    assert found.keys.tolist() == whole.keys[~rows].tolist()
    bounds = whole.sentence_offsets[whole.document_offsets]
    kept = [whole.ids[bounds[d] : bounds[d + 1]] for d in np.flatnonzero(~rows)]
    np.testing.assert_array_equal(found.ids, np.concatenate(kept))


def test_a_long_document_without_pieces_is_empty(tmp_path, vocabulary, small):
    _, file, tally = write(tmp_path, vocabulary, [["One.", "Two."], ["\u200b"] * 400], long=True)
    assert (file.documents, tally.dropped("document")) == (1, {"empty": 1})


def test_the_file_of_short_documents_has_one_row_group(tmp_path, vocabulary):
    path, _, _ = write(tmp_path, vocabulary, TEXTS, long=False)
    assert pq.ParquetFile(path).num_row_groups == 1
    assert pq.ParquetFile(path).metadata.num_rows == 5
