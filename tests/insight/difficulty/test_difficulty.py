"""What is reached without a model, on samples of which the truth is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from albert_data.base.gather import offsets_of
from albert_data.insight.difficulty.baseline import mean_of
from albert_data.insight.difficulty.cosine import Cosines
from albert_data.insight.difficulty.lines import rows, section, to_beat
from albert_data.insight.difficulty.logistic import logistic_baseline
from albert_data.insight.difficulty.measure import counts_of, difficulty_of
from albert_data.insight.difficulty.pair_sample import PairSample, joined

PIECES, DOCUMENTS, OWN = 4000, 200, 15
LENGTH = 24


def planted(
    task: str, records: int = 3000, seed: int = 0, documents: int = DOCUMENTS
) -> PairSample:
    """Documents with words of their own, of which half of each text is.

    Args:
        task: `sop`, `nsp` (label 1: x2 of another document), or `word` (sop, label 1 has one piece in x2).
    """
    draw = np.random.default_rng(seed)
    keys = draw.integers(0, 2**64, documents, np.uint64)
    first = draw.integers(0, documents, records)
    labels = draw.integers(0, 2, records)
    other = (first + draw.integers(1, documents, records)) % documents
    second = np.where(labels == 1, other, first) if task == "nsp" else first
    of = np.repeat(np.stack([first, second], axis=1).ravel(), LENGTH)
    ids = np.where(
        draw.random(len(of)) < 0.5,
        5 + of * OWN + draw.integers(0, OWN, len(of)),
        5 + DOCUMENTS * OWN + draw.integers(0, PIECES - DOCUMENTS * OWN - 5, len(of)),
    ).astype(np.int32)
    if task == "word":
        ids.reshape(records, 2, LENGTH)[labels == 1, 1, 3] = 5
    predictions = np.full(records, 4)
    return PairSample(
        ids,
        offsets_of(np.full(2 * records, LENGTH)),
        labels,
        np.ones(len(ids), np.bool_),
        np.stack([keys[first], keys[second]], axis=1),
        np.ascontiguousarray(ids.reshape(records, -1)[:, :4]).ravel(),
        offsets_of(predictions),
    )


def near(one, expected: float) -> bool:
    return abs(one.value - expected) < 4 * one.error


def test_the_topic_tells_two_documents_from_one():
    found = difficulty_of(planted("nsp"))
    assert found.cosine.value > 0.95
    assert found.cosine.n == found.records == 3000


def test_order_is_chance_for_both_baselines():
    found = difficulty_of(planted("sop"))
    assert near(found.cosine, 0.5) and near(found.logistic, 0.5)
    assert found.left_out == 0 and found.documents == DOCUMENTS


def test_a_word_that_gives_the_label_away_is_found_by_the_regression_and_not_by_the_cosine():
    found = difficulty_of(planted("word"))
    assert found.logistic.value > 0.95
    assert found.cosine.value < 0.6


def test_topics_alone_tell_the_regression_nothing():
    """Split by x1's document alone, it would be below chance by far; see the next test."""
    sample = planted("nsp", 6000)
    found, left_out = logistic_baseline(sample)
    assert near(found, 0.5) or found.value > 0.5
    halves = sample.documents & np.uint64(1)
    assert left_out == int((halves[:, 0] != halves[:, 1]).sum()) > 1000
    assert found.n == 6000 - left_out


def test_split_by_the_document_of_x1_alone_any_learner_is_below_chance():
    """The trap that the split by both documents avoids, set on purpose."""
    sample = planted("nsp", 6000)
    first = sample.documents[:, [0, 0]]
    trapped, left_out = logistic_baseline(replace(sample, documents=first))
    assert left_out == 0
    assert trapped.value < 0.5 - 5 * trapped.error


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_pairs_left_out_change_no_share_of_labels(share):
    """Pairs of next-sentence prediction fall apart only where label is 1; chance stays chance."""
    sample = planted("nsp", 8000)
    draw = np.random.default_rng(1)
    labels = (draw.random(8000) < share).astype(np.int64)  # of no relation to the text
    documents = sample.documents.copy()
    documents[labels == 0, 1] = documents[labels == 0, 0]
    documents[labels == 1, 1] = draw.permutation(documents[labels == 1, 1])
    found, _ = logistic_baseline(replace(sample, labels=labels, documents=documents))
    best = max(share, 1 - share)
    assert found.value < best + 4 * found.error
    assert found.value > 0.45


