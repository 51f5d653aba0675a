import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from keras import ops

from model.convert.addresses import parse_address
from model.convert.main import convert
from model.convert.weights import model_of
from model.try_model import Answer, Trial, main, told
from tests.model.backends import of_tensorflow
from tests.shared import ROOT

TEXT = "a [MASK] on the [MASK]."


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def place(tmp_path_factory, weights):
    folder = tmp_path_factory.mktemp("tried")
    convert(weights, parse_address(f"{folder}/run"))
    return folder


def test_gaps_have_the_models_likeliest_pieces_with_their_probabilities(weights):
    trial = Trial(weights)
    features = trial.encoder.features(TEXT)
    expected = np.asarray(ops.softmax(model_of(weights)(features)["mlm_logits"]))[0]
    gaps = trial.answer(TEXT, top=3).gaps
    assert len(gaps) == 2 and all(len(gap) == 3 for gap in gaps)
    for row, gap in zip(expected, gaps, strict=True):
        best = np.argsort(-row)[:3]
        assert [piece for piece, _ in gap] == [
            trial.encoder.vocabulary.processor.id_to_piece(int(i)) for i in best
        ]
        np.testing.assert_allclose([p for _, p in gap], row[best], rtol=1e-5)


def test_two_segments_are_judged_and_the_order_matters(weights):
    trial = Trial(weights)
    assert trial.answer("a").sentence is None
    one, other = trial.answer("a ferry", "the river"), trial.answer("the river", "a ferry")
    assert 0 < one.sentence < 1 and one.sentence != other.sentence


def test_embeddings_are_the_pooled_vector_and_the_mean_over_pieces(weights):
    trial = Trial(weights)
    outputs = model_of(weights)(trial.encoder.features("a ferry"))
    embeddings = trial.answer("a ferry").embeddings
    assert embeddings.shape == (2, 32) and embeddings.dtype == np.float32
    np.testing.assert_allclose(embeddings[0], outputs["pooled_output"][0], rtol=1e-6)
    np.testing.assert_allclose(
        embeddings[1], np.asarray(outputs["sequence_output"])[0].mean(0), rtol=1e-5
    )


@pytest.mark.parametrize(
    "objective, words",
    [
        ("sop", "in order 75.0%, swapped 25.0%"),
        ("nsp", "the second follows 75.0%, the second is of another document 25.0%"),
    ],
)
def test_what_the_sentence_head_says_depends_on_what_it_learnt(objective, words):
    assert list(told(Answer([], 0.75, np.zeros((2, 4), np.float32)), objective)) == [words]


def test_the_command_prints_each_gap(place):
    done = run(f"{place}/run", TEXT, "--top", 2)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "[MASK] 1" and lines[3] == "[MASK] 2" and len(lines) == 6
    assert all("%  " in line for line in (lines[1], lines[2], lines[4], lines[5]))


def test_embeddings_are_written_as_numpy_reads_them(place):
    done = run(f"{place}/run", "a ferry", "--embeddings", place / "out.npy")
    assert done.exit_code == 0, done.output
    assert np.load(place / "out.npy").shape == (2, 32)
    assert done.stdout.startswith("pooled [32]: ")


def test_a_head_that_is_not_there_is_not_asked(place, weights):
    encoder = {n: a for n, a in weights.arrays.items() if n.startswith("bert/")}
    convert(dataclasses.replace(weights, arrays=encoder), parse_address(f"hf:{place}/body"))
    for texts, what in ((["a [MASK]"], "no [MASK] can be filled"), (["a", "b"], "no two segments")):
        done = run(f"hf:{place}/body", *texts)
        assert done.exit_code == 2 and what in done.output
    assert run(f"hf:{place}/body", "a").exit_code == 0


@of_tensorflow
def test_without_a_vocabulary_one_is_asked_for(place, weights, vocabulary_file):
    bare = dataclasses.replace(weights, vocabulary=None)
    convert(bare, parse_address(f"tf1:{place}/tf1/model.ckpt"))
    done = run(f"tf1:{place}/tf1/model.ckpt", "a")
    assert done.exit_code == 2 and "by --vocab" in done.output
    done = run(f"tf1:{place}/tf1/model.ckpt", "a", "--vocab", vocabulary_file)
    assert done.exit_code == 0, done.output


@pytest.mark.slow
def test_the_module_runs_by_the_name_that_people_type(place):
    done = subprocess.run(
        [sys.executable, "-m", "model.try", f"{place}/run", TEXT],
        cwd=ROOT, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.startswith("[MASK] 1"), done.stderr
