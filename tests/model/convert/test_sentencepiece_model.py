import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from model.convert.sentencepiece_model import (
    CONTROL,
    NORMAL,
    UNKNOWN,
    USER_DEFINED,
    parse_model,
    without_space_before,
)
from tests.shared import SHARED, needs_shared_data


def test_pieces_scores_and_kinds_are_those_that_the_processor_tells(vocabulary, vocabulary_file):
    model, processor = parse_model(vocabulary_file.read_bytes()), vocabulary.processor
    assert len(model.pieces) == vocabulary.size == 2000
    for number, piece in enumerate(model.pieces):
        assert piece.text == processor.id_to_piece(number)
        assert piece.score == processor.get_score(number)
        assert (piece.kind == CONTROL) == processor.is_control(number)
        assert (piece.kind == UNKNOWN) == processor.is_unknown(number)
    kinds = {piece.text: piece.kind for piece in model.pieces}
    assert (kinds["("], kinds["▁the"]) == (USER_DEFINED, NORMAL)
    assert model.is_unigram and model.adds_space and model.character_map


@needs_shared_data
def test_the_released_vocabulary_is_read_too():
    model = parse_model((SHARED / "vocab/albert-30k-clean.model").read_bytes())
    assert len(model.pieces) == 30_000 and model.pieces[4].text == "[MASK]"


def test_without_its_space_a_text_goes_on_within_a_word(vocabulary_file):
    content = vocabulary_file.read_bytes()
    before = sentencepiece.SentencePieceProcessor(model_proto=content)
    within = sentencepiece.SentencePieceProcessor(model_proto=without_space_before(content))
    assert before.encode("the", out_type=str)[0].startswith("▁")
    assert "".join(within.encode("the the", out_type=str)) == "the▁the"


def test_a_model_that_is_cut_off_is_refused(vocabulary_file):
    content = vocabulary_file.read_bytes()
    for end in (len(content) - 1, len(content) // 2 + 1):
        with pytest.raises(DataError, match="not a SentencePiece model, or cut off"):
            parse_model(content[:end], "some.model")


@given(st.binary(max_size=60))
def test_other_bytes_end_in_a_model_or_a_refusal(content):
    try:
        parse_model(content)
    except DataError as error:
        assert error.fix
