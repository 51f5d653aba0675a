"""Where words begin: the reference's rule, the rule by the text, and vocabularies of every build."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.gather import offsets_of
from albert_data.config.settings import MaskSettings
from albert_data.examples.pairs import cut_long_sentences
from albert_data.tokens.documents import Documents
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.vocabulary import SPACE, Vocabulary, load_vocabulary, vocabulary_from
from albert_data.tokens.words import (
    foreign_share,
    with_word_starts,
    word_rule,
    word_starts,
    words_cut_apart,
)
from tests import corpora
from tests.shared import SHARED, needs_shared_data

ENGLISH = [
    "the mill stands by the water, and the old bridge (built of stone) was sold.",
    "a monk's boat was lost in the flood of spring; the market hall was mended.",
    "this river is known to all. the king came in the winter of a well-known year.",
]
RUSSIAN = [
    "мельница стоит у воды, и старый мост (из камня) был продан.",
    "лодка монаха пропала во время «весеннего» разлива; рынок починили.",
    "эту реку знают все. король пришёл зимой того самого известного года.",
]
GREEK = ["ο μύλος στέκεται δίπλα στο νερό.", "η παλιά γέφυρα ήταν χτισμένη από πέτρα, και κάηκε."]
HINDI = ["यह चक्की पानी के पास खड़ी है।", "पुराना पुल पत्थर का बना था, और बाढ़ में खो गया।"]
GERMAN = ["die mühle steht am wasser.", "die große brücke wurde schöner, als sie früher war."]
CHINESE = ["这座城市位于河的左岸，游客每年都来参观。", "老桥是用石头建成的，价格并不便宜。"]
THAI = ["ประเทศไทยมีแม่น้ำ", "แม่น้ำนี้มีสะพานเก่า"]

Train = Callable[..., Vocabulary]


@pytest.fixture(scope="module")
def train() -> Train:
    """Vocabularies of some sentences, by options of SentencePiece's trainer."""
    made: dict[str, Vocabulary] = {}

    def of(sentences: list[str], size: int, **options: Any) -> Vocabulary:
        key = repr((sentences, size, options))
        if key not in made:
            model = io.BytesIO()
            usual: dict[str, Any] = {
                "pad_id": 0, "unk_id": 1, "bos_id": -1, "eos_id": -1, "pad_piece": "<pad>",
                "control_symbols": ["[CLS]", "[SEP]", "[MASK]"], "minloglevel": 9,
                "hard_vocab_limit": False, "character_coverage": 1.0,
            }  # fmt: skip
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(sentences * 20), model_writer=model, vocab_size=size,
                **usual | options,
            )  # fmt: skip
            made[key] = vocabulary_from(model.getvalue(), "here")
        return made[key]

    return of


def encode(vocabulary: Vocabulary, *sentences: str) -> Documents:
    ids, lengths = Encoder(vocabulary).encode(list(sentences))
    offsets = offsets_of(lengths)
    return Documents(ids, offsets, np.array([0, len(sentences)]), np.ones(1, np.uint64))


def words(vocabulary: Vocabulary, rule: str, *sentences: str) -> list[str]:
    """The words of a text, as the pieces of each joined, without space marks."""
    documents = with_word_starts(encode(vocabulary, *sentences), vocabulary, rule)
    starts = documents.starts if len(documents.starts) else vocabulary.starts[documents.ids]
    pieces = vocabulary.processor.id_to_piece(documents.ids.tolist())
    found: list[list[str]] = []
    for piece, begins in zip(pieces, starts.tolist(), strict=True):
        if begins or not found:
            found.append([])
        found[-1].append(piece)
    return ["".join(own).replace(SPACE, "") for own in found]


def plain_words(*sentences: str) -> list[str]:
    """Words and marks of a text, by a regular expression."""
    return [
        word
        for sentence in sentences
        for word in re.findall(r"[\w\u0900-\u094f]+|[^\w\s]", sentence)
    ]


@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN, GREEK, HINDI, GERMAN])
@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("size", [45, 75, 200])
def test_by_the_text_a_word_is_a_word_in_every_script(train: Train, text, behind, size) -> None:
    vocabulary = train(text, size, treat_whitespace_as_suffix=behind)
    assert vocabulary.space_behind is behind
    assert words(vocabulary, "unicode", *text) == plain_words(*text)


