from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.tasks.examples import Sentences
from model.tasks.features.sentences import pair_lengths, sentence_features


def sentences(first, second=(), labels=None):
    return Sentences([str(n) for n in range(len(first))], list(first), list(second), labels)


def truncated(first: int, second: int, room: int) -> tuple[int, int]:
    """The reference's loop."""
    while first + second > room:
        if first > second:
            first -= 1
        else:
            second -= 1
    return first, second


@given(first=st.integers(0, 40), second=st.integers(0, 40), room=st.integers(2, 60))
def test_a_pair_is_cut_as_by_popping_the_longer_side(first, second, room):
    found = pair_lengths(np.array([first]), np.array([second]), room)
    assert (int(found[0][0]), int(found[1][0])) == truncated(first, second, room)


def test_an_input_of_one_sentence_and_of_two(tokenizer):
    a, b = (tokenizer.ids([text])[0].tolist() for text in ("the ferry", "a river"))
    cls, sep = tokenizer.cls, tokenizer.sep
    one = sentence_features(sentences(["the ferry"], labels=np.array([1], np.int32)), tokenizer, 16)
    assert one.ids.tolist() == [cls, *a, sep] and one.seconds.tolist() == [len(a) + 2]
    assert one.columns["label"].tolist() == [1]
    two = sentence_features(sentences(["the ferry"], ["a river"]), tokenizer, 16)
    assert two.ids.tolist() == [cls, *a, sep, *b, sep] and two.columns == {}
    batch = two.batch(np.array([0]), 16, tokenizer.pad)
    padding = 16 - len(two.ids)
    assert batch["input_ids"].tolist() == [[*two.ids.tolist(), *[tokenizer.pad] * padding]]
    assert batch["input_mask"].sum() == len(two.ids)
    assert batch["segment_ids"].tolist() == [
        [0] * (len(a) + 2) + [1] * (len(b) + 1) + [0] * padding
    ]
    assert {array.dtype for array in batch.values()} == {np.dtype(np.int32)}


def test_inputs_are_cut_at_their_end_and_counted(tokenizer):
    texts = ["the ferry crossed the river again and again and again", "the ferry"]
    ids = tokenizer.ids(texts[:1])[0]
    found = sentence_features(sentences(texts), tokenizer, 8)
    assert found.ids[: found.offsets[1]].tolist() == [tokenizer.cls, *ids[:6], tokenizer.sep]
    assert found.counts == {"inputs cut to the length": 1}
    pair = sentence_features(sentences(texts, texts), tokenizer, 8)
    assert np.diff(pair.offsets).tolist() == [8, min(8, 3 + 2 * len(tokenizer.ids(texts[1:])[0]))]


def test_texts_without_a_piece_stay_and_are_counted(tokenizer):
    found = sentence_features(sentences(["", "a"], ["a", " \u200b"]), tokenizer, 8)
    assert len(found) == 2 and found.counts == {"texts without a piece": 2}
