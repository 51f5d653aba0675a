"""Masks: hard rules as properties, laws as statistical tests on real text where it is at hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from albert_data.base.gather import offsets_of
from albert_data.config.settings import MaskSettings, PairSettings, SentenceSettings
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.sentences import splitter
from albert_data.examples import masking, rng
from albert_data.examples.masking import (
    MaskTables,
    choose_spans,
    lay_out,
    replace_pieces,
)
from albert_data.examples.pairs import cut_long_sentences, make_pairs
from albert_data.examples.span_law import MaskLaw, mask_law, span_law
from albert_data.records.encode import MaskCounts, encode_examples
from albert_data.tokens.documents import Documents
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.vocabulary import load_vocabulary, vocabulary_from
from tests import corpora
from tests.shared import SHARED, needs_shared_data

CLS, SEP, MASK, PAD = range(4)
FIRST_ORDINARY = 4


def mask_one(
    starts: list[int],
    cut: int,
    max_length: int,
    settings_: MaskSettings | MaskLaw,
    item=0,
    counted=0,
):
    """Masks one example whose tokens have ids 4, 5, …; `starts` says which begin a word.

    `counted` stands in all counts before.
    """
    n = len(starts)
    ids = np.arange(FIRST_ORDINARY, FIRST_ORDINARY + n, dtype=np.int32)
    table = np.zeros(FIRST_ORDINARY + n, np.bool_)
    table[FIRST_ORDINARY:] = starts
    memory = masking.example_memory(max_length)
    tables = MaskTables(table, ids, CLS, SEP, MASK, PAD)
    length, middle = lay_out(ids, np.array([0, cut, cut, n]), tables, memory)
    before = memory[masking.TOKENS, :length].copy()
    law = settings_ if isinstance(settings_, MaskLaw) else mask_law(settings_)
    stream = rng.new_stream()
    rng.seek(stream, np.uint64(5), item, 0, rng.MASKS)
    spans = np.full((2, law.lengths.shape[1] + 1), counted, np.int64)
    units, first = choose_spans(stream, memory, length, middle, law, spans)
    replaced = np.full(3, counted, np.int64)
    chosen = replace_pieces(stream, memory, units, first, law, tables, replaced)
    positions = memory[masking.POSITIONS, :chosen].tolist()
    return {
        "length": length,
        "middle": middle,
        "before": before,
        "after": memory[masking.TOKENS, :length].copy(),
        "starts": memory[masking.STARTS, :length].copy(),
        "positions": positions,
        "labels": memory[masking.LABELS, :chosen].tolist(),
        "spans": spans,
        "replaced": replaced.tolist(),
    }


texts = st.lists(st.sampled_from([1, 1, 1, 0]), min_size=2, max_size=120)


@settings(max_examples=300)
@given(texts, st.data())
def test_masks_keep_the_hard_rules(starts, data):
    cut = data.draw(st.integers(1, len(starts) - 1))
    chosen = MaskSettings(
        rate=data.draw(st.sampled_from([0.05, 0.15, 0.4, 0.8])),
        max_ngram=data.draw(st.integers(1, 4)),
        unit=data.draw(st.sampled_from(["word", "piece"])),
        ngram_law=data.draw(st.sampled_from(["inverse", "uniform", "reversed"])),
        max_predictions=data.draw(st.integers(1, 40)),
    )
    made = mask_one(starts, cut, 130, chosen, item=data.draw(st.integers(0, 1000)))
    positions, n = made["positions"], made["length"]
    assert positions == sorted(set(positions))
    assert not {0, made["middle"], n - 1} & set(positions)  # never a special token
    assert all(
        made["before"][p] == piece for p, piece in zip(positions, made["labels"], strict=True)
    )
    untouched = np.delete(made["after"], positions)
    assert untouched.tolist() == np.delete(made["before"], positions).tolist()
    budget = min(max(int(n * chosen.rate + 0.5), 1), chosen.max_predictions)
    shortest = min(word_lengths(made)) if chosen.unit == "word" else 1
    assert len(positions) <= max(budget, shortest)
    assert len(positions) >= (1 if shortest <= chosen.max_predictions else 0)
    if (
        chosen.rate <= 0.4
    ):  # the budget is used up until no word fits; above it, places are hard to find
        longest = max(word_lengths(made)) if chosen.unit == "word" else 1
        assert len(positions) > budget - longest
    if chosen.unit == "word":
        assert all(word <= set(positions) or not word & set(positions) for word in words(made))


def words(made) -> list[set[int]]:
    """Positions of each whole word of an example."""
    found: list[set[int]] = []
    for position in range(1, made["length"] - 1):
        if position == made["middle"]:
            continue
        head = position in (1, made["middle"] + 1) or made["starts"][position]
        if head:
            found.append(set())
        found[-1].add(position)
    return found


def word_lengths(made) -> list[int]:
    return [len(word) for word in words(made)]


def test_a_span_never_crosses_a_separator():
    # Two words a segment and a budget for three of them: a run of three would cross.
    for item in range(200):
        made = mask_one([1, 1, 1, 1], 2, 16, MaskSettings(rate=0.43, max_predictions=3), item)
        assert made["spans"][:, 3].sum() == 0
        assert len(made["positions"]) == 3


def test_spans_are_apart_at_the_papers_rate():
    for item in range(50):
        made = mask_one([1] * 120, 60, 130, MaskSettings(max_predictions=20), item)
        runs = run_lengths(made["positions"])
        assert runs == {k: int(v) for k, v in enumerate(made["spans"].sum(axis=0)) if v}


def run_lengths(positions: list[int]) -> dict[int, int]:
    runs: dict[int, int] = {}
    for _, group in itertools.groupby(enumerate(positions), lambda pair: pair[1] - pair[0]):
        size = len(list(group))
        runs[size] = runs.get(size, 0) + 1
    return dict(sorted(runs.items()))


def test_where_no_word_fits_the_budget_the_shortest_is_masked():
    made = mask_one([1, 0, 0, 1, 0, 0, 0], 3, 16, MaskSettings(max_predictions=5))
    assert made["positions"] == [1, 2, 3]
    made = mask_one([1, 0, 0, 0, 1, 0, 0, 1, 0, 0], 4, 16, MaskSettings(max_predictions=3))
    assert made["positions"] == [6, 7, 8]  # the first of the shortest
    assert made["spans"].tolist() == [[0, 0, 0, 0], [0, 1, 0, 0]]


@pytest.mark.parametrize(
    ("starts", "most"), [([1] * 9, 5), ([1, 0, 0, 0, 1, 0, 0, 1, 0, 0], 3)], ids=["drawn", "least"]
)
def test_what_an_example_counts_is_added_to_what_stands_there(starts, most):
    rule = MaskSettings(max_predictions=most)
    for name in ("spans", "replaced"):
        alone = np.array(mask_one(starts, 4, 16, rule)[name])
        assert (np.array(mask_one(starts, 4, 16, rule, counted=7)[name]) == alone + 7).all()
        assert alone.sum() > 0


@pytest.mark.parametrize(
    ("most", "spans"), [(1, [1, 0]), (2, [0, 1]), (3, [1, 1]), (4, [0, 2]), (8, [0, 4])]
)
def test_a_budget_beyond_the_laws_rows_draws_from_the_last_one(most, spans):
    # A budget of 1 draws single words, one of 2 draws pairs: so do all greater ones.
    whole = 2**32
    law = mask_law(MaskSettings(rate=0.5, max_ngram=2, max_predictions=most))
    lengths = np.array([[whole, whole], [whole, whole], [0, whole]], np.uint64)
    made = mask_one([1] * 60, 30, 64, law._replace(lengths=lengths))
    assert made["spans"].sum(axis=0)[1:].tolist() == spans


@pytest.mark.parametrize("cut", [1, 6, 12])
def test_an_example_of_the_greatest_length_fits_working_memory(cut):
    # Ids of 13 tokens and 3 special ones; every piece is taken.
    rule = MaskSettings(rate=1.0, max_ngram=1, max_predictions=16)
    made = mask_one([1] * 13, cut, 16, rule)
    assert made["length"] == 16
    assert made["positions"] == [p for p in range(1, 15) if p != cut + 1]
    assert made["labels"] == list(range(4, 17))


def test_tables_hold_the_vocabularys_own_ids():
    pieces = "[MASK] <unk> ▁a b [SEP] <pad> c [CLS]".split()
    vocabulary = vocabulary_from(corpora.model_of(pieces), "here")
    tables = MaskTables.of(vocabulary)
    assert [pieces[i] for i in tables.ordinary] == ["▁a", "b", "c"]
    assert tables.starts[pieces.index("▁a")] and not tables.starts[pieces.index("b")]
    assert len(tables.starts) == len(pieces)
    special = tables.cls, tables.sep, tables.mask, tables.pad
    assert [pieces[i] for i in special] == ["[CLS]", "[SEP]", "[MASK]", "<pad>"]


@pytest.mark.parametrize("longest", [1, 3])
def test_spans_are_counted_as_drawn_or_as_shortened(longest):
    """Two segments of one word and a budget of two: every span is of one word, whatever was drawn."""
    spans = np.zeros((2, longest + 1), int)
    for item in range(50):
        rule = MaskSettings(rate=0.43, max_ngram=longest, max_predictions=3)
        spans += mask_one([1, 1], 1, 16, rule, item)["spans"]
    assert spans[:, 1].sum() == spans.sum() == 100
    assert (spans[1, 1] > 20) == (longest > 1)
    assert spans[0, 1] > 20


@pytest.mark.parametrize(
    ("shares", "expected"),
    [((1, 0, 0), [3, 0, 0]), ((0, 1, 0), [0, 3, 0]), ((0, 0, 1), [0, 0, 3])],
)
def test_pieces_are_counted_by_what_becomes_of_them(shares, expected):
    names = ("mask_probability", "keep_probability", "random_probability")
    rule = MaskSettings(max_predictions=3, rate=0.5, **dict(zip(names, shares, strict=True)))
    made = mask_one([1] * 8, 4, 16, rule)
    assert made["replaced"] == expected
    after = made["after"][made["positions"]].tolist()
    assert (after == [MASK] * 3) == (shares[0] == 1)
    if shares[1]:
        assert after == made["labels"]


@pytest.mark.parametrize(
    ("tokens", "rate", "most", "budget"),
    [
        (10, 150_000, 99, 2),  # 1.5 is rounded up
        (9, 150_000, 99, 1),
        (3, 833_333, 99, 2),  # 2.499999
        (3, 100_000, 99, 1),  # at least one
        (512, 150_000, 77, 77),
        (512, 150_000, 76, 76),
        (513, 150_000, 99, 77),
    ],
)
def test_the_budget_is_the_rounded_share_within_its_limits(tokens, rate, most, budget):
    assert masking.mask_budget(tokens, rate, most) == budget


def test_nothing_is_masked_where_no_word_fits_max_predictions():
    made = mask_one([1, 0, 0, 1, 0, 0], 3, 16, MaskSettings(max_predictions=2))
    assert made["positions"] == []


@pytest.fixture(scope="module")
def real_text():
    """A real novel as documents, with the released vocabulary's tables."""
    vocabulary = load_vocabulary(SHARED / "vocab/albert-30k-clean.model")
    book = SHARED / "books/paragraph_per_line/Eliot_Adam_1859.txt"
    paragraphs = book.read_text(encoding="utf-8-sig").split("\n")
    sentences = splitter(SentenceSettings())(paragraphs)
    ids, lengths = Encoder(vocabulary).encode(NORMALIZERS["albert"](sentences))
    documents = Documents(
        ids,
        offsets_of(lengths),
        np.array([0, len(lengths)]),
        np.array([42], np.uint64),
    )
    return documents, vocabulary


