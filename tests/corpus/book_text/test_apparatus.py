"""Page numbers and heads, notes and their marks, lists at the front."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.corpus.book_text.apparatus import Apparatus
from tests.corpus.book_text.whole import body_of, joined

PROSE = """\
The river ran past the door, and the miller's children threw their hats
into it to see which would come first to the bridge, where an old man
caught them with a hook.
"""
AGAIN = " ".join(PROSE.split())


def paragraphs(text: str) -> list[str]:
    lines, _ = stripped(body_of(text))
    return joined(lines)


def stripped(lines: list[str]) -> tuple[list[str], dict[str, int]]:
    found = Apparatus([lines])
    return list(chain.from_iterable(found.windows())), found.left_out


@pytest.mark.parametrize(
    "page", ["12", "- 15 -", "Page 16", "{17}", "[17]", "[Pg 14]", "THE OLD BRIDGE      13",
             "THE OLD BRIDGE 13", "14 THE BRIDGE", "xii", "vi",
             "14      The Old Bridge", "[Illustration: The bridge\nas it was]", "3\n\nTHE BRIDGE    4"],
)  # fmt: skip
@pytest.mark.parametrize("gap", ["\n", "\n\n\n"])
def test_page_in_mid_sentence_cuts_nothing(page: str, gap: str) -> None:
    head, tail = PROSE.split("\n", 1)
    assert paragraphs(PROSE + f"\n{head}\n{gap}   {page}\n{gap}{tail}\n" + PROSE) == [AGAIN] * 3


def test_line_that_ends_in_a_little_word_goes_on_behind_a_page_with_a_name() -> None:
    text = (
        "The children ran all the way to the bridge and shouted for the\n\n-9-\n\nMiller's man.\n"
    )
    assert paragraphs(PROSE + "\n" + text)[1:] == [
        "The children ran all the way to the bridge and shouted for the Miller's man."
    ]


def test_what_may_be_a_heading_or_a_year_stays() -> None:
    text = f"{PROSE}\n12\n\n{PROSE}\nTHE OLD BRIDGE  1850\n\n{PROSE}"
    assert paragraphs(text) == [AGAIN, "12", AGAIN, "THE OLD BRIDGE 1850", AGAIN]


def test_head_that_comes_again_and_again_is_one_without_mid_sentence() -> None:
    text = "".join(f"{PROSE}\nTHE OLD BRIDGE     {page}\n\n" for page in range(4))
    lines, left_out = stripped(text.split("\n"))
    assert joined(lines) == [AGAIN] * 4
    assert left_out == {"page": 4}


def test_head_a_space_from_its_page_needs_to_come_again_or_stand_in_mid_sentence() -> None:
    heads = "\n\n".join(f"{PROSE}\nTHE OLD BRIDGE {page}\n" for page in (1, 3, 5))
    assert paragraphs(heads) == [AGAIN] * 3
    assert paragraphs(f"{PROSE}\nTHE OLD BRIDGE 7\n\n{PROSE}") == [AGAIN, "THE OLD BRIDGE 7", AGAIN]
    chapters = "\n\n".join(f"CHAPTER {number}\n\n{PROSE}" for number in (1, 2, 3))
    assert "CHAPTER 2" in paragraphs(chapters)


def test_notes_under_their_heading_need_no_mark_in_the_text() -> None:
    notes = "[1] The hook is lost.\n\n[2] Holt, p. 12."
    assert paragraphs(f"{PROSE}\nFOOTNOTES:\n\n{notes}\n") == [AGAIN, "FOOTNOTES:"]
    assert paragraphs(f"{PROSE}\n{notes}\n") == [AGAIN, *notes.split("\n\n")]


def test_notes_and_their_marks_are_taken_out_together() -> None:
    text = """\
He threw his hat[1] into the river.* It was red.[B]

[1] Hats were of felt
in those days.

* The river of the map.

[B] See the next book.

"It ran [Footnote 2: As in [3] the other.]." He had *very* good eyes.
"""
    assert paragraphs(text) == [
        "He threw his hat into the river. It was red.",
        '"It ran." He had *very* good eyes.',
    ]


def test_brackets_and_stars_that_are_no_notes_stay() -> None:
    text = "He said [the miller] *no* more, the[y] say; x[i] is 2 * 3.\n\n[They sing.]\n"
    assert paragraphs(text) == [
        "He said [the miller] *no* more, the[y] say; x[i] is 2 * 3.", "[They sing.]"
    ]  # fmt: skip


def test_lists_at_the_front_are_left_out_up_to_the_text() -> None:
    text = f"""\
CONTENTS

CHAPTER                    PAGE
I. The Hat . . . . . . . . . 1
II. The Bridge            23

LIST OF ILLUSTRATIONS

"It came first!"      _Frontispiece_
The old man
The hook                         12

{PROSE}"""
    lines, left_out = stripped(text.split("\n"))
    assert joined(lines) == ["CONTENTS", "LIST OF ILLUSTRATIONS", AGAIN]
    assert left_out == {"list": 6}


@given(st.lists(st.text(alphabet="aB ,.!'—-\t", max_size=40), max_size=30))
def test_lines_without_numbers_brackets_and_stars_are_as_they_were(lines: list[str]) -> None:
    assert stripped(lines) == (lines, {})


@given(st.lists(st.sampled_from(["", "12", "word and", "Word.", "[1]", "a[1] b", "THE MILL  3"])))
def test_words_beside_pages_are_all_kept(lines: list[str]) -> None:
    kept, _ = stripped(lines)
    assert [w for line in kept for w in line.split() if w[0].islower()] == [
        w.partition("[")[0] for line in lines for w in line.split() if w[0].islower()
    ]
