"""Tokens against the reference's golden file, and token files against pyarrow's own reader."""

from __future__ import annotations

import json
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow.parquet as pq
import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import SentenceSettings, SourceSettings
from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.normalize import (
    CHARACTERS,
    MARKS_OFF,
    NORMALIZERS,
    normalize,
    normalize_text,
)
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import Document
from albert_data.schema import TOKEN_COLUMNS
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.token_file import piece_type, read_documents
from albert_data.tokens.vocabulary import begins_word, load_vocabulary, vocabulary_from
from albert_data.tokens.writer import TokenWriter
from tests import corpora
from tests.shared import SHARED, needs_shared_data


@needs_shared_data
def test_ids_and_word_starts_equal_the_reference_on_every_golden_line():
    vocabulary = load_vocabulary(SHARED / "vocab/albert-30k-clean.model")
    lines = (SHARED / "golden/tokenize_reference.jsonl").read_text(encoding="utf-8").splitlines()
    golden = [json.loads(line) for line in lines]
    sentences = [" ".join(g["text"].split()) for g in golden]
    ids, lengths = Encoder(vocabulary).encode(NORMALIZERS["albert"](sentences))
    parts = np.split(ids, np.cumsum(lengths)[:-1])
    different = [
        g["text"]
        for g, own in zip(golden, parts, strict=True)
        if own.tolist() != g["ids"] or vocabulary.starts[own].astype(int).tolist() != g["start"]
    ]
    assert len(golden) == 1010
    assert different == []


@needs_shared_data
def test_looking_words_up_gives_what_sentencepiece_makes_of_whole_sentences():
    vocabulary = load_vocabulary(SHARED / "vocab/albert-30k-clean.model")
    book = SHARED / "books/paragraph_per_line/Haggard_She_1887.txt"
    paragraphs = book.read_text(encoding="utf-8-sig").split("\n")
    sentences = NORMALIZERS["albert"](splitter(SentenceSettings())(paragraphs))
    encoder = Encoder(vocabulary)
    assert encoder.by_words
    ids, _ = encoder.encode(sentences)
    encoder.by_words = False
    whole, _ = encoder.encode(sentences)
    assert len(ids) > 140_000
    assert ids.tolist() == whole.tolist()


def test_a_vocabulary_whose_pieces_span_spaces_is_given_whole_sentences(tmp_path):
    text = ["the cat sat on the mat and the dog sat on the log"] * 50
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text), model_prefix=str(tmp_path / "m"), vocab_size=60,
        split_by_whitespace=False, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, minloglevel=2,
        pad_piece="<pad>", control_symbols=["[CLS]", "[SEP]", "[MASK]"], hard_vocab_limit=False,
    )  # fmt: skip
    vocabulary = load_vocabulary(tmp_path / "m.model")
    encoder = Encoder(vocabulary)
    assert not encoder.by_words
    ids, lengths = encoder.encode(["the cat sat", "", "on the mat"])
    assert lengths[1] == 0
    assert ids.tolist() == sum(vocabulary.processor.encode(["the cat sat", "on the mat"]), [])


@needs_shared_data
def test_the_released_vocabulary_has_23242_word_starts():
    vocabulary = load_vocabulary(SHARED / "vocab/albert-30k-clean.model")
    assert vocabulary.size == 30_000
    assert int(vocabulary.starts.sum()) == 23_242
    ids = (vocabulary.pad, vocabulary.unk, vocabulary.cls, vocabulary.sep, vocabulary.mask)
    assert ids == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("piece", "expected"),
    [("▁the", True), ("s", False), (",", True), ("--", False), ("://", False), ("'", True),
     ("5", True), ("<pad>", True), ("=", True), ("é", True), ("ing", False)],
)  # fmt: skip
def test_a_piece_begins_a_word_by_the_references_rule(piece, expected):
    assert begins_word(piece) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("albert", "cafe d'ete"),
        ("albert-cased", "Cafe d'Ete"),
        ("albert-marks", "café d'été"),
        ("none", "Café d'Été"),
    ],
)
def test_normalisation_is_a_setting(name, expected):
    assert NORMALIZERS[name](["Café d'Été"]) == [expected]


@pytest.mark.parametrize(
    ("text", "kept", "marks"),
    [
        ("パンダとかぎがある。", "パンダとかぎがある。", 4),
        ("हिन्दी में लिखा।", "हिन्दी में लिखा।", 1),
        ("ภาษาไทยที่นี่", "ภาษาไทยที่นี่", 2),
        ("Ёлка и май", "ёлка и май", 2),
        ("Tiếng Việt", "tiếng việt", 4),
        ("e\u0301te\u0301", "été", 2),
        ("שָׁלוֹם", unicodedata.normalize("NFKC", "שָׁלוֹם"), 3),
        ("ﬁre \u00a8 ＡＢ", "fire \u0308 ab", 1),
        ("plain", "plain", 0),
    ],
)
def test_marks_are_kept_or_taken_off_and_counted(text, kept, marks):
    tally = Tally()
    assert NORMALIZERS["albert-marks"]([text], tally) == [kept]
    assert tally.counts[MARKS_OFF] == 0
    without = NORMALIZERS["albert"]([text], tally)[0]
    assert not any(map(unicodedata.combining, without))
    assert tally.counts[MARKS_OFF] == marks
    assert tally.counts[CHARACTERS] == len(text)


@given(st.lists(st.text(), max_size=8))
def test_sentences_that_keep_their_marks_are_nfkc_in_lower_case(sentences):
    cleaned = NORMALIZERS["albert-marks"](sentences)
    assert cleaned == NORMALIZERS["albert-marks"](cleaned) or any(
        unicodedata.normalize("NFKC", text) != text for text in cleaned
    )
    for before, after in zip(sentences, cleaned, strict=True):
        if not before.isascii():
            assert after == " ".join(unicodedata.normalize("NFKC", before).split()).lower()


