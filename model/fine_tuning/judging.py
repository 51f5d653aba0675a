"""Outputs of a model on a labelled split to scores, the task's figure, and predictions that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..tasks.examples import Examples, ParagraphQuestions
from ..tasks.features.make import digest
from ..tasks.scoring.answers import Spans, best_spans, best_spans_or_none
from ..tasks.scoring.metrics import figure, majority
from ..tasks.scoring.predictions import Predictions
from ..tasks.scoring.split_scores import gold_of
from ..tasks.scoring.squad_scores import question_scores, summary
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

    @cached_property
    def digest(self) -> str:
        return digest(self.examples)


def predictions_from(task: Task, split: Split, outputs: Mapping[str, np.ndarray]) -> Predictions:
    """What a run predicted of a split.

    Args:
        outputs: of all inputs in their order.
    """
    ids = list(split.inputs.features.names)
    told = (task.name, split.name, split.digest, ids)
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
    return figure(task, found)
