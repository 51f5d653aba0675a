"""What a glance at many segments decides, looking at each of them decides too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.corpus import sentence_cuts
from albert_data.corpus.plain_sentences import Segments, glance
from tests.shared import SHARED

PARTS = (
    ". ", " ", '"', "”", "“", "'", "‘", "’ ", ")", "(", "[1]", "! ", "? ", "… ", "I ", "I was ", "I'm ",
    "IV ", "IV. ", "e.g. ", "Mr. ", "Mr. I ", "1. ", "no. 3 ", "a", "x", "Ab", "went ", "Zed ", "Éa", "—",
    "-", "_", "* ", "Go. ", "Hamlet! ", "“Go!” ", '"I ', "of me. ", "me.” ", "me.’ ", ".” ", '." ', "x) ",
    "« Non. » ", "said ", "Betty asked ", "。", "」", "「", "日本", "и ", "Я ", "😀 ", "\n\n",
    "It was a mill. ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=80).map("".join)


def each(text: str, segments: list[str], english: bool) -> Segments:
    """No segment is plain but blank lines, and none is left aside."""
    ends = np.cumsum([len(segment) for segment in segments])
    befores = np.append(0, ends[:-1])
    blank = np.array([text[end - 1] == "\n" for end in ends.tolist()])
    begins = np.maximum.accumulate(np.where(blank, ends, 0))
    untils = np.arange(len(ends)) + blank
    return Segments(begins, befores, befores, ends, befores, ends, untils)


def both(language: str, text: str) -> tuple[list[str] | None, list[str] | None]:
    """The sentences with a glance and without."""
    found = sentence_cuts.cut(language, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_cuts, "glance", each)
        return found, sentence_cuts.cut(language, text)


def paragraphs(text: str) -> str:
    words = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    return "\n\n".join(filter(None, words))


@given(TEXTS, st.sampled_from(("en", "fr", "ja")))
def test_sentences_are_the_same_without_a_glance(text: str, language: str) -> None:
    if text := paragraphs(text):
        found, expected = both(language, text)
        assert found == expected


@pytest.mark.skipif(not SHARED.exists(), reason="shared data not found: ../shared/data")
def test_of_books_most_sentences_are_plain_and_all_the_same() -> None:
    plain = sentences = 0
    for path in sorted(SHARED.glob("books/*/*.txt"))[::4]:
        text = paragraphs(path.read_text())[:400_000].strip()
        found, expected = both("en", text)
        assert found is not None and found == expected
        segments = sentence_cuts._segments("en", sentence_cuts._hide(text))
        seen = glance(text + "\n", segments, english=True)
        own = (seen.untils > np.arange(len(seen.untils))) & (seen.firsts < seen.stops)
        plain, sentences = plain + int(own.sum()), sentences + len(found)
    assert sentences > 15_000
    assert plain > 0.7 * sentences


def test_a_plain_sentence_is_seen_at_its_end() -> None:
    text = "It was a mill by the river. We went there at once. “Is it so old?” He went. A. B. Paxton left.\n"
    segments = [
        "It was a mill by the river. ",
        "We went there at once. “",
        "Is it so old?” ",
        "He went. A. B. Paxton left.",
    ]
    seen = glance(text, segments, english=True)
    assert seen.firsts.tolist() == [0, 28, 51, 67]
    assert seen.stops.tolist()[:2] == [27, 50]
    assert seen.untils.tolist() == [2, 2, 2, 3]
