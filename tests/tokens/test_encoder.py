"""Words to ids: what is looked up and searched has SentencePiece's own ids."""

from __future__ import annotations

import random
import string

import numpy as np
import pytest
import sentencepiece
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.gather import offsets_of
from albert_data.config.settings import SentenceSettings, SourceSettings
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.plan import plan_all, read_split
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import ReadContext
from albert_data.tokens import encoder as encoder_module
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.model_file import read_model
from albert_data.tokens.unigram_search import search_of, spell
from albert_data.tokens.vocabulary import SPACE, Vocabulary, load_vocabulary, vocabulary_from
from tests.shared import SHARED, needs_shared_data
from tests.tokens import models
from tests.tokens.models import NORMAL, UNUSED, USER_DEFINED, vocabulary_of

SPECIAL_WORDS = (
    "2019, 7, ,, 1,000,000, - -- ... (a) a.b. \x01 \x7f a\x1fb \t été “so” 日本語 ﬁ ½ a\u0301 ▁ ▁a"
    " [CLS] [MASK]a <unk> <pad> ~ ` @ \\ a'b'c " + "ab1" * 100 + " " + "x" * 251 + " " + "y" * 250
).split(" ")


@pytest.fixture(autouse=True)
def compiled_at_once(monkeypatch):
    monkeypatch.setattr(encoder_module, "FIRST_TEXT", 0)


def assert_is_sentencepieces(vocabulary: Vocabulary, words: list[str]) -> int:
    """Looks words up, twice, in sentences of one and of all; how many the search took."""
    encoder = Encoder(vocabulary)
    assert encoder.by_words
    expected = [expected_ids(vocabulary, word) for word in words]
    flat = [i for ids in expected for i in ids]
    for _ in range(2):
        ids, lengths = encoder.encode(words)
        assert lengths.tolist() == [len(ids) for ids in expected]
        assert ids.tolist() == flat
    ids, lengths = encoder.encode(["", " ".join(words), ""])
    assert lengths.tolist() == [0, len(flat), 0]
    assert ids.tolist() == flat
    search = search_of(vocabulary.processor)
    if search is None:
        return 0
    text = np.frombuffer(bytearray("".join(words).encode()), np.uint8)
    _, taken = spell(search, text, offsets_of(np.array([len(word.encode()) for word in words])))
    return int(np.count_nonzero(taken))


def expected_ids(vocabulary: Vocabulary, word: str) -> list[int]:
    """SentencePiece's ids of a word alone, special pieces and numbers before a comma split again."""
    ids = vocabulary.processor.encode(word)
    return [part for i in ids for part in vocabulary.resplit.get(i, [i])]


def random_words(rng: random.Random, alphabet: str, count: int, longest: int) -> list[str]:
    return [
        "".join(rng.choice(alphabet) for _ in range(rng.randint(1, longest))) for _ in range(count)
    ]


def random_pieces(rng: random.Random, alphabet: str, users: bool, ties: bool) -> list[models.Piece]:
    texts = {SPACE, *alphabet[: rng.randint(1, len(alphabet))]}
    texts |= {rng.choice(["", SPACE]) + word for word in random_words(rng, alphabet, 120, 6)}
    kinds = [NORMAL] * 15 + [UNUSED] + [USER_DEFINED] * users
    scores = [0.0, -0.1, -1 / 3, -1.5, -2.0] if ties else [rng.uniform(-15, 0) for _ in range(500)]
    return [
        (text, rng.choice(scores), NORMAL if text == SPACE else rng.choice(kinds))
        for text in sorted(texts)
    ]


@pytest.mark.parametrize("users", [False, True])
@pytest.mark.parametrize("ties", [False, True])
def test_words_have_the_ids_of_sentencepiece_whatever_the_pieces(users, ties):
    taken = 0
    for seed in range(25):
        rng = random.Random(seed)
        alphabet = rng.choice(["ab", "abc1,", "0123456789,.", "e-t(a)n", string.printable[:94]])
        vocabulary = vocabulary_of(random_pieces(rng, alphabet, users, ties))
        words = random_words(rng, alphabet, 150, 30) + random_words(rng, alphabet, 5, 400)
        taken += assert_is_sentencepieces(vocabulary, [*words, *SPECIAL_WORDS])
    assert taken > (25 if ties or users else 1000)


