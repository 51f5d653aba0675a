"""Hyphens at line ends."""

import pytest

from albert_data.corpus.book_text.hyphens import belongs


@pytest.mark.parametrize(
    "word, kept",
    [
        ("consid-erable", False),
        ("with-in", False),
        ("fear-less", False),
        ("him-self", False),
        ("en-nounce", False),
        ("be-came", False),
        ("well-known", True),
        ("three-legged", True),
        ("dining-room", True),
        ("begging-bowl", True),
        ("to-morrow", True),
        ("mother-in-law", True),
        ("co-operate", True),
        ("co-lour", False),
        ("mill-pond", True),  # words of the book
        ("old-mill", True),
    ],
)
def test_in_a_book_that_breaks_words(word: str, kept: bool) -> None:
    head, tail = word.split("-", 1)
    assert (
        belongs(head, tail, {"mill": 3, "pond": 1, "with": 9, "in": 9}, breaks_words=True) is kept
    )


def test_book_decides_where_it_has_the_word() -> None:
    assert not belongs("well", "known", {"wellknown": 2, "well-known": 1}, breaks_words=True)
    assert belongs("with", "in", {"with-in": 1}, breaks_words=True)


def test_book_that_breaks_no_words_keeps_what_may_be_compounds() -> None:
    for head, tail in (("jade", "faced"), ("tussore", "silk"), ("re", "discussed")):
        assert belongs(head, tail, {"silk": 1}, breaks_words=False)
    assert not belongs("consid", "erable", {}, breaks_words=False)
