"""What the written files say; that others read them so is checked by ``check_hugging_face``."""

import json

import pytest

from albert_data.tokens.vocabulary import vocabulary_from
from model.convert.tokenizer_files import normalization_of_pieces, tokenizer_files
from tests.shared import SHARED, needs_shared_data


@pytest.fixture(scope="module")
def files(vocabulary_file):
    return tokenizer_files(vocabulary_file.read_bytes(), "albert", 512)


def steps(content, normalization):
    tokenizer = json.loads(tokenizer_files(content, normalization, 64)["tokenizer.json"])
    return [step["type"] for step in tokenizer["normalizer"]["normalizers"]]


def test_a_folder_gets_the_vocabulary_and_three_files_beside_it(files, vocabulary_file):
    assert sorted(files) == [
        "special_tokens_map.json", "spiece.model", "tokenizer.json", "tokenizer_config.json",
    ]  # fmt: skip
    assert files["spiece.model"] == vocabulary_file.read_bytes()


def test_ids_are_those_of_the_vocabulary(files, vocabulary):
    tokenizer = json.loads(files["tokenizer.json"])
    pieces = [piece for piece, _ in tokenizer["model"]["vocab"]]
    assert pieces == [vocabulary.processor.id_to_piece(i) for i in range(2000)]
    assert tokenizer["model"]["unk_id"] == 1
    assert [(t["id"], t["content"]) for t in tokenizer["added_tokens"]] == [
        (0, "<pad>"), (1, "<unk>"), (2, "[CLS]"), (3, "[SEP]"), (4, "[MASK]"),
    ]  # fmt: skip


def test_what_no_text_may_become_ranks_below_every_known_piece(files, vocabulary):
    scores = dict(json.loads(files["tokenizer.json"])["model"]["vocab"])
    known = min(vocabulary.processor.get_score(i) for i in range(2000))
    assert scores["[MASK]"] < known - 5 and scores["<pad>"] < known - 5
    resplit = [vocabulary.processor.id_to_piece(i) for i in vocabulary.resplit]
    assert all(scores[piece] < known - 5 for piece in resplit)
    the = vocabulary.processor.piece_to_id("▁the")
    assert scores["▁the"] == vocabulary.processor.get_score(the)


def test_a_pair_is_cls_a_sep_b_sep_with_two_segments(files):
    template = json.loads(files["tokenizer.json"])["post_processor"]
    flat = [
        (part, value["id"], value["type_id"])
        for step in template["pair"]
        for part, value in step.items()
    ]
    assert flat == [
        ("SpecialToken", "[CLS]", 0), ("Sequence", "A", 0), ("SpecialToken", "[SEP]", 0),
        ("Sequence", "B", 1), ("SpecialToken", "[SEP]", 1),
    ]  # fmt: skip
    assert template["special_tokens"]["[SEP]"]["ids"] == [3]


@pytest.mark.parametrize(
    "normalization, lower, accents, kinds",
    [
        ("albert", True, False, {"NFKD", "Lowercase"}),
        ("albert-cased", False, False, {"NFKD"}),
        ("none", False, True, set()),
    ],
)
def test_case_and_accents_are_as_in_the_build(
    vocabulary_file, normalization, lower, accents, kinds
):
    content = vocabulary_file.read_bytes()
    config = json.loads(tokenizer_files(content, normalization, 64)["tokenizer_config.json"])
    assert (config["do_lower_case"], config["keep_accents"]) == (lower, accents)
    assert config["model_max_length"] == 64
    assert set(steps(content, normalization)) & {"NFKD", "Lowercase"} == kinds


def test_combining_characters_are_those_that_the_clean_up_drops(files):
    patterns = [
        step["pattern"]["Regex"]
        for step in json.loads(files["tokenizer.json"])["normalizer"]["normalizers"]
        if step["type"] == "Replace"
    ]
    dropped = next(pattern for pattern in patterns if pattern.startswith("[\u0300"))
    assert "\u093e" not in dropped  # a vowel sign: a mark of class 0, which stays
    assert "\u094d" in dropped  # virama, class 9


def test_a_vocabulary_of_lower_cased_text_is_told_by_its_pieces(vocabulary):
    assert normalization_of_pieces(vocabulary) == "albert"


@needs_shared_data
def test_so_is_the_released_one():
    content = (SHARED / "vocab/albert-30k-clean.model").read_bytes()
    assert normalization_of_pieces(vocabulary_from(content, "released")) == "albert"
