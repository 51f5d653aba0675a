"""SQuAD's exact match and F1, against literals and, where it is installed, the official code."""

from __future__ import annotations

import json
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.tasks.examples import Answer, Question
from model.tasks.readers.squad import read_squad
from model.tasks.scoring.squad_scores import (
    QuestionScores,
    best_threshold,
    exact_match,
    f1,
    normalized,
    question_scores,
    summary,
    with_threshold,
)
from tests.shared import SHARED, needs_shared_data


@pytest.mark.parametrize(
    "answer, expected",
    [
        ("The  Ferry!", "ferry"),
        ("a-b an the.x", "ab thex"),
        ("Ångström's an\tAn", "ångströms"),
        ("the", ""),
        ("“the” «x»", "“ ” «x»"),
        ("theatre", "theatre"),
    ],
)
def test_answers_are_compared_without_case_punctuation_articles_and_white_space(answer, expected):
    assert normalized(answer) == expected


def test_f1_counts_words_as_often_as_both_have_them():
    assert f1("cat cat dog", "cat cat cat", 1) == pytest.approx(2 / 3)
    assert f1("the big ferry", "ferry", 1) == pytest.approx(2 / 3)
    assert f1("ferry", "boat", 1) == 0 and exact_match("The ferry.", "ferry") == 1


def test_empty_answers_are_scored_by_their_version():
    assert (f1("the", "a", 1), f1("the", "a", 2)) == (0.0, 1.0)
    assert f1("ferry", "", 2) == 0.0 and exact_match("the", "") == 1.0


def asked(name, *answers):
    return Question(name, 0, "", tuple(Answer(answer, 0) for answer in answers))


def test_the_best_of_the_gold_answers_counts():
    scores = question_scores([asked("q", "a big ferry", "ferry", "boat")], {"q": "ferry"}, 1)
    assert summary(scores) == {"squad_f1": 100.0, "squad_em": 100.0}


def test_a_question_without_prediction_is_answered_with_nothing():
    questions = [asked("q", "ferry"), asked("r")]
    assert question_scores(questions, {}, 2).exact.tolist() == [0.0, 1.0]
    assert summary(question_scores(questions, {"q": "ferry", "x": "y"}, 2)) == {
        "squad_f1": 100.0, "squad_em": 100.0, "answer_f1": 100.0, "answer_em": 100.0,
        "no_answer_f1": 100.0, "no_answer_em": 100.0,
    }  # fmt: skip


def test_empty_gold_answers_of_version_2_are_left_out_where_there_are_others():
    assert question_scores([asked("q", "the", "ferry")], {"q": ""}, 2).exact.tolist() == [0.0]
    assert question_scores([asked("q", "the")], {"q": ""}, 2).exact.tolist() == [1.0]


def test_above_the_threshold_a_question_is_left_unanswered():
    scores = QuestionScores(
        np.array([1.0, 1, 0]), np.array([1.0, 1, 0.5]), np.array([True, True, False])
    )
    found = with_threshold(scores, np.array([-1.0, 2, 3]), 2.0)
    assert found.exact.tolist() == [1, 1, 1]
    assert with_threshold(scores, np.array([-1.0, 2, 3]), 1.0).f1.tolist() == [1, 0, 1]


def test_the_threshold_is_the_null_score_of_the_last_question_to_answer():
    value, nulls = np.array([1.0, 0.6, 0, 0.1]), np.array([-5.0, -3, -1, 0])
    has_answer = np.array([True, True, False, True])
    assert best_threshold(value, nulls, has_answer) == (-3.0, pytest.approx(100 * 2.6 / 4))


def test_where_it_is_best_to_answer_nothing_the_threshold_is_below_all():
    found = best_threshold(np.zeros(2), np.array([-9.0, -8]), np.array([False, False]))
    assert found == (-math.inf, 100.0)


CASES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.integers(-3, 3), st.booleans()),
    min_size=1, max_size=12,
)  # fmt: skip


@given(cases=CASES)
def test_no_threshold_does_better(cases):
    value, nulls, has_answer = (np.array(column) for column in zip(*cases, strict=True))
    nulls = nulls.astype(float)
    value = np.where(has_answer, value, 0.0)  # any answer to a question without one is wrong
    scores = QuestionScores(value, value, has_answer)
    found = best_threshold(value, nulls, has_answer)
    means = {
        t: 100 * with_threshold(scores, nulls, t).f1.mean() for t in [-math.inf, *nulls.tolist()]
    }
    assert found.score == pytest.approx(max(means.values()))
    assert means[found.value] == pytest.approx(found.score)


