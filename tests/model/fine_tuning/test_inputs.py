"""Batches of a task's features, and their order."""

from itertools import islice

import numpy as np

from model.fine_tuning.inputs import Inputs, in_order, order_from
from model.tasks.features.features import Features


def features(count=8, labels=True):
    lengths = np.arange(count) % 4 + 3
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Features(
        [str(n) for n in range(count)],
        np.arange(10, 10 + offsets[-1], dtype=np.int32),
        offsets,
        np.full(count, 2, np.int32),
        np.arange(count, dtype=np.int32),
        {"label": np.arange(count, dtype=np.int32)} if labels else {},
    )


def places(count, seed, first, batch_size, batches):
    """The first of a run's batches from a place on, one behind the other."""
    return np.concatenate(list(islice(order_from(count, seed, first, batch_size), batches)))


def test_an_order_from_the_middle_is_that_part_of_the_whole():
    whole = places(7, 3, 0, 30, 1)
    assert sorted(whole[:7]) == list(range(7)) and sorted(whole[7:14]) == list(range(7))
    assert list(whole[:7]) != list(whole[7:14])
    for first in (0, 5, 7, 18):
        assert np.array_equal(places(7, 3, first, 4, 3), whole[first : first + 12])


def test_every_example_is_judged_once_and_the_last_batch_is_filled_up():
    batches = list(in_order(Inputs(features(), 8, 0), 3))
    assert [len(batch["input_ids"]) for batch in batches] == [3, 3, 3]
    firsts = np.concatenate([batch["input_ids"][:, 0] for batch in batches])
    assert len(set(firsts[:8])) == 8 and firsts[8] == firsts[7]
    assert "label" not in batches[0]
