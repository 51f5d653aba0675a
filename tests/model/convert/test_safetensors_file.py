import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from albert_data.base.errors import DataError
from model.convert.safetensors_file import Tensors
from tests.model.backends import of_tensorflow

VALUES = np.array([[0.5, -2.0, 3.0], [1e-3, 0.0, 65504.0]])


def written(path, content):
    path.write_bytes(content)
    return str(path)


def file_of(header, data):
    raw = json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + data


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_every_width_of_numbers_is_read_as_float32(tmp_path, dtype):
    path = written(tmp_path / "a", save({"x": VALUES.astype(dtype), "ids": np.arange(3)}))
    tensors = Tensors(path)
    assert list(tensors) == ["x"] and len(tensors) == 1  # whole numbers are no weights
    assert tensors["x"].dtype == np.float32
    np.testing.assert_array_equal(tensors["x"], VALUES.astype(dtype).astype(np.float32))


def test_bfloat16_is_the_upper_half_of_float32(tmp_path):
    halves = np.array([0x3F80, 0xC000, 0x4049], "<u2")  # 1, -2 and 3.140625
    header = {"x": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}
    path = written(tmp_path / "a", file_of(header, halves.tobytes()))
    assert Tensors(path)["x"].tolist() == [1.0, -2.0, 3.140625]


@of_tensorflow
def test_a_file_in_a_store_is_read_too():
    import tensorflow as tf

    with tf.io.gfile.GFile("ram://bucket/x.safetensors", "wb") as file:
        file.write(save({"x": np.ones(2, np.float32)}))
    assert Tensors("ram://bucket/x.safetensors")["x"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 12]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]},
        {"dtype": "F32", "shape": 2, "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2]},
        [],
    ],
)
def test_an_entry_that_does_not_fit_the_file_is_refused(tmp_path, entry):
    path = written(tmp_path / "a", file_of({"x": entry}, bytes(8)))
    with pytest.raises(DataError, match="no safetensors file, or cut off"):
        Tensors(path)


WHOLE = save({"x": np.ones((3, 2), np.float32), "y": np.zeros(5, np.float16)})


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_anywhere_is_refused(tmp_path_factory, end):
    path = written(tmp_path_factory.mktemp("cut") / "a", WHOLE[:end])
    with pytest.raises(DataError, match="cut off"):
        Tensors(path)


@given(st.binary(max_size=200))
def test_other_bytes_are_refused_or_hold_nothing(tmp_path_factory, content):
    path = written(tmp_path_factory.mktemp("other") / "a", content)
    try:
        assert len(Tensors(path)) == 0
    except DataError as error:
        assert error.where == path
