"""Batches of a task's features: their order, and the same of NumPy as of TensorFlow."""

import numpy as np
import pytest

from model.fine_tuning.inputs import Inputs, in_order, order_from
from model.tasks.features.features import Features
from tests.model.backends import of_tensorflow


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


def test_an_order_from_the_middle_is_that_part_of_the_whole():
    whole = order_from(7, 3, 0, 30)
    assert sorted(whole[:7]) == list(range(7)) and sorted(whole[7:14]) == list(range(7))
    assert list(whole[:7]) != list(whole[7:14])
    for first in (0, 5, 7, 20):
        assert np.array_equal(order_from(7, 3, first, 10), whole[first : first + 10])


@of_tensorflow
@pytest.mark.parametrize("options", [1, 4])
def test_tensorflow_gathers_the_batches_of_numpy(options):
    inputs = Inputs(features(), 8, 0, options)
    order = order_from(len(inputs), 0, 0, 6)
    found = list(inputs.dataset(order, 2).as_numpy_iterator())
    assert len(found) == 3
    for number, batch in enumerate(found):
        expected = inputs.batch(order[2 * number : 2 * number + 2])
        assert batch.keys() == expected.keys()
        for name, value in expected.items():
            assert batch[name].dtype == value.dtype
            np.testing.assert_array_equal(batch[name], value)


def test_every_example_is_judged_once_and_the_last_batch_is_filled_up():
    batches = list(in_order(Inputs(features(), 8, 0), 3))
    assert [len(batch["input_ids"]) for batch in batches] == [3, 3, 3]
    firsts = np.concatenate([batch["input_ids"][:, 0] for batch in batches])
    assert len(set(firsts[:8])) == 8 and firsts[8] == firsts[7]
    assert "label" not in batches[0]
