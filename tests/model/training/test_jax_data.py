"""Batches on their way to JAX's devices: order, place, failures in the thread."""

import threading

import jax
import numpy as np
import pytest

from albert_data.base.errors import DataError
from albert_data.read.shard_reader import open_shards
from model.training.ahead import AHEAD
from model.training.jax_data import OnDevices, training_batches
from model.training.jax_step import Layout
from tests.model.make_shards import write_shards


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_shards(tmp_path_factory.mktemp("shards"), [13, 9])


def sharding():
    return Layout(jax.devices()[:1]).of_micro_batches()


def numbered(count):
    return ({"x": np.full((1, 2), number, np.int32)} for number in range(count))


def test_batches_come_in_order_and_end():
    batches = OnDevices(numbered(7), sharding())
    assert [int(batch["x"][0, 0]) for batch in batches] == list(range(7))
    batches.close()


def test_only_some_batches_are_made_ahead_and_close_ends_the_thread():
    made = []

    def batches():
        for batch in numbered(100):
            made.append(batch)
            yield batch

    running = threading.active_count()
    sent = OnDevices(batches(), sharding())
    next(sent)
    sent.close()
    assert len(made) <= AHEAD + 3 and threading.active_count() == running


def test_what_fails_in_the_thread_is_raised_at_the_next_batch():
    def batches():
        yield from numbered(1)
        raise DataError("record 5 is damaged")

    sent = OnDevices(batches(), sharding())
    next(sent)
    with pytest.raises(DataError, match="record 5 is damaged"):
        next(sent)
    sent.close()


def test_a_damaged_record_is_named_with_its_shard(shards, tmp_path):
    copy = write_shards(tmp_path / "copy", [13, 9])
    path = sorted(copy.glob("*.tfrecord"))[1]
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    batches = OnDevices(training_batches(open_shards(copy), 22, 1, seed=0, consumed=0), sharding())
    with pytest.raises(DataError, match="record 8 is damaged") as caught:
        next(batches)
    assert str(path) in str(caught.value)
    batches.close()


def test_a_run_goes_on_at_the_example_where_it_stood(shards):
    reader = open_shards(shards)

    def ids(consumed, count):
        batches = training_batches(reader, 8, 2, seed=3, consumed=consumed)
        return [next(batches)["input_ids"] for _ in range(count)]

    whole, rest = ids(0, 6), ids(24, 3)
    assert whole[0].shape == (2, 4, 16)
    for expected, found in zip(whole[3:], rest, strict=True):
        np.testing.assert_array_equal(found, expected)
