"""A checkpoint of JAX: what is damaged is known before it is used, and is said."""

import numpy as np
import pytest

from albert_data.base.errors import DataError
from model.state_file import read_arrays, take, write_arrays
from model.training.jax_checkpoints import JaxCheckpoints
from model.training.pure_step import State

RNG = np.random.default_rng(0)
PATHS = ["model/kernel", "model/bias"]


def state(step=3):
    def drawn():
        return [RNG.normal(size=shape).astype(np.float32) for shape in ((4, 3), (3,))]

    ratios = [np.float32(0.5), np.float32(1.0)]
    return State(drawn(), drawn(), drawn(), ratios, np.int32(step))


@pytest.fixture
def saved(tmp_path):
    checkpoints = JaxCheckpoints(str(tmp_path), PATHS, keep=2, keep_every=0)
    checkpoints.save("ckpt", state(), examples=96)
    return tmp_path / "ckpt-3.safetensors"


def read(path):
    return JaxCheckpoints(str(path.parent), PATHS, keep=2, keep_every=0).read(state())


def test_a_state_comes_back_bit_by_bit_with_its_place_in_the_data(tmp_path):
    given = state(7)
    JaxCheckpoints(str(tmp_path), PATHS, 2, 0).save("ckpt", given, examples=2**40)
    found, examples = read(tmp_path / "ckpt-7.safetensors")
    assert examples == 2**40 and int(found.step) == 7
    for one, other in zip(found[:4], given[:4], strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
            assert np.shape(a) == np.shape(b)


def test_no_byte_can_change_in_silence(saved):
    """Every seventh byte, one bit each: what is read then is refused, or what was written."""
    content = saved.read_bytes()
    before = read_arrays(str(saved))
    for at in range(0, len(content), 7):
        flipped = bytes([content[at] ^ 1 << at % 8])
        saved.write_bytes(content[:at] + flipped + content[at + 1 :])
        try:
            after = read_arrays(str(saved))
        except DataError as error:
            assert "damaged" in str(error) and str(saved) in str(error)
            continue
        assert after.keys() == before.keys()  # a space of the header, or its padding
        assert all(np.array_equal(after[name], before[name]) for name in before)


def test_a_file_that_is_cut_off_anywhere_is_refused(saved):
    content = saved.read_bytes()
    for size in (0, 1, 7, 8, 9, 100, len(content) // 2, len(content) - 1):
        saved.write_bytes(content[:size])
        with pytest.raises(
            DataError, match="(?s)damaged.*fix: move .* elsewhere: the run goes on from"
        ):
            read(saved)


def test_a_state_of_another_model_is_refused_and_named(saved):
    arrays = read_arrays(str(saved))
    for change, told in (
        (
            {"weights/model/kernel": np.zeros((4, 4), np.float32)},
            r"kernel is \(4, 4\), not \(4, 3\)",
        ),
        ({"m/model/bias": None}, "m/model/bias is missing"),
        ({"step": None}, "step is missing"),
        ({"v/model/more": np.zeros(1, np.float32)}, "v/model/more is no variable of this run"),
    ):
        changed = {**arrays, **change}
        write_arrays(str(saved), {n: a for n, a in changed.items() if a is not None})
        with pytest.raises(DataError, match=told):
            read(saved)


def test_arrays_are_taken_in_the_order_asked_for():
    arrays = {"a": np.zeros(2), "b": np.ones(3), "c": np.ones(1)}
    first, second = take(arrays, {"b": (3,), "a": (2,)}, "there")
    assert (first.size, second.size, list(arrays)) == (3, 2, ["c"])


def test_of_several_processes_one_writes_and_all_know_the_newest(tmp_path):
    checkpoints = JaxCheckpoints(str(tmp_path), PATHS, keep=2, keep_every=0)
    checkpoints.save("ckpt", state(), examples=96, writes=False)
    assert checkpoints.latest == f"{tmp_path}/ckpt-3" and not list(tmp_path.iterdir())


def test_a_state_without_trust_ratios_comes_back_and_is_not_taken_for_one_with_them(tmp_path):
    given = state(5)._replace(ratios=[])
    checkpoints = JaxCheckpoints(str(tmp_path), PATHS, keep=2, keep_every=0)
    checkpoints.save("ckpt", given, examples=8)
    found, _ = checkpoints.read(given)
    assert found.ratios == [] and np.array_equal(found.m[0], given.m[0])
    with pytest.raises(DataError, match="ratios/model/kernel is missing"):
        checkpoints.read(state())