def masked_counts(
    real_text, settings_: MaskSettings, max_length: int, dupes: int = 4
) -> MaskCounts:
    documents, vocabulary = real_text
    law = mask_law(settings_)
    counts = MaskCounts.zeros(law.lengths.shape[1], max_length)
    documents = cut_long_sentences(documents, vocabulary.starts, max_length - 3)
    for dupe in range(dupes):
        pairs = make_pairs(documents, PairSettings(max_length=max_length), 11, dupe)
        rows = np.arange(len(pairs.label))
        tables = MaskTables.of(vocabulary)
        encode_examples(documents, pairs, rows, law, tables, max_length, 11, dupe, counts)
    return counts


@needs_shared_data
@pytest.mark.parametrize(
    "settings_",
    [
        MaskSettings(),
        MaskSettings(ngram_law="uniform"),
        MaskSettings(ngram_law="reversed"),
        MaskSettings(max_ngram=2),
        MaskSettings(ngram_law=(0.8, 0.15, 0.05)),
        MaskSettings(max_ngram=4, ngram_law=(1.0, 5.0, 1.0, 3.0)),
    ],
    ids=["inverse", "uniform", "reversed", "bigrams", "weights", "mostly two and four"],
)
def test_realised_span_lengths_follow_the_law_on_real_text(real_text, settings_):
    counts = masked_counts(real_text, settings_, 512)
    realised = counts.spans.sum(axis=0)[1:]
    expected = span_law(settings_) * realised.sum()
    assert realised.sum() > 50_000
    assert stats.chisquare(realised, expected).pvalue > 1e-3  # significance 0.1 %


