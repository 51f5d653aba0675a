import dataclasses
import hashlib
import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from albert_data.base.errors import ConfigError, DataError
from model.configs import AlbertConfig, SettingError, load_config
from model.convert.addresses import parse_address
from model.convert.main import convert
from model.convert.reference import reference_names
from model.convert.reference_shapes import reference_shapes
from model.convert.weights import (
    DECIDING,
    GROUPS,
    Weights,
    check_same_function,
    check_same_vocabulary,
    model_of,
    read_weights,
)
from tests.model.backends import of_tensorflow
from tests.model.conftest import tiny_config

LAYOUTS = [
    dict(),
    dict(num_hidden_groups=2, inner_group_num=2),
    dict(sharing="attention"),
    dict(sharing="ffn"),
    dict(sharing="none"),
    dict(embedding_size=32),
]


def tf1(form):
    return pytest.param(form, marks=of_tensorflow)


def of(weights, **overrides):
    """The weights of another layout, drawn anew."""
    config = dataclasses.replace(weights.config, **overrides)
    rng = np.random.default_rng(1)
    arrays = {
        name: rng.normal(0, 0.3, shape).astype(np.float32)
        for name, shape in reference_shapes(config).items()
    }
    return dataclasses.replace(weights, config=config, arrays=arrays)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_shapes_by_reference_name_are_those_of_the_model(layout):
    config = tiny_config(**layout)
    names = reference_names(model_of(of(_bare(config))))
    assert {name: tuple(v.shape) for name, v in names.items()} == reference_shapes(config)


def _bare(config):
    return Weights("made by a test", "run", config, {})


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("form", ["hf:{}/there", tf1("tf1:{}/there/model.ckpt"), "{}/there"])
def test_weights_come_back_bit_by_bit_from_every_form(tmp_path, weights, layout, form):
    original, place = of(weights, **layout), form.format(tmp_path)
    convert(original, parse_address(place))
    again = read_weights(place)
    assert again.missing == () and again.unused == ()
    assert again.vocabulary == original.vocabulary
    assert again.vocabulary_sha256 == original.vocabulary_sha256
    assert again.normalization == "albert"
    check_same_function(
        dataclasses.replace(again, config=spread_out(again.config)), spread_out(original.config)
    )
    for name, array in again.arrays.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, layer_array(original, name), err_msg=name)


def spread_out(config):
    """The configuration with one group a layer where sharing is partial."""
    if config.sharing == "all":
        return config
    return dataclasses.replace(config, sharing="all", num_hidden_groups=config.num_hidden_layers)


def layer_array(weights, name):
    """The array that a layer uses, whatever layer's name it has in a spread-out form."""
    if name in weights.arrays:
        return weights.arrays[name]
    layer = int(name.split("group_")[1].split("/")[0])
    return weights.arrays[name.replace(f"group_{layer}/", "group_0/", 1)]


@of_tensorflow
@pytest.mark.parametrize(
    "way", [("hf:{}/a", "tf1:{}/b/m", "{}/c"), ("{}/a", "hf:{}/b", "tf1:{}/c/m")]
)
def test_a_way_through_all_three_forms_changes_nothing(tmp_path, weights, way):
    at = weights
    for form in way:
        place = form.format(tmp_path)
        convert(at, parse_address(place))
        at = read_weights(place)
    assert at.config == weights.config
    assert at.arrays.keys() == weights.arrays.keys()
    assert all(np.array_equal(at.arrays[name], weights.arrays[name]) for name in at.arrays)


@of_tensorflow
@pytest.mark.parametrize("form", ["hf:ram://there/hf", "tf1:ram://there/tf1/m", "ram://there/run"])
def test_forms_may_lie_in_a_store(weights, form):
    convert(weights, parse_address(form))
    again = read_weights(form)
    assert all(np.array_equal(again.arrays[name], weights.arrays[name]) for name in weights.arrays)


