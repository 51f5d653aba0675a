import numpy as np
import pytest
from keras import ops

from model.network.dropout import DropoutSites, drop, dropout_key
from tests.model.backends import of_tensorflow


def test_no_key_or_no_rate_keeps_the_values():
    values = ops.ones([4])
    assert drop(values, 0.5, None) is values
    assert drop(values, 0.0, dropout_key(0, 0, 0, 0)) is values


def test_the_kept_fraction_follows_the_rate():
    """Binomial with n = 100,000 and p = 0.9: 5 standard deviations, one failure in 1.7 million."""
    dropped = np.asarray(drop(ops.ones([100_000]), 0.1, dropout_key(1, 2, 3, 4)))
    assert abs((dropped > 0).sum() - 90_000) < 5 * np.sqrt(100_000 * 0.9 * 0.1)
    np.testing.assert_allclose(dropped[dropped > 0], 1 / 0.9, rtol=1e-6)


def test_sites_of_one_pass_get_different_keys_and_no_key_stays_none():
    sites = DropoutSites(dropout_key(1, 2, 3, 4))
    assert not np.array_equal(sites.next_key(), sites.next_key())
    assert DropoutSites(None).next_key() is None


@of_tensorflow
@pytest.mark.slow
@pytest.mark.parametrize("step", range(6))
def test_xla_draws_the_same_masks(step):
    """Of half of the keys that are not kept positive, it does not."""
    import tensorflow as tf

    ones = tf.ones([64, 33])
    plain = tf.function(drop)(ones, 0.1, dropout_key(1, step, 0, 0))
    compiled = tf.function(drop, jit_compile=True)(ones, 0.1, dropout_key(1, step, 0, 0))
    np.testing.assert_array_equal(plain, compiled)
