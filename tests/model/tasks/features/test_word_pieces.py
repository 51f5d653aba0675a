"""WordPiece of a Hugging Face folder, and the `tokenizers` library as another path to places of pieces."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from albert_data.base.errors import ConfigError, DataError
from albert_data.tokens.vocabulary import SPACE, load_vocabulary
from model.convert.tokenizer_files import tokenizer_files
from model.tasks.examples import Answer, ParagraphQuestions, Question
from model.tasks.features.paragraphs import answer_pieces, paragraph_features
from model.tasks.features.tokenizer import BuildTokenizer
from model.tasks.features.word_pieces import WordPieceTokenizer
from model.tasks.readers.find import read_task
from model.tasks.table import TASKS
from tests.shared import SHARED, needs_shared_data

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = [*SPECIALS, "the", "cafe", "ferr", "##y", "crossed", ",", "."]


@pytest.fixture
def tokenizers():
    return pytest.importorskip("tokenizers", reason="the package tokenizers is not installed")


@pytest.fixture
def folder(tmp_path, tokenizers):
    """Of a BERT model with a few words."""
    vocabulary = {piece: number for number, piece in enumerate(VOCABULARY)}
    made = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(SPECIALS)
    made.enable_truncation(4)
    made.enable_padding(length=8)
    made.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def test_pieces_have_their_places_in_the_original_text(folder):
    tokenizer = WordPieceTokenizer(str(folder))
    assert (tokenizer.size, tokenizer.pad, tokenizer.cls, tokenizer.sep) == (
        len(VOCABULARY),
        0,
        2,
        3,
    )
    texts = ["The  Café, ferry crossed.", "", "the"]
    found, (ids, offsets) = tokenizer.pieces(texts), tokenizer.ids(texts)
    assert found.ids.tolist() == ids.tolist() and found.offsets.tolist() == offsets.tolist()
    own = found.of(0)
    shown = [texts[0][b:e] for b, e in zip(found.begins[own], found.ends[own], strict=True)]
    assert shown == ["The", "Café", ",", "ferr", "y", "crossed", "."]
    assert [VOCABULARY[n] for n in ids[own]] == ["the", "cafe", ",", "ferr", "##y", "crossed", "."]
    assert np.diff(offsets).tolist() == [7, 0, 1]


def test_answers_are_recovered_from_features_of_bert(folder):
    paragraph = "The  Café, ferry crossed."
    asked = Question("q", 0, "the?", (Answer("Café, ferry", 5),))
    features = paragraph_features(
        ParagraphQuestions([paragraph], [asked]), WordPieceTokenizer(str(folder)), 32, 8, 8
    )
    begin, end = (int(features.columns[name][0]) for name in ("start", "end"))
    first, last = (
        features.piece_columns["piece_begin"][begin],
        features.piece_columns["piece_end"][end],
    )
    assert paragraph[first:last] == "Café, ferry"


def test_a_folder_without_a_tokenizer_or_with_another_model_s_is_refused(tmp_path, tokenizers):
    with pytest.raises(ConfigError, match="no tokenizer.json"):
        WordPieceTokenizer(str(tmp_path))
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(DataError, match="no tokenizer: "):
        WordPieceTokenizer(str(tmp_path))
    tokenizers.Tokenizer(tokenizers.models.WordPiece({"[CLS]": 0}, unk_token="[CLS]")).save(
        str(path)
    )
    with pytest.raises(DataError, match=r"no piece \[SEP\]"):
        WordPieceTokenizer(str(tmp_path))


def test_a_vocabulary_without_its_unknown_piece_is_an_error_of_the_file(tmp_path, tokenizers):
    path = tmp_path / "tokenizer.json"
    pieces = {name: number for number, name in enumerate(("[CLS]", "[SEP]", "[PAD]", "a"))}
    tokenizers.Tokenizer(tokenizers.models.WordPiece(pieces, unk_token="[UNK]")).save(str(path))
    tokenizer = WordPieceTokenizer(str(tmp_path))
    assert tokenizer.ids(["a"])[0].tolist() == [3]
    for cut in (tokenizer.ids, tokenizer.pieces):
        with pytest.raises(DataError, match=r"cannot cut a text: .*\[UNK\]") as caught:
            cut(["b"])
        assert caught.value.where == str(path)


def test_without_the_library_the_package_is_named(tmp_path, monkeypatch):
    (tmp_path / "tokenizer.json").write_text(json.dumps({}))
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ConfigError, match="needs the package tokenizers"):
        WordPieceTokenizer(str(tmp_path))


@needs_shared_data
@pytest.mark.parametrize(
    "name, task, answers",
    [
        ("squad-v1.1-format-xquad-en-part.json", "squad1", 612),
        ("squad-v2.0-dev-part.json", "squad2", 1299),
    ],
)
def test_starts_and_ends_of_real_answers_are_those_of_the_fast_tokenizer(
    name, task, answers, tokenizers
):
    """Its places come from another program; compared where its ids are a build's."""
    model = SHARED / "vocab" / "albert-30k-clean.model"
    files = tokenizer_files(model.read_bytes(), "albert", 512)
    fast = tokenizers.Tokenizer.from_str(files["tokenizer.json"].decode())
    ours = BuildTokenizer(load_vocabulary(model))
    examples = read_task(str(SHARED / "squad" / name), TASKS[task], "dev")
    found = ours.pieces(examples.paragraphs)
    theirs = fast.encode_batch(examples.paragraphs, add_special_tokens=False)
    compared = 0
    for question in examples.questions:
        own = found.of(question.paragraph)
        other = theirs[question.paragraph]
        if not question.answers or other.ids != found.ids[own].tolist():
            continue
        answer = question.answers[0]
        begin, end = answer.begin, answer.begin + len(answer.text)
        (span,) = answer_pieces(
            found, np.array([question.paragraph]), np.array([begin]), np.array([end])
        )
        # A space mark has the place of the space before its word; one that is a piece, of no character here.
        places = other.offsets
        first = next(n for n, (_, e) in enumerate(places) if e > begin and other.tokens[n] != SPACE)
        last = max(n for n, (b, _) in enumerate(places) if b < end)
        assert (first, last) == tuple(span.tolist())
        text = examples.paragraphs[question.paragraph]
        cut = text[found.begins[own][first] : found.ends[own][last]]
        assert text[places[first][0] : places[last][1]].strip() == cut
        compared += 1
    assert compared == answers