def test_every_field_decides_or_is_of_training_alone():
    fields = {field.name for field in dataclasses.fields(AlbertConfig)}
    assert fields - {*DECIDING, *GROUPS} == {
        "hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout_prob",
        "initializer_range",
    }  # fmt: skip


@pytest.mark.parametrize(
    "field, other",
    [
        ("num_attention_heads", 8),
        ("hidden_act", "gelu"),
        ("layer_norm_eps", 1e-6),
        ("num_hidden_layers", 2),
        ("vocab_size", 1999),
        ("embedding_size", 8),
        ("hidden_size", 64),
        ("intermediate_size", 65),
        ("max_position_embeddings", 25),
        ("type_vocab_size", 3),
        ("inner_group_num", 2),
        ("num_hidden_groups", 2),
        ("sharing", "attention"),
    ],
)
def test_a_model_of_another_function_is_refused_with_both_values(weights, field, other):
    own = getattr(weights.config, field)
    config = dataclasses.replace(weights.config, **{field: other})
    with pytest.raises(SettingError) as refusal:
        check_same_function(weights, config)
    assert f"{field}={own!r}, this run {other!r}" in refusal.value.problem
    assert f"--set {field}={own}" in refusal.value.fix


def test_all_that_differs_is_said_at_once(weights):
    config = dataclasses.replace(weights.config, num_attention_heads=8, hidden_act="relu")
    with pytest.raises(SettingError, match="num_attention_heads=4, .*; hidden_act='gelu_new', "):
        check_same_function(weights, config)


def test_what_is_of_training_alone_may_differ(weights):
    check_same_function(weights, dataclasses.replace(weights.config, hidden_dropout_prob=0.5))


def test_layers_without_sharing_may_be_said_in_two_ways(weights):
    groups = of(weights, num_hidden_groups=4)
    check_same_function(groups, dataclasses.replace(weights.config, sharing="none"))


def test_the_released_xlarge_does_not_pass_for_the_papers():
    released, paper = load_config("albert-xlarge-v2"), load_config("albert-xlarge")
    assert reference_shapes(released) == reference_shapes(paper)
    with pytest.raises(SettingError, match="num_attention_heads=16, this run 32"):
        check_same_function(_bare(released), paper)


def test_another_vocabulary_is_refused_and_where_none_is_known_another_size(weights):
    own = weights.vocabulary_sha256
    check_same_vocabulary(weights, own, 2000, "shards")
    with pytest.raises(SettingError, match="the same ids mean other pieces"):
        check_same_vocabulary(weights, "0" * 64, 2000, "shards")
    unknown = dataclasses.replace(weights, vocabulary=None, vocabulary_sha256="")
    check_same_vocabulary(unknown, own, 2000, "shards")
    with pytest.raises(SettingError, match="2000 pieces, that of shards 3000"):
        check_same_vocabulary(unknown, own, 3000, "shards")
    assert any("only its size, 2,000, can be checked" in line for line in unknown.lines())


@pytest.fixture
def folder(tmp_path, weights):
    convert(weights, parse_address(f"hf:{tmp_path}/hf"))
    return tmp_path / "hf"


def edit(folder, change):
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


@pytest.mark.parametrize(
    "drop, missing",
    [
        (("predictions.bias",), ["cls/predictions/output_bias"]),
        (("sop_classifier.classifier.bias",), ["cls/seq_relationship/output_bias"]),
        (
            ("sop_classifier.classifier.weight", "sop_classifier.classifier.bias"),
            ["cls/seq_relationship/output_weights", "cls/seq_relationship/output_bias"],
        ),
        (
            ("sop_classifier", "albert.pooler"),
            ["bert/pooler/dense/kernel", "bert/pooler/dense/bias",
             "cls/seq_relationship/output_weights", "cls/seq_relationship/output_bias"],
        ),
    ],
)  # fmt: skip
def test_heads_that_are_missing_in_part_are_named(folder, drop, missing):
    edit(folder, lambda tensors: [tensors.pop(n) for n in list(tensors) if n.startswith(drop)])
    found = read_weights(f"hf:{folder}")
    assert list(found.missing) == missing
    assert f"  not there: {', '.join(missing)}" in found.lines()


