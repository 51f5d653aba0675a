"""Windows, the rule of the best one, and where answers stand in them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.tokens.vocabulary import load_vocabulary
from model.tasks.examples import Answer, ParagraphQuestions, Question
from model.tasks.features.paragraphs import paragraph_features, shown_best, windows
from model.tasks.features.tokenizer import BuildTokenizer
from model.tasks.readers.find import read_task
from model.tasks.table import TASKS
from tests.shared import SHARED, needs_shared_data

SIZES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), min_size=1, max_size=5)


def spans_of_the_reference(size: int, room: int, stride: int) -> list[tuple[int, int]]:
    """`squad_utils`' loop: (first piece, pieces) of each window."""
    spans, start = [], 0
    while True:
        length = min(size - start, room)
        spans.append((start, length))
        if start + length == size:
            return spans
        start += min(length, stride)


@given(sizes=SIZES, stride=st.integers(1, 12))
def test_windows_are_those_of_the_reference(sizes, stride):
    size, room = np.array(sizes).T
    question, first, held = windows(size, room, stride)
    expected = [
        (number, *span)
        for number, (own, place) in enumerate(sizes)
        for span in spans_of_the_reference(own, place, stride)
    ]
    assert list(zip(question.tolist(), first.tolist(), held.tolist(), strict=True)) == expected


@given(sizes=SIZES, stride=st.integers(1, 12))
def test_each_piece_is_shown_best_in_the_window_that_the_reference_takes(sizes, stride):
    size, room = np.array(sizes).T
    question, first, held = windows(size, room, stride)
    expected = []
    for number, start, length in zip(question, first, held, strict=True):
        own = [(s, n) for q, s, n in zip(question, first, held, strict=True) if q == number]
        for place in range(start, start + length):
            scores = [
                min(place - s, s + n - 1 - place) + 0.01 * n if s <= place < s + n else -np.inf
                for s, n in own
            ]
            expected.append(own[int(np.argmax(scores))] == (start, length))
    assert shown_best(question, first, held, size).tolist() == expected


def asked(paragraph, *answers, text="What?", labelled=True):
    found = tuple(Answer(answer, paragraph.index(answer)) for answer in answers)
    return ParagraphQuestions([paragraph], [Question("q", 0, text, found)], labelled)


def recovered(features, examples) -> dict[str, str]:
    """The answer of each question by its start and end in one of its windows, from the original text."""
    texts = {}
    for row in np.flatnonzero(features.columns["start"]).tolist():
        question = examples.questions[features.examples[row]]
        begin, end = (features.columns[name][row] for name in ("start", "end"))
        at = features.offsets[row]
        first = features.piece_columns["piece_begin"][at + begin]
        last = features.piece_columns["piece_end"][at + end]
        texts[question.id] = examples.paragraphs[question.paragraph][first:last]
    return texts


def test_an_answer_is_recovered_with_its_own_characters(tokenizer):
    examples = asked("The  Café's ﬁne\u00a0ferry, 2019, crossed.", "Café's ﬁne\u00a0ferry")
    found = paragraph_features(examples, tokenizer, 64, longest_question=8)
    assert recovered(found, examples) == {"q": "Café's ﬁne\u00a0ferry"}
    assert found.columns["answerable"].tolist() == [1]


def test_an_input_is_question_and_paragraph(tokenizer):
    examples = asked("the ferry", "ferry", text="what river")
    found = paragraph_features(examples, tokenizer, 64, longest_question=8)
    question, paragraph = (tokenizer.ids([t])[0].tolist() for t in ("what river", "the ferry"))
    expected = [tokenizer.cls, *question, tokenizer.sep, *paragraph, tokenizer.sep]
    assert found.ids.tolist() == expected
    inner = slice(len(question) + 2, len(expected) - 1)
    assert found.seconds.tolist() == [len(question) + 2]
    assert found.piece_columns["piece_end"][inner][-1] == 9
    outside = np.ones(len(expected), bool)
    outside[inner] = False
    assert not any(values[outside].any() for values in found.piece_columns.values())
    assert found.piece_columns["piece_shown_best"][inner].all()


