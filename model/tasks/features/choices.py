"""RACE: an input for each option, `[CLS] passage [SEP] question option [SEP]`.

`_` in the question is filled in with the option; where there is none, the option follows the question.
Of the two the *last* pieces stay, where the option is; of the passage the first. A passage is split
into pieces once.
"""

from __future__ import annotations

import numpy as np

from albert_data.base.errors import ConfigError

from ..examples import PassageQuestions
from .features import Features, Rows, joined, rows_of
from .tokenizer import Tokenizer

GAP = "_"
MOST_OF_OPTION = 128  # pieces of question and option
CUT_PASSAGE, CUT_OPTION = (
    "passages cut at their end",
    "questions with option cut at their beginning",
)


def choice_features(
    examples: PassageQuestions, tokenizer: Tokenizer, length: int, longest: int = MOST_OF_OPTION
) -> Features:
    """As many inputs of each question as it has options, in their order; `label` is the right one's
    place.

    Args:
        longest: int. Pieces of question and option that stay.

    Raises:
        ConfigError: no room for a passage.
    """
    if length < longest + 4:
        fix = f"have at least {longest + 4} pieces"
        raise ConfigError(
            f"an input of {length} has no room for a passage", where="max_length", fix=fix
        )
    questions = examples.questions
    passages = rows_of(tokenizer, examples.passages)
    options = rows_of(
        tokenizer,
        [filled_in(question.text, option) for question in questions for option in question.options],
    )
    number = np.array([len(question.options) for question in questions], np.int64)
    of_passage = np.repeat([question.passage for question in questions], number)
    cut = np.maximum(options.lengths - longest, 0)
    options = Rows(options.flat, options.begins + cut, options.lengths - cut)
    room = length - 3 - options.lengths
    kept = np.minimum(passages.lengths[of_passage], room)
    first = Rows(passages.flat, passages.begins[of_passage], kept)
    counts = {
        CUT_PASSAGE: int((kept < passages.lengths[of_passage]).sum()),
        CUT_OPTION: int((cut > 0).sum()),
    }
    columns = {}
    if examples.labelled:
        answers = np.array([question.answer for question in questions], np.int32)
        columns["label"] = np.repeat(answers, number)
    return Features(
        [question.id for question in questions],
        *joined(tokenizer, first, options),
        np.repeat(np.arange(len(questions), dtype=np.int32), number),
        columns,
        counts={reason: count for reason, count in counts.items() if count},
    )


def filled_in(question: str, option: str) -> str:
    """The question with the option in its gap, or behind it."""
    return question.replace(GAP, option) if GAP in question else f"{question} {option}"
