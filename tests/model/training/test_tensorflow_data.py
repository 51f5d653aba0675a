"""What TensorFlow's replicas get is the one order of `albert_data.read`, for any number of them."""

import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
import tensorflow as tf

from albert_data.base.errors import DataError
from albert_data.read.shard_reader import open_shards
from model.training.tensorflow_data import over_replicas, training_batches
from tests.command_line import CORPUS, albert_data, succeeds
from tests.model.make_shards import write_shards
from tests.shared import ROOT

ONE = tf.distribute.OneDeviceStrategy("/cpu:0")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_shards(tmp_path_factory.mktemp("shards"), [13, 9, 11])


def taken(shards, count, batch_size=8, seed=3, consumed=0):
    """Some batches as one replica gets them."""
    batches = training_batches(ONE, shards.batches(batch_size, seed=seed, consumed=consumed))
    found = [{name: value.numpy() for name, value in one.items()} for one in islice(batches, count)]
    batches.close()
    return found


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            assert value.dtype == other[name].dtype
            np.testing.assert_array_equal(value, other[name], err_msg=name)


def test_any_number_of_replicas_and_machines_gets_the_rows_of_the_global_batch(folder, tmp_path):
    from tests.model.training.send_batches import COUNT

    command = ["-m", "tests.model.training.send_batches", folder, tmp_path / "out.npz", 8, 3, 16]
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=ROOT, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr[-3000:]
    expected = list(islice(open_shards(folder).batches(8, seed=3, consumed=16), COUNT))
    with np.load(tmp_path / "out.npz") as file:
        for replicas in ("1", "2", "4", "hosts"):
            found = [
                {name: file[f"{replicas}/{number}/{name}"] for name in expected[0]}
                for number in range(COUNT)
            ]
            assert_same(found, expected)


@pytest.mark.parametrize("steps", range(10))
def test_a_run_goes_on_at_any_step(folder, steps):
    shards = open_shards(folder)
    whole = taken(shards, 11)
    assert_same(taken(shards, 11 - steps, consumed=8 * steps), whole[steps:])


@pytest.mark.parametrize("count", [1, 4])
def test_an_epoch_draws_other_batches_than_the_one_before(tmp_path, count):
    shards = open_shards(write_shards(tmp_path, [192 // count] * count, vocabulary=500))
    both = [frozenset(batch["input_ids"][:, 1].tolist()) for batch in taken(shards, 48)]
    first, second = both[:24], both[24:]
    assert frozenset.union(*first) == frozenset.union(*second) == frozenset(range(192))
    assert not set(first) & set(second)


def test_rows_that_the_replicas_do_not_divide_are_no_batch(folder):
    strategy = type(
        "Two", (), {"extended": type("E", (), {"worker_devices": ("/cpu:0", "/cpu:0")})}
    )
    strategy.experimental_distribute_values_from_function = lambda part: part(
        tf.distribute.experimental.ValueContext(0, 2)
    )
    with pytest.raises(ValueError, match="a batch of 3 rows for 2 replicas"):
        over_replicas(strategy, {"x": np.zeros((3, 2))})


def test_a_batch_of_the_reader_is_not_copied(folder):
    (batch,) = islice(open_shards(folder).batches(8, seed=3), 1)
    sent = over_replicas(ONE, batch)
    for name, values in batch.items():
        values.ravel()[-1] = 77
        assert sent[name].numpy().ravel()[-1] == 77, name


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "float64", "uint8", "bool"])
def test_arrays_of_any_type_and_place_in_memory_come_as_they_are(dtype):
    whole = np.arange(60).reshape(6, 10).astype(dtype)
    for values in (whole, whole[:, 1:], whole[::2], whole.T, whole[1:, 3], whole[:0]):
        sent = over_replicas(ONE, {"x": values})["x"]
        assert sent.dtype == values.dtype and sent.shape == values.shape
        np.testing.assert_array_equal(sent.numpy(), values)


def test_memory_of_a_batch_is_not_written_to_while_a_tensor_of_it_is_held(folder):
    batches = training_batches(ONE, open_shards(folder).batches(8, seed=3))
    held = [next(batches)["input_ids"] for _ in range(5)]
    kept = [ids.numpy().copy() for ids in held]
    for _ in range(40):
        next(batches)
    batches.close()
    np.testing.assert_array_equal(np.stack(held), np.stack(kept))


def test_a_damaged_record_is_named_with_its_shard(tmp_path):
    folder = write_shards(tmp_path, [13, 9])
    path = sorted(folder.glob("*.tfrecord"))[1]
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="record 8 is damaged") as caught:
        taken(open_shards(folder), 1, batch_size=22)
    assert str(path) in str(caught.value)


def test_epochs_of_unmasked_shards_are_the_dupes_of_static_ones(tmp_path, vocabulary_file):
    pytest.importorskip("apache_beam", reason="makes its shards with Beam, which is not here")
    shards = {}
    for name, own in (
        ("dynamic", ["masking.mode=dynamic", "pairs.dupe_factor=1"]),
        ("static", ["pairs.distinct=1", "pairs.dupe_factor=3"]),
    ):
        given = [f"--set={setting}" for setting in ["seed=5", *own]]
        succeeds(
            albert_data(
                "build", *CORPUS, "--vocab", vocabulary_file, "--output", tmp_path / name,
                "--config=tiny", "--workers=1", *given,
            )
        )  # fmt: skip
        shards[name] = open_shards(tmp_path / name)
    drawn, written = (
        sorted(
            tuple(sorted((name, value[0].tobytes()) for name, value in one.items()))
            for one in taken(shards[name], len(shards["static"]), batch_size=1)
        )
        for name in ("dynamic", "static")
    )
    assert len(drawn) == 3 * len(shards["dynamic"]) and drawn == written
