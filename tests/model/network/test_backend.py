"""What is written once for each library, against NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from model.network.backend import largest_class, rows_at, sum_of_squares, times_transposed
from tests.model.backends import of_jax, of_tensorflow


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_rows_are_those_of_each_examples_own_positions(rng):
    sequence, at = rng.random((3, 5, 2), np.float32), rng.integers(0, 5, (3, 4))
    expected = np.take_along_axis(sequence, at[..., None], 1).reshape(12, 2)
    found = rows_at(ops.convert_to_tensor(sequence), ops.convert_to_tensor(at, "int32"))
    np.testing.assert_array_equal(ops.convert_to_numpy(found), expected)


@of_tensorflow
@pytest.mark.parametrize("place", [5, -1])
def test_a_position_beyond_an_example_is_an_error_and_not_another_examples_row(rng, place):
    import tensorflow as tf

    sequence = tf.constant(rng.random((3, 5, 2), np.float32))
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"{place} is not in \[0, 5\)"):
        rows_at(sequence, tf.constant([[0], [place], [0]]))


@of_jax
@pytest.mark.parametrize("place", [5, -1])
def test_a_position_beyond_an_example_is_not_a_number(rng, place):
    sequence = ops.convert_to_tensor(rng.random((3, 5, 2), np.float32))
    found = np.asarray(rows_at(sequence, ops.convert_to_tensor([[0], [place], [0]], "int32")))
    assert np.isnan(found).all(-1).tolist() == [False, True, False]


def test_a_product_with_a_transposed_matrix(rng):
    left, right = rng.random((4, 3), np.float32), rng.random((5, 3), np.float32)
    found = times_transposed(ops.convert_to_tensor(left), ops.convert_to_tensor(right))
    np.testing.assert_allclose(ops.convert_to_numpy(found), left @ right.T, rtol=1e-6)


def test_the_largest_class_is_the_first_of_equals(rng):
    values = rng.integers(0, 4, (200, 7)).astype(np.float32)
    found = largest_class(ops.convert_to_tensor(values))
    assert keras.backend.standardize_dtype(found.dtype) == "int32"
    np.testing.assert_array_equal(ops.convert_to_numpy(found), values.argmax(-1))


@pytest.mark.parametrize("shape", [(), (7,), (30, 40)])
def test_a_sum_of_squares_is_of_all_numbers(rng, shape):
    values = np.asarray(rng.standard_normal(shape), np.float32)
    found = ops.convert_to_numpy(sum_of_squares(ops.convert_to_tensor(values)))
    np.testing.assert_allclose(found, (values.astype(np.float64) ** 2).sum(), rtol=1e-6)
