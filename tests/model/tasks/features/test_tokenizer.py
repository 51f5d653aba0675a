"""Pieces are a build's own, and each knows its place in the original text."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from albert_data.base.tally import Tally
from albert_data.config.settings import Config
from albert_data.corpus.characters import clean
from albert_data.corpus.normalize import NORMALIZERS, collapse
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import Document
from albert_data.corpus.sources.squad import read_articles
from albert_data.tokens.vocabulary import SPACE, load_vocabulary
from albert_data.tokens.writer import TokenWriter
from model.tasks.features.tokenizer import BuildTokenizer
from tests.shared import SHARED, needs_shared_data

WORDS = [
    "ferry",
    "2019,",
    "[CLS]",
    "Café",
    "ﬁne",
    "naïve",
    "x\u0302y",
    "it's",
    "(re-run)",
    "ﷺ",
    "▁",
    "😀",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS)).map(" ".join),
    st.text(st.characters(exclude_categories=["Cs"])),
)


def shown(tokenizer: BuildTokenizer, text: str) -> list[tuple[str, str]]:
    """(piece, what it was made from) of a text."""
    found = tokenizer.pieces([text])
    names = tokenizer.vocabulary.processor.id_to_piece(found.ids.tolist())
    return [(n, text[b:e]) for n, b, e in zip(names, found.begins, found.ends, strict=True)]


@pytest.fixture(scope="module")
def real() -> BuildTokenizer:
    return BuildTokenizer(load_vocabulary(SHARED / "vocab" / "albert-30k-clean.model"))


@pytest.mark.parametrize("normalization", sorted(NORMALIZERS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, max_size=4))
def test_ids_with_places_are_the_ids_of_a_build(vocabulary, normalization, texts):
    tokenizer = BuildTokenizer(vocabulary, normalization)
    found, (ids, offsets) = tokenizer.pieces(texts), tokenizer.ids(texts)
    assert found.ids.tolist() == ids.tolist() and found.offsets.tolist() == offsets.tolist()
    for number, text in enumerate(texts):
        begins, ends = found.begins[found.of(number)], found.ends[found.of(number)]
        assert (begins <= ends).all() and (begins >= 0).all() and (ends <= len(text)).all()
        assert (np.diff(begins) >= 0).all() and (np.diff(ends) >= 0).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_a_known_piece_is_what_its_place_becomes(vocabulary, text):
    tokenizer = BuildTokenizer(vocabulary)
    for name, source in shown(tokenizer, text):
        letters = name.strip(SPACE)
        if letters and name != "<unk>":
            (alone,) = NORMALIZERS["albert"]([collapse(clean(source))])
            normal = vocabulary.processor.normalize(alone).replace(SPACE, "")
            assert letters in normal.replace("ς", "σ") or letters in normal


@needs_shared_data
@pytest.mark.parametrize(
    "text, expected",
    [
        ("  In 2019,(see", [("▁in", "In"), ("▁2019", "2019"), (",", ","), ("(", "("), ("see", "see")]),
        ("Cafe\u0301 ﬁne", [("▁cafe", "Cafe\u0301"), ("▁fine", "ﬁne")]),
        ("[CLS]", [("▁[", "["), ("cl", "CL"), ("s", "S"), ("]", "]")]),
        ("a\u00adbc 한", [("▁abc", "a\u00adbc"), ("▁", ""), ("<unk>", "한")]),
    ],
)  # fmt: skip
def test_places_of_known_texts(real, text, expected):
    assert shown(real, text) == expected


@needs_shared_data
def test_a_piece_that_a_build_splits_again_is_split_at_its_characters(real):
    (piece, parts), *_ = (
        (piece, parts)
        for piece, parts in real.vocabulary.resplit.items()
        if real.vocabulary.processor.id_to_piece(piece) == "▁2000,"
    )
    text = "2000,"
    assert [name for name, _ in shown(real, text)] == real.vocabulary.processor.id_to_piece(parts)
    assert "".join(source for _, source in shown(real, text)) == text


def test_bytes_of_a_character_share_one_place(tmp_path):
    import sentencepiece

    text = tmp_path / "text.txt"
    text.write_text("the ferry crossed the river again\n" * 50)
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "bytes"), vocab_size=300, byte_fallback=True,
        pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, user_defined_symbols=["[CLS]", "[SEP]", "[MASK]"],
        hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    tokenizer = BuildTokenizer(load_vocabulary(tmp_path / "bytes.model"), "none")
    found = [pair for pair in shown(tokenizer, "the ж€ ferry") if pair[0].startswith("<0x")]
    assert found == [
        ("<0xD0>", ""), ("<0xB6>", "ж"), ("<0xE2>", ""), ("<0x82>", ""), ("<0xAC>", "€")
    ]  # fmt: skip


def test_more_texts_than_fit_one_batch_are_numbered_on(vocabulary, monkeypatch):
    monkeypatch.setattr("model.tasks.features.tokenizer.BATCH", 2)
    texts = ["the ferry", "", "a river, again", "the  ferry", "boat"]
    tokenizer = BuildTokenizer(vocabulary)
    found = tokenizer.pieces(texts)
    for number, text in enumerate(texts):
        alone = BuildTokenizer(vocabulary).pieces([text])
        own = found.of(number)
        assert found.ids[own].tolist() == alone.ids.tolist()
        assert found.begins[own].tolist() == alone.begins.tolist()
    assert tokenizer.ids(texts)[1].tolist() == found.offsets.tolist()
    assert tokenizer.pieces([]).offsets.tolist() == [0]


def test_words_that_are_forgotten_are_looked_at_again(vocabulary, monkeypatch):
    monkeypatch.setattr("model.tasks.features.tokenizer.MOST_WORDS", 3)
    tokenizer = BuildTokenizer(vocabulary)
    texts = ["the ferry crossed a river", "a boat crossed the river"]
    once = [tokenizer.pieces([text]).ids.tolist() for text in texts]
    assert [tokenizer.pieces([text]).ids.tolist() for text in texts] == once


@needs_shared_data
def test_pieces_of_real_paragraphs_are_those_of_a_token_cache(real, tmp_path):
    paragraphs = [
        paragraph["context"]
        for path in sorted((SHARED / "squad").glob("*.json"))
        for article in read_articles(str(path))
        for paragraph in article["paragraphs"]
    ]
    config, tally = Config(), Tally()
    normalizer = NORMALIZERS[config.tokens.normalization]
    writer = TokenWriter(
        tmp_path, "squad", real.vocabulary, splitter(config.sentences), normalizer, 1 << 30,
        config.sources, tally,
    )  # fmt: skip
    for number, text in enumerate(paragraphs):
        writer.add("squad:all", Document(str(number), "", [collapse(clean(text))]))
    tables = [parquet.read_table(tmp_path / file.path) for file in writer.close()]
    cached = [row for table in tables for row in table["pieces"].to_pylist()]
    found = real.pieces(paragraphs)
    differ = [n for n in range(len(paragraphs)) if found.ids[found.of(n)].tolist() != cached[n]]
    assert len(paragraphs) == len(cached) == 421
    assert differ == []


@needs_shared_data
def test_pieces_of_recorded_texts_are_the_reference_s(real):
    lines = (
        (SHARED / "golden" / "tokenize_reference.jsonl").read_text(encoding="utf-8").splitlines()
    )
    recorded = [json.loads(line) for line in lines]
    found = real.pieces([row["text"] for row in recorded])
    assert len(recorded) == 1010
    for number, row in enumerate(recorded):
        own = found.of(number)
        assert found.ids[own].tolist() == row["ids"]
        assert (np.diff(found.ends[own]) >= 0).all() and found.ends[own][-1] <= len(row["text"])
