"""What is drawn for masks follows its law, on text made here: seen in the records alone.

Seeds are fixed, so each test gives one verdict for ever; ALPHA is the chance that a correct version with
other random numbers fails one of them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from albert_data.config.load import from_dict
from albert_data.examples.masking import MaskTables
from albert_data.records.encode import MaskCounts
from albert_data.records.parse import parse_examples
from albert_data.tokens.documents import Documents
from tests import corpora

ALPHA = 1e-5
SIZE = 60  # pieces: five special ones, and 55 that are words


@dataclass(frozen=True)
class Drawn:
    """R masked examples of equal lengths, as their records have them.

    Attributes:
        before, after: int [R, tokens], pieces before and after masking.
        chosen: bool [R, tokens], is predicted.
        counts: what masking counted.
    """

    before: np.ndarray
    after: np.ndarray
    chosen: np.ndarray
    counts: MaskCounts


def draw(examples: int, x1: int, x2: int, words: int = 1, dupe: int = 0, **masking) -> Drawn:
    """Masks examples of one document each, of a segment of x1 tokens and one of x2.

    Args:
        words: each word has so many pieces.
    """
    rng = np.random.default_rng(5)
    shape = corpora.documents_of(*([x1, x2] for _ in range(examples)))
    starting, length = np.arange(len(shape.ids)) % words == 0, x1 + x2 + 3
    ordinary = np.arange(corpora.FIRST_ORDINARY, SIZE, dtype=np.int32)
    starts, ids = np.ones(SIZE, np.bool_), rng.choice(ordinary, len(shape.ids))
    if words > 1:  # even pieces begin a word, odd ones go on with it
        starts[ordinary] = ordinary % 2 == 0
        heads, others = (rng.choice(ordinary[ordinary % 2 == n], len(ids)) for n in (0, 1))
        ids = np.where(starting, heads, others)
    documents = Documents(ids, shape.sentence_offsets, shape.document_offsets, shape.keys)
    tables = MaskTables(starts, ordinary, corpora.CLS, corpora.SEP, corpora.MASK, corpora.PAD)
    pairs = {"max_length": length, "short_probability": 0.0, "negative_probability": 0.0}
    settings = from_dict({"pairs": pairs, "masking": {"max_predictions": length - 3, **masking}})
    made = corpora.make_pairs(documents, settings.pairs, 7, dupe)
    records, _, counts = corpora.encode(
        documents, tables, length, settings.masking, made, seed=7, dupe=dupe
    )
    ends = np.cumsum([len(record) for record in records])
    begins = np.concatenate([[0], ends[:-1]])
    buffer = np.frombuffer(b"".join(records), np.uint8)
    parsed = parse_examples(buffer, begins, ends, length, settings.masking.max_predictions, "made")
    before, chosen = parsed.input_ids.copy(), np.zeros((examples, length), np.bool_)
    rows, columns = np.nonzero(parsed.masked_lm_weights)
    places = parsed.masked_lm_positions[rows, columns]
    before[rows, places] = parsed.masked_lm_ids[rows, columns]
    chosen[rows, places] = True
    assert not chosen[:, [0, x1 + 1, length - 1]].any()
    return Drawn(before, parsed.input_ids, chosen, counts)


def assert_uniform(counts) -> None:
    assert np.sum(counts) / np.size(counts) > 20
    assert stats.chisquare(np.ravel(counts)).pvalue > ALPHA


def runs(chosen: np.ndarray) -> list[tuple[int, int]]:
    """Begins and ends of the runs of chosen positions of an example."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], chosen.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


@pytest.mark.parametrize(
    "shares", [(0.8, 0.1, 0.1), (0.2, 0.3, 0.5), (1, 0, 0), (0, 1, 0), (0, 0, 1)], ids=str
)
def test_a_piece_is_masked_kept_or_replaced_as_often_as_set(shares):
    """Chi-square over the three kinds, significance 1e-5; a kind of chance 0 never is."""
    names = ("mask_probability", "keep_probability", "random_probability")
    drawn = draw(1_000, 60, 60, **dict(zip(names, shares, strict=True)))
    before, after = drawn.before[drawn.chosen], drawn.after[drawn.chosen]
    masked, same = (after == corpora.MASK).sum(), (after == before).sum()
    n = len(before)
    # One in 55 random pieces is the piece itself.
    law = np.array([shares[0], shares[1] + shares[2] / 55, shares[2] * 54 / 55])
    counts = np.array([masked, same, n - masked - same])
    assert not counts[law == 0].any()
    if (law > 0).sum() > 1:
        assert stats.chisquare(counts[law > 0], n * law[law > 0]).pvalue > ALPHA
    assert drawn.counts.replaced.sum() == n
    shares_counted = np.array(shares) > 0
    assert not drawn.counts.replaced[~shares_counted].any()
    if shares_counted.sum() > 1:
        expected = n * np.array(shares)[shares_counted]
        counted = drawn.counts.replaced[shares_counted]
        assert stats.chisquare(counted, expected).pvalue > ALPHA


