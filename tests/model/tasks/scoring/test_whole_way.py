"""From SQuAD's files to scores: a model that knows every answer gets all of them but those that are no whole
pieces."""

from __future__ import annotations

import numpy as np
import pytest

from albert_data.tokens.vocabulary import load_vocabulary
from model.tasks.features.paragraphs import paragraph_features
from model.tasks.features.tokenizer import BuildTokenizer
from model.tasks.readers.find import read_task
from model.tasks.scoring.answers import answer_texts, best_spans, best_spans_or_none
from model.tasks.scoring.squad_scores import (
    best_threshold,
    question_scores,
    summary,
    with_threshold,
)
from model.tasks.table import TASKS
from tests.shared import SHARED, needs_shared_data

pytestmark = needs_shared_data
LENGTH = 128  # many paragraphs have several windows


@pytest.fixture(scope="module")
def real() -> BuildTokenizer:
    return BuildTokenizer(load_vocabulary(SHARED / "vocab" / "albert-30k-clean.model"))


def test_known_answers_of_version_1(real):
    path = SHARED / "squad" / "squad-v1.1-format-xquad-en-part.json"
    examples = read_task(str(path), TASKS["squad1"], "dev")
    features = paragraph_features(examples, real, LENGTH)
    rows = np.arange(len(features))
    starts, ends = np.zeros((2, len(features), LENGTH), np.float32)
    starts[rows, features.columns["start"]] = 9
    ends[rows, features.columns["end"]] = 9
    texts = answer_texts(best_spans(features, starts, ends), examples)
    found = summary(question_scores(examples.questions, texts, 1))
    # One answer ends within a number, and some are held whole by no window of this length.
    lost = 1 + features.counts.get("answers that no window holds whole", 0)
    assert found["squad_em"] == pytest.approx(100 * (612 - lost) / 612)
    assert found["squad_f1"] > found["squad_em"]


def test_known_answers_of_version_2(real):
    path = SHARED / "squad" / "squad-v2.0-dev-part.json"
    examples = read_task(str(path), TASKS["squad2"], "dev")
    features = paragraph_features(examples, real, LENGTH)
    start, end = (features.columns[name][:, None] for name in ("start", "end"))
    scores, of_ends = np.zeros((len(features), 1)), np.zeros((len(features), 1, 1))
    nulls = 3.0 - 2 * features.columns["answerable"]  # 1 and 3: no threshold at 0 would do
    spans = best_spans_or_none(features, scores, start, of_ends, end[:, :, None], nulls)
    scored = question_scores(examples.questions, answer_texts(spans, examples), 2)
    best = best_threshold(scored.f1, spans.nulls, scored.has_answer)
    assert best.value == 1.0
    found = summary(with_threshold(scored, spans.nulls, best.value))
    too_long = int((end - start >= 30).sum())
    lost = features.counts["answers that no window holds whole"] + too_long
    assert (lost, too_long) == (
        40,
        7,
    )  # where the first gold answer ends within a word, another does not
    assert found["squad_em"] == pytest.approx(100 * (2828 - lost) / 2828)
    assert found["no_answer_em"] == 100.0 and found["squad_f1"] == pytest.approx(best.score)
    at_zero = summary(with_threshold(scored, spans.nulls, 0.0))
    assert at_zero["answer_em"] == 0.0
