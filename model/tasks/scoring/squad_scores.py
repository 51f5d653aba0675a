"""Exact match and F1 of SQuAD, by the rules of its two official evaluation scripts.

Before two answers are compared, both are written in lower case, ASCII punctuation goes, then the words
a, an and the, then white space is collapsed. F1 counts words of both as often as they stand in either.
The best of the gold answers counts. The versions differ where an answer is empty after that: 2.0 gives
it 1 against an empty one and 0 else, and leaves out empty gold answers where there are others; 1.1
gives F1 0.

A question without a prediction counts as answered with nothing (2.0's script leaves it out of the mean).
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Float64

from ..examples import Question

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


class QuestionScores(NamedTuple):
    """Exact match and F1 of each of Q questions, 0 to 1, and whether it has an answer."""

    exact: Float64[np.ndarray, " Q"]
    f1: Float64[np.ndarray, " Q"]
    has_answer: np.ndarray


class Threshold(NamedTuple):
    """A threshold on the null score: above it a question is left unanswered.

    Attributes:
        value: the null score itself of the last question that is answered; −∞: none is.
        score: mean over all questions in per cent.
    """

    value: float
    score: float


def normalized(answer: str) -> str:
    """An answer as it is compared."""
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split())


def exact_match(gold: str, given: str) -> float:
    return float(normalized(gold) == normalized(given))


def f1(gold: str, given: str, version: int) -> float:
    """F1 of the words of two answers.

    Args:
        version: int. 1 or 2, of SQuAD.
    """
    ours, theirs = normalized(given).split(), normalized(gold).split()
    if version == 2 and not (ours and theirs):
        return float(ours == theirs)
    same = sum((Counter(ours) & Counter(theirs)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(ours), same / len(theirs)
    return 2 * precision * recall / (precision + recall)


def question_scores(
    questions: Sequence[Question], answers: Mapping[str, str], version: int
) -> QuestionScores:
    """Scores of predicted answers; "" is no answer.

    Args:
        answers: text by the question's id; those of other ids are not looked at.
    """
    exact, overlap = np.zeros(len(questions)), np.zeros(len(questions))
    for number, question in enumerate(questions):
        gold = [answer.text for answer in question.answers]
        if version == 2:
            gold = [text for text in gold if normalized(text)] or [""]
        given = answers.get(question.id, "")
        exact[number] = max(exact_match(text, given) for text in gold)
        overlap[number] = max(f1(text, given, version) for text in gold)
    has_answer = np.array([bool(question.answers) for question in questions])
    return QuestionScores(exact, overlap, has_answer)


def summary(scores: QuestionScores) -> dict[str, float]:
    """Means in per cent: `squad_em`, `squad_f1`, and where some questions have no answer these two of both
    kinds of question."""
    found = {"squad_f1": _mean(scores.f1), "squad_em": _mean(scores.exact)}
    if not scores.has_answer.all():
        for kind, rows in (("answer", scores.has_answer), ("no_answer", ~scores.has_answer)):
            found[f"{kind}_f1"] = _mean(scores.f1[rows])
            found[f"{kind}_em"] = _mean(scores.exact[rows])
    return found


def with_threshold(
    scores: QuestionScores, null_scores: Float64[np.ndarray, " Q"], threshold: float
) -> QuestionScores:
    """The scores where questions whose null score is above the threshold are left unanswered.

    Args:
        scores: of the best answers that are not empty.
    """
    silent = null_scores > threshold
    right = np.where(scores.has_answer, 0.0, 1.0)
    return QuestionScores(
        np.where(silent, right, scores.exact), np.where(silent, right, scores.f1), scores.has_answer
    )


def best_threshold(
    value: Float64[np.ndarray, " Q"],
    null_scores: Float64[np.ndarray, " Q"],
    has_answer: np.ndarray,
) -> Threshold:
    """The threshold that gives the highest mean; of equal ones the lowest.

    Between questions of equal null score there is no threshold, as the official search would have it;
    and where it is best to answer nothing it is −∞, for null scores may be below 0.

    Args:
        value: exact match or F1 of each question if it is answered.
    """
    order = np.argsort(null_scores, kind="stable")
    right = np.where(has_answer, 0.0, 1.0)
    sums = right.sum() + np.cumsum((value - right)[order])
    sorted_scores = null_scores[order]
    last_of_equals = np.append(sorted_scores[1:] != sorted_scores[:-1], True)
    places = np.flatnonzero(last_of_equals)
    best, threshold = right.sum(), -math.inf
    if len(places) and sums[places].max() > best:
        place = places[np.argmax(sums[places])]
        best, threshold = sums[place], sorted_scores[place]
    return Threshold(float(threshold), 100 * float(best) / len(value))


def _mean(values: Float64[np.ndarray, " N"]) -> float:
    return 100 * float(values.mean()) if len(values) else math.nan
