"""RACE's release: a folder a split, in it `middle` and `high`, in each a JSON file a passage:
`{"id", "article", "questions": […], "options": [[four], …], "answers": ["A", …]}`."""

from __future__ import annotations

import json
import os
from typing import Any

from albert_data.base.errors import DataError
from albert_data.corpus.file_sources import read_text

from ..examples import ChoiceQuestion, PassageQuestions
from .squad import text_of

GROUPS = ("middle", "high")
OPTIONS = 4
_LETTERS = "ABCD"
_MOST_BYTES = 16 * 2**20
_FORM = "RACE's folders are train/middle, train/high, dev/middle and so on, of .txt files"


def read_race(folder: str, labelled: bool = True) -> PassageQuestions:
    """The passages and questions of a split, the middle schools' first, by the names of the files.

    Raises:
        DataError: the folder lacks `middle` or `high`, or one of them has no file; a file is not of
        RACE's
            form; an answer is no letter from A to D.
    """
    passages: list[str] = []
    questions: list[ChoiceQuestion] = []
    for group in GROUPS:
        inner = os.path.join(folder, group)
        if not os.path.isdir(inner):
            raise DataError(f"no folder {group!r}", where=folder, fix=_FORM)
        names = sorted(name for name in os.listdir(inner) if name.endswith(".txt"))
        if not names:
            raise DataError("no .txt file", where=inner, fix=_FORM)
        for name in names:
            path = os.path.join(inner, name)
            entry = _entry(path)
            passages.append(text_of(entry, "article", path))
            for number, (text, options, answer) in enumerate(_questions(entry, path, labelled)):
                questions.append(
                    make_choice(
                        f"{group}/{name.removesuffix('.txt')}/{number}", len(passages) - 1,
                        text, options, answer, group, f"{path}: question {number}",
                    )
                )  # fmt: skip
    if not questions:
        raise DataError("no questions", where=folder, fix=_FORM)
    return PassageQuestions(passages, questions)


def make_choice(
    name: str, passage: int, text: Any, options: Any, answer: Any, group: str, where: str
) -> ChoiceQuestion:
    """A question whose options and answer are checked.

    Args:
        answer: a letter, or None where it is not known.

    Raises:
        DataError: not four options, or another answer.
    """
    if not isinstance(options, list) or len(options) != OPTIONS:
        found = len(options) if isinstance(options, list) else "no"
        raise DataError(f"{found} options, not {OPTIONS}", where=where, fix="fetch the file again")
    if answer is not None and (
        not isinstance(answer, str) or len(answer) != 1 or answer not in _LETTERS
    ):
        problem = f"the answer {answer!r} is no letter from A to D"
        raise DataError(problem, where=where, fix="fetch the file again")
    texts = [text_of({"option": option}, "option", where) for option in options]
    place = -1 if answer is None else _LETTERS.index(answer)
    return ChoiceQuestion(
        name, passage, text_of({"question": text}, "question", where), texts, place, group
    )


def _entry(path: str) -> dict[str, Any]:
    try:
        entry = json.loads(read_text(path, _MOST_BYTES, own=("json",)))
    except (RecursionError, ValueError) as error:
        problem = f"not readable as JSON: {error}"
        raise DataError(problem, where=path, fix="fetch the file again") from None
    if not isinstance(entry, dict):
        raise DataError("not RACE's form: no JSON object", where=path, fix=_FORM)
    return entry


def _questions(entry: dict[str, Any], path: str, labelled: bool) -> list[tuple[Any, Any, Any]]:
    """(question, options, answer) of a passage."""
    questions, options, answers = (entry.get(key) for key in ("questions", "options", "answers"))
    if not labelled and answers is None and isinstance(questions, list):
        answers = [None] * len(questions)
    lists = {"questions": questions, "options": options, "answers": answers}
    for key, value in lists.items():
        if not isinstance(value, list):
            raise DataError(f"no list {key!r}", where=path, fix="fetch the file again")
    numbers = {len(value) for value in lists.values() if value is not None}
    if len(numbers) > 1:
        found = ", ".join(f"{len(value or [])} {key}" for key, value in lists.items())
        raise DataError(f"{found}: not one of each", where=path, fix="fetch the file again")
    return list(zip(questions or [], options or [], answers or [], strict=True))
