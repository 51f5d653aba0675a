"""RACE is read from its folders; one that is missing, or a file of another form, is one error."""

from __future__ import annotations

import json

import pytest

from albert_data.base.errors import DataError
from model.tasks.readers.find import read_task
from model.tasks.table import TASKS

PASSAGE = {
    "id": "x",
    "article": "The ferry crossed the river.",
    "questions": ["What crossed _ ?", "Where?"],
    "options": [["a", "b", "c", "d"], ["e", "f", "g", "h"]],
    "answers": ["A", "D"],
}


@pytest.fixture
def folder(tmp_path):
    for group in ("high", "middle"):
        (tmp_path / "dev" / group).mkdir(parents=True)
        (tmp_path / "dev" / group / "7.txt").write_text(json.dumps(PASSAGE))
    return tmp_path


def error_of(folder):
    with pytest.raises(DataError) as caught:
        read_task(str(folder), TASKS["race"], "dev")
    return caught.value


def test_questions_of_both_groups_are_read(folder):
    found = read_task(str(folder), TASKS["race"], "dev")
    assert [q.id for q in found.questions] == ["middle/7/0", "middle/7/1", "high/7/0", "high/7/1"]
    assert [q.answer for q in found.questions] == [0, 3, 0, 3]
    assert [q.passage for q in found.questions] == [0, 0, 1, 1]
    assert found.labelled and found.questions[3].group == "high"


@pytest.mark.parametrize("group", ["high", "middle"])
def test_a_folder_without_a_group_is_an_error(folder, group):
    (folder / "dev" / group / "7.txt").unlink()
    assert error_of(folder).problem == "no .txt file"
    (folder / "dev" / group).rmdir()
    assert error_of(folder).problem == f"no folder {group!r}"


def test_a_missing_split_is_an_error(folder):
    with pytest.raises(DataError, match="no folder train of RACE"):
        read_task(str(folder), TASKS["race"], "train")


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"answers": ["A", "E"]}, "the answer 'E' is no letter from A to D"),
        ({"answers": ["A", 3]}, "the answer 3 is no letter"),
        ({"answers": ["A"]}, "2 questions, 2 options, 1 answers: not one of each"),
        ({"answers": None}, "no list 'answers'"),
        ({"options": [["a", "b", "c"], ["e", "f", "g", "h"]]}, "3 options, not 4"),
        ({"options": [["a", "b", "c", 4], ["e", "f", "g", "h"]]}, "no text 'option'"),
        ({"article": None}, "no text 'article'"),
        ({"questions": "What?"}, "no list 'questions'"),
    ],
)
def test_a_bad_file_is_one_clear_error(folder, change, problem):
    path = folder / "dev" / "high" / "7.txt"
    path.write_text(json.dumps({**PASSAGE, **change}))
    error = error_of(folder)
    assert error.problem.startswith(problem) and error.where.startswith(str(path))


@pytest.mark.parametrize("content", ["", "{", "[]", "7"])
def test_a_damaged_file_is_one_clear_error(folder, content):
    (folder / "dev" / "high" / "7.txt").write_text(content)
    assert str(folder) in error_of(folder).where


def test_a_test_split_may_have_no_answers(folder):
    (folder / "dev").rename(folder / "test")
    for group in ("high", "middle"):
        kept = {key: value for key, value in PASSAGE.items() if key != "answers"}
        (folder / "test" / group / "7.txt").write_text(json.dumps(kept))
    found = read_task(str(folder), TASKS["race"], "test")
    assert len(found) == 4 and not found.labelled
