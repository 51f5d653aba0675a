"""AdamW against its formulas in float64, and against numbers of PyTorch's, on either backend."""

import keras
import numpy as np
import pytest

from model.adamw import AdamW, adamw_update
from model.albert import AlbertPretrainer
from model.lamb import Lamb, WarmupPolynomialDecay
from model.network.backend import compiled
from model.training.monitor import trust_ratios
from model.training.pure_step import State, make_pure_step
from tests.model.conftest import random_features, tiny_config

WEIGHT = [0.5, -1.0, 2.0, 0.0]
GRADIENTS = [[0.1, -0.2, 0.3, 1e-6], [0.3, 0.1, -0.1, 0.0], [-0.2, 0.0, 0.5, 2.0]]
# torch.optim.AdamW 2.11.0 in float64: lr 0.5, betas 0.9 and 0.999, eps 1e-6, weight_decay 0.01 and 0.
OF_PYTORCH = {
    "kernel": [
        [-0.002495, -0.4950025, 1.49000167, -0.25],
        [-0.46137103, -0.35935981, 1.28244327, -0.38750327],
        [-0.58801548, -0.25462416, 0.92338429, -0.70497241],
    ],
    "bias": [
        [5e-06, -0.5000025, 1.50000167, -0.25],
        [-0.45888351, -0.36683482, 1.29989328, -0.38875327],
        [-0.58783481, -0.26389597, 0.94724651, -0.70815992],
    ],
}


def stepped(optimizer, name="kernel", gradients=GRADIENTS):
    """The weight after each of the steps."""
    variable = keras.Variable(np.float32(WEIGHT), name=name)
    optimizer.build([variable])
    found = []
    for gradient in gradients:
        optimizer.apply([np.float32(gradient)], [variable])
        found.append(np.asarray(variable))
    return found


