"""A vocabulary trained with another normalization than a build's is told by its pieces."""

from __future__ import annotations

import json
import random

import pytest

from albert_data.config.load import load
from albert_data.tokens.out_of_reach import out_of_reach
from albert_data.tokens.train_vocabulary import train_vocabulary
from albert_data.tokens.vocabulary import load_vocabulary
from tests.command_line import albert_data, succeeds

SYLLABLES = "ко мой чёр ный твой ёж кра ещё чай зел бой ге рой ма лёд по ста ри".split()


def sentences(count: int) -> list[str]:
    """Of words of two or three syllables, drawn so that a vocabulary has pieces of several letters."""
    draw = random.Random(7)
    words = ["".join(draw.choices(SYLLABLES, k=draw.choice((2, 3)))) for _ in range(500)]
    return [" ".join(draw.choices(words, k=6)).capitalize() + "." for _ in range(count)]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "ru.jsonl"
    rows = [{"id": str(n), "text": " ".join(sentences(400)[n::40])} for n in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def trained(text, tmp_path_factory):
    def train(normalization):
        path = tmp_path_factory.mktemp("vocabulary") / f"{normalization}.model"
        settings = load("tiny", [f"tokens.normalization={normalization}"])
        train_vocabulary([f"jsonl:{text}"], path, 150, settings)
        return load_vocabulary(path)

    return {name: train(name) for name in ("albert", "albert-marks", "albert-cased", "none")}


@pytest.mark.parametrize(
    ("trained_with", "builds_with", "told"),
    [
        ("albert", "albert", False),
        ("albert-marks", "albert-marks", False),
        ("albert-cased", "albert-cased", False),
        ("none", "none", False),
        ("albert-marks", "albert", True),
        ("albert-cased", "albert", True),
        ("none", "albert-marks", True),
    ],
)
def test_pieces_that_the_normalization_never_gives_are_told(
    trained, trained_with, builds_with, told
):
    line = out_of_reach(trained[trained_with], builds_with)
    assert bool(line) is told
    if told:
        assert f"never come out of tokens.normalization {builds_with}" in line


def test_vocab_warns_of_marks_and_names_what_builds_need(text, tmp_path):
    given = ["vocab", f"--source=jsonl:{text}", "--size=150", "--output"]
    told = succeeds(albert_data(*given, tmp_path / "a.model")).err
    assert "warning: tokens.normalization albert took " in told and "the same --set" not in told
    marks = ["--set=tokens.normalization=albert-marks", "--set=sentences.language=ru"]
    told = succeeds(albert_data(*given, tmp_path / "b.model", *marks)).err
    assert "warning" not in told
    same = "--set sentences.language=ru --set tokens.normalization=albert-marks"
    assert f"it is for builds with the same {same}\n" in told


def test_a_build_with_a_vocabulary_of_another_normalization_is_warned(text, tmp_path, trained):
    vocabulary = tmp_path / "marks.model"
    settings = load("tiny", ["tokens.normalization=albert-marks"])
    train_vocabulary([f"jsonl:{text}"], vocabulary, 150, settings)
    given = ["tokenize", f"--source=jsonl:{text}", "--vocab", vocabulary, "--workers=1"]
    told = succeeds(albert_data(*given, "--output", tmp_path / "a")).err
    assert "it was trained with another; set the one that it was trained with\n" in told
    marks = "--set=tokens.normalization=albert-marks"
    told = succeeds(albert_data(*given, marks, "--output", tmp_path / "b")).err
    assert "trained with another" not in told
