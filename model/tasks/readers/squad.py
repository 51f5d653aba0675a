"""SQuAD's JSON, versions 1.1 and 2.0, and its questions' gold answers checked against the paragraphs.

`answer_start` counts code points. An answer that does not stand at its offset is an error and not, as in
public code, a question left out in silence. In 2.0 a question without answers has none in its paragraph
(`is_impossible`); in 1.1 there is no such question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from albert_data.base.errors import DataError
from albert_data.corpus.sources.squad import read_articles

from ..examples import Answer, ParagraphQuestions, Question
from .tables import refuse_repeated

_FETCH = "fetch the file again"


def read_squad(path: str, answerable: bool, labelled: bool = True) -> ParagraphQuestions:
    """The paragraphs and questions of a file.

    Args:
        answerable: every question has an answer, as in 1.1.
        labelled: questions have their gold answers; otherwise these may be missing.

    Raises:
        DataError: no JSON, not SQuAD's form, no question, an id twice, an answer that does not stand at
        its
            offset, or a question that has no answer and should, or has one and should not.
    """
    paragraphs: list[str] = []
    questions: list[Question] = []
    for number, article in enumerate(read_articles(path)):
        for place, paragraph in enumerate(
            _list(article, "paragraphs", f"{path}: article {number}")
        ):
            where = f"{path}: article {number}, paragraph {place}"
            paragraphs.append(text_of(paragraph, "context", where))
            for question in _list(paragraph, "qas", where):
                name = text_of(question, "id", where)
                questions.append(
                    make_question(
                        name, len(paragraphs) - 1, paragraphs[-1], text_of(question, "question", where),
                        _answers(question, f"{path}: question {name}", labelled),
                        question.get("is_impossible"), answerable, labelled, path,
                    )
                )  # fmt: skip
    if not questions:
        raise DataError("no questions", where=path, fix=_FETCH)
    refuse_repeated([question.id for question in questions], path)
    return ParagraphQuestions(paragraphs, questions, labelled)


def make_question(
    name: str, number: int, paragraph: str, text: str, answers: Sequence[Answer],
    impossible: bool | None, answerable: bool, labelled: bool, where: str,
) -> Question:  # fmt: skip
    """A question whose answers are checked.

    Args:
        number: of its paragraph.
        impossible: it is said to have no answer; None: nothing is said.

    Raises:
        DataError: as `read_squad`.
    """
    where = f"{where}: question {name}"
    if labelled:
        if not answers and (answerable or impossible is False):
            fix = "is this a file of SQuAD 2.0? use --task squad2" if answerable else _FETCH
            raise DataError("the question has no answer", where=where, fix=fix)
        if answers and impossible:
            problem = "the question has answers, and is_impossible is true"
            raise DataError(problem, where=where, fix=_FETCH)
        if impossible and answerable:
            fix = "this is a file of SQuAD 2.0: use --task squad2"
            raise DataError("the question has no answer", where=where, fix=fix)
    for answer in answers:
        end = answer.begin + len(answer.text)
        there = paragraph[answer.begin : end] if answer.begin >= 0 else ""
        if there != answer.text or not answer.text.strip():
            at = paragraph.find(answer.text) if answer.text.strip() else -1
            problem = f"the answer {answer.text[:60]!r} is not at its offset {answer.begin}"
            fix = (
                f"it stands at {at}: offsets count code points, not bytes or UTF-16 units"
                if at >= 0
                else "the paragraph does not hold it: fetch the file again"
            )
            raise DataError(f"{problem}; there stands {there[:60]!r}", where=where, fix=fix)
    return Question(name, number, text, tuple(answers))


def text_of(entry: Any, key: str, where: str) -> str:
    """A text of a JSON object.

    Raises:
        DataError: there is none, or it holds half a surrogate pair, which is no text.
    """
    text = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(text, str):
        raise DataError(f"no text {key!r}", where=where, fix=_FETCH)
    try:
        text.encode()
    except UnicodeEncodeError:
        problem = f"{key!r} holds half a surrogate pair, which is no character"
        raise DataError(problem, where=where, fix="write the file again as UTF-8") from None
    return text


def _list(entry: Any, key: str, where: str) -> list[Any]:
    found = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(found, list):
        raise DataError(f"no list {key!r}", where=where, fix=_FETCH)
    return found


def _answers(question: Any, where: str, labelled: bool) -> list[Answer]:
    if not labelled and "answers" not in question:
        return []
    answers = []
    for entry in _list(question, "answers", where):
        begin = entry.get("answer_start") if isinstance(entry, dict) else None
        if not isinstance(begin, int) or isinstance(begin, bool):
            raise DataError(
                "an answer without a whole number answer_start", where=where, fix=_FETCH
            )
        answers.append(Answer(text_of(entry, "text", where), begin))
    return answers
