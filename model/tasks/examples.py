"""What readers give and features are made of: examples of the three forms that tasks have, as they stand
in the benchmark's files, texts untouched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from albert_data.base.arrays import Shaped


@dataclass(frozen=True)
class Sentences:
    """N sentences or pairs of them.

    Attributes:
        ids: unique.
        first, second: texts; `second` is empty where the task has no pairs.
        labels: int32 [N] places in the task's labels, float32 [N] scores, or None: not labelled.
        left_out: rows that gave no example, by reason.
    """

    ids: list[str]
    first: list[str]
    second: list[str]
    labels: Shaped[np.ndarray, " N"] | None
    left_out: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)


class Answer(NamedTuple):
    """A gold answer: `begin` counts code points of the paragraph."""

    text: str
    begin: int


class Question(NamedTuple):
    """A question of SQuAD's.

    Attributes:
        paragraph: its number.
        answers: gold ones; none where it has no answer, and where the file has no labels.
    """

    id: str
    paragraph: int
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ParagraphQuestions:
    """Questions about paragraphs.

    Attributes:
        labelled: the gold answers are known.
    """

    paragraphs: list[str]
    questions: list[Question]
    labelled: bool = True
    left_out: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.questions)


class ChoiceQuestion(NamedTuple):
    """A question with options.

    Attributes:
        passage: its number.
        answer: place of the right option; −1: not known.
        group: `middle` or `high`, of RACE.
    """

    id: str
    passage: int
    text: str
    options: Sequence[str]
    answer: int
    group: str


@dataclass(frozen=True)
class PassageQuestions:
    """Questions with options about passages."""

    passages: list[str]
    questions: list[ChoiceQuestion]
    left_out: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.questions)

    @property
    def labelled(self) -> bool:
        return all(question.answer >= 0 for question in self.questions)


Examples: TypeAlias = Sentences | ParagraphQuestions | PassageQuestions