def test_a_pooler_that_is_missing_under_a_sentence_head_is_refused(folder):
    edit(folder, lambda tensors: tensors.pop("albert.pooler.weight"))
    with pytest.raises(DataError, match="bert/pooler/dense/kernel"):
        read_weights(f"hf:{folder}")


def test_what_has_no_place_in_the_model_is_named(folder):
    edit(
        folder, lambda tensors: tensors.update({"classifier.weight": np.ones((3, 32), np.float32)})
    )
    found = read_weights(f"hf:{folder}")
    assert found.unused == ("classifier.weight",)
    assert "  there and not used: classifier.weight" in found.lines()


def test_weights_that_are_not_numbers_are_refused(folder):
    edit(folder, lambda tensors: tensors["predictions.bias"].__setitem__(3, np.nan))
    with pytest.raises(
        DataError, match="cls/predictions/output_bias: holds values that are not finite"
    ):
        read_weights(f"hf:{folder}")


def test_a_decoder_of_its_own_is_refused(folder):
    own = np.ones((2000, 16), np.float32)
    edit(folder, lambda tensors: tensors.update({"predictions.decoder.weight": own}))
    with pytest.raises(DataError, match="decoder.weight differ: they are one variable here"):
        read_weights(f"hf:{folder}")


def test_case_and_accents_are_read_from_a_folder(folder):
    path = folder / "tokenizer_config.json"
    given = json.loads(path.read_text())
    path.write_text(json.dumps({**given, "do_lower_case": False, "keep_accents": False}))
    assert read_weights(f"hf:{folder}").normalization == "albert-cased"


@pytest.mark.parametrize(
    "more, message",
    [
        ({"position_embedding_type": "relative_key"}, "position_embedding_type='relative_key'"),
        ({"model_type": "roberta"}, "model_type='roberta', not 'albert' or 'bert'"),
        ({"num_attention_heads": 5}, "must divide hidden_size=32"),
        ({"hidden_act": "silu"}, "hidden_act is 'silu'"),
        ({"hidden_size": None}, "has no array|array of"),
    ],
)
def test_a_folder_of_another_function_is_refused(folder, more, message):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))
    with pytest.raises(DataError, match=message):
        read_weights(f"hf:{folder}")


def test_what_a_configuration_leaves_out_has_its_librarys_value(folder):
    path = folder / "config.json"
    given = json.loads(path.read_text())
    del given["num_attention_heads"]  # 64 in transformers, 12 here
    path.write_text(json.dumps(given))
    with pytest.raises(DataError, match="num_attention_heads is 64"):
        read_weights(f"hf:{folder}")


def test_a_vocabulary_of_other_special_pieces_is_told_by_its_hash(folder):
    (folder / "spiece.model").write_bytes(b"of another kind")
    found = read_weights(f"hf:{folder}")
    assert found.vocabulary is None and found.normalization == "albert"
    assert found.vocabulary_sha256 == hashlib.sha256(b"of another kind").hexdigest()


def test_a_runs_vocabulary_that_was_changed_is_refused(tmp_path, weights):
    convert(weights, parse_address(f"{tmp_path}/run"))
    (tmp_path / "run" / "vocab.model").write_bytes(b"other")
    with pytest.raises(DataError, match="is not the vocabulary that the run names"):
        read_weights(f"{tmp_path}/run")


@of_tensorflow
@pytest.mark.parametrize("form", ["", "tf1:"])
def test_a_checkpoint_of_tensorflow_is_refused_without_it_and_a_folder_is_read(
    tmp_path, weights, monkeypatch, form
):
    for number, name in enumerate((f"{form}{tmp_path}/0", f"hf:{tmp_path}/1")):
        target = f"{name}/model.ckpt" if name.startswith("tf1:") else name
        convert(weights, parse_address(target))
        with monkeypatch.context() as patch:
            patch.setattr("model.checkpoints.ON_JAX", True)
            if number:
                assert read_weights(target).arrays.keys() == weights.arrays.keys()
                continue
            with pytest.raises(ConfigError, match="(?s)TensorFlow.*fix: .*hf:FOLDER.*--engine jax"):
                read_weights(target)


