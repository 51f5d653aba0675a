import math

import keras
import numpy as np
import pytest

from model.lamb import Lamb, WarmupPolynomialDecay


def apply_once(optimizer, start, gradient, name):
    variable = keras.Variable(np.float32(start), name=name)
    optimizer.build([variable])
    optimizer.apply([np.float32(gradient)], [variable])
    return np.asarray(variable)


def test_one_step_of_a_kernel_follows_the_formula():
    weight, gradient = [3.0, 4.0], [0.1, 0.2]
    update = [
        0.1 * g / (math.sqrt(0.001 * g * g) + 1e-6) + 0.01 * w
        for w, g in zip(weight, gradient, strict=True)
    ]
    ratio = 5.0 / math.hypot(*update)
    expected = [w - 0.5 * ratio * u for w, u in zip(weight, update, strict=True)]
    np.testing.assert_allclose(
        apply_once(Lamb(0.5), weight, gradient, "kernel"), expected, rtol=1e-5
    )


@pytest.mark.parametrize("name", ["bias", "layer_norm_gamma"])
def test_biases_and_layer_norms_get_neither_decay_nor_trust_ratio(name):
    expected = 3.0 - 0.5 * 0.1 * 0.1 / (math.sqrt(0.001 * 0.01) + 1e-6)
    np.testing.assert_allclose(apply_once(Lamb(0.5), [3.0], [0.1], name), [expected], rtol=1e-5)


def test_a_zero_weight_moves_with_ratio_one():
    expected = -0.5 * 0.1 * 0.1 / (math.sqrt(0.001 * 0.01) + 1e-6)
    np.testing.assert_allclose(apply_once(Lamb(0.5), [0.0], [0.1], "kernel"), [expected], rtol=1e-5)


def test_trust_ratios_are_kept_for_the_log():
    optimizer = Lamb(0.5)
    apply_once(optimizer, [3.0, 4.0], [0.1, 0.2], "kernel")
    assert float(optimizer.trust_ratios[0]) > 1.0


@pytest.mark.parametrize(
    "step, rate", [(0, 0.25), (2, 0.75), (3, 0.8), (9, 0.5), (19, 0.0), (30, 0.0)]
)
def test_the_rate_warms_up_and_then_decays_as_if_from_the_start(step, rate):
    schedule = WarmupPolynomialDecay(peak=1.0, total_steps=20, warmup_steps=4)
    np.testing.assert_allclose(schedule(step), rate, atol=1e-7)


def test_power_bends_the_decay():
    assert math.isclose(WarmupPolynomialDecay(1.0, 10, power=2.0)(4), 0.25)


def test_the_optimizer_rebuilds_from_its_configuration():
    optimizer = Lamb(WarmupPolynomialDecay(0.1, 100, 10), weight_decay_rate=0.02)
    again = Lamb.from_config(optimizer.get_config())
    assert again.weight_decay_rate == 0.02
    assert again.get_config() == optimizer.get_config()
