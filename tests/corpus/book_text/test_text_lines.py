"""What is seen of all lines at once is what is seen of each."""

from hypothesis import given
from hypothesis import strategies as st

from albert_data.corpus.book_text.text_lines import MIDWAY, text_lines

LINES = st.lists(
    st.text(st.sampled_from('aAéЖ1日𐐨😀 .,-—\xad\t\xa0\u3000\x0b"”'), max_size=12), max_size=12
)


@given(LINES, st.integers(0, 3))
def test_lines_are_seen_as_one_by_one(lines: list[str], before: int) -> None:
    found, behind = text_lines(lines, before)
    seen = zip(*(column.tolist() for column in found[1:]), strict=True)
    rest = list(zip(found.text, seen, strict=True))
    blanks = before
    for line in lines:
        text = " ".join(line.split())
        if not text:
            blanks += 1
            continue
        indent = len(line) - len(line.lstrip()) if line[0] in " \t" else 0
        first_word = len(text.split(" ")[0])
        is_open = text[-1].isalnum() or text[-1] in MIDWAY
        flags = text[0].islower(), is_open, text[-1] == "-"
        assert rest.pop(0) == (text, (indent, len(text), first_word, blanks, *flags))
        blanks = 0
    assert not rest and behind == blanks
