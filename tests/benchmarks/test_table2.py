"""Table 2's speeds: the table of lines, and a measurement of small models on this machine's CPU."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.gpu_check.lines import Lines, read_lines
from benchmarks.table2.__main__ import cases_of, measured
from benchmarks.table2.report import speeds, write_table
from tests.shared import ROOT

STEP = {"kind": "step", "config": "albert-base", "length": 512, "predictions": 77, "batch": 2,
        "ms": 500.0, "fastest_ms": 490.0, "slowest_ms": 510.0, "processor_ms": 800.0,
        "examples_per_second": 4.0, "tflops": 1.168, "parameters": 11_813_810, "process_gib": 1.5,
        "replicas": 1, "device": "cpu", "precision": "float32", "accelerator": False}  # fmt: skip
BERT = {**STEP, "config": "bert-large", "examples_per_second": 1.0, "processor_ms": 4000.0}


def table2(*arguments):
    command = [sys.executable, "-m", "benchmarks.table2", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)


def column(rows, name):
    return [row[rows[0].index(name)] for row in rows[1:]]


def test_on_a_cpu_the_ratio_is_of_processor_time():
    rows = speeds([BERT, STEP])
    assert column(rows, "× BERT-large") == ["1.00", "5.00"]
    assert column(rows, "paper") == ["1.0", "5.6"]
    assert column(rows, "processor s an example") == ["2", "0.4"]
    assert column(rows, "GFLOP an example") == ["1,168", "292"]  # 1.168 TFLOP/s at 1 and 4 a second


def test_on_an_accelerator_it_is_of_examples_a_second_and_memory_is_the_device_s():
    there = {"accelerator": True, "needed_gib": 20.0}
    rows = speeds([{**STEP, **there}, {**BERT, **there}])
    assert column(rows, "× BERT-large") == ["4.00", "1.00"]
    assert column(rows, "GiB") == ["20.0", "20.0"]


def test_lengths_are_compared_apart():
    short = {**STEP, "length": 128}
    assert column(speeds([short, BERT, STEP]), "× BERT-large") == ["", "1.00", "5.00"]


def test_what_could_not_be_measured_is_said_once_and_not_of_what_was_later(tmp_path):
    lines = Lines(tmp_path / "table2.jsonl")
    lines.add("conditions", day="2026-01-02", engine="jax", strategy="cpu", conditions={})
    for config in ("bert-large", "albert-base", "bert-large"):
        lines.add("failed", config=config, length=512, batch=2, error="no memory")
    lines.add(**STEP)
    text = write_table(tmp_path).read_text()
    assert text.startswith("# table2, 2026-01-02") and text.count("no memory") == 1
    assert "- bert-large at 512, batch 2: no memory" in text


def test_a_case_with_a_line_is_not_measured_again():
    first, second = cases_of(["albert-base"], [128, 512], 0, tiny=False)
    assert not measured([STEP], first) and measured([STEP], second)


@pytest.mark.slow
def test_small_models_on_tensorflow_and_going_on(tmp_path):
    asked = (
        "--output",
        tmp_path,
        "--strategy",
        "cpu",
        "--tiny",
        "--lengths",
        "128",
        "--rounds",
        "2",
    )
    assert table2(*asked, "--models", "bert-large").returncode == 0
    done = table2(*asked, "--models", "bert-large,albert-base")
    assert done.returncode == 0, (tmp_path / "table2.log").read_text()
    steps = [line for line in read_lines(tmp_path / "table2.jsonl") if line["kind"] == "step"]
    assert [step["config"] for step in steps] == ["bert-large", "albert-base"]
    for step in steps:
        assert step["examples_per_second"] == pytest.approx(
            step["batch"] / step["ms"] * 1e3, rel=1e-4
        )
        assert step["processor_ms"] > 0 and step["parameters"] > 0
    other = table2(*asked, "--engine", "jax")
    assert other.returncode == 2 and "use another --output" in other.stderr


def test_a_case_that_fails_is_a_line_and_an_exit_code(tmp_path):
    done = table2("--output", tmp_path, "--strategy", "tpu", "--tiny", "--models",
                  "bert-base", "--lengths", "128")  # fmt: skip
    (failed,) = [line for line in read_lines(tmp_path / "table2.jsonl") if line["kind"] == "failed"]
    assert done.returncode == 1 and failed["config"] == "bert-base"
    assert "no TPU on this machine" in failed["error"]
    assert "Not measured:" in (tmp_path / "table2.md").read_text()


@pytest.mark.parametrize(("option", "value"), [("--models", "albert-tiny"), ("--lengths", "256")])
def test_unknown_names_are_refused(tmp_path, option, value):
    done = table2("--output", tmp_path / "out", option, value)
    assert done.returncode == 2 and option in done.stderr