def test_a_random_piece_is_any_ordinary_one_whatever_it_replaces():
    """Chi-square over all ordinary pieces, and of independence, significance 1e-5."""
    all_random = {"mask_probability": 0.0, "keep_probability": 0.0, "random_probability": 1.0}
    drawn = draw(6_000, 60, 60, **all_random)
    before, after = drawn.before[drawn.chosen], drawn.after[drawn.chosen]
    assert after.min() >= corpora.FIRST_ORDINARY
    assert_uniform(np.bincount(after, minlength=SIZE)[corpora.FIRST_ORDINARY :])
    table = np.zeros((SIZE, SIZE))
    np.add.at(table, (before, after), 1)
    assert stats.chi2_contingency(table[5:, 5:]).pvalue > ALPHA
    # … and the next one drawn is another draw.
    neighbours = np.zeros((SIZE, SIZE))
    np.add.at(neighbours, (after[:-1], after[1:]), 1)
    assert stats.chi2_contingency(neighbours[5:, 5:]).pvalue > ALPHA


@pytest.mark.parametrize(
    ("rate", "tokens", "most", "budget"),
    [  # all with [CLS] and both [SEP]; halves are rounded up
        (0.15, 10, 7, 2),  # 1.5
        (0.15, 9, 6, 1),  # 1.35
        (0.15, 30, 9, 5),  # 4.5
        (0.15, 29, 9, 4),  # 4.35
        (0.15, 128, 20, 19),  # 19.2
        (0.15, 128, 18, 18),
        (0.15, 512, 77, 77),  # 76.8
        (0.15, 512, 76, 76),
        (0.05, 8, 5, 1),  # 0.4, and one at least
        (0.000001, 100, 9, 1),
        (0.125, 100, 97, 13),  # 12.5
        (0.123457, 1_000, 500, 123),  # 123.457
        (0.5, 11, 8, 6),  # 5.5
        (1.0, 20, 10, 10),
    ],
)
def test_the_budget_is_the_rate_of_all_tokens_rounded(rate, tokens, most, budget):
    x1 = (tokens - 3) // 2
    drawn = draw(20, x1, tokens - 3 - x1, rate=rate, max_predictions=most, max_ngram=1)
    assert drawn.chosen.sum(axis=1).tolist() == [budget] * 20


@pytest.mark.parametrize("ngram_law", ["inverse", "uniform", "reversed"])
@pytest.mark.parametrize("longest", [2, 3, 5])
@pytest.mark.parametrize("budget", [19, 77])
def test_realised_span_lengths_follow_the_law(ngram_law, longest, budget):
    """Chi-square of runs of masked words against p(n), significance 1e-5."""
    tokens = round(budget / 0.15)
    drawn = draw(800, tokens // 2, tokens - tokens // 2 - 3, ngram_law=ngram_law, max_ngram=longest)
    n = np.arange(1, longest + 1)
    weights = {"inverse": 1 / n, "uniform": 1 + 0 * n, "reversed": 1 / n[::-1]}[ngram_law]
    lengths = [end - begin for row in drawn.chosen for begin, end in runs(row)]
    counts = np.bincount(lengths, minlength=longest + 1)
    assert len(counts) == longest + 1
    expected = weights / weights.sum() * len(lengths)
    assert stats.chisquare(counts[1:], expected).pvalue > ALPHA
    assert (counts == drawn.counts.spans.sum(axis=0)).all()


def test_the_lengths_of_an_examples_spans_are_drawn_one_by_one():
    """Chi-square of independence of the first span's length and the last one's, significance 1e-5."""
    drawn = draw(4_000, 250, 250)
    table = np.zeros((3, 3))
    for row in drawn.chosen:
        found = runs(row)
        first, last = found[0], found[-1]
        table[first[1] - first[0] - 1, last[1] - last[0] - 1] += 1
    assert stats.chi2_contingency(table).pvalue > ALPHA


@pytest.mark.parametrize("setting", [{"max_predictions": 1}, {"rate": 1e-6}], ids=str)
@pytest.mark.parametrize(("x1", "x2"), [(20, 20), (35, 5), (1, 39)])
def test_one_word_is_any_word_of_both_segments(x1, x2, setting):
    """Chi-square over all words, significance 1e-5."""
    drawn = draw(4_000, x1, x2, **setting)
    assert (drawn.chosen.sum(axis=1) == 1).all()
    places = np.delete(drawn.chosen.sum(axis=0), [0, x1 + 1, x1 + x2 + 2])
    assert_uniform(places)


def test_a_span_begins_at_every_word_that_leaves_it_room():
    """Chi-square over all places of a span of two words, significance 1e-5."""
    drawn = draw(4_000, 9, 12, rate=2 / 24, max_ngram=2, ngram_law="uniform")
    begins = [runs(row)[0][0] for row in drawn.chosen if len(runs(row)) == 1]
    counts = np.bincount(begins, minlength=24)
    possible = [*range(1, 9), *range(11, 22)]  # words 1 … 9 and 11 … 22
    assert len(begins) > 1_000 and counts[possible].sum() == len(begins)
    assert_uniform(counts[possible])


def test_the_second_of_two_words_is_any_that_does_not_touch_the_first():
    """Chi-square over all pairs of words that do not touch, significance 1e-5."""
    drawn = draw(6_000, 6, 6, rate=2 / 15, max_ngram=1)
    counts = np.zeros((15, 15), int)
    for row in drawn.chosen:
        first, second = np.flatnonzero(row)
        counts[first, second] += 1
    words = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]
    apart = [(a, b) for a, b in itertools.combinations(words, 2) if b - a > 1]
    assert (6, 8) in apart  # on both sides of [SEP]
    found = np.array([counts[pair] for pair in apart])
    assert found.sum() == 6_000
    # Of each order: 1/12 for the first, then all that it leaves.
    left = {a: 12 - 1 - sum(abs(a - b) == 1 for b in words) for a in words}
    law = np.array([(1 / left[a] + 1 / left[b]) / 12 for a, b in apart])
    assert law.sum() == pytest.approx(1)
    assert stats.chisquare(found, 6_000 * law).pvalue > ALPHA