@pytest.mark.parametrize("behind", [False, True])
def test_a_space_mark_behind_words_parts_them_by_the_references_rule_too(train, behind) -> None:
    text = ["the mill stands by the water and the old bridge was sold"]
    vocabulary = train(ENGLISH, 60, treat_whitespace_as_suffix=behind)
    assert words(vocabulary, "reference", *text) == text[0].split()


@pytest.mark.parametrize(("text", "size"), [(CHINESE, 60), (THAI, 40)])
def test_without_spaces_each_piece_is_a_word_but_marks_go_on(train: Train, text, size) -> None:
    vocabulary = train(text, size)
    documents = with_word_starts(encode(vocabulary, *text), vocabulary, "unicode")
    pieces = vocabulary.processor.id_to_piece(documents.ids.tolist())
    alone = [place for place, piece in enumerate(pieces) if piece == SPACE]
    assert not documents.starts[np.array(alone, int) + 1].any()
    others = np.setdiff1d(np.arange(len(pieces)), np.array(alone, int) + 1)
    marks = [i for i in others if pieces[i][0] in "\u0e31\u0e34\u0e35\u0e48\u0e49\u0e19\u0e33"[:5]]
    assert documents.starts[np.setdiff1d(others, marks)].all()
    assert not documents.starts[marks].any()


def test_latin_words_part_from_han_and_kana_before_them(train: Train) -> None:
    text = ["使用python语言", "カメラで撮った写真"]
    vocabulary = train(text, 40)
    found = words(vocabulary, "unicode", text[0])
    assert "python" in found
    assert "ー" not in [word[0] for word in words(vocabulary, "unicode", "スーパー" + text[1])]


def test_by_the_piece_alone_foreign_letters_are_words(train: Train) -> None:
    vocabulary = train(RUSSIAN, 60)
    documents = encode(vocabulary, *RUSSIAN)
    assert vocabulary.starts[documents.ids].all()
    cut = words_cut_apart(documents.ids, vocabulary)
    assert cut > 0.3 * len(documents.ids)
    assert words_cut_apart(encode(train(ENGLISH, 200), *ENGLISH).ids, train(ENGLISH, 200)) == 0


def test_the_rule_is_chosen_by_the_vocabularys_letters(train: Train) -> None:
    assert word_rule("auto", train(ENGLISH, 60)) == "reference"
    for text in (RUSSIAN, GREEK, HINDI, GERMAN, CHINESE):
        assert word_rule("auto", train(text, 75)) == "unicode"
        assert foreign_share(train(text, 75)) > 0.05
    assert word_rule("reference", train(GREEK, 60)) == "reference"
    # Single letters of other languages stand in every vocabulary of real text.
    assert word_rule("auto", train([*ENGLISH, "ж é ü ß щ ł 中 の ω я"], 75)) == "reference"
    assert word_rule("auto", train(CHINESE, 60, model_type="char")) == "unicode"
    assert word_rule("unicode", train(ENGLISH, 60)) == "unicode"


@pytest.mark.parametrize("text", [GREEK, HINDI, CHINESE])
def test_numbers_and_bytes_of_a_vocabulary_do_not_choose_its_rule(train: Train, text) -> None:
    years = [f"{sentence} {year}" for sentence in text for year in range(1000, 2000, 7)]
    vocabulary = train(years, 400, byte_fallback=True)
    pieces = vocabulary.processor.id_to_piece(vocabulary.ordinary.tolist())
    assert sum(piece.strip(SPACE).isdigit() for piece in pieces) > len(pieces) / 2
    assert word_rule("auto", vocabulary) == "unicode"
    assert word_rule("auto", train([str(year) for year in range(1000)], 40)) == "reference"


@needs_shared_data
def test_the_references_vocabulary_goes_by_its_rule() -> None:
    vocabulary = load_vocabulary(SHARED / "vocab/albert-30k-clean.model")
    assert word_rule(MaskSettings().word_rule, vocabulary) == "reference"
    documents = encode(vocabulary, *ENGLISH)
    assert with_word_starts(documents, vocabulary, "reference") is documents
    starts = word_starts(documents.ids, vocabulary, "reference")
    assert starts.tolist() == vocabulary.starts[documents.ids].tolist()


@needs_shared_data
@given(st.lists(st.integers(0, 29_999), max_size=40))
def test_both_ways_to_the_references_rule_agree(ids: list[int]) -> None:
    vocabulary = load_vocabulary(SHARED / "vocab/albert-30k-clean.model")
    found = word_starts(np.array(ids, np.int32), vocabulary, "reference")
    assert found.tolist() == vocabulary.starts[ids].tolist() if ids else not len(found)