@needs_shared_data
def test_pieces_are_masked_kept_and_replaced_80_10_10_on_real_text(real_text):
    counts = masked_counts(real_text, MaskSettings(), 512)
    expected = np.array([0.8, 0.1, 0.1]) * counts.replaced.sum()
    assert stats.chisquare(counts.replaced, expected).pvalue > 1e-3  # significance 0.1 %


@needs_shared_data
@pytest.mark.parametrize(("length", "predictions"), [(512, 77), (128, 20)])
def test_fifteen_percent_of_the_tokens_are_predicted(real_text, length, predictions):
    counts = masked_counts(real_text, MaskSettings(max_predictions=predictions), length, dupes=1)
    tokens = int((counts.tokens * np.arange(length + 1)).sum())
    assert 0.148 < counts.replaced.sum() / tokens < 0.152


def test_every_word_is_masked_equally_often_save_near_the_ends_of_a_segment():
    """Each of 88 inner words is within 4.4 standard deviations (12 %) of their mean, significance 1e-3.

    Fewer spans cover a segment's first and last words: these are predicted about 2/3 as often.
    """
    counts = np.zeros(100)
    for item in range(8_000):
        made = mask_one([1] * 100, 50, 104, MaskSettings(max_predictions=20), item)
        counts[[p - 1 - (p > made["middle"]) for p in made["positions"]]] += 1
    inner = counts[[*range(3, 47), *range(53, 97)]]
    assert 0.88 * inner.mean() < inner.min()
    assert inner.max() < 1.12 * inner.mean()
    assert 0.6 < counts[[0, 49, 50, 99]].mean() / inner.mean() < 0.75
