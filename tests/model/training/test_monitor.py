import json

import pytest

from model.configs import load_config
from model.training.monitor import Monitor, figures_of, is_finite, training_flops
from model.training.objective import pretraining_objective


def test_operations_of_bert_base_are_near_six_per_weight_and_token():
    """The usual estimate 6·N·T, with N the weights of the layers, plus attention and heads."""
    config = load_config("bert-base")
    weights = 12 * (4 * 768**2 + 2 * 768 * 3072)
    estimate = 6 * weights * 512
    assert 1.05 < training_flops(config, 512, 77) / estimate < 1.20


def test_sharing_does_not_save_operations():
    shared, unshared = load_config("albert-base"), load_config("albert-base", sharing="none")
    assert training_flops(shared, 512, 77) == training_flops(unshared, 512, 77)


def test_a_line_holds_means_over_the_steps_since_the_last(tmp_path, capsys):
    means = pretraining_objective("sop").means
    monitor = Monitor(
        str(tmp_path), 10, 0, 0, 2, 5, means, 16, 1e9, 2, peak_teraflops=1.0, show_progress=False
    )
    sums = dict(
        mlm_loss=20.0,
        mlm_correct=5.0,
        mlm_weight=10.0,
        sentence_loss=2.0,
        sentence_correct=3.0,
        sentence_weight=4.0,
    )
    with monitor:
        monitor.add({**sums, "gradient_norm": 3.0}, 2)
        monitor.add({**sums, "gradient_norm": 1.0}, 2)
        line = monitor.write(4, 0.1, {"trust_ratio_min": 0.5})
    assert line["mlm_loss"] == pytest.approx(2.0, rel=1e-5)
    assert line["sentence_accuracy"] == 0.75
    assert (line["gradient_norm"], line["learning_rate"]) == (3.0, 0.1)
    assert line["tokens_per_second"] == pytest.approx(line["steps_per_second"] * 8 / 4 * 16)
    assert line["mfu"] == pytest.approx(line["steps_per_second"] * 8 / 4 * 1e9 / 2e12)
    assert (line["examples"], line["tokens"], line["epoch"]) == (8, 8 * 16, 1.6)
    assert capsys.readouterr().out.startswith('{"step": 4, ')


BEATS = {"mlm_loss": 6.25, "sentence_accuracy": 0.5, "eval_mlm_loss": 6.5}


def test_what_is_to_beat_stands_beside_its_figure_in_the_log_and_in_tensorboards_files(tmp_path):
    means = pretraining_objective("sop").means
    monitor = Monitor(
        str(tmp_path), 10, 0, 0, 2, 5, means, 16, 1e9, 1, 0.0, show_progress=False, baselines=BEATS
    )
    monitor.note({"step": 4, "mlm_loss": 6.0, "sentence_accuracy": 0.625, "learning_rate": 0.5})
    monitor.note({"step": 4, "eval_mlm_loss": 6.75})
    lines = list(map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines()))
    assert lines[0]["mlm_loss_to_beat"] == 6.25 and lines[0]["sentence_accuracy_to_beat"] == 0.5
    assert lines[1] == {"step": 4, "eval_mlm_loss": 6.75, "eval_mlm_loss_to_beat": 6.5}
    (events,) = (tmp_path / "tensorboard").iterdir()
    content = events.read_bytes()
    assert all(f"{name}_to_beat".encode() in content for name in BEATS)
    assert b"learning_rate_to_beat" not in content


def test_what_is_to_beat_stands_in_brackets_in_the_progress_bar():
    line = {"mlm_loss": 6.0, "sentence_accuracy": 0.625, "loss": 6.7}
    assert figures_of(line, BEATS) == "mlm 6.00 (6.25)  sentence 62.5% (50.0%)"
    assert figures_of(line, {}) == "mlm 6.00  sentence 62.5%"
    assert figures_of({"loss": 6.7}, BEATS) == "loss 6.700"


def test_a_terminal_gets_words(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    means = pretraining_objective("sop").means
    monitor = Monitor(str(tmp_path), 10, 0, 0, 2, 5, means, 16, 1e9, 1, 0.0, baselines=BEATS)
    monitor.note({"step": 1000, "eval_mlm_loss": 6.0, "eval_sentence_accuracy": 0.625})
    monitor.note({"step": 1000, "eval_figure": 0.5})
    words, other = capsys.readouterr().out.splitlines()
    assert words == "step 1,000: held out: mlm 6.00 (6.50)  sentence 62.5%"
    assert json.loads(other) == {"step": 1000, "eval_figure": 0.5}
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2


def test_one_infinite_number_is_noticed():
    assert is_finite({"a": 1.0, "b": 0.0})
    assert not is_finite({"a": 1.0, "b": float("nan")})
    assert not is_finite({"a": float("inf")})
