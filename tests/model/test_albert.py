import keras
import numpy as np
import pytest
from keras import ops

from model.albert import AlbertPretrainer
from model.convert.reference import load_reference_weights, read_reference_weights
from model.network.backend import compiled
from model.network.dropout import dropout_key
from model.network.layers import LayerNorm
from tests.model.backends import make_gradients, of_jax, of_tensorflow
from tests.model.conftest import random_features, tiny_config


def test_outputs_have_the_documented_shapes_and_types():
    outputs = AlbertPretrainer(tiny_config())(random_features(3))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {
        "sequence_output": (3, 13, 32),
        "pooled_output": (3, 32),
        "mlm_logits": (3, 5, 97),
        "sentence_logits": (3, 2),
    }


def test_padding_does_not_change_the_other_positions():
    model, features = AlbertPretrainer(tiny_config()), random_features(3)
    before = np.asarray(model(features)["sequence_output"])
    padding = features["input_mask"] == 0
    features["input_ids"] = np.where(padding, 5, features["input_ids"])
    after = np.asarray(model(features)["sequence_output"])
    np.testing.assert_allclose(before[~padding], after[~padding], atol=1e-5)


def test_input_longer_than_the_position_table_is_refused():
    with pytest.raises(ValueError, match="input of 25 positions; max_position_embeddings is 24"):
        AlbertPretrainer(tiny_config())(random_features(1, length=25))


def unshared_copy(model: AlbertPretrainer) -> AlbertPretrainer:
    """A sharing='none' model whose layers hold copies of the weights that ``model`` shares."""
    config = model.config
    copy = AlbertPretrainer(
        tiny_config(**{**config.to_dict(), "sharing": "none", "num_hidden_groups": 1})
    )
    arrays = read_reference_weights(model)
    wanted = read_reference_weights(copy)
    spread = {}
    for name in wanted:
        source = name
        if "/group_" in name:
            layer = int(name.split("/group_")[1].split("/")[0])
            attention = "/attention_1/" in name or "/LayerNorm/" in name
            group = config.attention_group if attention else config.feed_forward_group
            source = name.replace(f"/group_{layer}/", f"/group_{group(layer)}/")
        spread[name] = arrays[source]
    load_reference_weights(copy, spread)
    return copy


@pytest.mark.parametrize(
    "layout",
    [
        dict(sharing="all"),
        dict(sharing="all", num_hidden_groups=2),
        dict(sharing="all", num_hidden_groups=2, inner_group_num=2),
        dict(sharing="attention"),
        dict(sharing="ffn", num_hidden_groups=2),
        dict(sharing="all", embedding_size=32),
    ],
    ids=str,
)
def test_every_sharing_layout_equals_an_unshared_model_with_copied_weights(layout):
    model, features = AlbertPretrainer(tiny_config(**layout), seed=3), random_features(3)
    expected, outputs = model(features), unshared_copy(model)(features)
    for name in outputs:
        np.testing.assert_allclose(outputs[name], expected[name], atol=1e-5)


def test_unshared_layers_start_from_different_weights():
    model = AlbertPretrainer(tiny_config(sharing="none"))
    first, second = (np.asarray(model.encoder.attention[i][0].query.kernel) for i in (0, 1))
    assert not np.allclose(first, second)