KNOWN = ("the", "a", "An", "ferry", "boat.", "big-ferry", "5", "é", "")
WORDS = st.lists(st.sampled_from(KNOWN)).map(" ".join)


@given(gold=st.lists(WORDS, min_size=1, max_size=3), answer=WORDS)
def test_scores_are_those_of_the_official_code_of_version_1(gold, answer):
    official = pytest.importorskip(
        "official.nlp.tools.squad_evaluate_v1_1", reason="tf-models-official"
    )
    entry = {"id": "q", "answers": [{"text": text} for text in gold]}
    expected = official.evaluate([{"paragraphs": [{"qas": [entry]}]}], {"q": answer})
    found = summary(question_scores([asked("q", *gold)], {"q": answer}, 1))
    assert found["squad_f1"] == pytest.approx(100 * expected["final_f1"])
    assert found["squad_em"] == pytest.approx(100 * expected["exact_match"])


@given(
    st.lists(
        st.tuples(st.lists(WORDS.filter(normalized), max_size=2), WORDS, st.floats(-4, 4, width=16)),
        min_size=1, max_size=6, unique_by=lambda case: case[2],
    )
)  # fmt: skip
def test_scores_and_threshold_are_those_of_the_official_code_of_version_2(cases):
    official = pytest.importorskip(
        "official.nlp.tools.squad_evaluate_v2_0", reason="tf-models-official"
    )
    questions, given, nulls, entries = [], {}, {}, []
    for number, (gold, answer, null) in enumerate(cases):
        name = str(number)
        questions.append(asked(name, *gold))
        # An answer of nothing but articles is one to the search, and none to the scores.
        given[name], nulls[name] = answer if normalized(answer) else "ferry", float(null)
        entries.append({"id": name, "answers": [{"text": text} for text in gold]})
    data = [{"paragraphs": [{"qas": entries}]}]
    expected = official.evaluate(data, given, nulls)
    scores = question_scores(questions, given, 2)
    values = np.array(list(nulls.values()))
    for name, value in (("final_f1", scores.f1), ("final_exact", scores.exact)):
        best = best_threshold(value, values, scores.has_answer)
        assert best.score == pytest.approx(expected[name])
    plain = official.evaluate(data, given)
    assert summary(scores)["squad_f1"] == pytest.approx(plain["f1"])
    assert summary(scores)["squad_em"] == pytest.approx(plain["exact"])


@needs_shared_data
@pytest.mark.parametrize(
    "version, file", [(1, "squad-v1.1-format-xquad-en-part"), (2, "squad-v2.0-dev-part")]
)
def test_scores_of_real_questions_are_those_of_the_official_code(version, file):
    """Answers that are right, cut, too long, of another question, or empty."""
    official = pytest.importorskip(
        f"official.nlp.tools.squad_evaluate_v{version}_{2 - version}", reason="tf-models-official"
    )
    path, rng = SHARED / "squad" / f"{file}.json", random.Random(version)
    questions = read_squad(str(path), version == 1).questions
    texts = [answer.text for question in questions for answer in question.answers[:1]]
    given = {}
    for question in questions:
        gold = rng.choice(question.answers).text if question.answers else ""
        words = gold.split()
        ways = (gold, f"The {gold.upper()}!", " ".join(words[1:]), f"{gold} or so", "")
        given[question.id] = rng.choice((*ways, rng.choice(texts)))
    scores = question_scores(questions, given, version)
    found = summary(scores)
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    if version == 1:
        expected = official.evaluate(data, given)
        assert found["squad_f1"] == pytest.approx(100 * expected["final_f1"])
        assert found["squad_em"] == pytest.approx(100 * expected["exact_match"])
        return
    plain = official.evaluate(data, given)
    assert found["squad_f1"] == pytest.approx(plain["f1"])
    assert found["squad_em"] == pytest.approx(plain["exact"])
    filled = {name: text or "ferry" for name, text in given.items()}
    nulls = {question.id: rng.gauss(0, 1) for question in questions}
    best = official.evaluate(data, filled, nulls)
    scores, values = question_scores(questions, filled, 2), np.array(list(nulls.values()))
    for name, value in (("final_f1", scores.f1), ("final_exact", scores.exact)):
        assert best_threshold(value, values, scores.has_answer).score == pytest.approx(best[name])
