import numpy as np
import pytest

from albert_data.base.errors import DataError
from albert_data.tokens.encoder import Encoder
from model.text import TextEncoder


@pytest.fixture(scope="module")
def encoder(vocabulary_file):
    return TextEncoder(vocabulary_file.read_bytes(), "albert", 64)


def pieces(encoder, text):
    return [encoder.vocabulary.processor.id_to_piece(i) for i in encoder.ids(text)]


@pytest.mark.parametrize("text", ["The ferry crossed the river.", "  Café  in 2019, (see p. 5)\n"])
def test_text_becomes_the_pieces_of_a_build(encoder, vocabulary, text):
    built, _ = Encoder(vocabulary).encode([" ".join(text.replace("é", "e").lower().split())])
    assert encoder.ids(text) == built.tolist()


def test_a_gap_takes_the_place_of_what_stood_there(encoder):
    whole = pieces(encoder, "the ferry crossed the river .")
    at = whole.index("▁the", 1)
    cut = pieces(encoder, "the ferry crossed [MASK] river .")
    assert cut == [*whole[:at], "[MASK]", *whole[at + 1 :]]


@pytest.mark.parametrize("text", ["a [MASK].", "a [mask].", "a  [MASK]."])
def test_what_follows_a_gap_at_once_begins_no_word(encoder, text):
    assert pieces(encoder, text) == ["▁a", "[MASK]", "."]


def test_gaps_may_follow_each_other_and_stand_at_both_ends(encoder):
    assert pieces(encoder, "[MASK][MASK] a [MASK]") == ["[MASK]", "[MASK]", "▁a", "[MASK]"]


def test_two_segments_are_numbered_and_their_gaps_found(encoder):
    features = encoder.features("a [MASK]", "[MASK] a")
    ids, known = features["input_ids"], encoder.vocabulary
    assert ids[0, [0, 3, 6]].tolist() == [known.cls, known.sep, known.sep] and ids.shape == (1, 7)
    assert features["segment_ids"].tolist() == [[0, 0, 0, 0, 1, 1, 1]]
    assert features["masked_lm_positions"].tolist() == [[2, 4]]
    assert all(array.dtype == np.int32 for array in features.values())


def test_a_text_without_pieces_or_with_too_many_is_refused(encoder):
    with pytest.raises(DataError, match="a text of no pieces"):
        encoder.features("a", "  ")
    with pytest.raises(DataError, match="67 pieces, .* the model takes 64"):
        encoder.features("a " * 65)
