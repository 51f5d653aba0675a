"""Segment pairs: properties over random documents, and literals a person can check."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.config.settings import PairSettings
from albert_data.examples import pairs
from albert_data.examples.pairs import cut_long_sentences, make_pairs
from albert_data.tokens.documents import Documents
from tests.corpora import FIRST_ORDINARY, documents_of

corpora = st.lists(
    st.lists(st.integers(1, 40), min_size=1, max_size=30), min_size=1, max_size=6
).map(lambda lengths: documents_of(*lengths))
objectives = st.sampled_from(["sop", "nsp", "none"])


def sentence_of(documents: Documents, token: int) -> int:
    return int(np.searchsorted(documents.sentence_offsets, token, side="right")) - 1


def document_of(documents: Documents, token: int) -> int:
    sentence = sentence_of(documents, token)
    return int(np.searchsorted(documents.document_offsets, sentence, side="right")) - 1


@settings(max_examples=150)
@given(corpora, objectives, st.integers(8, 64), st.integers(0, 3))
def test_pairs_fit_and_never_leave_their_documents(documents, objective, max_length, dupe):
    made = make_pairs(documents, PairSettings(objective=objective, max_length=max_length), 1, dupe)
    for (a, b, c, d), document in zip(made.ranges, made.document, strict=True):
        assert a < b
        assert c < d
        assert (b - a) + (d - c) <= max_length - 3
        assert document_of(documents, a) == document_of(documents, b - 1)
        assert document_of(documents, c) == document_of(documents, d - 1)
        assert document == document_of(documents, a)


@settings(max_examples=150)
@given(corpora, st.integers(8, 64))
def test_sop_negatives_are_swapped_segments_of_one_document(documents, max_length):
    made = make_pairs(documents, PairSettings(objective="sop", max_length=max_length), 1, 0)
    for (a, _, c, _), label in zip(made.ranges, made.label, strict=True):
        assert document_of(documents, a) == document_of(documents, c)
        assert (label == 1) == (c < a)


@settings(max_examples=100)
@given(corpora, st.integers(8, 64))
def test_nsp_negatives_come_from_another_document(documents, max_length):
    made = make_pairs(documents, PairSettings(objective="nsp", max_length=max_length), 1, 0)
    for (a, _, c, _), label in zip(made.ranges, made.label, strict=True):
        same = document_of(documents, a) == document_of(documents, c)
        assert same == (label == 0)


@settings(max_examples=100)
@given(corpora, st.integers(8, 64))
def test_objective_none_keeps_the_order_and_has_label_0(documents, max_length):
    made = make_pairs(documents, PairSettings(objective="none", max_length=max_length), 1, 0)
    assert not made.label.any()
    assert (made.ranges[:, 2] > made.ranges[:, 0]).all()


@settings(max_examples=100)
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


@settings(max_examples=60)
@given(corpora, st.sampled_from(["sop", "none"]))  # nsp: partners are of the same token file
def test_a_document_gives_the_same_pairs_in_any_company(documents, objective):
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
    # Second chunk: sentences 2 and 3 (tokens 3-6 and 6-10), seven tokens cut to five: 3 and 4 lose one each.
    a, b, c, d = made.ranges[1]
    assert (b - a, d - c) == (3, 2)
    assert (a, b) == (3, 6) and c >= 6 and d <= 10
    assert made.totals[pairs.REUSED] == 3


def test_documents_of_one_sentence_are_dropped_counted_and_named():
    lengths = [[9], [4, 4], *([n] for n in range(1, 7))]
    made = make_pairs(documents_of(*lengths), PairSettings(max_length=32), 1, 0)
    assert made.document.tolist() == [1]
    assert made.totals[pairs.DROPPED_DOCUMENTS] == 7
    assert made.totals[pairs.DROPPED] == 9 + 21
    assert made.totals[pairs.LONELY_DOCUMENTS] == 0
    assert made.dropped.tolist() == [0, 2, 3, 4, 5, 6, 7]
    assert (len(made.totals), made.totals.dtype) == (8, np.int64)


def test_a_random_segment_needs_one_other_document():
    nsp = PairSettings(objective="nsp", max_length=32, short_probability=0)
    alone = make_pairs(documents_of([4, 4]), nsp, 1, 0)
    assert len(alone.label) == 0
    assert alone.totals[[pairs.DROPPED_DOCUMENTS, pairs.LONELY_DOCUMENTS]].tolist() == [0, 1]
    assert alone.totals[pairs.DROPPED] == 8
    assert alone.dropped.tolist() == [0]
    two = make_pairs(documents_of([4, 4], [4, 4]), nsp, 1, 0)
    assert set(two.document.tolist()) == {0, 1}
    assert two.totals[pairs.LONELY_DOCUMENTS] == 0


def test_there_is_room_for_a_pair_for_every_sentence():
    nsp = PairSettings(objective="nsp", max_length=11, short_probability=0, negative_probability=1)
    made = make_pairs(documents_of([4, 4, 4], [4, 4, 4]), nsp, 1, 0)
    assert made.chunk.tolist() == [0, 1, 2] * 2


@pytest.mark.parametrize("probability", [0, 1])
def test_chunks_of_a_shorter_target_are_counted(probability):
    short = PairSettings(max_length=32, short_probability=probability)
    made = make_pairs(documents_of([4] * 40), short, 1, 0)
    assert made.totals[pairs.SHORT] == probability * len(made.label)


def test_tokens_that_do_not_balance_are_a_defect(monkeypatch):
    monkeypatch.setattr(pairs, "_make_pairs", lambda *arguments: 0)
    with pytest.raises(DataError) as caught:
        make_pairs(documents_of([4, 5]), PairSettings(), 1, 0)
    problem = f"tokens of pairs do not balance: 9 came, {[0] * 8} accounted for"
    assert caught.value.problem == problem
    assert caught.value.fix == "this is a defect of albert-data: please report it"


def starts_of(tokens: int, words: list[int]) -> np.ndarray:
    """Which pieces of `documents_of` begin a word: those of these token offsets."""
    starts = np.zeros(FIRST_ORDINARY + tokens, np.bool_)
    starts[FIRST_ORDINARY + np.array(words, int)] = True
    return starts


@pytest.mark.parametrize(
    ("words", "lengths"),
    [
        (
            range(100),
            [13, 13, 13, 13, 13, 13, 13, 9],
        ),  # 8 parts of at most 14, as even as they can be
        (range(0, 100, 7), [7] * 13 + [9]),  # each cut goes back to a word
        ([0], [13, 13, 13, 13, 13, 13, 13, 9]),  # one word: cut within it
        ([0, 20, 21, 50], [13, 8, 13, 13, 3, 13, 13, 13, 11]),
    ],
)
def test_a_very_long_sentence_is_cut_into_even_parts_at_words_and_used(words, lengths):
    documents = documents_of([3, 3], [100])
    cut = cut_long_sentences(documents, starts_of(106, [6 + word for word in words]), 29)
    assert np.diff(cut.sentence_offsets).tolist() == [3, 3, *lengths]
    assert cut.document_offsets.tolist() == [0, 2, 2 + len(lengths)]
    made = make_pairs(cut, PairSettings(max_length=32, short_probability=0), 1, 0)
    assert made.totals[pairs.DROPPED] == 0
    assert made.document.tolist().count(1) >= 3


def test_a_sentence_is_cut_where_it_alone_is_over_the_limit():
    documents = documents_of([29, 30, 5, 42, 43])
    cut = cut_long_sentences(documents, starts_of(149, list(range(149))), 29)
    parts = [29, 10, 10, 10, 5, 14, 14, 14, 11, 11, 11, 10]
    assert np.diff(cut.sentence_offsets).tolist() == parts


def test_there_is_room_for_all_parts_where_every_second_one_is_a_single_piece():
    cut = cut_long_sentences(documents_of([30]), starts_of(30, [0, 1, 12]), 29)
    assert np.diff(cut.sentence_offsets).tolist() == [1, 10, 1, 10, 8]


def test_sentences_that_fit_are_not_cut():
    documents = documents_of([29, 5])
    assert cut_long_sentences(documents, starts_of(34, []), 29) is documents


def test_dupes_and_seeds_make_other_pairs():
    documents = documents_of([7] * 200)
    settings_ = PairSettings(max_length=64)
    made = [make_pairs(documents, settings_, seed, dupe) for seed, dupe in ((1, 0), (1, 1), (2, 0))]
    assert made[0].ranges.tolist() != made[1].ranges.tolist()
    assert made[0].ranges.tolist() != made[2].ranges.tolist()
    again = make_pairs(documents, settings_, 1, 0)
    assert made[0].ranges.tolist() == again.ranges.tolist()


def test_after_the_distinct_dupes_their_pairs_come_again():
    documents = documents_of([7] * 50)
    three = PairSettings(max_length=64, distinct=3, dupe_factor=6)
    ranges = [make_pairs(documents, three, 1, dupe).ranges.tolist() for dupe in range(6)]
    assert ranges[3:] == ranges[:3]
    assert ranges[0] != ranges[1] != ranges[2] != ranges[0]
