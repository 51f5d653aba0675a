"""SQuAD: `[CLS] question [SEP] window of the paragraph [SEP]`, and where answers stand in it.

A paragraph is split into pieces once, whatever the number of its questions. One too long for an input
has windows that begin `stride` pieces after each other. An answer is found by the places of the pieces
in the original text: from the first piece that ends behind its beginning to the last that begins before
its end. No question is left out. In training, a window that does not hold the whole answer has [CLS]
for start and end, in 1.1 too, as the reference trains; in 2.0 it counts as one without an answer.
"""

from __future__ import annotations

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64
from albert_data.base.errors import ConfigError
from albert_data.base.gather import offsets_of

from ..examples import ParagraphQuestions
from .features import Features, Rows, fill, joined, rows_of
from .tokenizer import Pieces, Tokenizer

STRIDE, LONGEST_QUESTION = 128, 64
CUT_QUESTION = "questions cut at their end"
NO_PIECE = "answers without a piece"
IN_NO_WINDOW = "answers that no window holds whole"


def paragraph_features(
    examples: ParagraphQuestions,
    tokenizer: Tokenizer,
    length: int,
    stride: int = STRIDE,
    longest_question: int = LONGEST_QUESTION,
    places: bool = True,
) -> Features:
    """An input for each window of each question's paragraph.

    Columns: `start`, `end` (pieces of the input, 0: [CLS]) and `answerable` (0 or 1) of the first gold
    answer, where answers are known. Columns of pieces, with `places`: `piece_begin`, `piece_end` in the
    paragraph's characters, and `piece_shown_best`, whether of all windows that hold the piece this one
    shows most around it.

    Args:
        places: of a split that is scored; training needs none.

    Raises:
        ConfigError: no room for a window.
    """
    if length < longest_question + 4 or stride < 1:
        problem = f"an input of {length} pieces with a stride of {stride}"
        fix = f"have at least {longest_question + 4} pieces and a stride of 1"
        raise ConfigError(problem, where="max_length", fix=fix)
    questions = examples.questions
    pieces = tokenizer.pieces(examples.paragraphs)
    asked = rows_of(tokenizer, [question.text for question in questions])
    counts = {CUT_QUESTION: int((asked.lengths > longest_question).sum())}
    asked = asked._replace(lengths=np.minimum(asked.lengths, longest_question))
    paragraph = np.array([question.paragraph for question in questions], np.int64)
    size = np.diff(pieces.offsets)[paragraph]
    question, first, held = windows(size, length - 3 - asked.lengths, stride)
    window = Rows(pieces.ids, pieces.offsets[paragraph[question]] + first, held)
    ids, offsets, seconds = joined(
        tokenizer, Rows(asked.flat, asked.begins[question], asked.lengths[question]), window
    )
    columns: dict[str, np.ndarray] = {}
    if examples.labelled:
        answers = _first_answers(examples, pieces, counts)
        columns = _targets(answers[question], question, first, held, seconds, counts)
    of_pieces: dict[str, np.ndarray] = {}
    if places:
        own = offsets[:-1] + seconds
        best = shown_best(question, first, held, size)
        found = Rows(best, np.cumsum(held) - held, held)
        for name, rows in (
            ("begin", window._replace(flat=pieces.begins)),
            ("end", window._replace(flat=pieces.ends)),
            ("shown_best", found),
        ):
            of_pieces[f"piece_{name}"] = np.zeros(len(ids), rows.flat.dtype)
            fill(of_pieces[f"piece_{name}"], own, rows)
    return Features(
        [question.id for question in questions],
        ids,
        offsets,
        seconds,
        question.astype(np.int32),
        columns,
        of_pieces,
        {reason: count for reason, count in counts.items() if count},
    )


