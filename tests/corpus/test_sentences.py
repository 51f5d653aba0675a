"""Paragraphs into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.config.settings import SentenceSettings, SourceSettings
from albert_data.corpus.sentences import LONGEST_PARAGRAPH, has_own_rules, splitter, splitter_id
from albert_data.corpus.source_protocol import ReadContext
from albert_data.corpus.sources.books import SOURCE as BOOKS
from tests.shared import SHARED

REAL = SHARED / "books/hard_wrapped"
split = splitter(SentenceSettings())


@pytest.mark.parametrize(
    "paragraph, sentences",
    [
        ("Mr. Darcy saw St. John. He left.", ["Mr. Darcy saw St. John.", "He left."]),
        ("He came, e.g. today. So did I.", ["He came, e.g. today.", "So did I."]),
        ("The U.S. Army won. It did.", ["The U.S. Army won.", "It did."]),
        ("“Yes!” he cried. “No.” She left.", ["“Yes!” he cried.", "“No.”", "She left."]),
        ('"Is it?" said she. Yes.', ['"Is it?" said she.', "Yes."]),
        ("Well... Maybe. Oh! Why? So.", ["Well...", "Maybe.", "Oh!", "Why?", "So."]),
        ("J. R. R. Tolkien wrote it. I read it.", ["J. R. R. Tolkien wrote it.", "I read it."]),
        ("He came.", ["He came."]),
    ],
)
def test_book_prose_is_cut_at_sentences(paragraph: str, sentences: list[str]) -> None:
    assert split([paragraph]) == sentences


# One paragraph a line; a bar stands where it is cut.
CUT = {
    "en": """
        “I came. | I saw.” | He left. | “Go on! | It is late,” said she. | We went.
        "Sit down. | Have some tea." | He sat. | "Is it hot?" Peter asked. | "It is!" she cried.
        “He told me, ‘Go away. | Never come back.’ | So I went. | I did.” | She nodded.
        'I don't know. | Go!' he said. | 'Stay! | The boys' house is near.' | It was.
        “This never closes. | It goes on. | And on.
        The ship "Mary [as "Ann"] was built in 1850." | It sank.
        Built on .NET and Node.JS. | See example.com/mill. | He left.He came back.
        Bravo! was a hit. | Hurrah! at the Mill is a band. | Viva Maria! (1965) was a film.
        “Stop!” — he said no more. | Is it? — asked the king. | Who? me? | Never!
        See Art. 12, Par. 3, pp. 4 and No. 5. | It cost approx. 5 million, c. 1850, vol. IV.
        It is approx. ten miles, and dry on Mon. and Tues. | So it was. | See Eq. (3) of it. | (4) It rose.
        It fell on me. | I looked up. | He said no. | I left. | He was ill. | Peter came.
        He came with me.” | I looked. | E.g. I think so. | Part of vol. I is lost.
        (2) If it closes, tell him. | He must know. | He will.
        It is 5 km (3 mi) (an hour) away. | It is 8 km (5 mi) (two hours) away. | Far.
        1. The council asks. | 2. The miller pays. | The rules are: 1. be kind, 2. be quiet.
        He came. | (It was late. So was she.) | They met (by the mill.) | Nobody saw.
        What is it? !!! | So. | 1) It is. | No one asked.
        The U.S. President came. | He lives in the U.S. | He likes it. | J. K. Lee left.
        Hunger grew. [citation needed] | It was cold. [1 – 3] | Then came spring.
    """,
    "de": """
        „Komm. | Geh!“ rief er. | Sie ging. | »Nein. | Nie!« | Er blieb. | Siehe Abs. 3.
    """,
    "fr": """
        « Viens. | Pars ! » dit-il. | Elle partit. | « Non. » | Il resta. | — Non ! dit-elle.
    """,
    "ja": """
        「そうだ。|行こう。」と彼は言った。|私も行った。|『本当？|そうか。』|外へ出た。
    """,
    "zh": """
        他说：“我明天再来。|今天不行。”|然后就走了。|我笑了。
    """,
    "ko": """
        그는 갔다. | "가자. | 빨리!" | 그가 말했다.
    """,
    "ru": """
        «Иди. | Стой!» — сказал он. | Она ушла. | См. рис. 5.
    """,
}


@pytest.mark.parametrize("language", CUT)
def test_quotations_abbreviations_and_labels(language: str) -> None:
    language_split = splitter(SentenceSettings(language=language))
    for line in CUT[language].strip().split("\n"):
        sentences = [sentence.strip() for sentence in line.split("|")]
        joined = line.replace("|", "") if language in ("ja", "zh") else line.replace(" |", "")
        assert language_split([joined]) == sentences


def test_cuts_need_no_capital_but_words_on_both_sides() -> None:
    assert split(["so it was. and then nothing. ok?"]) == ["so it was.", "and then nothing.", "ok?"]
    assert split(["* * *", "...", "“ ”. – !"]) == ["* * *", "...", "“ ”. – !"]


def test_paragraphs_are_never_joined_and_white_space_is_collapsed() -> None:
    assert split(["no full stop", "and none here"]) == ["no full stop", "and none here"]
    assert split([" One \n\n two. ", "\u00a0", "Three."]) == ["One two.", "Three."]
    assert split([]) == []


PARTS = st.sampled_from(
    ["a", "B", "me", "I", "No", "Par", "said", "5", "(2)", "[3]", "...", "—", "' ", " '", "“", "「"]
) | st.sampled_from(list("aB.!?\"“”‘’«»„'()[] \n\u3002é—x\u3042•1"))
PARAGRAPHS = st.lists(st.lists(PARTS, max_size=40).map("".join), max_size=8)


@given(PARAGRAPHS, st.sampled_from(["en", "de", "ja", "zh"]))
def test_nothing_but_white_space_is_lost(paragraphs: list[str], language: str) -> None:
    language_split = splitter(SentenceSettings(language=language))
    found = language_split(paragraphs)
    assert "".join("".join(found).split()) == "".join("".join(paragraphs).split())
    assert all(s == " ".join(s.split()) and s for s in found)
    assert found == [s for p in paragraphs for s in language_split([p])]


def test_batching_changes_nothing() -> None:
    paragraphs = [
        f"Mr. Smith, no. {i}, came. “Was it late? Yes.” He left {i}." for i in range(3000)
    ]
    assert split(paragraphs) == [s for p in paragraphs for s in split([p])]


@pytest.mark.parametrize(
    "unit",
    [
        '"A b." ',
        "He left. ",
        "(A.) ",
        "x",
        '"',
        "word ",
        "Oh! a ",
        '! " a ',
        "of me. I went ",
        ". ",
    ],
)
def test_endless_paragraph_is_cut_without_loss_in_linear_time(unit: str) -> None:
    paragraph = unit * (4 * LONGEST_PARAGRAPH // len(unit))
    found = split([paragraph])
    assert "".join(found).replace(" ", "") == paragraph.replace(" ", "")
    assert max(map(len, found)) <= LONGEST_PARAGRAPH


def test_lines_are_taken_as_they_are() -> None:
    lines = splitter(SentenceSettings(splitter="lines"))
    assert lines(["One. Two.\n Three  four. \n\n", "", "Five."]) == [
        "One. Two.",
        "Three four.",
        "Five.",
    ]


# Sentences of languages for which sentencex has no rules of its own, and of all kinds of full stops.
MARKED = {
    "zh": ["这座城市位于河的左岸。", "它很老！", "你知道吗？"],
    "ko": ["이 다리는 오래되었다.", "강은 길다."],
    "tr": ["Köprü eskidir.", "Nehir uzundur."],
    "sv": ["Bron är gammal.", "Floden är lång."],
    "cs": ["Most je starý.", "Řeka je dlouhá."],
    "fa": ["این پل قدیمی است.", "آیا رود دراز است؟", "بله."],
    "he": ["הגשר ישן.", "הנהר ארוך."],
    "vi": ["Cây cầu cũ.", "Con sông dài."],
    "id": ["Jembatan itu tua.", "Sungainya panjang."],
    "nb": ["Broen er gammel.", "Elven er lang."],
    "no": ["Broen er gammel.", "Elven er lang."],
    "ro": ["Podul este vechi.", "Râul este lung."],
    "hu": ["A híd régi.", "A folyó hosszú."],
    "ur": ["یہ پل پرانا ہے۔", "کیا دریا لمبا ہے؟", "جی ہاں۔"],
    "hy": ["Կամուրջը հին է։", "Գետը երկար է։"],
    "am": ["ድልድዩ አሮጌ ነው።", "ወንዙ ረጅም ነው።"],
    "hi": ["पुल पुराना है।", "नदी लंबी है॥", "क्या?"],
    "my": ["တံတားဟောင်းသည်။", "မြစ်ရှည်သည်။"],
    "km": ["ស្ពាននេះចាស់។", "ទន្លេវែង។"],
    "bo": ["ཟམ་པ་རྙིང་པ་རེད།", "གཙང་པོ་རིང་པོ་རེད།"],
    "zh-hant": ["橋很老。", "河很長。"],
}


@pytest.mark.parametrize("language", MARKED)
def test_text_of_any_language_is_cut_at_its_own_marks(language: str) -> None:
    joint = "" if language.startswith("zh") else " "
    paragraph = joint.join(MARKED[language])
    assert splitter(SentenceSettings(language=language))([paragraph]) == MARKED[language]


def test_language_changes_the_rules_and_what_is_no_language_is_refused() -> None:
    german = splitter(SentenceSettings(language="de"))
    assert german(["Er kam z. B. gestern. Sie ging."]) == ["Er kam z. B. gestern.", "Sie ging."]
    for name, near in (("English", "en"), ("Chinese", "zh"), ("deu", "de")):
        with pytest.raises(ConfigError, match=f"{name}' is not .*\n  fix: did you mean {near}?"):
            splitter(SentenceSettings(language=name))
    for name in ("xx", "", "e", "xx us"):
        with pytest.raises(ConfigError, match="is not the code of a language\n  fix: give"):
            splitter(SentenceSettings(language=name))


def test_language_that_sentencex_has_no_rules_for_takes_default_ones() -> None:
    for code in ("zh", "ko", "tr", "sv", "ceb", "zh-Hant"):
        wanted = SentenceSettings(language=code)
        assert splitter(wanted)(["Geldi. Gitti."]) == ["Geldi.", "Gitti."]
        assert not has_own_rules(wanted)
        assert splitter_id(wanted)["language_rules"] == "default"
    austrian = SentenceSettings(language="de-AT")
    assert splitter(austrian)(["Er kam z. B. hier."]) == ["Er kam z. B. hier."]
    assert has_own_rules(austrian)


def test_splitter_id_names_what_sentences_depend_on() -> None:
    assert splitter_id(SentenceSettings()) == {
        "splitter": "sentencex", "version": "1.0.32", "language": "en", "rules": "2",
    }  # fmt: skip
    assert splitter_id(SentenceSettings(splitter="lines", language="de")) == {"splitter": "lines"}


def test_real_novel_has_sentences_of_sensible_length() -> None:
    if not REAL.is_dir():
        pytest.skip(f"no real books at {REAL}")
    (plan,) = BOOKS.plan(str(REAL / "1342_pride_and_prejudice.txt"), SourceSettings())
    (book,) = BOOKS.read(plan, ReadContext(SourceSettings()))
    sentences = split(book.paragraphs)
    assert "".join(sentences).replace(" ", "") == "".join(book.paragraphs).replace(" ", "")
    words = sorted(len(s.split()) for s in sentences)
    assert 3800 < len(words) < 6500
    assert 12 <= words[len(words) // 2] <= 25
    assert not any(s.endswith((" Mr.", " Mrs.", " St.")) for s in sentences)
