"""What is drawn for pairs follows its law: each as a person would check it, from the pairs alone.

Seeds are fixed, so each test gives one verdict for ever; ALPHA is the chance that a correct version with
other random numbers fails one of them.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from albert_data.config.settings import PairSettings
from albert_data.examples import pairs
from albert_data.examples.pairs import Pairs, make_pairs
from albert_data.tokens.documents import Documents
from tests.corpora import documents_of

ALPHA = 1e-5
PLAIN = {"short_probability": 0.0, "negative_probability": 0.0}


def made(documents: Documents, max_length: int, seed: int = 1, dupe: int = 0, **settings) -> Pairs:
    given = {**PLAIN, "max_length": max_length, **settings}
    return make_pairs(documents, PairSettings(**given), seed, dupe)


def sentence_at(documents: Documents, tokens: np.ndarray) -> np.ndarray:
    """Of each token offset the sentence that begins there, as a number in its document."""
    sentence = np.searchsorted(documents.sentence_offsets, tokens)
    assert (documents.sentence_offsets[sentence] == tokens).all()
    document = np.searchsorted(documents.document_offsets, sentence, "right") - 1
    return sentence - documents.document_offsets[document]


def assert_uniform(counts) -> None:
    assert min(np.sum(counts) / np.size(counts), np.sum(counts)) > 20
    assert stats.chisquare(np.ravel(counts)).pvalue > ALPHA


@pytest.mark.parametrize("objective", ["sop", "nsp", "none"])
@pytest.mark.parametrize("sentences", [3, 4, 9])
def test_every_border_between_sentences_is_as_likely(objective, sentences):
    """Chi-square over the k - 1 borders of one-chunk documents, significance 1e-5."""
    documents = documents_of(*([4] * sentences for _ in range(4_000)))
    found = made(documents, 128, objective=objective)
    assert len(found.label) == 4_000
    counts = np.bincount(sentence_at(documents, found.ranges[:, 2]), minlength=sentences)
    assert counts[0] == 0 and len(counts) == sentences
    assert_uniform(counts[1:])


def test_the_border_does_not_depend_on_the_label_or_the_dupe():
    """Chi-square of independence (border x label, border x the next dupe's), significance 1e-5."""
    documents = documents_of(*([4] * 5 for _ in range(6_000)))
    first, second = (made(documents, 128, dupe=d, negative_probability=0.5) for d in (0, 1))
    borders = [sentence_at(documents, own.ranges[:, [0, 2]].max(axis=1)) for own in (first, second)]
    for other in (first.label, borders[1], second.label):
        table = np.zeros((5, 5))
        np.add.at(table, (borders[0], other), 1)
        table = table[1:][:, table.any(axis=0)]
        assert stats.chi2_contingency(table).pvalue > ALPHA


@pytest.mark.parametrize("objective", ["sop", "nsp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_the_label_is_1_as_often_as_set(objective, share):
    """Binomial test, significance 1e-5."""
    documents = documents_of(*([4] * 5 for _ in range(5_000)))
    found = made(documents, 64, objective=objective, negative_probability=share)
    n = len(found.label)
    assert stats.binomtest(int(found.label.sum()), n, share).pvalue > ALPHA


@pytest.mark.parametrize("longer", [0, 1], ids=["x1", "x2"])
def test_each_token_that_is_cut_off_is_of_the_front_or_the_back_by_a_fair_coin(longer):
    """Chi-square of the tokens cut at the front against Binomial(80, 1/2), significance 1e-5."""
    lengths = [150, 20] if longer == 0 else [20, 150]
    documents = documents_of(*(lengths for _ in range(4_000)))
    found = made(documents, 93)
    begins = np.array([0, lengths[0]])[longer] + documents.sentence_offsets[:-1:2]
    front = found.ranges[:, 2 * longer] - begins
    back = begins + 150 - found.ranges[:, 2 * longer + 1]
    assert (front + back == 80).all()
    other = found.ranges[:, 3 - 2 * longer] - found.ranges[:, 2 - 2 * longer]
    assert (other == 20).all()
    edges = np.arange(30, 51)  # below, 31 … 50, above
    law = np.diff([0, *stats.binom.cdf(edges, 80, 0.5), 1])
    counts = np.bincount(np.searchsorted(edges, front), minlength=len(law))
    assert stats.chisquare(counts, law * len(front)).pvalue > ALPHA


def test_the_coins_of_a_pair_are_thrown_one_by_one():
    """Two tokens cut: both at the front, one each, both at the back as 1 : 2 : 1, significance 1e-5."""
    documents = documents_of(*([20, 10] for _ in range(8_000)))
    found = made(documents, 28 + 3)
    front = found.ranges[:, 0] - documents.sentence_offsets[:-1:2]
    counts = np.bincount(front, minlength=3)
    assert stats.chisquare(counts, len(front) * np.array([0.25, 0.5, 0.25])).pvalue > ALPHA


@pytest.mark.parametrize(
    ("lengths", "left"),
    [
        ([30, 30], [10, 10]),
        ([31, 30], [10, 10]),
        ([30, 5], [15, 5]),
        ([5, 30], [5, 15]),
        ([12, 30], [10, 10]),
        ([11, 10], [10, 10]),
        ([10, 10], [10, 10]),
    ],
)
def test_always_the_longer_segment_loses_a_token(lengths, left):
    a, b, c, d = made(documents_of(lengths), 23).ranges[0]
    assert [b - a, d - c] == left


def test_where_both_segments_are_as_long_the_second_loses_a_token():
    a, b, c, d = made(documents_of([30, 30]), 22).ranges[0]
    assert [b - a, d - c] == [10, 9]


def test_a_short_target_is_uniform_from_2_to_all_that_fits():
    """Chi-square over the targets 2 … 37, significance 1e-5: a chunk of words of one token is its target."""
    documents = documents_of([1] * 60_000)
    found = made(documents, 40, short_probability=1.0)
    lengths = (found.ranges[:, 3] - found.ranges[:, 0])[:-2]  # the document's end may be shorter
    counts = np.bincount(lengths)
    assert len(counts) == 38 and not counts[:2].any()
    assert_uniform(counts[2:])
    assert found.totals[pairs.SHORT] == len(found.label)
    # Each chunk draws its own: neighbours do not agree (rank correlation, significance 1e-5).
    assert stats.spearmanr(lengths[:-1], lengths[1:]).pvalue > ALPHA


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_chunk_is_short_as_often_as_set(share):
    """Binomial tests of the chunks below the target, and of those counted, significance 1e-5."""
    found = made(documents_of([1] * 200_000), 103, short_probability=share)
    lengths = (found.ranges[:, 3] - found.ranges[:, 0])[:-2]
    below = int((lengths < 100).sum())  # 98 of the 99 targets 2 … 100
    assert stats.binomtest(below, len(lengths), share * 98 / 99).pvalue > ALPHA
    short = int(found.totals[pairs.SHORT])
    assert stats.binomtest(short, len(found.label), share).pvalue > ALPHA
    assert below <= short


def test_nobody_is_short_where_the_chance_is_0():
    found = made(documents_of([1] * 1_000), 40)
    assert (found.ranges[:-1, 3] - found.ranges[:-1, 0] == 37).all()
    assert found.totals[pairs.SHORT] == 0


def random_pairs(documents: Documents, dupes: int, max_length: int = 1_000) -> np.ndarray:
    """Random pairs as rows of (document, its sentences in x1, partner, first and last sentence of x2)."""
    rows = []
    for dupe in range(dupes):
        found = made(documents, max_length, dupe=dupe, objective="nsp", negative_probability=1.0)
        assert found.label.all()
        firsts = np.searchsorted(documents.sentence_offsets, found.ranges[:, 2])
        ends = np.searchsorted(documents.sentence_offsets, found.ranges[:, 3])
        partner = np.searchsorted(documents.document_offsets, firsts, "right") - 1
        base = documents.document_offsets[partner]
        first = sentence_at(documents, found.ranges[:, 2])
        rows.append(
            np.stack([found.document, partner, first, ends - base - 1, found.chunk], axis=1)
        )
    return np.concatenate(rows)


def test_every_other_document_is_as_likely_a_partner():
    """Chi-square over all pairs of two of seven documents, significance 1e-5."""
    documents = documents_of(*([3] * n for n in (4, 2, 9, 5, 1, 7, 3)))
    rows = random_pairs(documents, 4_000)
    counts = np.zeros((7, 7), int)
    np.add.at(counts, (rows[:, 0], rows[:, 1]), 1)
    assert not counts.diagonal().any()
    own = [0, 1, 2, 3, 5, 6]  # document 4 has one sentence: a partner, but no pairs of its own
    assert not counts[4].any()
    for document in own:
        assert_uniform(np.delete(counts[document], document))


def test_a_random_segment_begins_at_every_sentence_of_its_document_as_often():
    """Chi-square over the partner's sentences, for each partner, significance 1e-5."""
    documents = documents_of(*([3] * n for n in (4, 2, 9, 5)))
    rows = random_pairs(documents, 4_000)
    for partner, sentences in enumerate((4, 2, 9, 5)):
        assert_uniform(np.bincount(rows[rows[:, 1] == partner, 2], minlength=sentences))


def test_a_random_segment_ends_where_the_target_is_reached_or_its_document_ends():
    """Exact: sentences of two tokens and a target of 19 leave one token over, or the document's end."""
    documents = documents_of(*([2] * 15 for _ in range(100)))
    found = made(documents, 22, objective="nsp", negative_probability=1.0)
    tokens = (found.ranges[:, 1] - found.ranges[:, 0]) + (found.ranges[:, 3] - found.ranges[:, 2])
    reached = tokens == 19
    ends = documents.sentence_offsets[documents.document_offsets]
    assert np.isin(found.ranges[~reached, 3], ends).all()
    assert found.totals[pairs.TRUNCATED] == reached.sum()
    assert 100 < reached.sum() < len(reached) - 100


def test_sentences_that_a_random_segment_displaced_stand_in_the_next_chunk():
    documents = documents_of(*([4] * 12 for _ in range(200)))
    found = made(documents, 35, objective="nsp", negative_probability=0.5)
    compared = 0
    for row, following in itertools.pairwise(range(len(found.label))):
        if found.document[row] != found.document[following]:
            continue
        end = found.ranges[row, 1] if found.label[row] else found.ranges[row, 3]
        lone = documents.sentence_offsets[documents.document_offsets[found.document[row] + 1]] - 4
        begins = found.ranges[following, 0]
        if end == lone:  # the last sentence goes with the one before it, or without it
            assert begins in (lone - 4, lone)
        else:
            assert begins == end
            compared += found.label[row]
    assert compared > 150


def test_a_lone_last_sentence_is_what_stays_beside_a_random_segment():
    documents = documents_of([4, 4, 4], [4, 4, 4])
    found = made(documents, 11, objective="nsp", negative_probability=1.0)
    # A random segment takes the second sentence's place twice; then the third is alone.
    assert found.chunk.tolist() == [0, 1, 2] * 2 and found.label.all()
    assert sentence_at(documents, found.ranges[:, 0]).tolist() == [0, 1, 2] * 2
    assert found.totals[pairs.REUSED] == 0
