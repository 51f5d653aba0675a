"""Batches on their way to JAX's devices: order, place, damage."""

import jax
import numpy as np
import pytest

from albert_data.base.errors import DataError
from albert_data.read.shard_reader import open_shards
from model.training.jax_data import OnDevices, in_micro_batches
from model.training.jax_step import Layout
from tests.model.make_shards import write_shards


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_shards(tmp_path_factory.mktemp("shards"), [13, 9])


def sharding():
    return Layout(jax.devices()[:1]).of_micro_batches()


def test_a_damaged_record_is_named_with_its_shard(shards, tmp_path):
    copy = write_shards(tmp_path / "copy", [13, 9])
    path = sorted(copy.glob("*.tfrecord"))[1]
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    batches = OnDevices(in_micro_batches(open_shards(copy).batches(22, seed=0), 1), sharding())
    with pytest.raises(DataError, match="record 8 is damaged") as caught:
        next(batches)
    assert str(path) in str(caught.value)
    batches.close()


def test_a_run_goes_on_at_the_example_where_it_stood(shards):
    reader = open_shards(shards)

    def ids(consumed, count):
        batches = in_micro_batches(reader.batches(8, seed=3, consumed=consumed), 2)
        return [next(batches)["input_ids"] for _ in range(count)]

    whole, rest = ids(0, 6), ids(24, 3)
    assert whole[0].shape == (2, 4, 16)
    for expected, found in zip(whole[3:], rest, strict=True):
        np.testing.assert_array_equal(found, expected)