BYTES = ["the year 1541.", "the 🙂🙂 stood", "the 磨坊 stood", "the ётый mill", "a żółw€ mill"]


@pytest.mark.parametrize("text", BYTES)
@pytest.mark.parametrize("rule", ["reference", "unicode"])
def test_the_bytes_of_a_character_are_never_parted(train: Train, text: str, rule: str) -> None:
    vocabulary = train(ENGLISH, 400, byte_fallback=True)
    found = words(vocabulary, rule, text)
    assert any(word.startswith("<0x") for word in found)
    for word in found:
        spelled = bytes.fromhex("".join(re.findall(r"<0x(..)>", word)))
        spelled.decode()  # whole characters
    number = "".join(f"<0x{ord(c):02X}>" for c in "1541")
    if "1541" in text:
        assert number in found
    if "ётый" in text:
        assert "".join(f"<0x{b:02X}>" for b in "ётый".encode()) in found
    if "磨坊" in text:
        assert len([word for word in found if word]) == 4


SYMBOLS = ["[CLS]", "[SEP]", "[MASK]"]
SPELLED = "the [MASK] mill[SEP] stands <pad> by [CLS][SEP] the <unk> water, a[sep]b [SEP]"


@pytest.mark.parametrize("options", [
    {"user_defined_symbols": SYMBOLS, "control_symbols": []},
    {"user_defined_symbols": [*SYMBOLS, "<pad>", "[sep]"], "control_symbols": [], "pad_id": -1},
    {"user_defined_symbols": [*SYMBOLS, "<pad>"], "control_symbols": [], "pad_id": -1,
     "treat_whitespace_as_suffix": True},
    {},
])  # fmt: skip
@pytest.mark.parametrize("text", [SPELLED, "[SEP]", "[MASK] [MASK]", "<pad>"])
def test_no_text_yields_a_special_piece(train: Train, options, text: str) -> None:
    if options.get("pad_id") == -1:
        options = {**options, "unk_id": 0, "pad_piece": "<none>"}
    vocabulary = train([*ENGLISH, "[ sep ] mask cls pad < > M A S K C L E P"], 80, **options)
    for by_words in (True, False):
        encoder = Encoder(vocabulary)
        encoder.by_words = by_words and encoder.by_words
        ids, lengths = encoder.encode([text, "the mill"])
        assert not np.isin(ids, vocabulary.specials).any()
        assert lengths.sum() == len(ids) and lengths[1] > 0
    shown = "".join(vocabulary.processor.id_to_piece(ids[: lengths[0]].tolist()))
    if text == "[MASK] [MASK]":
        assert shown.count("[") == shown.count("]") == 2


def test_documents_with_word_starts_of_their_own_are_cut_at_these(train: Train) -> None:
    documents = corpora.documents_of([40])
    starts = np.zeros(40, np.bool_)
    starts[[0, 9, 25]] = True
    table = np.ones(100, np.bool_)
    cut = cut_long_sentences(documents._replace(starts=starts), table, 29)
    assert cut.sentence_offsets.tolist() == [0, 9, 23, 25, 39, 40]
    assert cut.starts is starts


@pytest.mark.parametrize("mode", ["static", "dynamic"])
def test_records_have_the_word_starts_of_their_documents(mode: str) -> None:
    documents = corpora.random_documents(5, 20, 500)
    tables = corpora.tables_of(documents, 500)
    settings = MaskSettings(max_predictions=9)
    kept = tables.starts[documents.ids]
    by_table, _, _ = corpora.encode(documents, tables, 64, settings, mode=mode)
    own, _, _ = corpora.encode(documents._replace(starts=kept), tables, 64, settings, mode=mode)
    assert own == by_table
    mine = np.random.default_rng(3).random(len(documents.ids)) < 0.4
    other = documents._replace(starts=mine)
    records, pairs, _ = corpora.encode(other, tables, 64, settings, mode=mode)
    for record, (a, b, c, d) in zip(records, pairs.ranges.tolist(), strict=True):
        boundary = corpora.fields_of(record)["token_boundary"]
        expected = [1, *mine[a:b].tolist(), 1, *mine[c:d].tolist(), 1]
        assert boundary[: len(expected)] == expected
