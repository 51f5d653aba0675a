import dataclasses
import json

import numpy as np
import pytest
from click.testing import CliRunner

from albert_data.base.errors import ConfigError
from model.checkpoints import load_model
from model.convert.addresses import parse_address
from model.convert.main import convert, main
from model.convert.reference import read_reference_weights
from model.run_folder import read_run
from tests.model.backends import of_jax, of_tensorflow


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def place(tmp_path, weights):
    convert(weights, parse_address(f"{tmp_path}/run"))
    return tmp_path


def test_a_run_is_there_to_evaluate_and_names_what_it_came_from(place, weights):
    model, made = load_model(f"{place}/run"), read_run(f"{place}/run")
    arrays = read_reference_weights(model)
    assert all(np.array_equal(arrays[name], array) for name, array in weights.arrays.items())
    assert (made.model, made.vocabulary) == (weights.config, weights.vocabulary_sha256)
    assert made.init == "made by a test"
    assert (place / "run" / "vocab.model").read_bytes() == weights.vocabulary


def test_the_command_says_what_was_loaded_and_what_was_written(place):
    done = run(f"{place}/run", f"hf:{place}/hf")
    assert done.exit_code == 0, done.output
    first, second, last = done.output.splitlines()
    assert first.startswith(f"{place}/run/ckpt-0: run, 4 layers of 32, 4 heads, 32 arrays, ")
    assert second.startswith("  vocabulary of 2,000 pieces, ") and "normalization=albert" in second
    assert last == f"wrote hf:{place}/hf, a Hugging Face folder"


@pytest.mark.parametrize("target", ["hf:{}/full", "tf1:{}/full/model.ckpt", "{}/full"])
def test_a_folder_that_holds_files_is_refused_and_left_alone(place, target):
    (place / "full").mkdir()
    (place / "full" / "mine.txt").write_text("mine")
    done = run(f"{place}/run", target.format(place))
    assert done.exit_code == 2
    assert "holds files already\n  fix: name a new folder" in done.output
    assert [path.name for path in (place / "full").iterdir()] == ["mine.txt"]


@of_tensorflow
def test_what_cannot_be_written_leaves_nothing_behind(place, weights):
    exact = dataclasses.replace(
        weights, config=dataclasses.replace(weights.config, hidden_act="gelu")
    )
    for target in (f"tf1:{place}/out/model.ckpt", f"{place}/out"):
        wrong = exact if target.startswith("tf1") else dataclasses.replace(weights, vocabulary=None)
        with pytest.raises(ConfigError):
            convert(wrong, parse_address(target))
    assert [path.name for path in place.iterdir()] == ["run"]


@of_tensorflow
@pytest.mark.parametrize(
    "field, value, message",
    [
        ("hidden_act", "gelu", "hidden_act='gelu' \\(exact\\)"),
        ("layer_norm_eps", 1e-5, "layer_norm_eps=1e-05"),
    ],
)
def test_what_the_reference_cannot_compute_is_not_written_for_it(
    tmp_path, weights, field, value, message
):
    config = dataclasses.replace(weights.config, **{field: value})
    with pytest.raises(ConfigError, match=message):
        convert(dataclasses.replace(weights, config=config), parse_address(f"tf1:{tmp_path}/a/m"))


@of_tensorflow
def test_a_release_without_heads_comes_through_without_them(place, weights):
    encoder = {n: a for n, a in weights.arrays.items() if n.startswith("bert/")}
    body = dataclasses.replace(weights, arrays=encoder)
    convert(body, parse_address(f"tf1:{place}/body/model.ckpt"))
    done = run(f"tf1:{place}/body/model.ckpt", f"hf:{place}/hf")
    assert "  not there: cls/predictions/" in done.output
    assert "  7 variables that were not there are left out" in done.output
    assert json.loads((place / "hf" / "config.json").read_text())["architectures"] == [
        "AlbertModel"
    ]
    done = run(f"hf:{place}/hf", f"{place}/again")
    assert "  7 variables that were not there are drawn at random" in done.output


@of_tensorflow
def test_a_run_needs_a_vocabulary_which_may_be_given(place, weights, vocabulary_file, tmp_path):
    bare = dataclasses.replace(weights, vocabulary=None, normalization="")
    convert(bare, parse_address(f"tf1:{place}/tf1/model.ckpt"))
    done = run(f"tf1:{place}/tf1/model.ckpt", f"{place}/new")
    assert done.exit_code == 2 and "give its SentencePiece model by --vocab" in done.output
    assert "only its size, 2,000, can be checked" in done.output
    done = run(f"tf1:{place}/tf1/model.ckpt", f"{place}/new", "--vocab", vocabulary_file)
    assert done.exit_code == 0, done.output
    assert "text as tokens.normalization=albert, by its pieces" in done.output
    assert read_run(f"{place}/new").vocabulary == weights.vocabulary_sha256


def test_another_vocabulary_than_the_weights_own_is_refused(place, tmp_path_factory, weights):
    other = tmp_path_factory.mktemp("other") / "other.model"
    other.write_bytes(weights.vocabulary + b"\x1a\x02\x18\x00")
    done = run(f"{place}/run", f"hf:{place}/hf", "--vocab", other)
    assert done.exit_code == 2 and "the same ids mean other pieces" in done.output
    assert not (place / "hf").exists()


def test_case_may_be_said_where_it_is_not_recorded(place):
    done = run(f"{place}/run", f"hf:{place}/hf", "--normalization", "albert-cased")
    assert done.exit_code == 0, done.output
    given = json.loads((place / "hf" / "tokenizer_config.json").read_text())
    assert (given["do_lower_case"], given["keep_accents"]) == (False, False)


def test_a_prefix_needs_a_folder_and_a_name(place):
    for target in ("tf1:model.ckpt", f"tf1:{place}/out/"):
        done = run(f"{place}/run", target)
        assert done.exit_code == 2 and "write tf1:FOLDER/model.ckpt" in done.output


def test_a_model_named_without_its_kind_is_refused_with_its_name(place):
    run(f"{place}/run", f"hf:{place}/hf")
    done = run(f"{place}/hf", f"{place}/other")
    assert done.exit_code == 1 and f"fix: write hf:{place}/hf" in done.output


@of_jax
def test_a_checkpoint_for_the_reference_is_refused_where_there_is_no_tensorflow(place):
    done = run(f"{place}/run", f"tf1:{place}/out/model.ckpt")
    assert done.exit_code == 2 and not (place / "out").exists()
    assert "a checkpoint of TensorFlow, and Keras is on JAX here" in done.output
