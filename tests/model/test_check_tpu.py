"""The parts of the TPU check that need no TPU compiler."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from model import check_tpu
from model.check_tpu import largest_that, main
from model.compile_step import too_large


def trials(limit, first):
    tried = []

    def fits(number):
        tried.append(number)
        return number <= limit

    return largest_that(fits, first), tried


@given(st.integers(0, 3000), st.sampled_from([1, 8, 64]))
def test_the_largest_that_fits_is_found_by_trying(limit, first):
    found, tried = trials(limit, first)
    assert found <= limit
    assert limit - found <= max(0, found // 16)  # exact below 32
    assert len(tried) == len(set(tried)) <= 20
    assert found == 0 or found in tried


def test_a_batch_is_never_read_off_a_line():
    assert trials(15, 8) == (15, [8, 16, 12, 14, 15])
    assert trials(45, 8)[0] == 44
    assert trials(0, 8) == (0, [8, 4, 2, 1])


@pytest.mark.parametrize(
    "message, line",
    [
        ("RESOURCE_EXHAUSTED: XLA:TPU compile permanent error. Ran out of memory in memory space hbm. Used "
         "20.58G of 15.75G hbm. Exceeded hbm capacity by 4.83G.",
         {"fits": False, "needed_gib": 20.58, "device_gib": 15.75}),
        ("RESOURCE_EXHAUSTED: Ran out of memory on HBM, the total memory required for HLO temporaries "
         "(19.21G) exceeds available HBM (15.48G).",
         {"fits": False, "needed_gib": 19.21, "device_gib": 15.48}),
        ("Used 512.00M of 1.00G hbm", {"fits": False, "needed_gib": 0.5, "device_gib": 1.0}),
        ("RESOURCE_EXHAUSTED: of vmem", {"fits": False}),
        ("INVALID_ARGUMENT: no such op", {}),
    ],
)  # fmt: skip
def test_too_little_memory_is_told_from_other_errors(message, line):
    assert too_large(message) == line


@pytest.fixture
def ran(monkeypatch):
    """Commands that ``table`` gave to other Pythons; 20 examples fit."""
    commands = []

    def run(python, *arguments):
        commands.append((python, *arguments))
        if arguments[0] == "lower":
            return "{}"
        of = commands[-2] if arguments[0] == "compile" else commands[-1]
        batch = next(int(word.partition("=")[2]) for word in of if word.startswith("--batch"))
        return json.dumps({"batch": batch, "fits": batch <= 20})

    monkeypatch.setattr(check_tpu, "_run", run)
    return commands


def table(*arguments):
    result = CliRunner().invoke(main, ["table", "--compile", "jax-python", *arguments])
    return result, [json.loads(line)["batch"] for line in result.output.splitlines() if "{" in line]


def test_the_default_is_one_small_row(ran):
    result, batches = table("--lower", "tf-python")
    assert (result.exit_code, batches) == (0, [8])
    lowered, compiled = ran
    assert lowered[:2] == ("tf-python", "lower")
    assert {"--config=albert-base", "--recompute=none", "--devices=8"} <= set(lowered)
    assert compiled[:2] == ("jax-python", "compile") and compiled[-1] == "--topology=v3"


def test_a_row_names_batches_and_the_largest_is_looked_for(ran):
    result, batches = table("--engine", "jax", "--topology", "v6e", "albert-large:2,largest:layers")
    assert batches == [2, 32, 16, 24, 20, 22, 21]
    assert {command[:3] for command in ran} == {("jax-python", "compile-jax", "--topology=v6e")}
    assert all("--recompute=layers" in command for command in ran)


def test_a_row_without_recomputation_has_none(ran):
    table("--engine", "jax", "albert-base:16")
    assert {"--batch=16", "--recompute=none"} <= set(ran[0])


def test_each_python_has_keras_on_its_own_library(tmp_path, monkeypatch):
    """The one that asks, with JAX alone, has set Keras' backend for itself."""
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    other = tmp_path / "python"
    other.write_text('#!/bin/sh\necho "${KERAS_BACKEND:-its own}"\n')
    other.chmod(0o755)
    assert check_tpu._run(str(other), "lower") == "its own"


def test_tensorflow_needs_a_python_that_lowers(ran):
    result, _ = table()
    assert result.exit_code == 2
    assert "--engine tensorflow needs --lower PYTHON" in result.output
