"""The heads of fine-tuning against NumPy transcriptions of their formulas."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from model.configs import load_config
from model.network.dropout import dropout_key
from model.network.pooled_head import (
    PooledHead,
    choice_logits,
    classification_sums,
    regression_sums,
)
from model.network.span_head import SpanHead, span_sums
from model.network.span_or_none_head import SpanOrNoneHead, may_answer, span_or_none_sums

CONFIG = load_config("albert-tiny", hidden_size=16, num_attention_heads=2, initializer_range=0.3)
RNG = np.random.default_rng(7)
SEQUENCE = RNG.normal(size=(3, 9, 16)).astype(np.float32)
# [CLS] q [SEP] and four, five, one pieces of a paragraph, [SEP], padding.
MASK = np.array([[1] * 8 + [0], [1] * 9, [1] * 5 + [0] * 4], np.int32)
SEGMENTS = np.array(
    [[0] * 3 + [1] * 5 + [0], [0] * 3 + [1] * 6, [0] * 3 + [1] * 2 + [0] * 4], np.int32
)
ALLOWED = np.array(
    [[1, 0, 0, 1, 1, 1, 1, 0, 0], [1, 0, 0, 1, 1, 1, 1, 1, 0], [1, 0, 0, 1, 0, 0, 0, 0, 0]], bool
)
WEIGHTS = np.array([1, 0.5, 0], np.float32)


def log_softmax(values):
    shifted = values - values.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def numbers(tensor):
    return ops.convert_to_numpy(ops.multiply(tensor, 1))  # of a variable, its value


def built(head):
    """The head with every weight drawn anew, biases and norms too."""
    head.build()
    for variable in head.variables:
        variable.assign(RNG.normal(size=variable.shape).astype(np.float32))
    return head


def weights_of(head):
    return {"/".join(v.path.split("/")[-2:]): numbers(v) for v in head.variables}


def test_logits_of_pooled_outputs():
    head = built(PooledHead(CONFIG, 3, seed=1, name="head"))
    w = weights_of(head)
    expected = SEQUENCE[:, 0] @ w["dense/kernel"] + w["dense/bias"]
    assert numbers(head(SEQUENCE[:, 0])) == pytest.approx(expected, abs=1e-5)


def test_dropout_of_the_classifier_is_its_own():
    config = load_config(
        "albert-tiny", hidden_size=16, hidden_dropout_prob=0.0, classifier_dropout_prob=0.5
    )
    head = built(PooledHead(config, 3, seed=1, name="head"))
    pooled = SEQUENCE[:, 0]
    assert not np.allclose(numbers(head(pooled, dropout_key(0, 1, 0, 0))), numbers(head(pooled)))
    none = load_config("albert-tiny", hidden_size=16, classifier_dropout_prob=0.0)
    head = built(PooledHead(none, 3, seed=1, name="head"))
    assert np.allclose(numbers(head(pooled, dropout_key(0, 1, 0, 0))), numbers(head(pooled)))


def test_losses_of_classes_scores_and_options():
    logits = RNG.normal(size=(3, 4)).astype(np.float32)
    labels = np.array([0, 3, 1], np.int32)
    found = classification_sums(ops.convert_to_tensor(logits), labels, WEIGHTS)
    expected = -(log_softmax(logits)[np.arange(3), labels] * WEIGHTS).sum()
    assert numbers(found["loss"]) == pytest.approx(expected, abs=1e-5)
    assert numbers(found["weight"]) == 1.5
    scores = np.array([1.0, 2, 5], np.float32)
    found = regression_sums(ops.convert_to_tensor(logits[:, :1]), scores, WEIGHTS)
    assert numbers(found["loss"]) == pytest.approx(
        (((logits[:, 0] - scores) ** 2) * WEIGHTS).sum(), abs=1e-5
    )
    flat = ops.convert_to_tensor(logits.reshape(12, 1))
    assert numbers(choice_logits(flat, 4)).tolist() == logits.tolist()


def test_two_logits_a_piece_and_their_loss():
    head = built(SpanHead(CONFIG, seed=1, name="head"))
    w = weights_of(head)
    logits = SEQUENCE @ w["dense/kernel"] + w["dense/bias"]
    outputs = head(SEQUENCE)
    assert numbers(outputs["start_logits"]) == pytest.approx(logits[..., 0], abs=1e-5)
    assert numbers(outputs["end_logits"]) == pytest.approx(logits[..., 1], abs=1e-5)
    start, end = np.array([3, 4, 0], np.int32), np.array([5, 4, 0], np.int32)
    found = span_sums(outputs, start, end, WEIGHTS)
    rows = np.arange(3)
    one = log_softmax(logits[..., 0])[rows, start] + log_softmax(logits[..., 1])[rows, end]
    assert numbers(found["loss"]) == pytest.approx(-(one * WEIGHTS).sum() / 2, abs=1e-4)


def test_answers_are_the_first_piece_and_those_of_the_paragraph():
    found = may_answer(ops.convert_to_tensor(MASK), ops.convert_to_tensor(SEGMENTS))
    assert numbers(found).tolist() == ALLOWED.tolist()


def transcription(w, sequence, start):
    """`create_v2_model` of the reference, an input at a time.

    Returns: log-probabilities of starts [S], of ends given `start` [S], and the null logit.
    """
    logits = (sequence @ w["start/kernel"] + w["start/bias"])[:, 0]
    return logits, _ends(w, sequence, start)


def _ends(w, sequence, start):
    both = np.concatenate([sequence, np.tile(sequence[start], (len(sequence), 1))], axis=1)
    kernel = np.concatenate([w["end_piece/kernel"], w["end_start/kernel"]])
    rows = np.tanh(both @ kernel + w["end_piece/bias"])
    rows = (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + 1e-12)
    rows = rows * w["end_norm/gamma"] + w["end_norm/beta"]
    return (rows @ w["end/kernel"] + w["end/bias"])[:, 0]


def _null(w, sequence, start_probs):
    both = np.concatenate([start_probs @ sequence, sequence[0]])
    return float(
        np.tanh(both @ w["null_hidden/kernel"] + w["null_hidden/bias"]) @ w["null/kernel"][:, 0]
    )


@pytest.fixture
def head():
    return built(SpanOrNoneHead(CONFIG, seed=1, name="head"))


def masked(logits, allowed):
    return log_softmax(np.where(allowed, logits, -1e30))


def test_span_or_none_in_training_is_the_reference_s(head):
    w = weights_of(head)
    start = np.array([3, 5, 0], np.int32)
    found = head(SEQUENCE, ops.convert_to_tensor(ALLOWED), start)
    for row in range(3):
        logits, ends = transcription(w, SEQUENCE[row], start[row])
        starts = masked(logits, ALLOWED[row])
        assert numbers(found["start_log_probs"])[row] == pytest.approx(starts, rel=1e-5, abs=1e-4)
        assert numbers(found["end_log_probs"])[row] == pytest.approx(
            masked(ends, ALLOWED[row]), rel=1e-5, abs=1e-4
        )
        assert numbers(found["nulls"])[row] == pytest.approx(
            _null(w, SEQUENCE[row], np.exp(starts)), abs=1e-4
        )


def test_span_or_none_in_prediction_looks_for_the_best_ends_of_each_start(head):
    w = weights_of(head)
    found = {
        name: numbers(value)
        for name, value in head(SEQUENCE, ops.convert_to_tensor(ALLOWED)).items()
    }
    assert found["end_at"].shape == (3, 5, 5) and found["start_at"].shape == (3, 5)
    for row in range(3):
        logits, _ = transcription(w, SEQUENCE[row], 0)
        starts = masked(logits, ALLOWED[row])
        allowed = min(5, int(ALLOWED[row].sum()))
        order = np.argsort(-starts, kind="stable")[:allowed]
        assert found["start_at"][row, :allowed].tolist() == order.tolist()
        assert found["start_scores"][row, :allowed] == pytest.approx(starts[order], abs=1e-4)
        for place, start in enumerate(order):
            ends = masked(_ends(w, SEQUENCE[row], start), ALLOWED[row])
            best = np.argsort(-ends, kind="stable")[:allowed]
            assert found["end_at"][row, place, :allowed].tolist() == best.tolist()
            assert found["end_scores"][row, place, :allowed] == pytest.approx(ends[best], abs=1e-4)
    assert (found["start_scores"][2, 2:] < -1e29).all()  # only [CLS] and one piece may be


def test_loss_of_span_or_none(head):
    w = weights_of(head)
    start, end = np.array([3, 5, 0], np.int32), np.array([4, 7, 0], np.int32)
    answerable = np.array([1, 1, 0], np.int32)
    weights = np.array([1, 0.5, 1], np.float32)
    found = span_or_none_sums(
        head(SEQUENCE, ops.convert_to_tensor(ALLOWED), start), start, end, answerable, weights
    )
    expected = 0.0
    for row in range(3):
        logits, ends = transcription(w, SEQUENCE[row], start[row])
        starts, ends = masked(logits, ALLOWED[row]), masked(ends, ALLOWED[row])
        null = _null(w, SEQUENCE[row], np.exp(starts))
        chance = 1 / (1 + np.exp(-null))
        binary = -np.log(chance if not answerable[row] else 1 - chance)
        expected += weights[row] * (0.5 * (-starts[start[row]] - ends[end[row]]) + 0.5 * binary)
    assert numbers(found["loss"]) == pytest.approx(expected, abs=1e-3)
    assert numbers(found["weight"]) == 2.5


def test_initial_weights_depend_on_seed_and_name_alone():
    one, same, other = (SpanOrNoneHead(CONFIG, seed=s, name="head") for s in (1, 1, 2))
    for made in (one, same, other):
        made.build()
    kernels = [
        [numbers(v) for v in made.variables if v.path.endswith("kernel")]
        for made in (one, same, other)
    ]
    assert all((a == b).all() for a, b in zip(kernels[0], kernels[1], strict=True))
    assert not any((a == b).any() for a, b in zip(kernels[0], kernels[2], strict=True))
    spread = np.concatenate([k.ravel() for k in kernels[0]]).std()
    assert 0.2 < spread < 0.3  # truncated at two standard deviations of 0.3
