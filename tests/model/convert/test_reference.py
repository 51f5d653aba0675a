"""Parity with a recorded run of google-research/albert: float32 rounding and nothing more.

The recorded run clips gradients whose segment part is still a list of rows (IndexedSlices), so its
global norm counts those rows one by one: 3.3211 where the norm of the summed gradient is 3.3428.
The test clips the same way, by a model whose segment table has a row for each place of the batch. The
trainer clips the summed gradient, as the reference does where it looks segments up by a one-hot product
(on a TPU).
"""

import numpy as np
import pytest
from keras import ops

from albert_data.base.errors import DataError
from model.albert import AlbertPretrainer
from model.convert.reference import (
    load_reference_weights,
    read_reference_weights,
    reference_names,
)
from model.lamb import Lamb, WarmupPolynomialDecay
from model.network.heads import pretraining_means, pretraining_sums
from tests.model.backends import make_gradients
from tests.model.conftest import tiny_config

SEGMENTS = "bert/embeddings/token_type_embeddings"
TOLERANCE = dict(rtol=1e-6, atol=1e-6)


def weights(golden, prefix):
    return {
        name[len(prefix) + 1 :]: array
        for name, array in golden.items()
        if name.startswith(f"{prefix}/")
    }


@pytest.fixture
def model(golden):
    model = AlbertPretrainer(tiny_config())
    assert load_reference_weights(model, weights(golden, "var0")) == []
    return model


def make_losses_and_gradients(model, features):
    """Returns a function to the means, their total and the gradients by reference name."""

    def loss_of(outputs):
        means = pretraining_means(pretraining_sums(outputs, features))
        loss = means["mlm_loss"] + means["sentence_loss"]
        return loss, (means, loss)

    gradients_now, names = make_gradients(model, loss_of, features), reference_names(model)

    def losses_and_gradients():
        gradients, (means, loss) = gradients_now()
        by_path = {v.path: g for v, g in zip(model.trainable_variables, gradients, strict=True)}
        return means, float(loss), {name: by_path[v.path] for name, v in names.items()}

    return losses_and_gradients


def make_gradients_clipped_as_recorded(model, features):
    """Returns a function to the loss, the gradients clipped to 1 by the norm that counts each row of the
    segments by itself, and that norm."""
    segments = features["segment_ids"]
    apart = {**features, "segment_ids": np.arange(segments.size).reshape(segments.shape)}
    rows = AlbertPretrainer(tiny_config(type_vocab_size=segments.size))
    of_rows = make_losses_and_gradients(rows, apart)

    def clipped():
        arrays = read_reference_weights(model)
        table = arrays[SEGMENTS]
        load_reference_weights(rows, {**arrays, SEGMENTS: table[segments.ravel()]})
        _, loss, gradients = of_rows()
        norm = np.sqrt(sum(np.square(gradient).sum(dtype="f8") for gradient in gradients.values()))
        by_row, gradients[SEGMENTS] = gradients[SEGMENTS], np.zeros_like(table)
        np.add.at(gradients[SEGMENTS], segments.ravel(), by_row)
        scale = np.float32(1 / max(norm, 1))
        return loss, {name: gradient * scale for name, gradient in gradients.items()}, norm

    return clipped


def test_outputs_equal_the_reference(model, golden, golden_features):
    outputs = model(golden_features)
    np.testing.assert_allclose(
        outputs["sequence_output"], golden["out/sequence_output"], **TOLERANCE
    )
    np.testing.assert_allclose(outputs["pooled_output"], golden["out/pooled_output"], **TOLERANCE)
    mlm = ops.log_softmax(ops.reshape(outputs["mlm_logits"], [15, 97]))
    np.testing.assert_allclose(mlm, golden["out/mlm_log_probs"], **TOLERANCE)
    sentence = ops.log_softmax(outputs["sentence_logits"])
    np.testing.assert_allclose(sentence, golden["out/sop_log_probs"], **TOLERANCE)


def test_embeddings_equal_the_reference(model, golden, golden_features):
    embedded = model.encoder.embeddings(
        golden_features["input_ids"], golden_features["segment_ids"], None
    )
    np.testing.assert_allclose(
        ops.reshape(embedded, [3, 13, 16]), golden["out/embedding_output"], **TOLERANCE
    )


def test_losses_and_every_gradient_equal_the_reference(model, golden, golden_features):
    means, _, gradients = make_losses_and_gradients(model, golden_features)()
    np.testing.assert_allclose(means["mlm_loss"], golden["out/mlm_loss"], rtol=1e-6)
    np.testing.assert_allclose(means["sentence_loss"], golden["out/sop_loss"], rtol=1e-6)
    expected = weights(golden, "grad0")
    assert expected.keys() == gradients.keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, expected[name], err_msg=name, **TOLERANCE)


def test_weights_after_one_two_and_six_lamb_steps_equal_the_reference(
    model, golden, golden_features
):
    optimizer = Lamb(WarmupPolynomialDecay(0.00176, total_steps=20, warmup_steps=4))
    variables = list(reference_names(model).values())
    optimizer.build(variables)
    clipped = make_gradients_clipped_as_recorded(model, golden_features)
    for step in range(6):
        loss, gradients, norm = clipped()
        if not step:
            assert norm == pytest.approx(3.3211, abs=5e-5)
        np.testing.assert_allclose(loss, golden["out/total_loss_before_each_step"][step], rtol=1e-6)
        optimizer.apply([ops.convert_to_tensor(g) for g in gradients.values()], variables)
        if f"var{step + 1}/bert/pooler/dense/kernel" in golden:
            for name, array in read_reference_weights(model).items():
                # The gradient of a key bias is 0 in exact arithmetic: its moves are rounding.
                tolerance = dict(atol=5e-6) if name.endswith("key/bias") else TOLERANCE
                np.testing.assert_allclose(
                    array,
                    golden[f"var{step + 1}/{name}"],
                    err_msg=f"step {step + 1}: {name}",
                    **tolerance,
                )


def test_a_missing_array_is_named_and_nothing_is_assigned(model, golden):
    arrays = weights(golden, "var1")
    del arrays["cls/predictions/output_bias"]
    before = read_reference_weights(model)
    with pytest.raises(DataError, match="1 variables have no array.*cls/predictions/output_bias"):
        load_reference_weights(model, arrays)
    for name, array in read_reference_weights(model).items():
        np.testing.assert_array_equal(array, before[name])


def test_an_array_of_another_shape_is_refused(model, golden):
    arrays = weights(golden, "var0") | {"bert/pooler/dense/bias": np.zeros(5, np.float32)}
    with pytest.raises(DataError, match=r"bert/pooler/dense/bias: array of \(5,\), .* \(32,\)"):
        load_reference_weights(model, arrays)


def test_unused_arrays_are_reported(model, golden):
    arrays = weights(golden, "var0") | {"global_step": np.int64(3)}
    assert load_reference_weights(model, arrays) == ["global_step"]


def test_every_variable_of_a_layout_with_groups_has_its_own_name():
    model = AlbertPretrainer(tiny_config(num_hidden_groups=2, inner_group_num=2))
    names = reference_names(model)
    assert len({id(v) for v in names.values()}) == len(names) == len(model.variables)
    assert "bert/encoder/transformer/group_1/inner_group_1/LayerNorm_1/beta" in names
