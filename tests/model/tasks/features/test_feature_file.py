"""Features are kept as Parquet, and made anew where anything they depend on is another."""

from __future__ import annotations

import numpy as np
import pytest
from pyarrow import parquet

from model.tasks.examples import (
    Answer,
    ChoiceQuestion,
    ParagraphQuestions,
    PassageQuestions,
    Question,
    Sentences,
)
from model.tasks.features import make
from model.tasks.features.make import digest, features_of
from model.tasks.features.tokenizer import BuildTokenizer
from model.tasks.table import TASKS

EXAMPLES = {
    "sts-b": Sentences(["a", "b"], ["the ferry", ""], ["a", "b"], np.array([1.5, 2], np.float32)),
    "squad2": ParagraphQuestions(
        ["the ferry crossed " * 20, ""],
        [Question("q", 0, "what", (Answer("ferry", 4),)), Question("r", 1, "who", ())],
    ),
    "race": PassageQuestions(["a ferry"], [ChoiceQuestion("q", 0, "what _", [*"abcd"], 3, "high")]),
}  # fmt: skip


def same(one, other):
    assert one.names == other.names and one.counts == other.counts
    for name in ("ids", "offsets", "seconds", "examples"):
        left, right = getattr(one, name), getattr(other, name)
        assert left.dtype == right.dtype and left.tolist() == right.tolist(), name
    for name in ("columns", "piece_columns"):
        left, right = getattr(one, name), getattr(other, name)
        assert left.keys() == right.keys()
        assert all(left[k].dtype == right[k].dtype for k in left)
        assert all(left[k].tolist() == right[k].tolist() for k in left)


@pytest.mark.parametrize("name", EXAMPLES)
def test_features_come_back_as_they_were_made(tmp_path, tokenizer, name, monkeypatch):
    task, examples = TASKS[name], EXAMPLES[name]
    first = features_of(task, "dev", examples, tokenizer, 160, tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.name.startswith(f"{name}-dev-") and path.suffix == ".parquet"
    same(first, features_of(task, "dev", examples, tokenizer, 160))
    monkeypatch.setattr(make, "make_features", None)  # now they can only come from the file
    same(first, features_of(task, "dev", examples, tokenizer, 160, tmp_path))


def test_file_is_plain_parquet(tmp_path, tokenizer):
    features_of(TASKS["squad2"], "dev", EXAMPLES["squad2"], tokenizer, 160, tmp_path)
    (path,) = tmp_path.iterdir()
    rows = parquet.read_table(path).to_pylist()
    assert [row["example"] for row in rows] == ["q", "r"]
    assert rows[0]["pieces"][0] == tokenizer.cls and rows[0]["answerable"] == 1
    assert len(rows[0]["pieces"]) == len(rows[0]["piece_begin"])


def test_another_text_length_vocabulary_or_split_has_another_file(tmp_path, tokenizer, vocabulary):
    task, examples = TASKS["sts-b"], EXAMPLES["sts-b"]
    other = Sentences(["a", "b"], ["the ferry", "."], ["a", "b"], examples.labels)
    cased = BuildTokenizer(vocabulary, "albert-cased")
    for given in (
        ("dev", examples, tokenizer, 160),
        ("train", examples, tokenizer, 160),
        ("dev", other, tokenizer, 160),
        ("dev", examples, cased, 160),
        ("dev", examples, tokenizer, 128),
    ):
        features_of(task, *given, tmp_path)
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", None])
def test_a_damaged_file_is_made_anew(tmp_path, tokenizer, content):
    task, examples = TASKS["race"], EXAMPLES["race"]
    first = features_of(task, "dev", examples, tokenizer, 160, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    same(first, features_of(task, "dev", examples, tokenizer, 160, tmp_path))


def test_training_has_no_places(tokenizer):
    found = features_of(TASKS["squad2"], "train", EXAMPLES["squad2"], tokenizer, 160)
    assert found.piece_columns == {} and "start" in found.columns


def test_digest_tells_labels_and_texts_apart():
    one = EXAMPLES["sts-b"]
    assert digest(one) != digest(Sentences(one.ids, one.first, one.second, None))
    assert digest(one) == digest(Sentences(one.ids, one.first, one.second, one.labels.copy()))
