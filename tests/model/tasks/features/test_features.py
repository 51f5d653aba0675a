from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from model.tasks.features.features import Features, Rows, epoch_order, fill


@given(st.data())
def test_stretches_land_at_their_places(data):
    lengths = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=6))
    gaps = data.draw(st.lists(st.integers(0, 3), min_size=len(lengths), max_size=len(lengths)))
    flat = np.arange(1, 40, dtype=np.int32)
    begins = data.draw(st.lists(st.integers(0, 30), min_size=len(lengths), max_size=len(lengths)))
    places = np.cumsum(np.array(lengths) + gaps) - lengths
    out = np.zeros(int(places[-1] + lengths[-1]), np.int32)
    fill(out, places, Rows(flat, np.array(begins), np.array(lengths)))
    expected = np.zeros_like(out)
    for place, begin, length in zip(places, begins, lengths, strict=True):
        expected[place : place + length] = flat[begin : begin + length]
    assert out.tolist() == expected.tolist()


def test_an_epoch_is_a_full_shuffle_of_its_own():
    orders = [epoch_order(1000, seed, epoch) for seed, epoch in ((0, 0), (0, 1), (1, 0), (0, 0))]
    assert all(sorted(order) == list(range(1000)) for order in orders)
    assert orders[0].tolist() == orders[3].tolist()
    assert orders[0].tolist() != orders[1].tolist() != orders[2].tolist()
    # Of a buffer of 100, the first hundred would come from the first two hundred.
    assert (orders[0][:100] >= 200).sum() > 50


def test_an_input_longer_than_its_batch_is_refused_not_cut():
    one = np.array([0], np.int32)
    features = Features(["a"], np.arange(5, dtype=np.int32), np.array([0, 5]), one + 5, one)
    assert features.batch(np.array([0]), 5, 0)["input_ids"].tolist() == [[0, 1, 2, 3, 4]]
    with pytest.raises(ConfigError, match="an input of 5 pieces in a batch of 4"):
        features.batch(np.array([0]), 4, 0)
