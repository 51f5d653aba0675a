"""JAX's fused attention against ours, on a CPU: by its plain implementation, with padding."""

import jax
import numpy as np
import pytest
from keras import ops

from model.network.attention import Padding, attend
from model.network.backend import fused_attention, has_fused_attention

BATCH, LENGTH, HEADS, SIZE = 3, 24, 4, 16
LENGTHS = np.array([24, 1, 17])


def rows(seed, dtype):
    values = np.random.default_rng(seed).normal(0, 1, (BATCH * LENGTH, HEADS * SIZE))
    return ops.cast(values.astype("float32"), dtype)


def split(values):
    return ops.reshape(values, [BATCH, LENGTH, HEADS, SIZE])


def of_pieces(values):
    """The positions before the padding; behind it the two differ, and nothing reads them."""
    used = np.arange(LENGTH) < LENGTHS[:, None]
    return np.asarray(ops.cast(values, "float32")).reshape(BATCH, LENGTH, -1)[used]


def both(dtype):
    padding = Padding.of(ops.convert_to_tensor(np.arange(LENGTH) < LENGTHS[:, None], "int32"))

    def ours(parts):
        return attend(*parts, padding, HEADS, rate=0.0, dropout_key=None, recompute=False)

    def fused(parts):
        query, key, value = map(split, parts)
        return fused_attention(query, key, value, padding.lengths, implementation="xla")

    return ours, fused, [rows(seed, dtype) for seed in range(3)]


@pytest.mark.parametrize("dtype, atol", [("float32", 1e-6), ("bfloat16", 2**-6)])
def test_fused_attention_is_ours_to_rounding_where_there_is_padding(dtype, atol):
    ours, fused, parts = both(dtype)
    np.testing.assert_allclose(of_pieces(fused(parts)), of_pieces(ours(parts)), atol=atol)


def test_gradients_through_fused_attention_are_ours_to_rounding():
    ours, fused, parts = both("float32")

    def loss_of(attention):
        def loss(parts):
            weights = np.random.default_rng(9).normal(0, 1, (BATCH, LENGTH, HEADS * SIZE))
            weights *= (np.arange(LENGTH) < LENGTHS[:, None])[..., None]
            return ops.sum(ops.reshape(attention(parts), weights.shape) * weights.astype("float32"))

        return jax.grad(loss)(parts)

    for one, other in zip(loss_of(fused), loss_of(ours), strict=True):
        np.testing.assert_allclose(one, other, atol=5e-6)


def test_a_cpu_has_no_fused_attention():
    assert not has_fused_attention("bfloat16", 64)
