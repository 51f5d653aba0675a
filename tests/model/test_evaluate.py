import dataclasses
import json
import shutil

import numpy as np
import pytest
import scipy.stats
from click.testing import CliRunner

from albert_data.schema import Baseline, Difficulty
from albert_data.storage.sealed import write_sealed
from model.albert import AlbertPretrainer
from model.analysis import LayerMoves, draw, layer_moves
from model.analysis import main as analysis_main
from model.checkpoints import ENGINE, write_weights
from model.evaluate import Score, evaluate
from model.evaluate import main as evaluate_main
from model.held_out import evaluation_arrays
from model.network.heads import pretraining_means, pretraining_sums
from model.run_folder import Run, read_run, write_run, write_vocabulary
from model.settings import TrainSettings
from model.shards import open_shards
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = write_shards(tmp_path_factory.mktemp("shards"), [13, 9])
    return open_shards(str(folder), tiny_config())


@pytest.fixture(scope="module")
def model():
    return AlbertPretrainer(tiny_config(), seed=1)


@pytest.fixture(scope="module")
def model_dir(model, shards, tmp_path_factory):
    """A model folder as a run leaves it."""
    folder = str(tmp_path_factory.mktemp("model"))
    settings = dataclasses.asdict(TrainSettings())
    run = Run(model.config, settings, shards.describe(), "sop", engine=ENGINE)
    write_vocabulary(folder, shards)
    write_run(folder, run)
    write_weights(model, f"{folder}/ckpt-0")
    return folder


def every_example(shards):
    return next(iter(evaluation_arrays(shards, 22)))


def test_the_score_does_not_depend_on_the_batch_size(model, shards):
    whole, parts = evaluate(model, shards, batch_size=22), evaluate(model, shards, batch_size=5)
    assert (whole.examples, whole.predictions) == (parts.examples, parts.predictions)
    assert whole.examples == 22
    assert parts.mlm_loss == pytest.approx(whole.mlm_loss, rel=1e-5)
    assert parts.sentence_accuracy == whole.sentence_accuracy


def test_the_score_is_that_of_all_examples_at_once(model, shards):
    features = every_example(shards)
    means = pretraining_means(pretraining_sums(model(features), features))
    score = evaluate(model, shards, batch_size=8)
    for name, value in means.items():
        assert getattr(score, name) == pytest.approx(float(value), rel=1e-4)


def test_the_standard_error_is_that_of_a_proportion():
    score = Score(0, 0, 0, 0, 0.75, 0, 300, "sop")
    assert score.sentence_error == pytest.approx(0.025)


def test_distance_from_chance_is_counted_in_standard_errors_of_a_coin():
    score = Score(0, 0, 0, 0, 0.6, 0, 400, "sop")
    assert score.errors_above_chance == pytest.approx(4.0)


def test_unigram_entropy_is_that_of_the_pieces_to_predict(model, shards):
    features = every_example(shards)
    predicted = features["masked_lm_ids"][features["masked_lm_weights"] > 0]
    _, counts = np.unique(predicted, return_counts=True)
    expected = scipy.stats.entropy(counts)
    assert evaluate(model, shards, batch_size=5).unigram_entropy == pytest.approx(expected)


def test_the_command_scores_every_model_on_every_set_of_shards(model_dir, shards, tmp_path):
    other = write_shards(tmp_path, [4], objective="nsp")
    result = CliRunner().invoke(
        evaluate_main,
        ["--model-dir", model_dir, "--shards", shards.folder, "--shards", str(other), "--json"],
    )
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]
    assert [(line["objective"], line["examples"]) for line in lines] == [("sop", 22), ("nsp", 4)]


KNOWN = Difficulty(
    records=400,
    documents=9,
    entropy=Baseline(6.2, 0.04, 3000),
    commonest_piece=Baseline(0.05, 0.002, 3000),
    commonest_label=Baseline(0.5, 0.01, 400),
    cosine=Baseline(0.6, 0.02, 400),
    logistic=Baseline(0.545, 0.03, 225),
    left_out=0,
    notes=[],
)


def test_what_is_reached_without_a_model_stands_below_once_for_each_set_of_shards(
    model_dir, tmp_path
):
    command = ["--model-dir", model_dir, "--model-dir", model_dir]
    for name, known in (("a", KNOWN), ("b", dataclasses.replace(KNOWN, logistic=None))):
        shards = write_shards(tmp_path / name, [4])
        write_sealed(shards / "difficulty.json", known)
        command += ["--shards", str(shards)]
    result = CliRunner().invoke(evaluate_main, command)
    assert result.exit_code == 0, result.output
    rows = [line for line in result.output.splitlines() if line.startswith("no model: ")]
    cells = [row.split() for row in rows]
    assert [row[2:4] for row in cells] == [
        ["always", "the"], ["one", "label"], ["one", "threshold"], ["logistic", "regression"],
        ["always", "the"], ["one", "label"], ["one", "threshold"],
    ]  # fmt: skip
    assert "5.0 ± 0.2 %" in rows[0] and cells[0][-2:] == ["–", "3000"]
    assert "60.0 ± 2.0 %" in rows[2] and cells[2][-2:] == ["+4.0", "400"]
    assert "54.5 ± 3.0 %" in rows[3] and cells[3][-2:] == ["+1.4", "225"]
    last = result.output.splitlines()[-6:]
    assert last[0].startswith(f"{model_dir} on {tmp_path}") and last[0].endswith("/a")
    assert last[1].startswith("  masked-LM loss ") and last[1].endswith("is not shown")
    assert last[2].endswith(
        "the idf cosine alone 60.0% ± 2.0%: better than the idf cosine alone is not shown"
    )


