"""SQuAD's questions come with answers that stand at their offsets, or not at all."""

from __future__ import annotations

import json

import pytest

from albert_data.base.errors import DataError
from model.tasks.examples import Answer
from model.tasks.readers.find import read_task
from model.tasks.readers.squad import read_squad
from model.tasks.table import TASKS
from tests.shared import SHARED, needs_shared_data

TEXT = "The 😀 ferry crossed."


def write(tmp_path, questions, context=TEXT):
    path = tmp_path / "squad.json"
    article = {"title": "t", "paragraphs": [{"context": context, "qas": questions}]}
    path.write_text(json.dumps({"version": "1", "data": [article]}))
    return str(path)


def question(answers, name="q1", **more):
    entries = [{"text": text, "answer_start": begin} for text, begin in answers]
    return {"id": name, "question": "What?", "answers": entries, **more}


def error_of(path, answerable=True):
    with pytest.raises(DataError) as caught:
        read_squad(path, answerable)
    assert caught.value.where.startswith(path)
    return caught.value


def test_offsets_count_code_points(tmp_path):
    found = read_squad(write(tmp_path, [question([("ferry", 6)])]), True)
    assert found.paragraphs == [TEXT]
    assert found.questions[0].answers == (Answer("ferry", 6),)


@pytest.mark.parametrize("begin", [0, 7, -1, 500])
def test_an_answer_that_is_not_at_its_offset_is_an_error(tmp_path, begin):
    error = error_of(write(tmp_path, [question([("ferry", begin)])]))
    assert f"'ferry' is not at its offset {begin}" in error.problem
    assert "it stands at 6" in error.fix and error.where.endswith("question q1")


def test_an_answer_that_the_paragraph_does_not_hold_is_an_error(tmp_path):
    assert "does not hold it" in error_of(write(tmp_path, [question([("boat", 6)])])).fix
    assert "not at its offset" in error_of(write(tmp_path, [question([("", 0)])])).problem
    assert "not at its offset" in error_of(write(tmp_path, [question([(" ", 3)])])).problem


def test_questions_without_an_answer_are_of_version_2(tmp_path):
    for more in ({}, {"is_impossible": True}):
        path = write(tmp_path, [question([], **more), question([("ferry", 6)], "q2")])
        assert [len(q.answers) for q in read_squad(path, False).questions] == [0, 1]
        assert "use --task squad2" in error_of(path).fix
    contradictions = [
        question([], is_impossible=False),
        question([("ferry", 6)], is_impossible=True),
    ]
    for number, entry in enumerate(contradictions):
        error = error_of(write(tmp_path, [entry]), answerable=False)
        assert error.problem.startswith(
            ("the question has no answer", "the question has answers")[number]
        )


def test_a_file_without_labels_needs_no_answers(tmp_path):
    entry = {"id": "q1", "question": "What?"}
    path = write(tmp_path, [entry])
    found = read_squad(path, True, labelled=False)
    assert found.questions[0].answers == () and not found.labelled
    assert error_of(path).problem == "no list 'answers'"


@pytest.mark.parametrize(
    "questions, problem",
    [
        ([], "no questions"),
        ([question([("ferry", 6)]), question([("ferry", 6)])], "2 examples have the id 'q1'"),
        ([{"id": 7, "question": "What?", "answers": []}], "no text 'id'"),
        ([{"id": "q", "answers": []}], "no text 'question'"),
        (
            [{"id": "q", "question": "\ud800", "answers": []}],
            "'question' holds half a surrogate pair",
        ),
        ([question([("ferry", "6")])], "an answer without a whole number answer_start"),
        (
            [{"id": "q", "question": "What?", "answers": ["ferry"]}],
            "an answer without a whole number",
        ),
        ({"id": "q"}, "no list 'qas'"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, questions, problem):
    assert error_of(write(tmp_path, questions)).problem.startswith(problem)


def test_a_truncated_file_is_one_clear_error(tmp_path):
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": []})[:-2])
    assert error_of(str(path)).problem.startswith("not readable as JSON")
    path.write_text("")
    assert error_of(str(path)).problem == "the file is empty"
    path.write_text('{"rows": []}')
    assert error_of(str(path)).problem.startswith("not SQuAD's form")


@needs_shared_data
@pytest.mark.parametrize(
    "name, task, paragraphs, questions, answerable",
    [
        ("squad-v1.1-format-xquad-en-part.json", "squad1", 120, 612, 612),
        ("squad-v2.0-dev-part.json", "squad2", 301, 2828, 1299),
    ],
)
def test_real_files_are_read_whole(name, task, paragraphs, questions, answerable):
    found = read_task(str(SHARED / "squad" / name), TASKS[task], "dev")
    assert (len(found.paragraphs), len(found)) == (paragraphs, questions)
    assert sum(bool(question.answers) for question in found.questions) == answerable
