import json

import numpy as np
import pytest
import tensorflow as tf

from albert_data.base.errors import DataError
from model.albert import AlbertPretrainer
from model.convert.reference import read_reference_weights
from model.convert.tf1_checkpoint import load_tf1_checkpoint, read_reference_config
from tests.model.conftest import tiny_config


def write_tf1_checkpoint(arrays, prefix):
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
    prefix = write_tf1_checkpoint({**arrays, **slots}, tmp_path / "model.ckpt-7")
    model = AlbertPretrainer(tiny_config(num_hidden_groups=2), seed=9)
    assert load_tf1_checkpoint(model, prefix) == []
    for name, array in read_reference_weights(model).items():
        np.testing.assert_array_equal(array, arrays[name])


def test_a_checkpoint_without_heads_names_what_it_lacks(tmp_path, arrays):
    encoder = {name: array for name, array in arrays.items() if name.startswith("bert/")}
    prefix = write_tf1_checkpoint(encoder, tmp_path / "model.ckpt-best")
    missing = load_tf1_checkpoint(AlbertPretrainer(tiny_config(num_hidden_groups=2)), prefix)
    assert len(missing) == 7 and all(name.startswith("cls/") for name in missing)


def test_a_checkpoint_of_another_layout_is_refused(tmp_path, arrays):
    prefix = write_tf1_checkpoint(arrays, tmp_path / "model.ckpt-1")
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
