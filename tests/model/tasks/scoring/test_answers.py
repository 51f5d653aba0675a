"""The n best spans of windows' logits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from model.tasks.examples import Answer, ParagraphQuestions, Question
from model.tasks.features.features import Features
from model.tasks.features.paragraphs import paragraph_features
from model.tasks.scoring.answers import answer_texts, best_spans, best_spans_or_none

PARAGRAPH = "The  Big Ferry crossed a river; a boat sank again."


@pytest.fixture
def examples():
    gold = (Answer("Big Ferry", 5),)
    return ParagraphQuestions(
        [PARAGRAPH], [Question("q", 0, "what", gold), Question("r", 0, "who", gold)]
    )


def logits(features: Features, length: int = 64):
    """Low starts and ends of all windows."""
    return np.full((len(features), length), -9, np.float32), np.full(
        (len(features), length), -9, np.float32
    )


def test_the_best_span_is_cut_from_the_original_characters(tokenizer, examples):
    features = paragraph_features(examples, tokenizer, 64, longest_question=8)
    starts, ends = logits(features)
    row, begin, end = 0, features.columns["start"][0], features.columns["end"][0]
    starts[row, begin] = ends[row, end] = 5
    spans = best_spans(features, starts, ends)
    assert answer_texts(spans, examples)["q"] == "Big Ferry"
    assert spans.probabilities[0] > 0.99 and spans.nulls.tolist() == [0, 0]
    assert np.diff(spans.offsets).max() == 20
    sums = np.add.reduceat(spans.probabilities, spans.offsets[:-1])
    assert sums == pytest.approx(np.ones(2))


def test_question_padding_and_separators_are_never_answers(tokenizer, examples):
    features = paragraph_features(examples, tokenizer, 64, longest_question=8)
    starts, ends = logits(features)
    outside = features.batch(np.arange(2), 64, tokenizer.pad)["piece_end"] == 0
    starts[outside] = ends[outside] = 50
    spans = best_spans(features, starts, ends)
    assert len(spans.begins) > 0 and (spans.ends > spans.begins).all()
    texts = [PARAGRAPH[b:e] for b, e in zip(spans.begins, spans.ends, strict=True)]
    assert all(text.strip() for text in texts)


def test_a_span_is_no_longer_than_may_be_and_ends_not_before_it_begins(tokenizer, examples):
    features = paragraph_features(examples, tokenizer, 64, longest_question=8)
    starts, ends = logits(features)
    first, last = int(features.seconds[0]), int(features.offsets[1]) - 2
    starts[0, first] = ends[0, last] = 8  # the whole paragraph
    starts[0, last - 1] = ends[0, first + 1] = 7.9  # nearly as good, the wrong way round
    spans = best_spans(features, starts, ends, longest=60)
    assert answer_texts(spans, examples)["q"] == PARAGRAPH
    assert (spans.ends > spans.begins).all()
    short = answer_texts(best_spans(features, starts, ends, longest=3), examples)
    assert short["q"] != PARAGRAPH and len(short["q"]) < 20


def test_of_several_windows_a_start_counts_where_it_is_shown_best(tokenizer):
    text = "a ferry crossed the river again " * 6 + "with a boat"
    gold = (Answer("boat", text.index("boat")),)
    examples = ParagraphQuestions([text], [Question("q", 0, "what", gold)])
    features = paragraph_features(examples, tokenizer, 24, stride=8, longest_question=6)
    starts, ends = logits(features, 24)
    shown = features.piece_columns["piece_shown_best"]
    worst = np.flatnonzero(~shown & (features.piece_columns["piece_end"] > 0))
    row = np.searchsorted(features.offsets, worst, "right") - 1
    starts[row, worst - features.offsets[row]] = ends[row, worst - features.offsets[row]] = 99
    spans = best_spans(features, starts, ends)
    begins = set(features.piece_columns["piece_begin"][shown].tolist())
    assert set(spans.begins.tolist()) <= begins
    keys = list(zip(spans.begins.tolist(), spans.ends.tolist(), strict=True))
    assert len(keys) == len(set(keys))


def test_a_question_without_a_span_has_an_empty_answer(tokenizer):
    examples = ParagraphQuestions(
        ["", "a boat"], [Question("q", 0, "what", ()), Question("r", 1, "who", ())]
    )
    features = paragraph_features(examples, tokenizer, 64, longest_question=8)
    texts = answer_texts(best_spans(features, *logits(features)), examples)
    assert texts["q"] == "" and texts["r"]


def test_the_null_score_of_a_question_is_the_lowest_of_its_windows(tokenizer):
    text = "a ferry crossed the river again " * 6
    examples = ParagraphQuestions(
        [text, "a"], [Question("q", 0, "what", ()), Question("r", 1, "who", ())]
    )
    features = paragraph_features(examples, tokenizer, 24, stride=8, longest_question=6)
    number = len(features)
    nulls = np.arange(number, dtype=np.float32)[::-1] - 2
    at = np.tile(features.seconds[:, None], (1, 2))
    ends = np.stack([at, at + 1], axis=2)
    scores = np.log(np.tile([[0.75, 0.25]], (number, 1)))
    of_ends = np.log(np.tile([[[0.9, 0.1], [0.5, 0.5]]], (number, 1, 1)))
    spans = best_spans_or_none(features, scores, at, of_ends, ends, nulls)
    assert spans.nulls.tolist() == [-1, -2]
    assert answer_texts(spans, examples) == {"q": "a", "r": "a"}


def by_hand(
    features: Features, starts, ends, most: int, longest: int
) -> list[list[tuple[int, int]]]:
    """The rules spelled out: all pairs of the best starts and ends of each window, looked at one by one."""
    found: list[dict[tuple[int, int], float]] = [{} for _ in features.names]
    for row in range(len(features)):
        at, size = int(features.offsets[row]), int(np.diff(features.offsets)[row])
        begin, end, shown = (
            features.piece_columns[f"piece_{n}"] for n in ("begin", "end", "shown_best")
        )
        inside = [p for p in range(features.seconds[row], size - 1) if end[at + p] > 0]
        for s in sorted((p for p in inside if shown[at + p]), key=lambda p: -starts[row, p])[:most]:
            for e in sorted(inside, key=lambda p: -ends[row, p])[:most]:
                if s <= e < s + longest and end[at + e] > begin[at + s]:
                    key = (int(begin[at + s]), int(end[at + e]))
                    value = float(starts[row, s] + ends[row, e])
                    own = found[features.examples[row]]
                    own[key] = max(own.get(key, value), value)
    return [sorted(own, key=lambda k: (-own[k], k))[:most] for own in found]


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), most=st.integers(1, 12), longest=st.integers(1, 8))
def test_spans_are_those_of_the_rules_spelled_out(seed, most, longest):
    rng = np.random.default_rng(seed)
    features = _features(rng)
    starts, ends = (rng.permuted(np.arange(len(features) * 24.0).reshape(-1, 24)) for _ in range(2))
    spans = best_spans(features, starts, ends, most, longest)
    expected = by_hand(features, starts, ends, most, longest)
    for number, keys in enumerate(expected):
        own = slice(spans.offsets[number], spans.offsets[number + 1])
        found = list(zip(spans.begins[own].tolist(), spans.ends[own].tolist(), strict=True))
        values = spans.probabilities[own]
        assert sorted(found) == sorted(keys) or len(keys) == most
        assert (np.diff(values) <= 0).all()


def _features(rng: np.random.Generator) -> Features:
    """Windows of 24 pieces at most, made up: two questions, the first with two windows."""
    sizes, seconds = np.array([24, 20, 12]), np.array([4, 4, 6], np.int32)
    offsets = np.append(0, np.cumsum(sizes))
    begin, end = np.zeros(offsets[-1], np.int32), np.zeros(offsets[-1], np.int32)
    for row, first in enumerate((0, 8, 0)):
        own = np.arange(offsets[row] + seconds[row], offsets[row + 1] - 1)
        begin[own] = 5 * (first + np.arange(len(own)))
        end[own] = begin[own] + rng.choice([0, 4], len(own), p=[0.1, 0.9])
    shown = rng.random(offsets[-1]) < 0.8
    columns = {"piece_begin": begin, "piece_end": end, "piece_shown_best": shown}
    ids = np.zeros(offsets[-1], np.int32)
    return Features(["q", "r"], ids, offsets, seconds, np.array([0, 0, 1], np.int32), {}, columns)


def test_scores_of_other_windows_or_that_are_no_numbers_are_refused(tokenizer, examples):
    features = paragraph_features(examples, tokenizer, 64, longest_question=8)
    starts, ends = logits(features)
    with pytest.raises(DataError, match="scores of 1 windows, where the features have 2"):
        best_spans(features, starts[:1], ends[:1])
    ends[0, 0] = np.nan
    with pytest.raises(DataError, match="no numbers"):
        best_spans(features, starts, ends)
