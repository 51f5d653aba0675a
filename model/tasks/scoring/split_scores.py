"""Predictions of a split against its examples: the task's metrics, for any of the heads."""

from __future__ import annotations

from typing import Any

import numpy as np

from albert_data.base.errors import DataError

from ..examples import Examples, ParagraphQuestions, PassageQuestions, Sentences
from ..table import Task
from .answers import answer_texts
from .metrics import by_group, predictions_of, score
from .predictions import Predictions
from .squad_scores import best_threshold, question_scores, summary, with_threshold

LEAST = -float(np.finfo(np.float32).max)  # a threshold below all null scores that JSON can hold


def split_scores(task: Task, predictions: Predictions, examples: Examples) -> dict[str, float]:
    """Scores in per cent; `metrics.figure` makes the task's one figure of those of its splits.

    Of RACE middle and high beside all; of SQuAD 2.0 `threshold` (a null score, not per cent), and figures
    at threshold 0 under `…_at_0`.

    Raises:
        DataError: predictions of other examples.
    """
    if len(predictions.ids) != len(examples):
        problem = (
            f"predictions of {len(predictions.ids)} examples, where the data has {len(examples)}"
        )
        raise DataError(problem, where=task.title, fix="name the data that was predicted")
    if isinstance(examples, ParagraphQuestions):
        return _squad_scores(task, predictions, examples)
    assert predictions.logits is not None
    gold, given = gold_of(examples), predictions_of(task, predictions.logits)
    if isinstance(examples, PassageQuestions):
        return by_group(gold, given, [question.group for question in examples.questions])
    return score(task, gold, given)


def gold_of(examples: Examples) -> Any:
    """Labels [N] of examples that are no paragraphs' questions."""
    if isinstance(examples, PassageQuestions):
        return np.array([question.answer for question in examples.questions])
    assert isinstance(examples, Sentences) and examples.labels is not None
    return examples.labels


def _squad_scores(
    task: Task, predictions: Predictions, examples: ParagraphQuestions
) -> dict[str, float]:
    spans, version = predictions.spans, 1 if task.head == "span" else 2
    assert spans is not None
    scored = question_scores(examples.questions, answer_texts(spans, examples), version)
    if version == 1:
        return summary(scored)
    best = best_threshold(scored.f1, spans.nulls, scored.has_answer)
    at_zero = summary(with_threshold(scored, spans.nulls, 0.0))
    return {
        **summary(with_threshold(scored, spans.nulls, best.value)),
        "threshold": max(best.value, LEAST),
        **{f"{name}_at_0": at_zero[name] for name in task.metrics},
    }