@given(st.lists(st.text(), max_size=8))
def test_a_batch_is_normalised_as_each_sentence_alone(sentences):
    sentences = [" ".join(s.split()) for s in sentences]
    assert normalize(sentences) == [normalize_text(s) for s in sentences]


def test_special_ids_are_read_from_the_model_wherever_they_stand():
    pieces = ["▁a", "<unk>", "[SEP]", "b", "<pad>", "[MASK]", "▁c", "[CLS]"]
    vocabulary = vocabulary_from(corpora.model_of(pieces), "here")
    assert [vocabulary.pad, vocabulary.unk] == [4, 1]
    assert [vocabulary.cls, vocabulary.sep, vocabulary.mask] == [7, 2, 5]
    assert vocabulary.ordinary.tolist() == [0, 3, 6]
    assert vocabulary.starts[[0, 3, 6]].tolist() == [True, False, True]


def test_piece_ids_take_two_bytes_up_to_65536_pieces():
    assert piece_type(65_536) is np.uint16
    assert piece_type(65_537) is np.uint32


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "x.model"
    path.write_text("▁the\t-3.1\n")
    with pytest.raises(ConfigError, match="not a SentencePiece model") as caught:
        load_vocabulary(path)
    assert caught.value.where == str(path)


def _write(folder, vocabulary, documents, part_bytes=2**20):
    tally = Tally()
    writer = TokenWriter(
        folder,
        "t",
        vocabulary,
        lambda p: p,
        NORMALIZERS["albert"],
        part_bytes,
        SourceSettings(),
        tally,
    )
    for number, paragraphs in enumerate(documents):
        tally.read("document")
        writer.add("text:a.txt", Document(str(number), "", paragraphs))
    return writer.close(), tally


def test_a_token_file_is_parquet_with_the_columns_of_the_schema(tmp_path, vocabulary):
    files, tally = _write(tmp_path, vocabulary, [["One sentence.", "Two."], ["", "Third one."]])
    table = pq.read_table(tmp_path / files[0].path)
    assert table.column_names == [c.name for c in TOKEN_COLUMNS]
    assert table["source"].to_pylist() == ["text:a.txt"] * 2
    row = table.to_pylist()[0]
    assert vocabulary.processor.decode(row["pieces"]) == "one sentence. two."
    assert sum(row["sentence_lengths"]) == len(row["pieces"])
    assert (files[0].documents, files[0].sentences) == (2, 3)
    tally.check_balance()


def test_documents_without_a_piece_are_dropped_and_counted(tmp_path, vocabulary):
    files, tally = _write(tmp_path, vocabulary, [["A word."], [" "], ["More."]])
    assert files[0].documents == 2
    assert tally.dropped("document") == {"empty": 1}
    tally.check_balance()


def test_sentences_with_a_hole_are_dropped_and_counted(tmp_path, vocabulary):
    documents = [["A word.", f"More {HOLE} words."], [HOLE], ["The third one.", "Again."]]
    files, tally = _write(tmp_path, vocabulary, documents)
    table = pq.read_table(tmp_path / files[0].path)
    assert [len(lengths) for lengths in table["sentence_lengths"].to_pylist()] == [1, 2]
    shown = [vocabulary.processor.decode(ids) for ids in table["pieces"].to_pylist()]
    assert shown == ["a word.", "the third one. again."]
    assert tally.dropped("sentence") == {"formula or template not understood": 2}
    assert tally.dropped("document") == {"empty": 1}
    assert tally.samples["dropped/sentence/formula or template not understood"] == [
        "text:a.txt 0 ", "text:a.txt 1 "
    ]  # fmt: skip
    tally.check_balance()


def test_parts_are_bounded_and_the_last_document_is_never_alone(tmp_path, vocabulary):
    text = ["Some words of a longer sentence, again and again."] * 100
    many = [[*text, f"Number {i}."] for i in range(1001)]
    files, _ = _write(tmp_path, vocabulary, many, part_bytes=1)
    assert len(files) > 1
    assert all(f.documents >= 2 for f in files)
    assert sum(f.documents for f in files) == 1001


def test_equal_documents_get_different_keys(tmp_path, vocabulary):
    tally = Tally()
    writer = TokenWriter(
        tmp_path,
        "t",
        vocabulary,
        lambda p: p,
        NORMALIZERS["albert"],
        2**20,
        SourceSettings(),
        tally,
    )
    for _ in range(3):
        writer.add("jsonl:a", Document("same", "", ["The same text."]))
    documents = read_documents(tmp_path / writer.close()[0].path)
    assert len(set(documents.keys.tolist())) == 3


def test_threads_that_share_an_encoder_get_the_ids_that_one_gets(vocabulary):
    texts = [[f"word{i * n} and {i + n} of {n}" for i in range(400)] for n in range(1, 41)]
    expected = [Encoder(vocabulary).encode(text) for text in texts]
    shared, interval = Encoder(vocabulary), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(shared.encode, texts))
    finally:
        sys.setswitchinterval(interval)
    for (ids, lengths), (own_ids, own_lengths) in zip(expected, found, strict=True):
        np.testing.assert_array_equal(lengths, own_lengths)
        np.testing.assert_array_equal(ids, own_ids)


def test_a_damaged_token_file_is_named(tmp_path, vocabulary):
    files, _ = _write(tmp_path, vocabulary, [["One sentence.", "Two."]])
    path = tmp_path / files[0].path
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DataError, match="damaged") as caught:
        read_documents(path, files[0].crc32c)
    assert caught.value.where == str(path)
