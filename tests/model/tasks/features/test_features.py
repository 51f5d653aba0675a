from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.tasks.features.features import Rows, epoch_order, fill


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
