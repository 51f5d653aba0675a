"""Words and n-grams as hashes, against the words of the text itself."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.corpus.normalize import NORMALIZERS
from albert_data.insight.contamination.ngrams import SHORTEST, Needles, ngrams_of
from albert_data.insight.contamination.words import word_table
from albert_data.tokens.encoder import Encoder


@pytest.fixture(scope="module")
def words_of(vocabulary):
    """Texts → word hashes and where each text's begin, as a token cache's are made."""
    encode, table = Encoder(vocabulary).encode, word_table(vocabulary)

    def words(*texts: str) -> tuple[np.ndarray, np.ndarray]:
        collapsed = [" ".join(text.split()) for text in texts]
        ids, lengths = encode(NORMALIZERS["albert"](collapsed))
        return table.words(ids, np.concatenate([[0], np.cumsum(lengths)]))

    return words


def count(words_of, text: str) -> int:
    return len(words_of(text)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The beekeeping of bees", '"The (beekeeping) of... bees!"'),
        ("Don't stop", "Don 't stop"),
        ("don't", "don’t"),
        ("Queen", "queen"),
        ("café", "CAFE"),
        ("well-known 1,000", "well known 1 000"),
    ],
)
def test_case_accents_and_punctuation_make_no_other_words(words_of, one, other):
    assert words_of(one)[0].tolist() == words_of(other)[0].tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [("bee keeping", "beekeeping"), ("1000", "1001"), ("ab", "ba"), ("aab", "aba"), ("a", "aa")],
)
def test_other_letters_and_places_of_spaces_make_other_words(words_of, one, other):
    assert words_of(one)[0].tolist() != words_of(other)[0].tolist()


def test_a_text_without_a_letter_or_digit_has_no_words(words_of):
    words, ends = words_of("-- ... !", "", "one two")
    assert ends.tolist() == [0, 0, 0, 2]
    assert len(words) == 2


@settings(max_examples=60)
@given(st.lists(st.text("abeo xyz01.,'\"-_()", max_size=40), max_size=6))
def test_words_are_equal_exactly_where_the_runs_of_letters_and_digits_are(words_of, texts):
    hashes, ends = words_of(*texts)
    expected = [re.findall(r"[a-z0-9]+", text) for text in texts]
    assert np.diff(ends).tolist() == [len(words) for words in expected]
    flat = [word for words in expected for word in words]
    assert len(set(zip(flat, hashes.tolist(), strict=True))) == len(set(flat))
    assert len(set(hashes.tolist())) == len(set(flat))


DOCUMENTS = st.lists(st.lists(st.integers(0, 3), max_size=30), max_size=5)


def arrays(texts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    flat = np.array([word for text in texts for word in text], np.uint64)
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    return flat * np.uint64(0x9E3779B97F4A7C15), ends


def python_ngrams(text: list[int], n: int) -> list[tuple[int, ...]]:
    return [tuple(text[i : i + n]) for i in range(len(text) - n + 1)]


@settings(max_examples=150)
@given(DOCUMENTS, DOCUMENTS, st.sampled_from([1, 2, 3, 9, 10]))
def test_the_search_finds_what_a_set_of_ngrams_finds(evaluation, corpus, n):
    least = min(n, SHORTEST)
    lengths = [min(len(text), n) if len(text) >= least else 0 for text in evaluation]
    wanted = [
        python_ngrams(text, length) if length else []
        for text, length in zip(evaluation, lengths, strict=True)
    ]
    asked = {ngram for ngrams in wanted for ngram in ngrams}
    held = [
        [ngram for length in {*lengths} - {0} for ngram in python_ngrams(document, length)]
        for document in corpus
    ]
    everywhere = {ngram for ngrams in held for ngram in ngrams}

    group = ngrams_of(*arrays(evaluation), n)
    needles = Needles([group], [1], 2)
    hits = needles.search(*arrays(corpus))

    assert np.diff(group.ends).tolist() == list(map(len, wanted))
    assert len(needles.hashes) == len(asked)
    expected = [sum(ngram in asked for ngram in ngrams) for ngrams in held]
    assert hits.tolist() == [[total, 0, total] for total in expected]
    found = [sum(ngram in everywhere for ngram in ngrams) for ngrams in wanted]
    assert needles.found_of(group).tolist() == found


def test_an_ngram_of_two_labels_counts_once_in_all_and_once_for_each():
    text = [list(range(9))]
    group = ngrams_of(*arrays(text), 9)
    hits = Needles([group, group], [0, 2], 3).search(*arrays([*text, [5] * 9]))
    assert hits.tolist() == [[1, 1, 0, 1], [0, 0, 0, 0]]


def test_a_text_of_seven_words_is_too_short_and_one_of_eight_is_looked_for_whole():
    group = ngrams_of(*arrays([list(range(7)), list(range(8))]), 13)
    assert np.diff(group.ends).tolist() == [0, 1]
    assert group.lengths == (8,)
    longer = arrays([[9, *range(8), 9]])
    assert Needles([group], [0], 1).search(*longer).tolist() == [[1, 1]]