@pytest.mark.parametrize("rate", [0.05, 0.15, 0.3])
def test_between_two_spans_of_a_segment_a_word_is_left(rate):
    drawn = draw(300, 60, 60, rate=rate)
    for row in drawn.chosen:
        assert max(end - begin for begin, end in runs(row)) <= 3
    assert sum(len(runs(row)) for row in drawn.chosen) == drawn.counts.spans.sum()
    assert not drawn.counts.spans[1, 3:].any()


def test_where_the_rate_leaves_no_room_spans_touch_but_the_rate_is_kept():
    drawn = draw(300, 60, 60, rate=0.8)
    assert (drawn.chosen.sum(axis=1) == 98).all()  # 0.8 x 123 = 98.4
    assert max(end - begin for row in drawn.chosen for begin, end in runs(row)) > 3


def test_spans_that_found_no_room_are_counted_apart():
    # Two words, a segment each: the spans of two that are drawn here are cut to one.
    drawn = draw(500, 3, 3, words=3, rate=0.667, max_ngram=2, ngram_law="reversed")
    assert drawn.chosen[:, [1, 2, 3, 5, 6, 7]].all()
    assert drawn.counts.spans.sum(axis=0).tolist() == [0, 1_000, 0]
    assert drawn.counts.spans[1, 1] > 300


def test_a_span_is_of_whole_words_and_their_pieces_count():
    drawn = draw(400, 60, 60, words=3, rate=0.15, max_ngram=2)
    assert drawn.chosen[:, 1:61].reshape(-1, 3).any(axis=1).sum() > 1_000
    for segment in (drawn.chosen[:, 1:61], drawn.chosen[:, 62:122]):
        words = segment.reshape(-1, 3)
        assert (words.all(axis=1) == words.any(axis=1)).all()
    assert (drawn.chosen.sum(axis=1) == 18).all()  # 0.15 x 123 = 18.45, six words


def test_pieces_are_masked_one_by_one_where_they_are_the_unit():
    drawn = draw(400, 60, 60, words=3, unit="piece", max_ngram=3)
    lengths = [end - begin for row in drawn.chosen for begin, end in runs(row)]
    assert set(lengths) == {1}
    by_place = drawn.chosen[:, 1:61].reshape(-1, 20, 3).sum(axis=(0, 1))
    assert_uniform(by_place[1:])  # … and continuations are as good as heads
    assert len(drawn.counts.spans[0]) == 2


def test_masks_of_two_passes_have_nothing_in_common():
    """Hypergeometric law of the overlap, by its mean (normal), significance 1e-5."""
    first, second = (draw(1_000, 60, 60, dupe=dupe, max_ngram=1).chosen for dupe in (0, 1))
    overlap = (first & second).sum(axis=1)
    chosen = int(first[0].sum())
    mean = stats.hypergeom(120, chosen, chosen).mean()
    error = overlap.std(ddof=1) / np.sqrt(len(overlap))
    # Words at the ends of a segment are chosen a little more often, hence 0.03.
    assert abs(overlap.mean() - mean) < stats.norm.isf(ALPHA / 2) * error + 0.03