def test_too_few_records_or_documents_are_said_and_not_measured():
    few = difficulty_of(planted("nsp", 300))
    assert few.cosine is few.logistic is few.entropy is None
    assert any("too few records" in note for note in few.notes)
    lonely = difficulty_of(planted("sop", 3000, documents=4))
    assert lonely.cosine is not None and lonely.logistic is None
    assert any("too few documents" in note or "of one label" in note for note in lonely.notes)
    empty = planted("sop", 3000)
    none = difficulty_of(replace(empty, labels=np.zeros(3000, np.int64)))
    assert any("no sentence task" in note for note in none.notes) and none.commonest_label is None


def test_unknown_documents_are_said():
    found = difficulty_of(replace(planted("sop"), documents=None))
    assert found.documents is None and found.logistic is not None
    assert any("documents are unknown" in note for note in found.notes)


def test_entropy_and_its_counts_are_those_worked_out_by_hand():
    sample = planted("sop")
    predicted = np.tile(np.array([7, 7, 8, 9], np.int32), 3000)
    sample = replace(sample, predicted=predicted)
    found = difficulty_of(sample)
    assert found.entropy.value == pytest.approx(1.5 * math.log(2) + 2 / (2 * 12_000))
    assert found.commonest_piece.value == pytest.approx(0.5)
    counts = counts_of(sample)
    assert (counts.records, counts.pieces) == (3000, 12_000)
    assert counts.pieces_by_count == [[3000, 2], [6000, 1]]
    assert sum(counts.labels) == 3000
    # The counts alone give the entropy.
    total = sum(n * of * math.log(counts.pieces / n) for n, of in counts.pieces_by_count)
    assert total / counts.pieces == pytest.approx(1.5 * math.log(2))


def test_cosines_are_those_worked_out_by_hand():
    a, b, c = 5, 6, 7
    texts = [[a, a, b], [a, c], [b], [c], [a], []]
    ids = np.array([piece for text in texts for piece in text], np.int32)
    offsets = offsets_of(np.array([len(text) for text in texts]))
    none = np.zeros(0, np.int32)
    sample = PairSample(
        ids, offsets, np.zeros(3, np.int64), None, None, none, np.zeros(4, np.int64)
    )
    idf = {a: math.log(6 / 3), b: math.log(6 / 2), c: math.log(6 / 2)}
    one = (1 + math.log(2)) * idf[a] * idf[a]
    norms = math.hypot((1 + math.log(2)) * idf[a], idf[b]) * math.hypot(idf[a], idf[c])
    assert Cosines(sample).between() == pytest.approx([one / norms, 0, 0])
    # With the x2 of the next record: of [b] and nothing 0, of [a] and [a, c] the share of a.
    assert Cosines(sample).between(1) == pytest.approx([0, 0, idf[a] / math.hypot(idf[a], idf[c])])


def test_the_error_of_copies_is_that_of_the_records_copied():
    draw = np.random.default_rng(3)
    values = draw.random(400)
    alone = mean_of(values, np.arange(400))
    copied = mean_of(np.repeat(values, 10), np.repeat(np.arange(400), 10))
    assert copied.error == pytest.approx(alone.error) and copied.n == 4000
    assert alone.error == pytest.approx(values.std(ddof=1) / 20)


def test_the_same_sample_gives_the_same_figures_and_joins_to_itself():
    sample = planted("nsp", 1500)
    assert difficulty_of(sample) == difficulty_of(planted("nsp", 1500))
    twice = joined([sample, planted("nsp", 1500, seed=1)])
    assert len(twice) == 3000 and twice.offsets[-1] == len(twice.ids)
    assert joined([sample, replace(sample, starts=None)]).starts is None


def test_lines_for_people_name_every_figure():
    found = difficulty_of(planted("nsp"))
    assert len(rows(found)) == 5
    line = to_beat(found)
    assert line.startswith("to beat: mlm loss ") and "idf cosine" in line
    assert "of two halves were left out" in section(found)
    few = difficulty_of(planted("nsp", 300))
    assert to_beat(few) == "" and "too few" in section(few)
