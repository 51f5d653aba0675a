"""Batches of a task's features, and their order."""

from itertools import islice

import numpy as np

from model.fine_tuning.inputs import LENGTHS, Inputs, by_length, order_from
from model.fine_tuning.job import outputs_of
from model.tasks.features.features import Features


def features(count=8, labels=True, lengths=None):
    lengths = np.arange(count) % 4 + 3 if lengths is None else lengths
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


def test_every_example_is_judged_once_with_those_of_its_length_and_the_last_batch_is_filled_up():
    inputs = Inputs(features(), 8, 0)
    batches = by_length(inputs, 3)
    assert [len(examples) for examples in batches] == [3, 3, 3]
    order = np.concatenate(batches)
    assert sorted(order[:8]) == list(range(8)) and order[8] == order[7]
    assert (np.diff(inputs.longest(order)) >= 0).all()
    assert "label" not in inputs.batch(batches[0], columns=False)


def test_a_batch_is_as_long_as_the_next_step_of_length_above_its_longest_input():
    lengths = np.array([3, 32, 33, 100, 130, 200])
    inputs = Inputs(features(6, lengths=lengths), 200, 0, cut=True)
    found = {
        tuple(b): inputs.length_of(np.array(b)) for b in ([0], [0, 1], [0, 2], [3, 1], [4], [5, 0])
    }
    assert list(found.values()) == [32, 32, 64, 128, 192, 200]
    assert inputs.batch(np.array([0, 2]))["input_ids"].shape == (2, 64)
    whole = Inputs(features(6, lengths=lengths), 200, 0)
    assert whole.batch(np.array([0, 2]))["input_ids"].shape == (2, 200)


def test_inputs_longer_than_every_step_of_length_make_batches_of_the_longest():
    inputs = Inputs(features(2, lengths=np.array([LENGTHS[-1] + 1, 5])), 600, 0, cut=True)
    assert inputs.length_of(np.array([0, 1])) == 600 and inputs.length_of(np.array([1])) == 32


def test_a_question_is_as_long_as_its_longest_option():
    inputs = Inputs(features(4, lengths=np.array([5, 40, 6, 7])), 64, 0, options=2, cut=True)
    assert inputs.longest(np.array([0, 1])).tolist() == [40, 7]
    assert inputs.batch(np.array([0]))["input_ids"].shape == (1, 2, 64)
    assert inputs.batch(np.array([1]))["input_ids"].shape == (1, 2, 32)


def test_the_mean_length_is_that_of_an_epochs_batches():
    inputs = Inputs(features(4, lengths=np.array([5, 40, 6, 7])), 64, 0, cut=True)
    assert inputs.mean_length(1, seed=0) == (64 + 3 * 32) / 4
    assert inputs.mean_length(4, seed=0) == 64


def test_outputs_stand_in_the_order_of_the_examples_whatever_the_order_of_the_batches():
    class First:
        replicas = 2

        def outputs(self, batches):
            return ({"first": batch["input_ids"][:, 0]} for batch in batches)

    lengths = np.tile([9, 3, 40, 5, 70], 60)
    inputs = Inputs(features(300, lengths=lengths), 96, 0, cut=True)
    found = outputs_of(inputs, First())
    assert np.array_equal(found["first"], inputs.features.ids[inputs.features.offsets[:-1]])
