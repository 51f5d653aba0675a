from __future__ import annotations

import numpy as np
import pytest

from albert_data.base.errors import ConfigError
from model.tasks.examples import ChoiceQuestion, PassageQuestions
from model.tasks.features.choices import choice_features, filled_in


def questions(passage, text, options, answer=2):
    return PassageQuestions([passage], [ChoiceQuestion("q", 0, text, options, answer, "high")])


def test_the_option_fills_the_gap_or_follows():
    assert filled_in("The _ crossed.", "ferry") == "The ferry crossed."
    assert filled_in("What crossed?", "the ferry") == "What crossed? the ferry"


def test_a_question_has_an_input_for_each_option(tokenizer):
    options = ["a ferry", "a boat", "the river", "he"]
    found = choice_features(questions("The ferry crossed.", "What?", options), tokenizer, 64, 32)
    assert len(found) == 4 and found.names == ["q"] and found.examples.tolist() == [0] * 4
    assert found.columns["label"].tolist() == [2] * 4
    for number, option in enumerate(options):
        passage, asked = (
            tokenizer.ids([t])[0].tolist() for t in ("The ferry crossed.", f"What? {option}")
        )
        own = found.ids[found.offsets[number] : found.offsets[number + 1]].tolist()
        assert own == [tokenizer.cls, *passage, tokenizer.sep, *asked, tokenizer.sep]


def test_the_end_of_the_option_stays_and_the_beginning_of_the_passage(tokenizer):
    passage, option = "the ferry crossed the river again " * 4, "a boat and a river and a ferry"
    found = choice_features(questions(passage, "he", [option] * 4), tokenizer, 16, 5)
    asked = tokenizer.ids([f"he {option}"])[0][-5:].tolist()
    first = tokenizer.ids([passage])[0][: 16 - 3 - 5].tolist()
    assert found.ids[:16].tolist() == [tokenizer.cls, *first, tokenizer.sep, *asked, tokenizer.sep]
    assert np.diff(found.offsets).tolist() == [16] * 4
    assert found.counts == {
        "passages cut at their end": 4, "questions with option cut at their beginning": 4
    }  # fmt: skip


def test_a_length_without_room_for_a_passage_is_refused(tokenizer):
    with pytest.raises(ConfigError, match="no room for a passage"):
        choice_features(questions("a", "b", ["c"] * 4), tokenizer, 128)


def test_questions_without_answers_have_no_label(tokenizer):
    found = choice_features(questions("a", "b", ["c"] * 4, answer=-1), tokenizer, 160)
    assert "label" not in found.columns
