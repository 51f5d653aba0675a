import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from albert_data.base.errors import DataError
from model.albert import AlbertPretrainer
from model.convert.hugging_face import read_hugging_face, write_hugging_face
from model.convert.reference import read_reference_weights
from tests.model.conftest import random_features, tiny_config

LAYOUTS = [
    dict(),
    dict(num_hidden_groups=2, inner_group_num=2),
    dict(sharing="attention"),
    dict(sharing="ffn"),
    dict(sharing="none"),
    dict(embedding_size=32),
    dict(hidden_act="gelu"),
]


def assert_equal_outputs(a, b):
    features = random_features(3)
    expected, outputs = a(features), b(features)
    for name in expected:
        np.testing.assert_allclose(outputs[name], expected[name], atol=1e-5)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_written_folder_reads_back_as_the_same_function(tmp_path, layout):
    model = AlbertPretrainer(tiny_config(**layout), seed=5)
    write_hugging_face(model, tmp_path)
    again = read_hugging_face(tmp_path)
    assert_equal_outputs(model, again)
    if model.config.sharing == "all":
        assert again.config == model.config


def test_a_folder_holds_the_names_and_shapes_of_the_peer(tmp_path):
    write_hugging_face(AlbertPretrainer(tiny_config()), tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    layer = "albert.encoder.albert_layer_groups.0.albert_layers.0"
    shapes = {name: tensors[name].shape for name in tensors}
    assert shapes["albert.embeddings.word_embeddings.weight"] == (97, 16)
    assert shapes["albert.encoder.embedding_hidden_mapping_in.weight"] == (32, 16)
    assert shapes[f"{layer}.ffn.weight"] == (64, 32)
    assert shapes[f"{layer}.attention.LayerNorm.weight"] == (32,)
    assert shapes[f"{layer}.full_layer_layer_norm.bias"] == (32,)
    assert shapes["sop_classifier.classifier.weight"] == (2, 32)
    assert len(shapes) == 32
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["model_type"] == "albert" and config["architectures"] == ["AlbertForPreTraining"]
    assert "sharing" not in config


def test_the_vocabulary_is_copied(tmp_path):
    (tmp_path / "some.model").write_bytes(b"pieces")
    write_hugging_face(AlbertPretrainer(tiny_config()), tmp_path / "hf", tmp_path / "some.model")
    assert (tmp_path / "hf" / "spiece.model").read_bytes() == b"pieces"


def test_an_encoder_only_folder_leaves_the_heads_alone(tmp_path):
    model = AlbertPretrainer(tiny_config(), seed=5)
    write_hugging_face(model, tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    save_file(
        {n.removeprefix("albert."): a for n, a in tensors.items() if n.startswith("albert.")},
        tmp_path / "model.safetensors",
    )
    arrays = read_reference_weights(read_hugging_face(tmp_path, seed=5))
    for name, array in read_reference_weights(model).items():
        np.testing.assert_array_equal(array, arrays[name])


def test_equal_widths_with_a_real_map_are_refused(tmp_path):
    write_hugging_face(AlbertPretrainer(tiny_config(embedding_size=32)), tmp_path)
    path = tmp_path / "model.safetensors"
    tensors = load_file(path)
    tensors["albert.encoder.embedding_hidden_mapping_in.bias"] += 1
    save_file(tensors, path)
    with pytest.raises(DataError, match="is not the identity"):
        read_hugging_face(tmp_path)


def test_another_kind_of_model_is_refused(tmp_path):
    write_hugging_face(AlbertPretrainer(tiny_config()), tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(DataError, match="model_type='bert', not 'albert'"):
        read_hugging_face(tmp_path)


def test_a_folder_without_safetensors_is_refused_with_the_fix(tmp_path):
    with pytest.raises(DataError, match="safe_serialization=True"):
        read_hugging_face(tmp_path)
