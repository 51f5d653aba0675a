"""Training a vocabulary: the symbols that ALBERT needs, and the same model from the same text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from albert_data.base.errors import ConfigError, DataError
from albert_data.config.settings import Config
from albert_data.tokens.train_vocabulary import PUNCTUATION_SYMBOLS, train_vocabulary
from albert_data.tokens.vocabulary import load_vocabulary

SYLLABLES = "ba ke li mo nu ra se ti vo zé Dra Kul".split()
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES[:7] for c in ("", "n", "ster")]


@pytest.fixture
def corpus(tmp_path) -> Path:
    """A folder of two files in BERT format, 300 sentences each."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, step in (("one.txt", 3), ("two.txt", 5)):
        lines = [
            " ".join(WORDS[(i * i * step + 7 * k * k) % len(WORDS)] for k in range(4 + i % 9))
            for i in range(300)
        ]
        (folder / name).write_text(
            "\n\n".join("\n".join(lines[i : i + 10]) for i in range(0, 300, 10))
        )
    return folder


def train(corpus: Path, name="m.model", size=80, config=None, **options):
    path = corpus.parent / name
    tally = train_vocabulary([f"text:{corpus}/*.txt"], path, size, config or Config(), **options)
    return path, tally


def test_special_pieces_have_the_references_ids(corpus):
    path, _ = train(corpus)
    vocabulary = load_vocabulary(path)
    v = vocabulary
    assert (v.pad, v.unk, v.cls, v.sep, v.mask) == (0, 1, 2, 3, 4)
    assert vocabulary.size == 80
    pieces = [vocabulary.processor.id_to_piece(i) for i in range(5 + len(PUNCTUATION_SYMBOLS))]
    assert pieces == ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", *PUNCTUATION_SYMBOLS]
    assert not {0, 1, 2, 3, 4} & set(vocabulary.ordinary.tolist())
    assert set(range(5, 80)) == set(vocabulary.ordinary.tolist())


def test_the_text_is_cleaned_as_for_the_token_cache(corpus):
    pieces = load_vocabulary(train(corpus)[0]).processor
    assert pieces.unk_id() not in pieces.encode("zedrakul")
    assert pieces.unk_id() in pieces.encode("Dra")
    assert pieces.unk_id() in pieces.encode("zé")
    cased = replace(Config(), tokens=replace(Config().tokens, normalization="albert-cased"))
    pieces = load_vocabulary(train(corpus, config=cased)[0]).processor
    assert pieces.unk_id() not in pieces.encode("Dra")


@pytest.mark.parametrize("sample", [2_000_000, 200])
def test_equal_input_gives_an_equal_model(corpus, sample):
    first = train(corpus, "a.model", sample=sample)[0].read_bytes()
    assert train(corpus, "b.model", sample=sample)[0].read_bytes() == first
    sources = [f"text:{corpus}/two.txt", f"text:{corpus}/one.txt"]
    other = corpus.parent / "c.model"
    train_vocabulary(sources, other, 80, Config(), sample=sample)
    assert other.read_bytes() == first


def test_what_was_read_is_counted_and_reported(corpus):
    seen = []
    _, tally = train(corpus, progress=seen.append)
    assert tally.counts["kept/document"] == 60
    assert seen == list(range(1, 61))
    tally.check_balance()


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        (5_000, "SentencePiece cannot train 5000 pieces: the text gives "),
        (20, "SentencePiece cannot train 20 pieces: the characters of the text alone take 30"),
        (0, "a vocabulary of 0 pieces"),
        (-3, "a vocabulary of -3 pieces"),
        (2**31, "a vocabulary of 2147483648 pieces"),
        (2**70, f"a vocabulary of {2**70} pieces"),
    ],
)
def test_an_impossible_size_is_refused(corpus, size, problem):
    with pytest.raises(ConfigError) as caught:
        train(corpus, size=size)
    assert caught.value.problem.startswith(problem)
    assert caught.value.where == "--size"
    assert caught.value.fix
    assert not (corpus.parent / "m.model").exists()


def test_a_sample_too_small_is_refused(corpus):
    with pytest.raises(ConfigError) as caught:
        train(corpus, sample=100)
    assert str(caught.value) == ("--sample: a sample of 100 sentences\n  fix: choose more than 100")


def test_broken_input_is_an_error_and_leaves_no_model(corpus):
    (corpus / "three.txt").write_bytes(b"a good line\n\xff\xfe\n")
    with pytest.raises(DataError, match="three.txt: line 2, byte 12: not valid UTF-8"):
        train(corpus)
    assert sorted(p.name for p in corpus.parent.iterdir()) == ["corpus"]


def test_input_without_any_document_is_an_error(tmp_path):
    (tmp_path / "empty.txt").write_text("\n\n")
    drop = replace(Config(), sources=replace(Config().sources, bad_input="drop"))
    with pytest.raises(DataError, match="no document is left to train on"):
        train_vocabulary([f"text:{tmp_path}/empty.txt"], tmp_path / "m.model", 50, drop)


def test_a_source_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="nothing.txt"):
        train_vocabulary([f"text:{tmp_path}/nothing.txt"], tmp_path / "m.model", 50, Config())


def test_the_folder_of_the_model_is_made(corpus):
    path, _ = train(corpus, "new/folder/m.model")
    assert load_vocabulary(path).size == 80


def test_a_text_is_not_written_over_by_the_model_trained_on_it(corpus):
    before = (corpus / "one.txt").read_bytes()
    with pytest.raises(ConfigError, match="a file that is read would be written over"):
        train(corpus, "corpus/one.txt")
    assert (corpus / "one.txt").read_bytes() == before


def test_a_folder_is_no_model_file(corpus):
    with pytest.raises(ConfigError, match="is a folder"):
        train(corpus, "corpus")


def test_the_example_corpus_gives_the_size_that_was_asked_for(vocabulary):
    assert vocabulary.size == 2_000
    assert (vocabulary.pad, vocabulary.unk, vocabulary.cls) == (0, 1, 2)


def test_a_vocabulary_that_keeps_marks_keeps_joiners(tmp_path):
    (tmp_path / "a.txt").write_text("کتاب\u200cها را می\u200cخوانند.\nکتاب\u200cها\n\n" * 60)
    config = Config()
    config = replace(config, tokens=replace(config.tokens, normalization="albert-marks"))
    train_vocabulary([f"text:{tmp_path}/a.txt"], tmp_path / "a.model", 28, config)
    processor = load_vocabulary(tmp_path / "a.model").processor
    pieces = [processor.id_to_piece(n) for n in processor.encode("کتاب\u200cها")]
    assert "".join(pieces) == "▁کتاب\u200cها"
