import json

import numpy as np
import pytest
import tensorflow as tf

from albert_data.base.errors import DataError
from model.albert import AlbertPretrainer
from model.convert.config_files import read_bert_config, read_reference_config
from model.convert.reference import read_reference_weights
from model.convert.tf1_checkpoint import load_tf1_checkpoint, read_tf1, write_tf1_checkpoint
from tests.model.conftest import tiny_config


def write_tf1_checkpoint_of_tf(arrays, prefix):
    """Writes arrays with TF1's own saver, as the reference does."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, array in arrays.items():
            tf.compat.v1.get_variable(name, initializer=array, use_resource=False)
        session.run(tf.compat.v1.global_variables_initializer())
        return tf.compat.v1.train.Saver().save(session, str(prefix))


@pytest.fixture
def arrays():
    return read_reference_weights(AlbertPretrainer(tiny_config(num_hidden_groups=2), seed=4))


def test_a_tf1_checkpoint_with_optimizer_slots_loads(tmp_path, arrays):
    slots = {"global_step": np.int64(7), "bert/pooler/dense/bias/adam_m": np.ones(32, np.float32)}
    prefix = write_tf1_checkpoint_of_tf({**arrays, **slots}, tmp_path / "model.ckpt-7")
    model = AlbertPretrainer(tiny_config(num_hidden_groups=2), seed=9)
    assert load_tf1_checkpoint(model, prefix) == []
    for name, array in read_reference_weights(model).items():
        np.testing.assert_array_equal(array, arrays[name])


def test_a_checkpoint_without_heads_names_what_it_lacks(tmp_path, arrays):
    encoder = {name: array for name, array in arrays.items() if name.startswith("bert/")}
    prefix = write_tf1_checkpoint_of_tf(encoder, tmp_path / "model.ckpt-best")
    missing = load_tf1_checkpoint(AlbertPretrainer(tiny_config(num_hidden_groups=2)), prefix)
    assert len(missing) == 7 and all(name.startswith("cls/") for name in missing)


def test_a_checkpoint_of_another_layout_is_refused(tmp_path, arrays):
    prefix = write_tf1_checkpoint_of_tf(arrays, tmp_path / "model.ckpt-1")
    with pytest.raises(DataError, match="variables have no array.*group_2"):
        load_tf1_checkpoint(AlbertPretrainer(tiny_config(sharing="none")), prefix)


def test_the_references_configuration_reads_with_its_tanh_gelu(tmp_path):
    path = tmp_path / "albert_config.json"
    path.write_text(
        json.dumps(
            {
                "hidden_act": "gelu",
                "hidden_size": 1024,
                "gap_size": 0,
                "num_attention_heads": 16,
                "net_structure_type": 0,
            }
        )
    )
    config = read_reference_config(str(path))
    assert (config.hidden_act, config.hidden_size) == ("gelu_new", 1024)


def test_a_name_of_nothing_is_refused_with_the_form_of_a_name(tmp_path):
    for name in ("none/model.ckpt", "model.ckpt"):
        with pytest.raises(DataError, match="no TF1 checkpoint .*\n.*without .index"):
            load_tf1_checkpoint(AlbertPretrainer(tiny_config()), str(tmp_path / name))


def test_a_checkpoint_that_is_cut_off_is_refused(tmp_path, arrays):
    prefix = write_with_ours(tmp_path, arrays)
    data = tmp_path / "model.ckpt.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:100])
    with pytest.raises(DataError, match="damaged|can be read"):
        read_tf1(prefix)


def test_a_checkpoint_without_its_configuration_is_refused(tmp_path, arrays):
    prefix = write_with_ours(tmp_path, arrays)
    (tmp_path / "albert_config.json").unlink()
    with pytest.raises(DataError, match="no configuration beside .*\n.*albert_config.json"):
        read_tf1(prefix)


def write_with_ours(folder, arrays):
    write_tf1_checkpoint(tiny_config(num_hidden_groups=2), arrays, folder, "model.ckpt")
    return str(folder / "model.ckpt")


def test_what_is_written_tf1s_own_saver_restores(tmp_path, arrays):
    prefix = write_with_ours(tmp_path, arrays)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = [
            tf.compat.v1.get_variable(name, array.shape, use_resource=False)
            for name, array in arrays.items()
        ]
        tf.compat.v1.train.Saver(variables).restore(session, prefix)
        for array, restored in zip(arrays.values(), session.run(variables), strict=True):
            np.testing.assert_array_equal(array, restored)


def test_the_written_configuration_has_the_references_words_and_reads_back(tmp_path, arrays):
    write_with_ours(tmp_path, arrays)
    given = json.loads((tmp_path / "albert_config.json").read_text())
    assert given["hidden_act"] == "gelu" and given["num_hidden_groups"] == 2
    assert not {"sharing", "layer_norm_eps", "classifier_dropout_prob"} & given.keys()
    assert read_tf1(str(tmp_path / "model.ckpt")).config == tiny_config(num_hidden_groups=2)


def test_optimizer_slots_are_no_news_but_other_variables_are(tmp_path, arrays):
    more = {
        "global_step": np.int64(7), "bert/pooler/dense/bias/adam_m": np.ones(32, np.float32),
        "output_weights": np.ones((3, 32), np.float32),
    }  # fmt: skip
    write_with_ours(tmp_path, arrays)
    prefix = write_tf1_checkpoint_of_tf({**arrays, **more}, tmp_path / "tuned.ckpt")
    assert read_tf1(prefix).unused == ("output_weights",)


def test_a_tf1_bert_is_read_by_its_own_names(tmp_path):
    config = tiny_config(embedding_size=32, sharing="none", num_hidden_layers=2)
    arrays = read_reference_weights(AlbertPretrainer(config, seed=4))
    words = [
        ("attention_1/self/", "attention/self/"), ("attention_1/output/dense", "attention/output/dense"),
        ("inner_group_0/LayerNorm/", "inner_group_0/attention/output/LayerNorm/"),
        ("ffn_1/intermediate/output/", "output/"), ("ffn_1/intermediate/dense", "intermediate/dense"),
        ("LayerNorm_1/", "output/LayerNorm/"), ("transformer/group_0/inner_group_0", "layer_0"),
        ("transformer/group_1/inner_group_0", "layer_1"),
    ]  # fmt: skip
    berts = {}
    for name, array in arrays.items():
        for ours, theirs in words:
            name = name.replace(ours, theirs)
        berts[name] = array
    assert "bert/encoder/layer_1/attention/output/LayerNorm/gamma" in berts
    prefix = write_tf1_checkpoint_of_tf(berts, tmp_path / "bert_model.ckpt")
    fields = {
        "vocab_size": 97, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
        "intermediate_size": 64, "max_position_embeddings": 24, "type_vocab_size": 2,
        "hidden_act": "gelu",
    }  # fmt: skip
    (tmp_path / "bert_config.json").write_text(json.dumps(fields))
    found = read_tf1(prefix)
    assert (found.kind, found.unused, found.config.hidden_act) == ("bert", (), "gelu_new")
    assert found.arrays.keys() == arrays.keys()
    assert all(np.array_equal(found.arrays[name], arrays[name]) for name in arrays)


def test_what_a_bert_configuration_leaves_out_is_berts(tmp_path):
    (tmp_path / "bert_config.json").write_text('{"vocab_size": 97}')
    config = read_bert_config(str(tmp_path / "bert_config.json"))
    assert (config.hidden_size, config.embedding_size, config.type_vocab_size) == (768, 768, 16)
    assert config.sharing == "none"