def test_a_long_question_is_cut_and_counted_not_dropped(tokenizer):
    examples = asked("the ferry", "ferry", text="what " * 20)
    found = paragraph_features(examples, tokenizer, 32, longest_question=5)
    assert found.seconds.tolist() == [7] and found.counts == {"questions cut at their end": 1}


def test_a_window_without_the_whole_answer_has_none(tokenizer):
    paragraph = "a ferry crossed the river again " * 6 + "with a boat"
    examples = asked(paragraph, "boat")
    found = paragraph_features(examples, tokenizer, 24, stride=8, longest_question=6)
    assert len(found) > 3
    assert found.columns["answerable"].tolist() == [0] * (len(found) - 1) + [1]
    assert (
        found.columns["start"][:-1].tolist()
        == found.columns["end"][:-1].tolist()
        == [0] * (len(found) - 1)
    )
    assert recovered(found, examples) == {"q": "boat"}


def test_answers_that_cannot_be_shown_are_counted(tokenizer):
    long = "ferry crossed the river again " * 6
    found = paragraph_features(asked(f"a {long}.", long), tokenizer, 24, 8, 6)
    assert found.counts == {"answers that no window holds whole": 1}
    assert not found.columns["start"].any()
    marks = asked("a \u0301\u0302 b", "\u0302")
    assert paragraph_features(marks, tokenizer, 24, 8, 6).counts == {"answers without a piece": 1}


def test_questions_without_labels_have_no_targets(tokenizer):
    found = paragraph_features(asked("the ferry", labelled=False), tokenizer, 24, 8, 6)
    assert found.columns == {}


def test_a_length_without_room_is_refused(tokenizer):
    with pytest.raises(ConfigError, match="an input of 64 pieces with a stride of 128"):
        paragraph_features(asked("the ferry"), tokenizer, 64)


@needs_shared_data
@given(st.data())
def test_every_answer_at_borders_of_words_is_recovered(data):
    """Whatever stands in a paragraph, an answer of whole words comes back as it was written."""
    word = st.text(st.sampled_from("abcéÉﬁ½ß1,.'한İ"), min_size=1, max_size=6)
    words = data.draw(st.lists(word, min_size=1, max_size=12))
    space = data.draw(st.sampled_from([" ", "  ", "\u00a0", "\t"]))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    begin = len(space.join([*words[:first], ""])) if first else 0
    answer = space.join(words[first : last + 1])
    paragraph = space.join(words)
    examples = ParagraphQuestions([paragraph], [Question("q", 0, "a", (Answer(answer, begin),))])
    found = paragraph_features(examples, _real(), 200, longest_question=4)
    assert recovered(found, examples) == {"q": answer}


@cache
def _real() -> BuildTokenizer:
    return BuildTokenizer(load_vocabulary(SHARED / "vocab" / "albert-30k-clean.model"))


@needs_shared_data
@pytest.mark.parametrize(
    "name, task, length, within_a_piece, in_no_window",
    [
        ("squad-v1.1-format-xquad-en-part.json", "squad1", 384, 1, 0),
        ("squad-v2.0-dev-part.json", "squad2", 512, 2, 0),
        ("squad-v2.0-dev-part.json", "squad2", 128, 2, 33),
    ],
)
def test_gold_answers_of_real_questions_are_recovered(
    name, task, length, within_a_piece, in_no_window
):
    examples = read_task(str(SHARED / "squad" / name), TASKS[task], "dev")
    found = paragraph_features(examples, _real(), length)
    texts = recovered(found, examples)
    gold = {q.id: q.answers[0].text for q in examples.questions if q.answers}
    wrong = {(texts[q], gold[q]) for q in texts if texts[q] != gold[q]}
    # These answers end within a word, or a number, that is one piece.
    assert wrong <= {
        ("Japanese", "Japan"),
        ("7,000,000 square kilometres (2,700,000", "7,000,000 square kilometres (2,70"),
    }
    assert sum(texts[q] != gold[q] for q in texts) == within_a_piece
    assert len(gold) - len(texts) == in_no_window
    assert found.counts.get("answers that no window holds whole", 0) == in_no_window
