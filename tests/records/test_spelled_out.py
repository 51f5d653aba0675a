"""A record as people read it, piece by piece: literals, by the vocabulary's names of pieces."""

from __future__ import annotations

import numpy as np
import pytest

from albert_data.records.parse import Examples
from albert_data.records.spelled_out import Record, Token, decode
from albert_data.tokens.vocabulary import vocabulary_from
from tests import corpora

# Ids are the places in this list.
PIECES = "<pad> <unk> [CLS] [SEP] [MASK] ▁the s ▁water ▁is ing ▁and ▁of".split()
VOCABULARY = vocabulary_from(corpora.model_of(PIECES), "here")
LENGTH, PREDICTIONS = 12, 6


def record_of(
    shown: str, predicted: dict[int, str], begins: list[int] | None = None, label: int = 0
) -> Record:
    """Row 1 of two, of an example that shows these pieces.

    Args:
        predicted: position → the piece before masking.
        begins: positions at which a word begins; None: as in records without token_boundary.
    """
    pieces = shown.split()
    size, chosen = len(pieces), len(predicted)
    shapes = {name: (2, LENGTH) for name in ("input_ids", "input_mask", "token_boundary")}
    shapes |= {name: (2, PREDICTIONS) for name in ("masked_lm_positions", "masked_lm_ids")}
    examples = Examples(
        **{name: np.zeros(shape, np.int64) for name, shape in shapes.items()},
        masked_lm_weights=np.zeros((2, PREDICTIONS), np.float32),
        next_sentence_labels=np.array([1 - label, label]),
    )
    examples.input_ids[1, :size] = [PIECES.index(piece) for piece in pieces]
    examples.input_mask[1, :size] = 1
    examples.token_boundary[1, begins or []] = 1
    examples.masked_lm_positions[1, :chosen] = list(predicted)
    examples.masked_lm_ids[1, :chosen] = [PIECES.index(piece) for piece in predicted.values()]
    examples.masked_lm_weights[1, :chosen] = 1
    return decode(examples, 1, VOCABULARY)


def kinds(record: Record) -> str:
    """A letter for each token: the first of its kind."""
    return "".join(token.kind[0] for token in record.tokens)


def spans(record: Record) -> list[tuple[int, int, int]]:
    """(first position, last position, words) of each span."""
    first = [(at, token.span) for at, token in enumerate(record.tokens) if token.span]
    last = [at for at, token in enumerate(record.tokens) if token.ends_span]
    return [(at, end, words) for (at, words), end in zip(first, last, strict=True)]


def test_every_token_says_what_became_of_it():
    shown = "[CLS] ▁the [MASK] s ▁and [SEP] ▁of ▁water [SEP]"
    before = {2: "▁water", 3: "s", 4: "▁is", 7: "▁water"}
    record = record_of(shown, before, begins=[0, 1, 2, 4, 5, 6, 7, 8], label=1)
    assert record.tokens == (
        Token("[CLS]", "[CLS]", "special"),
        Token("▁the", "▁the", "text"),
        Token("[MASK]", "▁water", "mask", span=2),
        Token("s", "s", "keep"),
        Token("▁and", "▁is", "random", ends_span=True),
        Token("[SEP]", "[SEP]", "special"),
        Token("▁of", "▁of", "text"),
        Token("▁water", "▁water", "keep", span=1, ends_span=True),
        Token("[SEP]", "[SEP]", "special"),
    )
    assert record.label == 1
    assert record.spans == [2, 1]
    assert record.predicted == 4
    assert [token.begins_word for token in record.tokens] == [
        False, True, True, False, True, False, True, True, False,
    ]  # fmt: skip


def test_words_of_a_span_are_counted_where_token_boundary_says():
    shown = "[CLS] ▁the [MASK] [MASK] [MASK] [SEP] ▁of [SEP]"
    before = {2: "▁water", 3: "▁is", 4: "▁of"}
    for begins, words in (([2, 3, 4], 3), ([2, 4], 2), ([2], 1), ([1], 1), ([], 1)):
        record = record_of(shown, before, begins=[0, 5, *begins])
        assert spans(record) == [(2, 4, words)]


def test_without_token_boundary_words_begin_where_the_vocabulary_says():
    # The pieces before masking count, not those that replace them.
    record = record_of("[CLS] ▁the [MASK] ▁of s [SEP] ▁of [SEP]", {2: "▁water", 3: "s", 4: "▁is"})
    assert spans(record) == [(2, 4, 2)]


@pytest.mark.parametrize("begins", [None, [0, 3, 6]])
def test_a_word_begins_after_a_special_piece_whatever_the_piece(begins):
    record = record_of("[CLS] ing ing [SEP] ing s [SEP]", {1: "s", 2: "ing", 4: "ing"}, begins)
    assert kinds(record) == "srkskts"
    assert spans(record) == [(1, 2, 1), (4, 4, 1)]


def test_spans_end_at_pieces_that_are_not_predicted_and_with_the_record():
    # No [SEP] at the end, as in others' records that were cut.
    record = record_of("[CLS] s s s [SEP] s s", {1: "s", 3: "s", 5: "s", 6: "s"}, [1, 2, 3, 5, 6])
    assert spans(record) == [(1, 1, 1), (3, 3, 1), (5, 6, 2)]
    assert kinds(record) == "sktkskk"


def test_a_special_piece_that_was_put_in_or_predicted_is_no_special_token():
    # A reference's mask may hide any piece, and a random one may be any.
    record = record_of("[CLS] [SEP] ▁of [MASK] [SEP]", {1: "▁the", 3: "[SEP]"}, [1, 2])
    assert kinds(record) == "srtms"
    assert [token.original for token in record.tokens[1:4]] == ["▁the", "▁of", "[SEP]"]


def test_padding_and_unused_predictions_are_left_out():
    record = record_of("[CLS] ▁the [SEP] s [SEP]", {}, [0, 1, 2, 3, 4])
    assert [token.piece for token in record.tokens] == "[CLS] ▁the [SEP] s [SEP]".split()
    assert (record.predicted, record.spans, record.label) == (0, [], 0)
