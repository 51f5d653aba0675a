"""Every character of a cleaned text knows the characters of the original from which it was made."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from albert_data.corpus.characters import clean
from albert_data.corpus.normalize import NORMALIZERS, collapse
from model.tasks.features.clean_up import cleaned

# What the steps change: white space, marks, ligatures, Hangul, characters that go, letters of odd cases.
ODD = " \t\u2003\xa0\x85aZé\u0301\u0323ﬁ½ﷺ한\u1112\u1161\u11ab\u09c7\u09be\u200b\xad\ufeffİΣ¨Å\u212b①😀"
TEXTS = st.text(
    st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"])), max_size=30
)


def spans(text: str, normalization: str) -> list[tuple[str, str]]:
    """(character, what it was made from) of a cleaned text."""
    found = cleaned(text, normalization)
    places = zip(found.begins.tolist(), found.ends.tolist(), strict=True)
    return [(c, text[b:e]) for c, (b, e) in zip(found.text, places, strict=True)]


@pytest.mark.parametrize("normalization", sorted(NORMALIZERS))
@given(text=TEXTS)
@example(text="\u0301\u0301a")
@example(text="a\u0301\u0323 \u1112\u1161\u11ab \u09c7\u09be")
def test_text_is_the_builds_and_places_ascend_within_it(normalization, text):
    found = cleaned(text, normalization)
    assert found.text == NORMALIZERS[normalization]([collapse(clean(text))])[0]
    assert len(found.begins) == len(found.ends) == len(found.text)
    assert (np.diff(found.begins) >= 0).all() and (np.diff(found.ends) >= 0).all()
    assert (found.begins < found.ends).all() and (found.begins >= 0).all()
    assert (found.ends <= len(text)).all()


@pytest.mark.parametrize("normalization", sorted(NORMALIZERS))
@given(text=TEXTS)
def test_every_character_is_what_its_place_becomes_alone(normalization, text):
    for character, source in spans(text, normalization):
        if (
            character != " "
        ):  # one of white space is the first of a run, or came out of a decomposition
            alone = NORMALIZERS[normalization]([collapse(clean(source))])[0]
            assert character in alone or {character, alone[-1:]} <= set("σς")


@given(text=TEXTS)
def test_every_letter_of_the_text_is_in_some_place(text):
    """But for what goes: characters that show nothing, white space, and marks at the text's beginning."""
    found = cleaned(text, "albert")
    covered = {at for b, e in zip(found.begins, found.ends, strict=True) for at in range(b, e)}
    for at, character in enumerate(text):
        letter = unicodedata.normalize("NFKD", character)[:1]
        if clean(character).strip() and letter.strip() and not unicodedata.combining(letter):
            assert at in covered


@pytest.mark.parametrize(
    "text, normalization, expected",
    [
        ("Ab  c", "albert", [("a", "A"), ("b", "b"), (" ", " "), ("c", "c")]),
        ("Café!", "albert", [("c", "C"), ("a", "a"), ("f", "f"), ("e", "é"), ("!", "!")]),
        ("e\u0301s", "albert", [("e", "e\u0301"), ("s", "s")]),
        ("ﬁn", "albert", [("f", "ﬁ"), ("i", "ﬁ"), ("n", "n")]),
        ("a\xadb", "albert", [("a", "a"), ("b", "b")]),
        ("\u2003a\x85 b\t", "none", [("a", "a"), (" ", "\x85"), ("b", "b")]),
        ("İi", "albert", [("i", "İ"), ("i", "i")]),
        ("İi", "albert-marks", [("i", "İ"), ("\u0307", "İ"), ("i", "i")]),
        ("E\u0301s", "albert-marks", [("é", "E\u0301"), ("s", "s")]),
        ("\u1112\u1161\u11ab", "albert-marks", [("한", "\u1112\u1161\u11ab")]),
        ("ÉA", "albert-cased", [("E", "É"), ("A", "A")]),
    ],
)
def test_places_of_known_texts(text, normalization, expected):
    assert spans(text, normalization) == expected
