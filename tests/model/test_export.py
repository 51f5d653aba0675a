import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from click.testing import CliRunner

from model.convert.addresses import parse_address
from model.convert.main import convert
from model.convert.weights import model_of
from model.export import export, main
from tests.model.conftest import random_features

# What a process without this project does with the folder.
READER = """
import sys
import numpy as np
import tensorflow as tf

folder, inputs, outputs = sys.argv[1:]
given = {name: tf.constant(array) for name, array in np.load(inputs).items()}
positions = given.pop("masked_lm_positions")
loaded = tf.saved_model.load(folder)
served = loaded.signatures["serving_default"](**given)
filled = loaded.signatures["fill_mask"](**given, masked_lm_positions=positions)
assert not [name for name in sys.modules if name.split(".")[0] in ("model", "albert_model", "albert_data")]
np.savez(outputs, **{name: value.numpy() for name, value in {**served, **filled}.items()})
"""


def inputs_of(batch, length):
    names = ("input_ids", "input_mask", "segment_ids", "masked_lm_positions")
    features = random_features(batch, length)
    return {name: features[name] for name in names}


@pytest.fixture(scope="module")
def exported(tmp_path_factory, weights):
    folder = tmp_path_factory.mktemp("exported") / "saved"
    assert export(weights, str(folder)) == ["serving_default", "fill_mask"]
    return folder


@pytest.mark.slow
def test_a_process_without_this_project_gets_the_models_outputs(exported, weights, tmp_path):
    given = inputs_of(3, 13)
    np.savez(tmp_path / "in.npz", **given)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", READER, exported, tmp_path / "in.npz", tmp_path / "out.npz"],
        cwd=tmp_path, env={**environment, "TF_CPP_MIN_LOG_LEVEL": "3"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found, expected = np.load(tmp_path / "out.npz"), model_of(weights)(given)
    assert sorted(found) == ["mlm_logits", "pooled_output", "sentence_logits", "sequence_output"]
    for name in found:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-5)


@pytest.mark.parametrize("batch, length", [(1, 12), (4, 24)])
def test_any_batch_and_length_up_to_the_positions(exported, weights, batch, length):
    served = tf.saved_model.load(str(exported)).signatures["serving_default"]
    given = inputs_of(batch, length)
    expected = model_of(weights)(given)
    del given["masked_lm_positions"]
    found = served(**{name: tf.constant(array) for name, array in given.items()})
    np.testing.assert_allclose(found["sentence_logits"], expected["sentence_logits"], atol=1e-5)


def test_a_longer_input_is_refused_with_the_limit(exported):
    served = tf.saved_model.load(str(exported)).signatures["serving_default"]
    given = {
        name: tf.ones((1, 25), tf.int32) for name in ("input_ids", "input_mask", "segment_ids")
    }
    with pytest.raises(tf.errors.InvalidArgumentError, match="max_position_embeddings, 24"):
        served(**given)


def test_the_vocabulary_and_the_configuration_go_with_it(exported, weights):
    assert (exported / "assets.extra" / "vocab.model").read_bytes() == weights.vocabulary
    assert '"num_attention_heads": 4' in (exported / "assets.extra" / "config.json").read_text()


def test_what_needs_a_missing_head_is_left_out(tmp_path, weights):
    encoder = {n: a for n, a in weights.arrays.items() if n.startswith("bert/")}
    body = dataclasses.replace(weights, arrays=encoder)
    convert(body, parse_address(f"hf:{tmp_path}/body"))
    done = CliRunner().invoke(main, [f"hf:{tmp_path}/body", f"{tmp_path}/saved"])
    assert done.exit_code == 0 and done.output.endswith("/saved: serving_default\n"), done.output
    outputs = (
        tf.saved_model.load(f"{tmp_path}/saved").signatures["serving_default"].structured_outputs
    )
    assert sorted(outputs) == ["pooled_output", "sequence_output"]


def test_a_folder_that_holds_files_is_refused(exported):
    done = CliRunner().invoke(main, ["hf:none", str(exported)])
    assert done.exit_code == 2 and "holds files already" in done.output
