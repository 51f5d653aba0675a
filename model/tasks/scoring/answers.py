"""Logits of windows to answers of SQuAD: the n best spans of each question, in characters of its paragraph.

A span begins at one of a window's best starts and ends at one of its best ends, not before it, in no
more than 30 pieces, all in the paragraph, and begins where its window shows most around it. Texts are
cut from the original characters. In 1.1 any start goes with any end; in 2.0 the head has looked for the
best ends of each start (5 × 5), and a null score says how likely there is no answer: of several windows
the lowest.

All windows are looked at together: memory is that of some arrays [windows, starts × ends].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from albert_data.base.arrays import Float, Float64, Int32, Int64, Integer, Shaped
from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of

from ..examples import ParagraphQuestions
from ..features.features import Features

MOST, LONGEST = 20, 30


class Spans(NamedTuple):
    """The n best spans of Q questions, one after the other, the best first.

    Attributes:
        offsets: where each question's spans begin and the last one's end.
        begins, ends: characters of the paragraph.
        probabilities: of a question's spans; together 1.
        nulls: null score of each question; all 0 where there is no such score.
    """

    offsets: Int64[np.ndarray, " bounds"]
    begins: Int32[np.ndarray, " S"]
    ends: Int32[np.ndarray, " S"]
    probabilities: Float64[np.ndarray, " S"]
    nulls: Float64[np.ndarray, " Q"]


def best_spans(
    features: Features,
    starts: Float[np.ndarray, "N S"],
    ends: Float[np.ndarray, "N S"],
    most: int = MOST,
    longest: int = LONGEST,
) -> Spans:
    """Spans from two logits a piece (1.1).

    Args:
        features: of a scored split, with the places of pieces.
        starts, ends: logits of all N windows, in the features' order.
        most: int. Starts and ends that are looked at in a window, and spans that a question keeps.
        longest: int. Pieces of a span.

    Raises:
        DataError: other windows than the features', or logits that are no numbers.
    """
    _check(features, starts, ends)
    length = starts.shape[1]
    top = min(most, length)
    shown = features.batch(np.arange(len(features)), length, 0)
    inside = shown["piece_end"] > 0
    # Of places that no span may have, none takes the place of a better one among the best.
    starts = np.where(inside & shown["piece_shown_best"], starts, -np.inf)
    ends = np.where(inside, ends, -np.inf)
    start_at, end_at = _top(starts, top), _top(ends, top)
    first = np.repeat(start_at, top, axis=1)
    last = np.tile(end_at, top)
    score = np.take_along_axis(starts, first, 1) + np.take_along_axis(ends, last, 1)
    return _spans(features, first, last, score, np.zeros(len(features)), most, longest)


def best_spans_or_none(
    features: Features,
    start_scores: Float[np.ndarray, "N K"],
    start_at: Integer[np.ndarray, "N K"],
    end_scores: Float[np.ndarray, "N K J"],
    end_at: Integer[np.ndarray, "N K J"],
    nulls: Float[np.ndarray, " N"],
    most: int = MOST,
    longest: int = LONGEST,
) -> Spans:
    """Spans from the beams of the head of 2.0.

    Args:
        start_scores, start_at: log-probabilities and places of the K best starts of each window.
        end_scores, end_at: of the J best ends of each of these starts.
        nulls: logit of each window that it holds no answer.

    Raises:
        DataError: as `best_spans`.
    """
    _check(features, start_scores, end_scores, nulls)
    number = len(start_at)
    first = np.repeat(start_at, end_at.shape[2], axis=1)
    score = (start_scores[:, :, None] + end_scores).reshape(number, -1)
    return _spans(features, first, end_at.reshape(number, -1), score, nulls, most, longest)


def answer_texts(spans: Spans, examples: ParagraphQuestions) -> dict[str, str]:
    """The best span of each question as text, "" where there is none; by the question's id."""
    texts = {}
    for number, question in enumerate(examples.questions):
        at = spans.offsets[number]
        found = at < spans.offsets[number + 1]
        paragraph = examples.paragraphs[question.paragraph]
        texts[question.id] = paragraph[spans.begins[at] : spans.ends[at]] if found else ""
    return texts


def _check(features: Features, *arrays: Float[np.ndarray, "N ..."]) -> None:
    for array in arrays:
        if len(array) != len(features):
            problem = f"scores of {len(array)} windows, where the features have {len(features)}"
            raise DataError(problem, fix="score all windows of the split, in their order")
        if np.isnan(array).any():
            fix = "the run has diverged: look at its losses"
            raise DataError("scores that are no numbers", fix=fix)


def _top(scores: Float[np.ndarray, "N S"], number: int) -> Int64[np.ndarray, "N K"]:
    """Places of the highest scores of each row, in any order."""
    return np.argpartition(-scores, number - 1, axis=1)[:, :number]


def _spans(
    features: Features,
    first: Integer[np.ndarray, "N C"],
    last: Integer[np.ndarray, "N C"],
    score: Float[np.ndarray, "N C"],
    nulls: Float[np.ndarray, " N"],
    most: int,
    longest: int,
) -> Spans:
    """The best of C candidates a window: places of their first and last piece, and their scores."""
    lengths = np.diff(features.offsets)[:, None]
    begin_of, end_of = (features.piece_columns[f"piece_{name}"] for name in ("begin", "end"))
    # The last piece is [SEP]; what is at the front is no paragraph's.
    may_be = (first >= features.seconds[:, None]) & (last >= first) & (last < lengths - 1)
    may_be &= (last - first < longest) & np.isfinite(score)
    window, place = np.nonzero(may_be)
    starts = features.offsets[window] + first[window, place]
    shown = features.piece_columns["piece_shown_best"][starts]
    window, place, starts = window[shown], place[shown], starts[shown]
    begins = begin_of[starts]
    ends = end_of[features.offsets[window] + last[window, place]]
    question, value = features.examples[window], score[window, place].astype(np.float64)
    kept = np.flatnonzero(ends > begins)  # a span of empty pieces has no characters
    # The best of each span of characters, then the n best of each question.
    kept = kept[np.lexsort((-value[kept], ends[kept], begins[kept], question[kept]))]
    keys = np.stack([question, begins, ends])[:, kept]
    again = np.append([False], (keys[:, 1:] == keys[:, :-1]).all(axis=0))[: len(kept)]
    kept = kept[~again]
    kept = kept[np.lexsort((ends[kept], begins[kept], -value[kept], question[kept]))]
    rank = np.arange(len(kept)) - np.searchsorted(question[kept], question[kept])
    kept = kept[rank < most]
    number = len(features.names)
    offsets = offsets_of(np.bincount(question[kept], minlength=number))
    lowest = np.full(number, np.inf)
    np.minimum.at(lowest, features.examples, nulls.astype(np.float64))
    return Spans(
        offsets,
        begins[kept].astype(np.int32),
        ends[kept].astype(np.int32),
        _softmax(value[kept], offsets),
        lowest,
    )


def _softmax(
    values: Float64[np.ndarray, " S"], offsets: Int64[np.ndarray, " bounds"]
) -> Float64[np.ndarray, " S"]:
    """Over each question's values, the first of which is the highest."""
    number = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    raised = np.exp(values - values[offsets[:-1][number]])
    sums = np.bincount(number, raised, len(offsets) - 1)
    shares: Shaped[np.ndarray, " S"] = raised / sums[number]
    return shares
