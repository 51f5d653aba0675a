from __future__ import annotations

import json

import numpy as np
import pytest

from model.tasks.scoring.submissions import write_answers, write_labels
from model.tasks.table import TASKS

HEAD = "index\tprediction\n"


@pytest.mark.parametrize(
    "task, split, given, name, text",
    [
        ("rte", "test", [1, 0], "RTE.tsv", HEAD + "4\tnot_entailment\n7\tentailment\n"),
        ("cola", "test", [1, 0], "CoLA.tsv", HEAD + "4\t1\n7\t0\n"),
        ("sts-b", "test", [1.25, 5.0], "STS-B.tsv", HEAD + "4\t1.250\n7\t5.000\n"),
        ("mnli", "test_matched", [0, 2], "MNLI-m.tsv", HEAD + "4\tcontradiction\n7\tneutral\n"),
        ("mnli", "test_mismatched", [1, 1], "MNLI-mm.tsv", HEAD + "4\tentailment\n7\tentailment\n"),
        ("ax", "test", [1, 1], "AX.tsv", HEAD + "4\tentailment\n7\tentailment\n"),
    ],
)  # fmt: skip
def test_files_of_glue_are_as_its_server_takes_them(tmp_path, task, split, given, name, text):
    path = write_labels(tmp_path, TASKS[task], split, ["4", "7"], np.array(given))
    assert path == tmp_path / name and path.read_text() == text


def test_letters_of_race(tmp_path):
    path = write_labels(
        tmp_path, TASKS["race"], "test", ["high/7/0", "middle/1/0"], np.array([3, 0])
    )
    assert json.loads(path.read_text()) == {"high/7/0": "D", "middle/1/0": "A"}


def test_answers_of_squad_above_the_threshold_are_empty(tmp_path):
    answers = {"q": "ferry", "r": "Ångström", "s": "boat"}
    path = write_answers(tmp_path, answers, np.array([-1.0, 2.0, 2.5]), 2.0)
    assert json.loads(path.read_text()) == {"q": "ferry", "r": "Ångström", "s": ""}
    assert json.loads((tmp_path / "null_odds.json").read_text()) == {"q": -1.0, "r": 2.0, "s": 2.5}


def test_every_question_of_squad_1_is_answered(tmp_path):
    path = write_answers(tmp_path, {"q": "ferry"})
    assert json.loads(path.read_text()) == {"q": "ferry"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["predictions.json"]