def test_a_word_of_two_segmentations_of_one_probability_is_left_to_sentencepiece():
    pieces = [(SPACE, -1.0, NORMAL), *((c, -2.0, NORMAL) for c in "ab")]
    tied = vocabulary_of([*pieces, ("ab", -3.0, NORMAL), ("ba", -3.0, NORMAL)])
    assert assert_is_sentencepieces(tied, ["aba"]) == 0
    clear = vocabulary_of([*pieces, ("ab", -3.0, NORMAL), ("ba", -3.1, NORMAL)])
    assert assert_is_sentencepieces(clear, ["aba"]) == 1


def test_a_users_piece_is_searched_where_nothing_can_take_its_place():
    pieces = [(SPACE, -1.0, NORMAL), *((c, -2.0, NORMAL) for c in "ab")]
    alone = vocabulary_of([*pieces, (".", 0.0, USER_DEFINED)])
    assert assert_is_sentencepieces(alone, ["a.b", ".."]) == 2
    in_others = vocabulary_of([*pieces, (".", 0.0, USER_DEFINED), ("a.", -0.01, NORMAL)])
    assert assert_is_sentencepieces(in_others, ["a.b", "..", "ab"]) == 1
    longer = vocabulary_of([*pieces, ("ba", 0.0, USER_DEFINED)])
    assert assert_is_sentencepieces(longer, ["aba", "bb", "aa"]) == 1


