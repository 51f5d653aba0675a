import json
import os

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from albert_data.base.errors import DataError
from model.albert import AlbertPretrainer
from model.configs import SettingError
from model.convert.albert_names import hugging_face_name
from model.convert.hugging_face import read_hugging_face, write_folder, write_hugging_face
from model.convert.reference import read_reference_weights
from model.convert.reference_shapes import reference_shapes
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


def test_weights_may_be_read_by_whom_the_users_files_may(tmp_path):
    before = os.umask(0o022)
    try:
        write_hugging_face(AlbertPretrainer(tiny_config()), tmp_path)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes["model.safetensors"] == 0o644 and {*modes.values()} == {0o644}


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


def test_the_vocabulary_goes_with_it_and_decides_about_case_and_special_ids(
    tmp_path, vocabulary_file
):
    model = AlbertPretrainer(tiny_config(vocab_size=2000))
    write_hugging_face(model, tmp_path / "hf", vocabulary_file)
    assert (tmp_path / "hf" / "spiece.model").read_bytes() == vocabulary_file.read_bytes()
    config = json.loads((tmp_path / "hf" / "config.json").read_text())
    assert [config[f"{name}_token_id"] for name in ("pad", "bos", "eos")] == [0, 2, 3]
    said = json.loads((tmp_path / "hf" / "tokenizer_config.json").read_text())
    assert (said["do_lower_case"], said["model_max_length"]) == (True, 24)
    assert (tmp_path / "hf" / "tokenizer.json").exists()


def test_a_vocabulary_of_more_pieces_than_the_model_is_refused(tmp_path, vocabulary_file):
    with pytest.raises(SettingError, match="the vocabulary has 2000 pieces, the model 97"):
        write_hugging_face(AlbertPretrainer(tiny_config()), tmp_path / "hf", vocabulary_file)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "keep, architecture",
    [
        ("albert.embeddings albert.encoder", "AlbertModel"),
        ("albert.embeddings albert.encoder predictions", "AlbertForMaskedLM"),
        ("albert predictions sop", "AlbertForPreTraining"),
    ],
)
def test_the_class_is_the_one_that_has_these_heads(tmp_path, keep, architecture):
    config = tiny_config()
    arrays = {
        name: np.zeros(shape, np.float32)
        for name, shape in reference_shapes(config).items()
        if hugging_face_name(name).startswith(tuple(keep.split()))
    }
    write_folder(config, arrays, tmp_path, None)
    given = json.loads((tmp_path / "config.json").read_text())
    assert given["architectures"] == [architecture]


def test_shards_of_a_folder_are_read_together(tmp_path):
    model = AlbertPretrainer(tiny_config(), seed=5)
    write_hugging_face(model, tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    (tmp_path / "model.safetensors").unlink()
    places = {name: f"model-{i % 2}.safetensors" for i, name in enumerate(tensors)}
    for file in set(places.values()):
        part = {name: tensors[name] for name in tensors if places[name] == file}
        save_file(part, tmp_path / file)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": places}))
    assert_equal_outputs(model, read_hugging_face(tmp_path))
    index.write_text(json.dumps({"weight_map": {**places, "x": "../model-0.safetensors"}}))
    with pytest.raises(DataError, match="names '../model-0.safetensors', which is not there"):
        read_hugging_face(tmp_path)
    for given in ({}, {"weight_map": None}, {"weight_map": ["model-0.safetensors"]}):
        index.write_text(json.dumps(given))
        with pytest.raises(DataError, match="has no weight_map"):
            read_hugging_face(tmp_path)


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
    (tmp_path / "config.json").write_text('{"model_type": "roberta"}')
    with pytest.raises(DataError, match="model_type='roberta', not 'albert' or 'bert'"):
        read_hugging_face(tmp_path)


def test_a_folder_without_safetensors_is_refused_with_the_fix(tmp_path):
    write_hugging_face(AlbertPretrainer(tiny_config()), tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(DataError, match="only a pickled .*\n.*safe_serialization=True"):
        read_hugging_face(tmp_path)
