"""Segment pairs: properties over random documents, and literals a person can check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.gather import offsets_of
from albert_data.config.settings import PairSettings
from albert_data.examples import pairs
from albert_data.examples.pairs import cut_long_sentences, make_pairs
from albert_data.tokens.documents import Documents


def documents_of(*lengths: list[int]) -> Documents:
    """Documents with sentences of the given lengths; every token has its own id."""
    flat = [n for document in lengths for n in document]
    return Documents(
        ids=np.arange(sum(flat), dtype=np.int32),
        sentence_offsets=offsets_of(np.array(flat, np.int64)),
        document_offsets=offsets_of(np.array([len(d) for d in lengths])),
        keys=np.arange(1, len(lengths) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )


corpora = st.lists(
    st.lists(st.integers(1, 40), min_size=1, max_size=30), min_size=1, max_size=6
).map(lambda lengths: documents_of(*lengths))
objectives = st.sampled_from(["sop", "nsp", "none"])


def sentence_of(documents: Documents, token: int) -> int:
    return int(np.searchsorted(documents.sentence_offsets, token, side="right")) - 1


def document_of(documents: Documents, token: int) -> int:
    sentence = sentence_of(documents, token)
    return int(np.searchsorted(documents.document_offsets, sentence, side="right")) - 1


@settings(max_examples=150, deadline=None)
@given(corpora, objectives, st.integers(8, 64), st.integers(0, 3))
def test_pairs_fit_and_never_leave_their_documents(documents, objective, max_length, dupe):
    made = make_pairs(documents, PairSettings(objective=objective, max_length=max_length), 1, dupe)
    for (a, b, c, d), document in zip(made.ranges, made.document, strict=True):
        assert a < b
        assert c < d
        assert (b - a) + (d - c) <= max_length - 3
        assert document_of(documents, a) == document_of(documents, b - 1)
        assert document_of(documents, c) == document_of(documents, d - 1)
        assert document in (document_of(documents, a), document_of(documents, c))


@settings(max_examples=150, deadline=None)
@given(corpora, st.integers(8, 64))
def test_sop_negatives_are_swapped_segments_of_one_document(documents, max_length):
    made = make_pairs(documents, PairSettings(objective="sop", max_length=max_length), 1, 0)
    for (a, _, c, _), label in zip(made.ranges, made.label, strict=True):
        assert document_of(documents, a) == document_of(documents, c)
        assert (label == 1) == (c < a)


@settings(max_examples=100, deadline=None)
@given(corpora, st.integers(8, 64))
def test_nsp_negatives_come_from_another_document(documents, max_length):
    made = make_pairs(documents, PairSettings(objective="nsp", max_length=max_length), 1, 0)
    for (a, _, c, _), label in zip(made.ranges, made.label, strict=True):
        same = document_of(documents, a) == document_of(documents, c)
        assert same == (label == 0)


@settings(max_examples=100, deadline=None)
@given(corpora, st.integers(8, 64))
def test_objective_none_keeps_the_order_and_has_label_0(documents, max_length):
    made = make_pairs(documents, PairSettings(objective="none", max_length=max_length), 1, 0)
    assert not made.label.any()
    assert (made.ranges[:, 2] > made.ranges[:, 0]).all()


@settings(max_examples=100, deadline=None)
@given(corpora, objectives)
def test_every_sentence_stands_in_an_example_when_nothing_is_truncated(documents, objective):
    made = make_pairs(
        documents, PairSettings(objective=objective, max_length=4000, short_probability=0.2), 1, 0
    )
    seen = np.zeros(len(documents.ids), bool)
    for a, b, c, d in made.ranges:
        seen[a:b] = True
        seen[c:d] = True
    for document in range(len(documents.document_offsets) - 1):
        first, last = documents.document_offsets[document], documents.document_offsets[document + 1]
        begin, end = documents.sentence_offsets[first], documents.sentence_offsets[last]
        alone = last - first < 2 or (objective == "nsp" and len(documents.document_offsets) == 2)
        if alone:
            assert made.document.tolist().count(document) == 0
        else:
            assert seen[begin:end].all()


@settings(max_examples=60, deadline=None)
@given(corpora, objectives)
def test_a_document_gives_the_same_pairs_in_any_company(documents, objective):
    if objective == "nsp":
        return  # partners are of the same token file
    made = make_pairs(documents, PairSettings(objective=objective, max_length=32), 7, 2)
    last = len(documents.keys) - 1
    first_sentence = documents.document_offsets[last]
    base = documents.sentence_offsets[first_sentence]
    alone = Documents(
        documents.ids[base:],
        documents.sentence_offsets[first_sentence:] - base,
        documents.document_offsets[last:] - first_sentence,
        documents.keys[last:],
    )
    single = make_pairs(alone, PairSettings(objective=objective, max_length=32), 7, 2)
    own = made.document == last
    assert (made.ranges[own] - base).tolist() == single.ranges.tolist()
    assert made.label[own].tolist() == single.label.tolist()


def test_a_lone_last_sentence_is_joined_to_the_one_before():
    # Targets are 5 tokens (max_length 8): chunks [3, 3] and then the 4 alone.
    documents = documents_of([3, 3, 4])
    made = make_pairs(
        documents, PairSettings(max_length=8, short_probability=0, negative_probability=0), 1, 0
    )
    assert len(made.ranges) == 2
    # Second chunk: sentences 2 and 3 (tokens 3-6 and 6-10), cut to five tokens.
    assert 3 <= made.ranges[1, 0] < made.ranges[1, 1] <= 6
    assert 6 <= made.ranges[1, 2] < made.ranges[1, 3] <= 10
    assert made.totals[pairs.REUSED] == 3


def test_a_document_of_one_sentence_is_dropped_and_counted():
    made = make_pairs(documents_of([9], [4, 4]), PairSettings(max_length=32), 1, 0)
    assert set(made.document.tolist()) == {1}
    assert made.totals[pairs.DROPPED_DOCUMENTS] == 1
    assert made.totals[pairs.DROPPED] == 9


def test_a_very_long_sentence_is_cut_at_words_and_used():
    documents = documents_of([100])
    starts = np.zeros(100, bool)
    starts[::7] = True
    cut = cut_long_sentences(documents, starts, 29)
    lengths = np.diff(cut.sentence_offsets)
    assert lengths.sum() == 100
    assert lengths.max() <= 14
    assert all(starts[documents.ids[at]] for at in cut.sentence_offsets[1:-1])
    assert cut.document_offsets.tolist() == [0, len(lengths)]
    assert len(make_pairs(cut, PairSettings(max_length=32), 1, 0).ranges) >= 3


def test_sentences_that_fit_are_not_cut():
    documents = documents_of([29, 5])
    assert cut_long_sentences(documents, np.ones(34, bool), 29) is documents


@pytest.mark.parametrize("objective", ["sop", "nsp"])
def test_half_of_the_pairs_are_negative(objective):
    rng = np.random.default_rng(0)
    documents = documents_of(*(rng.integers(5, 30, 50).tolist() for _ in range(300)))
    made = make_pairs(documents, PairSettings(objective=objective, max_length=128), 3, 0)
    ones, n = int(made.label.sum()), len(made.label)
    assert abs(ones - n / 2) < 3.9 * np.sqrt(n) / 2  # significance 0.01 %


def test_a_tenth_of_the_chunks_has_a_short_target_drawn_per_chunk():
    documents = documents_of([5] * 40_000)  # one long book
    settings_ = PairSettings(max_length=128, negative_probability=0)
    full = make_pairs(documents, replace(settings_, short_probability=0), 1, 0)
    made = make_pairs(documents, settings_, 1, 0)
    lengths = made.ranges[:, 3] - made.ranges[:, 2] + made.ranges[:, 1] - made.ranges[:, 0]
    assert (full.ranges[:, 3] - full.ranges[:, 0]).min() >= 125 - 5
    # A target of up to 120 (uniform on 2 … 125) leaves a chunk of at most 120 tokens.
    short, n, p = int((lengths <= 120).sum()), len(lengths), 0.1 * 119 / 124
    assert abs(short - n * p) < 3.9 * np.sqrt(n * p * (1 - p))  # significance 0.01 %


def test_dupes_and_seeds_make_other_pairs():
    documents = documents_of([7] * 200)
    settings_ = PairSettings(max_length=64)
    made = [make_pairs(documents, settings_, seed, dupe) for seed, dupe in ((1, 0), (1, 1), (2, 0))]
    assert made[0].ranges.tolist() != made[1].ranges.tolist()
    assert made[0].ranges.tolist() != made[2].ranges.tolist()
    again = make_pairs(documents, settings_, 1, 0)
    assert made[0].ranges.tolist() == again.ranges.tolist()