def transcribed(rates, decay, corrected, start=WEIGHT, gradients=GRADIENTS):
    """The same in float64, by the formulas."""
    w = np.array(start, np.float64)
    m, v, found = np.zeros_like(w), np.zeros_like(w), []
    for t, (rate, gradient) in enumerate(zip(rates, gradients, strict=True), start=1):
        g = np.asarray(gradient, np.float64)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        mean = m / (1 - 0.9**t) if corrected else m
        square = v / (1 - 0.999**t) if corrected else v
        w = w - rate * (mean / (np.sqrt(square) + 1e-6) + decay * w)
        found.append(w)
    return found


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("name, decay", [("kernel", 0.01), ("bias", 0), ("layer_norm_gamma", 0)])
def test_steps_follow_the_formula_and_norms_and_biases_do_not_decay(name, decay, corrected):
    optimizer = AdamW(0.5, bias_correction=corrected)
    expected = transcribed([0.5] * 3, decay, corrected)
    np.testing.assert_allclose(stepped(optimizer, name), expected, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("name", OF_PYTORCH)
def test_with_the_bias_corrected_it_is_the_algorithm_of_pytorch(name):
    found = stepped(AdamW(0.5, bias_correction=True), name)
    np.testing.assert_allclose(found, OF_PYTORCH[name], rtol=2e-6, atol=1e-6)


def test_the_first_step_is_root_ten_rates_long_unless_the_bias_is_corrected():
    """m = g/10 and √v = |g|/√1000, so that the step is √10 rates; corrected it is one rate."""
    first = [[4.0, -4.0, 4.0, 4.0]]
    plain = stepped(AdamW(0.1, 0.0), gradients=first)[0] - WEIGHT
    corrected = stepped(AdamW(0.1, 0.0, bias_correction=True), gradients=first)[0] - WEIGHT
    np.testing.assert_allclose(plain, [-0.316228, 0.316228, -0.316228, -0.316228], atol=1e-5)
    np.testing.assert_allclose(corrected, [-0.1, 0.1, -0.1, -0.1], atol=1e-6)


def test_a_late_step_is_corrected_to_the_precision_of_a_float():
    """1 − 0.999ᵗ at t = 10: 0.00995512; of powers in float32 three digits would be gone at t = 1."""
    zero = np.zeros(1, np.float32)
    for step, reached in [(0, 0.001), (9, 0.0099551198), (99, 0.0952078534)]:
        _, _, v = adamw_update(zero, zero, zero, np.float32([2.0]), 0.0, step, bias_correction=True)
        w, _, _ = adamw_update(
            zero, zero, zero, np.float32([2.0]), 1.0, step, bias_correction=True, beta_1=1e-30
        )
        expected = -2.0 / (np.sqrt(0.004 / reached) + 1e-6)
        np.testing.assert_allclose(np.asarray(w), [expected], rtol=3e-7)
        np.testing.assert_allclose(np.asarray(v), [0.004], rtol=1e-6)


def test_the_rate_warms_up_and_decays_linearly():
    optimizer = AdamW(WarmupPolynomialDecay(0.4, total_steps=4, warmup_steps=2))
    expected = transcribed([0.2, 0.2, 0.1], 0.01, corrected=False)
    np.testing.assert_allclose(stepped(optimizer), expected, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("corrected", [False, True])
def test_a_training_step_takes_it_as_it_takes_lamb(corrected):
    """Two compiled steps of a model; what the second adds is told from m and v after it."""
    model = AlbertPretrainer(tiny_config(num_hidden_layers=1), seed=1)
    optimizer = AdamW(0.01, bias_correction=corrected)
    optimizer.build(model.trainable_variables)
    weights = [keras.ops.convert_to_tensor(v) for v in model.trainable_variables]
    zeros = [keras.ops.zeros_like(weight) for weight in weights]
    first = State(weights, zeros, zeros, [], keras.ops.convert_to_tensor(0, "int32"))
    step = compiled(make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective="sop"))
    features = {n: keras.ops.convert_to_tensor(v[None]) for n, v in random_features(8).items()}
    once, _ = step(first, features)
    twice, _ = step(once, features)
    assert twice.ratios == [] and int(twice.step) == 2
    assert optimizer.decayed([]) == [] and trust_ratios([]) == {}
    decayed = 0
    for at, variable in enumerate(model.trainable_variables):
        old, new, m, v = (
            np.asarray(part[at], np.float64)
            for part in (once.weights, twice.weights, twice.m, twice.v)
        )
        if corrected:
            m, v = m / 0.19, v / 0.001999
        decay = 0.0 if any(word in variable.path for word in ("bias", "layer_norm")) else 0.01
        decayed += decay > 0
        expected = old - 0.01 * (m / (np.sqrt(v) + 1e-6) + decay * old)
        np.testing.assert_allclose(new, expected, atol=2e-6, err_msg=variable.path)
    assert 0 < decayed < len(weights)


def test_it_has_the_slots_of_lamb_but_no_trust_ratios():
    variables = [keras.Variable(np.zeros(2, np.float32), name=name) for name in ("kernel", "bias")]
    ours, lamb = AdamW(), Lamb()
    for optimizer in (ours, lamb):
        optimizer.build(variables)
    assert len(lamb.variables) - len(ours.variables) == len(lamb.trust_ratios) == 2
    assert [v.path.removeprefix("adamw/") for v in ours.m + ours.v] == [
        v.path.removeprefix("lamb/") for v in lamb.m + lamb.v
    ]
    assert lamb.decayed(["of the kernel", "of the bias"]) == ["of the kernel"]


def test_it_rebuilds_from_its_configuration():
    optimizer = AdamW(WarmupPolynomialDecay(0.1, 100, 10), 0.02, bias_correction=True)
    again = AdamW.from_config(optimizer.get_config())
    assert again.weight_decay_rate == 0.02 and again.bias_correction
    assert again.get_config() == optimizer.get_config()
