"""Outputs of a model on a labelled split to scores, the task's figure, and predictions that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..tasks.examples import Examples, ParagraphQuestions, PassageQuestions, Sentences
from ..tasks.features.make import digest
from ..tasks.scoring.answers import Spans, answer_texts, best_spans, best_spans_or_none
from ..tasks.scoring.metrics import by_group, figure, majority, predictions_of, score
from ..tasks.scoring.predictions import Predictions
from ..tasks.scoring.squad_scores import (
    best_threshold,
    question_scores,
    summary,
    with_threshold,
)
from ..tasks.table import Task
from .inputs import Inputs


@dataclass(frozen=True)
class Split:
    """A split to predict.

    Attributes:
        name: as the task's row has it.
        examples: Examples.
        inputs: Inputs, with places of pieces where answers are looked for.
    """

    name: str
    examples: Examples
    inputs: Inputs


def predictions_from(task: Task, split: Split, outputs: Mapping[str, np.ndarray]) -> Predictions:
    """What a run predicted of a split.

    Args:
        outputs: of all inputs in their order.
    """
    ids = list(split.inputs.features.names)
    told = (task.name, split.name, digest(split.examples), ids)
    if task.reader != "squad":
        return Predictions(*told, logits=outputs["logits"])
    return Predictions(*told, spans=_spans(task, split, outputs))


def _spans(task: Task, split: Split, outputs: Mapping[str, np.ndarray]) -> Spans:
    features = split.inputs.features
    if task.head == "span":
        return best_spans(features, outputs["start_logits"], outputs["end_logits"])
    return best_spans_or_none(
        features,
        outputs["start_scores"],
        outputs["start_at"],
        outputs["end_scores"],
        outputs["end_at"],
        outputs["nulls"],
    )


def scores_of(task: Task, split: Split, predictions: Predictions) -> dict[str, float]:
    """The task's metrics on a labelled split, and what is said beside them (``…_at_0``, ``threshold``; of
    RACE its halves)."""
    if predictions.spans is not None:
        assert isinstance(split.examples, ParagraphQuestions)
        return _of_answers(task, split.examples, predictions.spans)
    assert predictions.logits is not None
    gold, given = gold_of(split.examples), predictions_of(task, predictions.logits)
    found = score(task, gold, given)
    if isinstance(split.examples, PassageQuestions):
        groups = [question.group for question in split.examples.questions]
        found |= by_group(gold, given, groups)
    return found


def _of_answers(task: Task, examples: ParagraphQuestions, spans: Spans) -> dict[str, float]:
    answers = answer_texts(spans, examples)
    if task.head == "span":
        return summary(question_scores(examples.questions, answers, 1))
    scored = question_scores(examples.questions, answers, 2)
    best = best_threshold(scored.f1, spans.nulls, scored.has_answer)
    at_zero = summary(with_threshold(scored, spans.nulls, 0.0))
    return {
        **summary(with_threshold(scored, spans.nulls, best.value)),
        "squad_f1_at_0": at_zero["squad_f1"],
        "squad_em_at_0": at_zero["squad_em"],
    }


def threshold_of(examples: ParagraphQuestions, spans: Spans) -> float:
    """The threshold on the null score that maximises F1 on a labelled split."""
    scored = question_scores(examples.questions, answer_texts(spans, examples), 2)
    return best_threshold(scored.f1, spans.nulls, scored.has_answer).value


def figure_of(task: Task, scores: Sequence[Mapping[str, float]]) -> float:
    """The task's one figure over its development sets."""
    return figure([{name: own[name] for name in task.metrics} for own in scores])


def gold_of(examples: Examples) -> Any:
    """Labels [N] of examples that are no paragraphs' questions."""
    if isinstance(examples, Sentences):
        assert examples.labels is not None
        return examples.labels
    assert isinstance(examples, PassageQuestions)
    return np.array([question.answer for question in examples.questions])


def majority_figure(task: Task, splits: Sequence[Split]) -> float:
    """The figure of one answer for all; of SQuAD that is none."""
    found = []
    for split in splits:
        if isinstance(split.examples, ParagraphQuestions):
            silent: dict[str, str] = {}
            version = 1 if task.head == "span" else 2
            found.append(summary(question_scores(split.examples.questions, silent, version)))
        else:
            found.append(majority(task, gold_of(split.examples)))
    return figure_of(task, found)