def test_initial_weights_are_a_function_of_the_seed():
    a, b, c = (AlbertPretrainer(tiny_config(), seed=s).encoder.pooler.kernel for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert not np.allclose(a, c)


@pytest.mark.parametrize(
    "recompute, sharing",
    [
        ("attention", "all"),
        ("layers", "attention"),
        pytest.param("attention", "attention", marks=pytest.mark.slow),
        pytest.param("layers", "all", marks=pytest.mark.slow),
    ],
)
def test_recomputation_changes_neither_outputs_nor_gradients(recompute, sharing):
    rates = dict(hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
    config = tiny_config(num_hidden_layers=2, sharing=sharing, **rates)

    def loss_of(outputs):
        loss = ops.mean(ops.square(outputs["mlm_logits"]))
        return loss, loss

    found = [
        make_gradients(
            AlbertPretrainer(config, seed=1, recompute=what),
            loss_of,
            random_features(2),
            dropout_key=dropout_key(1, 2, 0, 0),
        )()
        for what in ("none", recompute)
    ]
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-6)
    for plain, again in zip(found[0][0], found[1][0], strict=True):
        np.testing.assert_allclose(plain, again, atol=1e-6)


def test_the_model_is_deterministic_without_a_key_and_a_function_of_the_key_with_one():
    model = AlbertPretrainer(tiny_config(hidden_dropout_prob=0.3))
    features = random_features(2)

    def pooled(key):
        return np.asarray(model(features, dropout_key=key)["pooled_output"])

    np.testing.assert_array_equal(pooled(None), pooled(None))
    same = dropout_key(7, 3, 1, 2)
    np.testing.assert_array_equal(pooled(same), pooled(dropout_key(7, 3, 1, 2)))
    for other in ((8, 3, 1, 2), (7, 4, 1, 2), (7, 3, 0, 2), (7, 3, 1, 1)):
        assert not np.allclose(pooled(same), pooled(dropout_key(*other)))


def test_layers_that_share_weights_draw_different_masks():
    model = AlbertPretrainer(tiny_config(hidden_dropout_prob=0.5), seed=1)
    features = random_features(1)
    states = model.encoder(
        features["input_ids"],
        features["input_mask"],
        features["segment_ids"],
        dropout_key=dropout_key(0, 0, 0, 0),
    )["hidden_states"]
    assert not np.allclose(states[1] - states[0], states[2] - states[1], atol=1e-2)


def test_bfloat16_keeps_logits_and_weights_in_float32_and_stays_near():
    model = AlbertPretrainer(tiny_config(), seed=2, dtype="mixed_bfloat16")
    full = AlbertPretrainer(tiny_config(), seed=2)
    features = random_features(3)
    assert {v.dtype for v in model.trainable_variables} == {"float32"}
    outputs, expected = compiled(model)(features), compiled(full)(features)
    for name in ("mlm_logits", "sentence_logits"):
        assert ops.dtype(outputs[name]) == "float32"
    assert ops.dtype(outputs["sequence_output"]) == "bfloat16"
    np.testing.assert_allclose(outputs["mlm_logits"], expected["mlm_logits"], atol=0.05)


@of_tensorflow
def test_bfloat16_keeps_norms_and_softmax_in_float32_and_scores_are_added_up_in_it():
    import tensorflow as tf

    model, features = AlbertPretrainer(tiny_config(), dtype="mixed_bfloat16"), random_features(3)
    concrete = tf.function(lambda: model(features)).get_concrete_function()
    by_type = {}
    for op in concrete.graph.get_operations():
        by_type.setdefault(op.type, set()).update(output.dtype for output in op.outputs)
    assert by_type["Softmax"] == {tf.float32}
    assert by_type["Rsqrt"] == {tf.float32}
    assert by_type["BatchMatMulV2"] == {tf.float32, tf.bfloat16}
    assert by_type["MatMul"] >= {tf.bfloat16}


@of_jax
def test_on_jax_bfloat16_keeps_norms_and_softmax_in_float32_and_scores_are_added_up_in_it():
    import jax
    import jax.extend

    model, features = AlbertPretrainer(tiny_config(), dtype="mixed_bfloat16"), random_features(3)
    found = {"exp": set(), "rsqrt": set(), "dot_general": set()}

    def look(jaxpr):
        for equation in jaxpr.eqns:
            for inner in jax.extend.core.jaxprs_in_params(equation.params):
                look(inner)
            if (name := equation.primitive.name) in found:
                sides = (*equation.invars, *equation.outvars)
                found[name].add(tuple(str(side.aval.dtype) for side in sides))

    look(jax.make_jaxpr(model)(features).jaxpr)
    assert found["exp"] == found["rsqrt"] == {("float32", "float32")}
    narrow, wide = "bfloat16", "float32"
    scores, products, sentence = (narrow, narrow, wide), (narrow,) * 3, (wide,) * 3
    assert found["dot_general"] == {scores, products, sentence}


def test_layer_norm_is_float32_inside_a_bfloat16_scope():
    norm = LayerNorm(1e-12, dtype="mixed_bfloat16")
    values = np.float32([[1000.0, 1000.5, 1001.0, 1001.5]])
    with keras.src.backend.AutocastScope("bfloat16"):
        normed = norm(values)
    expected = (values - values.mean()) / values.std()
    assert ops.dtype(normed) == "bfloat16"
    np.testing.assert_allclose(ops.cast(normed, "float32"), expected, rtol=1e-2)