def test_a_berts_word_pieces_are_another_vocabulary(tmp_path, weights):
    name = f"{tmp_path}/bert"
    write_bert(weights, tmp_path / "bert")
    (tmp_path / "bert" / "vocab.txt").write_text("[PAD]\n[UNK]\n")
    found = read_weights(f"hf:{name}")
    assert found.vocabulary is None
    assert found.vocabulary_sha256 == hashlib.sha256(b"[PAD]\n[UNK]\n").hexdigest()


def test_a_bert_folder_is_a_model_that_shares_nothing(tmp_path, weights):
    written = write_bert(weights, tmp_path / "bert")
    found = read_weights(f"hf:{tmp_path}/bert")
    assert found.kind == "hf (BERT)" and found.missing == () and found.unused == ()
    assert (found.config.sharing, found.config.embedding_size) == ("none", 32)
    assert found.config.hidden_act == "gelu"
    for name, array in written.arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array, err_msg=name)


def write_bert(weights, folder):
    """A folder with BERT's names, written out one by one: an independent spelling of them."""
    bert = of(weights, embedding_size=32, sharing="none", hidden_act="gelu", num_hidden_layers=2)
    top = {
        "bert/embeddings/word_embeddings": "bert.embeddings.word_embeddings.weight",
        "bert/embeddings/token_type_embeddings": "bert.embeddings.token_type_embeddings.weight",
        "bert/embeddings/position_embeddings": "bert.embeddings.position_embeddings.weight",
        "bert/embeddings/LayerNorm/gamma": "bert.embeddings.LayerNorm.weight",
        "bert/embeddings/LayerNorm/beta": "bert.embeddings.LayerNorm.bias",
        "bert/pooler/dense/kernel": "bert.pooler.dense.weight",
        "bert/pooler/dense/bias": "bert.pooler.dense.bias",
        "cls/predictions/transform/dense/kernel": "cls.predictions.transform.dense.weight",
        "cls/predictions/transform/dense/bias": "cls.predictions.transform.dense.bias",
        "cls/predictions/transform/LayerNorm/gamma": "cls.predictions.transform.LayerNorm.gamma",
        "cls/predictions/transform/LayerNorm/beta": "cls.predictions.transform.LayerNorm.beta",
        "cls/predictions/output_bias": "cls.predictions.bias",
        "cls/seq_relationship/output_weights": "cls.seq_relationship.weight",
        "cls/seq_relationship/output_bias": "cls.seq_relationship.bias",
    }
    in_layer = {
        "attention_1/self/query/": "attention.self.query.",
        "attention_1/self/key/": "attention.self.key.",
        "attention_1/self/value/": "attention.self.value.",
        "attention_1/output/dense/": "attention.output.dense.",
        "LayerNorm/": "attention.output.LayerNorm.",
        "ffn_1/intermediate/dense/": "intermediate.dense.",
        "ffn_1/intermediate/output/dense/": "output.dense.",
        "LayerNorm_1/": "output.LayerNorm.",
    }
    leaves = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
    for layer in (0, 1):
        at = f"bert/encoder/transformer/group_{layer}/inner_group_0/"
        for ours, theirs in in_layer.items():
            top |= {
                f"{at}{ours}{leaf}": f"bert.encoder.layer.{layer}.{theirs}{leaves[leaf]}"
                for leaf in (("gamma", "beta") if "LayerNorm" in ours else ("kernel", "bias"))
            }
    folder.mkdir()
    save_file(
        {
            theirs: np.ascontiguousarray(
                bert.arrays[ours].T if ours.endswith("/kernel") else bert.arrays[ours]
            )
            for ours, theirs in top.items()
        },
        folder / "model.safetensors",
    )
    fields = {
        "model_type": "bert", "vocab_size": 2000, "hidden_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 24,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(fields))
    return bert