ENGLISH = [
    "the old mill by the river stood silent, and 12,500 people (of 2019, or 2,020) went by.",
    "a miller's boy re-counted 1,000 sacks: 10 of rye; 20 of wheat! was it “so”? it was, été",
    "The River Mill: a History, by J. R. Miller. ﬁne ½ ① Ⅳ 日本",
] * 40
OPTIONS = {
    "plain": ({}, True),
    "no rules": ({"normalization_rule_name": "identity"}, True),
    "lower case": ({"normalization_rule_name": "nmt_nfkc_cf"}, True),
    "bytes": ({"byte_fallback": True, "vocab_size": 400}, True),
    "digits apart": ({"split_digits": True}, True),
    "users": ({"user_defined_symbols": ["(", "-", "mill", "[x]"]}, True),
    "blanks kept": ({"remove_extra_whitespaces": False}, True),
    "marks kept": ({"allow_whitespace_only_pieces": True}, True),
    "by pairs": ({"model_type": "bpe"}, False),
    "by characters": ({"model_type": "char"}, False),
    "mark behind": ({"treat_whitespace_as_suffix": True}, False),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Vocabularies by their options, trained when they are asked for."""
    folder = tmp_path_factory.mktemp("vocabularies")

    def train(name: str) -> Vocabulary:
        options = {"vocab_size": 140, "hard_vocab_limit": False, **OPTIONS[name][0]}
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(ENGLISH), model_prefix=str(folder / "m"), minloglevel=2,
            pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="<pad>",
            control_symbols=["[CLS]", "[SEP]", "[MASK]"], **options,
        )  # fmt: skip
        return vocabulary_from((folder / "m.model").read_bytes(), name)

    return train


@pytest.mark.parametrize("name", OPTIONS)
def test_trained_vocabularies_of_all_kinds_have_the_ids_of_sentencepiece(trained, name):
    vocabulary = trained(name)
    rng = random.Random(name)
    seen = sorted({word for line in ENGLISH for word in line.split(" ")})
    parts = [vocabulary.processor.id_to_piece(i).strip(SPACE) for i in vocabulary.ordinary.tolist()]
    made = ["".join(rng.choice(parts) for _ in range(rng.randint(1, 5))) for _ in range(600)]
    words = [w for w in [*seen, *made, *SPECIAL_WORDS, *random_words(rng, "a1,.Z", 50, 20)] if w]
    taken = assert_is_sentencepieces(vocabulary, words)
    assert (taken > len(words) / 3) is OPTIONS[name][1]
    assert (search_of(vocabulary.processor) is not None) is OPTIONS[name][1]


def test_what_a_normaliser_changes_is_not_searched(trained):
    assert not search_of(trained("lower case").processor).plain[ord("A")]
    assert search_of(trained("lower case").processor).plain[ord("a")]
    assert search_of(trained("plain").processor).plain[ord("!") : 127].all()


def test_rules_of_ones_own_that_change_ascii_are_found(tmp_path):
    (tmp_path / "rules.tsv").write_text("61 62\t63\n64\t65 66\n")  # ab → c, d → ef
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f ab cd"] * 50), model_prefix=str(tmp_path / "m"),
        vocab_size=20, hard_vocab_limit=False, normalization_rule_tsv=str(tmp_path / "rules.tsv"),
        pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="<pad>", minloglevel=2,
        control_symbols=["[CLS]", "[SEP]", "[MASK]"],
    )  # fmt: skip
    vocabulary = load_vocabulary(tmp_path / "m.model")
    plain = search_of(vocabulary.processor).plain
    assert [c for c in string.ascii_lowercase if not plain[ord(c)]] == ["a", "d"]
    words = [*random_words(random.Random(1), "abcdef", 200, 8)]
    assert assert_is_sentencepieces(vocabulary, words) > 0


@pytest.mark.parametrize(
    ("trainer", "normalizer", "pieces"),
    [
        (models.number(3, models.BPE), b"", []),
        (models.number(3, models.CHAR), b"", []),
        (models.number(24, 1), b"", []),
        (b"", models.number(3, 0), []),
        (b"", models.number(5, 0), []),
        (b"", b"", [("ab", 0.5, NORMAL)]),
        (b"", b"", [(SPACE, 0.0, USER_DEFINED)]),
    ],
)
def test_a_model_that_the_search_does_not_follow_is_found_out(trainer, normalizer, pieces):
    letters = [(c, -1.0, NORMAL) for c in "abc"]
    mark = [] if any(text == SPACE for text, _, _ in pieces) else [(SPACE, -1.0, NORMAL)]
    assert search_of(vocabulary_of([*letters, *mark]).processor) is not None
    vocabulary = vocabulary_of([*letters, *mark, *pieces], trainer, normalizer)
    assert search_of(vocabulary.processor) is None


class Otherwise:
    """A processor of another version, which joins no pieces."""

    def __init__(self, processor: sentencepiece.SentencePieceProcessor) -> None:
        self.serialized_model_proto = processor.serialized_model_proto
        self._encode = processor.encode

    def encode(self, words: list[str], num_threads: int) -> list[list[int]]:
        return [self._encode(word[:1]) for word in words]


def test_a_library_that_finds_other_pieces_is_found_out():
    pieces = [(SPACE, -1.0, NORMAL), ("a", -2.0, NORMAL), ("b", -2.5, NORMAL), ("ab", -3.0, NORMAL)]
    processor = vocabulary_of(pieces).processor
    assert search_of(processor) is not None
    assert search_of(Otherwise(processor)) is None


@settings(max_examples=50)
@given(
    st.lists(st.text(min_size=1, max_size=200).filter(lambda text: "\0" not in text), unique=True)
)
def test_a_model_is_read_as_its_library_reads_it(texts):
    kinds = [NORMAL, USER_DEFINED, UNUSED]
    own = [text for text in texts if text not in {"[CLS]", "[SEP]", "[MASK]", "<pad>", "<unk>"}]
    pieces = [(text, -0.1 * n, kinds[n % 3]) for n, text in enumerate(["x", *own])]
    pieces = list({text: piece for piece in pieces for text in piece[:1]}.values())
    processor = vocabulary_of(pieces).processor
    model = read_model(processor.serialized_model_proto())
    every = list(range(processor.vocab_size()))
    assert [text.decode() for text in model.texts] == processor.id_to_piece(every)
    assert model.scores.tolist() == processor.get_score(every)
    assert model.types[5:].tolist() == [kind for _, _, kind in pieces]
    assert (model.types == UNUSED).tolist() == processor.is_unused(every)


def test_what_is_no_model_is_refused():
    whole = vocabulary_of([("a", -1.0, NORMAL)]).processor.serialized_model_proto()
    for content in (whole[:-1], whole[:30], b"\x0a\x05ab", b"\x0b", b"\xff" * 20):
        with pytest.raises(ValueError, match="SentencePiece"):
            read_model(content)


@pytest.mark.parametrize(("most_words", "most_bytes"), [(2, 1 << 20), (100, 1 << 20), (500, 16)])
def test_a_full_table_begins_anew_within_a_text(monkeypatch, most_words, most_bytes):
    monkeypatch.setattr(encoder_module, "MOST_WORDS", most_words)
    monkeypatch.setattr(encoder_module, "MOST_BYTES", most_bytes)
    rng = random.Random(most_words)
    vocabulary = vocabulary_of(random_pieces(rng, "abc", users=False, ties=False))
    words = random_words(rng, "abc", 3000, 9) + ["c" * 3000]
    rng.shuffle(words)
    sentences = [" ".join(words[i : i + 7]) for i in range(0, len(words), 7)]
    encoder = Encoder(vocabulary)
    ids, lengths = encoder.encode(sentences)
    expected = [sum((expected_ids(vocabulary, w) for w in s.split(" ")), []) for s in sentences]
    assert lengths.tolist() == [len(ids) for ids in expected]
    assert ids.tolist() == sum(expected, [])
    assert encoder._table.known[0] <= most_words


def test_a_table_grows_and_knows_its_words_still():
    vocabulary = vocabulary_of(
        [(SPACE, -1.0, NORMAL), *((c, -2.0, NORMAL) for c in "0123456789ab")]
    )
    encoder = Encoder(vocabulary)
    words = [f"{n:x}".translate(str.maketrans("cdef", "abab")) for n in range(40_000)]
    long = [f"{'a' * 15}{n}" for n in range(500)] + [f"{'a' * 16}{n}b" for n in range(500)]
    sentences = [*words, *long]
    first = encoder.encode(sentences)
    count = int(encoder._table.known[0])
    assert len(encoder._table.rows) > 2 * count > 1 << 14
    assert count == 1 + len(set(sentences))
    for ids, again in zip(first, encoder.encode(sentences), strict=True):
        assert np.array_equal(ids, again)
    assert int(encoder._table.known[0]) == count
    assert first[1].tolist() == [1 + len(word) for word in sentences]


def test_a_small_text_has_the_same_ids_without_compiled_functions(monkeypatch, trained):
    vocabulary = trained("plain")
    sentences = ["the old mill, 2019, by", "", "x  y “so” (été)", "mill"]
    looked_up = Encoder(vocabulary).encode(sentences)
    monkeypatch.setattr(encoder_module, "FIRST_TEXT", 100)
    monkeypatch.setattr(encoder_module, "number_words", None)
    encoder = Encoder(vocabulary)
    for ids, small in zip(looked_up, encoder.encode(sentences), strict=True):
        assert ids.tolist() == small.tolist()
    with pytest.raises(TypeError):  # the next ones are looked up
        encoder.encode(["mill " * 20])


@needs_shared_data
def test_millions_of_ids_of_books_and_wikipedia_are_sentencepieces():
    vocabulary = load_vocabulary(SHARED / "vocab/albert-30k-clean.model")
    split = splitter(SentenceSettings())
    sentences = []
    for path in sorted((SHARED / "books").glob("*/*.txt")):
        sentences += split(path.read_text(encoding="utf-8-sig").split("\n"))
    for part in plan_all([f"wikipedia:{SHARED / 'wiki'}"], SourceSettings()):
        for document in read_split(part, ReadContext(SourceSettings())):
            sentences += document.cut(split)
    texts = NORMALIZERS["albert"](sentences)
    whole = vocabulary.processor.encode(texts, num_threads=1)
    ids, lengths = Encoder(vocabulary).encode(texts)
    flat = [part for own in whole for i in own for part in vocabulary.resplit.get(i, [i])]
    assert len(flat) > 3_800_000
    assert ids.tolist() == flat
    assert lengths.sum() == len(ids)
