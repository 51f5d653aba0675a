"""Which tests a run predicts of what data."""

from __future__ import annotations

import pytest

from model.fine_tuning.predict import tests_of as those_of
from model.tasks.table import TASKS

OF_MNLI = [("mnli", "test_matched"), ("mnli", "test_mismatched")]


@pytest.fixture
def folder(tmp_path):
    for name in ("MNLI/test_matched.tsv", "MNLI/test_mismatched.tsv", "AX/AX.tsv", "RTE/test.tsv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    "data, expected",
    [
        ("", [*OF_MNLI, ("ax", "test")]),
        ("MNLI", OF_MNLI),
        ("AX", [("ax", "test")]),
        ("AX/AX.tsv", [("ax", "test")]),
        ("MNLI/test_mismatched.tsv", OF_MNLI[1:]),
        ("RTE/test.tsv", OF_MNLI[:1]),
        ("RTE", OF_MNLI),  # which the reader then does not find
    ],
)
def test_a_run_of_mnli_predicts_its_own_tests_and_the_diagnostics(folder, data, expected):
    found = those_of(TASKS["mnli"], str(folder / data))
    assert [(task.name, split) for task, split in found] == expected


def test_on_the_hub_the_configuration_says_which():
    for config, expected in (("", OF_MNLI), (":mnli", OF_MNLI), (":ax", [("ax", "test")])):
        found = those_of(TASKS["mnli"], f"huggingface:nyu-mll/glue{config}")
        assert [(task.name, split) for task, split in found] == expected


def test_other_runs_predict_their_own_test_alone(folder):
    assert those_of(TASKS["rte"], str(folder)) == [(TASKS["rte"], "test")]
