"""Words are counted as if each were made a string."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from albert_data.corpus.book_text.word_counts import WORD, WordCounts

TEXTS = st.text(st.sampled_from("aábB'’-_1 .,\n—😀𐍈日"), max_size=60)


@given(st.lists(TEXTS, max_size=4), st.data())
def test_words_are_counted_as_by_the_pattern(texts: list[str], data: st.DataObject) -> None:
    words = [word for text in texts for word in WORD.findall(text)]
    asked = data.draw(st.sets(st.sampled_from([*words, "", "none", "a-b"])))
    counts = WordCounts(asked)
    for text in texts:
        counts.add(text)
    assert counts.counts == Counter(word for word in words if word in asked)