def windows(
    size: Int64[np.ndarray, " Q"], room: Int64[np.ndarray, " Q"], stride: int
) -> tuple[Int64[np.ndarray, " N"], Int64[np.ndarray, " N"], Int64[np.ndarray, " N"]]:
    """The windows of paragraphs of `size` pieces, of which an input has room for `room`.

    Returns: of each window the number of its question, its first piece and its number of pieces.
    """
    step = np.minimum(room, stride)
    number = 1 + np.maximum(-(-(size - room) // step), 0)
    question = np.repeat(np.arange(len(size)), number)
    place = np.arange(len(question)) - np.repeat(np.cumsum(number) - number, number)
    first = place * step[question]
    return question, first, np.minimum(size[question] - first, room[question])


def shown_best(
    question: Int64[np.ndarray, " N"],
    first: Int64[np.ndarray, " N"],
    held: Int64[np.ndarray, " N"],
    size: Int64[np.ndarray, " Q"],
) -> Bool[np.ndarray, " T"]:
    """Whether each piece of each window has there more around it than in the other windows that hold it.

    By min(left, right) + 0.01 × the window's pieces, as the reference; of equal ones the first window.
    """
    window = np.repeat(np.arange(len(held)), held)
    left = np.arange(len(window)) - np.repeat(np.cumsum(held) - held, held)
    score = np.minimum(left, held[window] - 1 - left) + 0.01 * held[window]
    key = offsets_of(size)[question[window]] + first[window] + left
    best = np.full(int(size.sum()), -np.inf)
    np.maximum.at(best, key, score)
    winner = np.full(len(best), len(held))
    wins = score == best[key]
    np.minimum.at(winner, key[wins], window[wins])
    return winner[key] == window


def answer_pieces(
    pieces: Pieces,
    text: Int64[np.ndarray, " A"],
    begin: Int64[np.ndarray, " A"],
    end: Int64[np.ndarray, " A"],
) -> Int64[np.ndarray, "A 2"]:
    """First and last piece of A answers, counted from their text's first; first > last: it has none.

    Args:
        text: the number of each answer's text.
        begin, end: characters of that text.
    """
    # Places of all texts on one line, so that one search does for all answers.
    wide = int(max(pieces.ends.max(initial=0), end.max(initial=0))) + 1
    shift = np.repeat(np.arange(len(pieces.offsets) - 1), np.diff(pieces.offsets)) * wide
    first = np.searchsorted(pieces.ends + shift, begin + text * wide, "right")
    last = np.searchsorted(pieces.begins + shift, end + text * wide, "left") - 1
    return np.stack([first, last], axis=1) - pieces.offsets[text][:, None]


def _first_answers(
    examples: ParagraphQuestions, pieces: Pieces, counts: dict[str, int]
) -> Int64[np.ndarray, "Q 2"]:
    """First and last piece of each question's first gold answer; −1, −1 where it has none."""
    found = np.full((len(examples), 2), -1)
    asked = [n for n, question in enumerate(examples.questions) if question.answers]
    answers = [examples.questions[n].answers[0] for n in asked]
    text = np.array([examples.questions[n].paragraph for n in asked], np.int64)
    begin = np.array([answer.begin for answer in answers], np.int64)
    end = begin + np.array([len(answer.text) for answer in answers], np.int64)
    spans = answer_pieces(pieces, text, begin, end)
    has_none = spans[:, 0] > spans[:, 1]
    counts[NO_PIECE] = int(has_none.sum())
    spans[has_none] = -1
    found[asked] = spans
    return found


def _targets(
    answers: Int64[np.ndarray, "N 2"],
    question: Int64[np.ndarray, " N"],
    first: Int64[np.ndarray, " N"],
    held: Int64[np.ndarray, " N"],
    seconds: Int32[np.ndarray, " N"],
    counts: dict[str, int],
) -> dict[str, np.ndarray]:
    inside = (answers[:, 0] >= first) & (answers[:, 1] < first + held) & (answers[:, 0] >= 0)
    wanted = np.unique(question[answers[:, 0] >= 0])
    counts[IN_NO_WINDOW] = len(wanted) - len(np.unique(question[inside]))
    places = np.where(inside[:, None], answers - first[:, None] + seconds[:, None], 0)
    return {
        "start": places[:, 0].astype(np.int32),
        "end": places[:, 1].astype(np.int32),
        "answerable": inside.astype(np.int32),
    }