def test_json_has_what_is_reached_without_a_model_by_the_names_of_difficulty_json(
    model_dir, tmp_path
):
    shards = write_shards(tmp_path, [4])
    write_sealed(shards / "difficulty.json", dataclasses.replace(KNOWN, cosine=None))
    command = ["--model-dir", model_dir, "--shards", str(shards), "--json"]
    result = CliRunner().invoke(evaluate_main, command)
    assert result.exit_code == 0, result.output
    line = next(json.loads(line) for line in result.output.splitlines() if line[0] == "{")
    assert set(line["to_beat"]) == {"commonest_piece", "commonest_label", "logistic"}
    assert line["to_beat"]["logistic"] == {"value": 0.545, "error": 0.03, "n": 225}


def test_shards_without_difficulty_or_with_a_damaged_one_are_scored_all_the_same(
    model_dir, shards, tmp_path
):
    bare = CliRunner().invoke(
        evaluate_main, ["--model-dir", model_dir, "--shards", shards.folder, "--json"]
    )
    assert bare.exit_code == 0 and "nothing is said of what to beat" in bare.output
    damaged = write_shards(tmp_path, [4])
    (damaged / "difficulty.json").write_text("{}")
    told = CliRunner().invoke(
        evaluate_main, ["--model-dir", model_dir, "--shards", str(damaged), "--json"]
    )
    assert told.exit_code == 0, told.output
    assert (
        "warning: nothing is said of what to beat" in told.output and '"to_beat": {}' in told.output
    )


def test_without_shards_a_model_is_scored_on_what_its_run_was_scored_on(
    model_dir, shards, tmp_path
):
    folder = tmp_path / "run"
    shutil.copytree(model_dir, folder)
    refused = CliRunner().invoke(evaluate_main, ["--model-dir", str(folder)])
    assert refused.exit_code != 0 and "scored on no held-out shards" in refused.output
    write_run(str(folder), dataclasses.replace(read_run(str(folder)), scored_on=shards.folder))
    result = CliRunner().invoke(evaluate_main, ["--model-dir", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    assert f"on {shards.folder}, which the run was scored on" in result.output
    row = json.loads(next(line for line in result.output.splitlines() if line[0] == "{"))
    assert (row["shards"], row["examples"]) == (shards.folder, 22)


def test_nothing_is_said_of_sentences_on_shards_without_their_labels(model_dir, tmp_path):
    bare = write_shards(tmp_path, [4], objective="none")
    command = ["--model-dir", model_dir, "--shards", str(bare), "--json"]
    result = CliRunner().invoke(evaluate_main, command)
    assert result.exit_code == 0, result.output
    line = next(json.loads(line) for line in result.output.splitlines() if line.startswith("{"))
    assert (line["objective"], line["sentence_loss"], line["sentence_accuracy"]) == (
        "none",
        None,
        None,
    )


def test_a_folder_without_a_model_is_refused(tmp_path):
    result = CliRunner().invoke(evaluate_main, ["--model-dir", str(tmp_path), "--shards", "x"])
    assert result.exit_code == 1 and "not a model folder" in result.output


def test_a_layer_that_copies_its_input_does_not_move_it(shards):
    """With zero weights in a block its layer norm sees its own normalised output again."""
    model = AlbertPretrainer(tiny_config(), seed=1)
    for block in (model.encoder.attention[0][0], model.encoder.feed_forward[0][0]):
        for variable in block.trainable_variables:
            if "layer_norm" not in variable.path:
                variable.assign(np.zeros(variable.shape))
    moves = layer_moves(model, shards, batches=1)
    assert moves.distances[0] > 1.0
    np.testing.assert_allclose(moves.distances[1:], 0, atol=1e-3)
    np.testing.assert_allclose(moves.degrees[1:], 0, atol=0.1)


def test_moves_of_a_hand_made_pair_are_drawn_as_two_curves_a_panel():
    svg = draw({"a<b": LayerMoves([3.0, 1.0], [90.0, 10.0]), "c": LayerMoves([2.0], [5.0])})
    assert svg.count("<polyline") == 4 and "a&lt;b" in svg and svg.endswith("</svg>\n")


def test_the_analysis_command_prints_a_row_a_layer_and_writes_the_figure(
    model_dir, shards, tmp_path
):
    out = tmp_path / "moves.svg"
    result = CliRunner().invoke(
        analysis_main,
        ["--model-dir", model_dir, "--shards", shards.folder, "--out", str(out), "--batches", "1"],
    )
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) >= 2 + 4
    assert out.read_text().startswith("<svg")
