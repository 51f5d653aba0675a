"""Lines of a book into paragraphs."""

from hypothesis import given
from hypothesis import strategies as st

from tests.corpus.book_text.whole import joined

WRAPPED = """\
So she was considering in her own mind (as well as she could, for the
hot day made her feel very sleepy and stupid), whether the pleasure
of making a daisy-chain would be worth the trouble of getting up and
picking the daisies, when suddenly a White Rabbit with pink eyes ran
close by her.

There was nothing so VERY remarkable in that; nor did Alice think it so
VERY much out of the way to hear the Rabbit say to itself. She had seen--
and heard--such things before, and she was ever so sure that a week-
end in the country, with its long-drawn evenings, would be consider-
able; a considerable one.
"""


def test_wrapped_lines_become_paragraphs() -> None:
    assert joined(WRAPPED.splitlines()) == [
        "So she was considering in her own mind (as well as she could, for the hot day made her"
        " feel very sleepy and stupid), whether the pleasure of making a daisy-chain would be"
        " worth the trouble of getting up and picking the daisies, when suddenly a White Rabbit"
        " with pink eyes ran close by her.",
        "There was nothing so VERY remarkable in that; nor did Alice think it so VERY much out of"
        " the way to hear the Rabbit say to itself. She had seen--and heard--such things before,"
        " and she was ever so sure that a week-end in the country, with its long-drawn evenings,"
        " would be considerable; a considerable one.",
    ]


def test_short_lines_end_paragraphs_where_there_are_no_blank_lines() -> None:
    text = """\
The afternoon sun was warm on the five workmen there, busy upon doors
and window-frames and wainscoting. A scent of pine-wood from a tentlike
pile of planks outside the open door mingled itself with the scent of
the elder-bushes.
"There! I've finished my door to-day, anyhow." The workmen all looked
up; Jim Salt, a burly, red-haired man known as Sandy Jim, paused from
his planing, and said to Seth.
"What! Dost think thee'st finished the door?"
"""
    assert [p[:20] for p in joined(text.splitlines())] == [
        "The afternoon sun wa",
        "\"There! I've finishe",
        '"What! Dost think th',
    ]


def test_paragraph_a_line_stays_so() -> None:
    lines = ["“No,” he said.", "A longer paragraph, which goes on. " * 9, "“Yes.”", "She left."]
    assert joined(lines) == [line.strip() for line in lines]


def test_stanza_is_one_paragraph() -> None:
    verse = """
  How doth the little crocodile
    Improve his shining tail,

The mouse went out at morning,
And never came to dine;
The bell is rung at evening,
So is the bell of mine.

  Dear Sir,
    COME AT ONCE
  12 May 1850
"""
    assert joined((WRAPPED + verse).splitlines())[2:] == [
        "How doth the little crocodile Improve his shining tail,",
        "The mouse went out at morning, And never came to dine; The bell is rung at evening,"
        " So is the bell of mine.",
        "Dear Sir,",
        "COME AT ONCE",
        "12 May 1850",
    ]


def test_wrapped_and_unwrapped_text_may_be_mixed() -> None:
    unwrapped = ["“No,” he said.", "A longer paragraph, which goes on. " * 9, "She left."] * 100
    found = joined([*(WRAPPED * 40).splitlines(), "", *unwrapped])
    assert len(found) == 80 + 300
    assert found[-3:] == [line.strip() for line in unwrapped[:3]]


def test_double_spaced_lines_are_joined() -> None:
    lines = [part for line in WRAPPED.split("\n")[:5] for part in (line, "")]
    assert len(joined(lines)) == 1


@given(st.text(alphabet='aB., -\n\t"“—\xad\x0c', max_size=300))
def test_joining_loses_no_word(text: str) -> None:
    def letters(value: str) -> str:
        return "".join(c for c in value if c.isalpha() or c in '.,"“—')

    assert letters("".join(joined(text.split("\n")))) == letters(text)
