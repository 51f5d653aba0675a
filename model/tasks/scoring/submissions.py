"""Predictions as the benchmarks' servers take them.

GLUE         CoLA.tsv, …: `index<TAB>prediction`, classes by name, scores of STS-B with three decimals; MNLI's
             two tests are MNLI-m.tsv and MNLI-mm.tsv
SQuAD 1.1    predictions.json: {question: answer}
SQuAD 2.0    the same, "" for no answer, and null_odds.json: {question: null score}
RACE         predictions.json: {question: letter}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from albert_data.base.arrays import Float64, Shaped
from albert_data.storage.atomic import write_json, write_text

from ..table import MISMATCHED, Task

SQUAD_FILE, NULL_FILE = "predictions.json", "null_odds.json"


def glue_file(task: Task, split: str) -> str:
    """Name of the file that a test split's predictions go into."""
    return "MNLI-mm.tsv" if split.endswith(MISMATCHED) else task.submission


def write_labels(
    folder: Path, task: Task, split: str, ids: Sequence[str], given: Shaped[np.ndarray, " N"]
) -> Path:
    """Writes GLUE's file of one task, or RACE's; its path.

    Args:
        given: classes, scores or places of options, of `metrics.predictions_of`.
    """
    if task.head == "choice":
        path = folder / task.submission
        letters = ["ABCD"[place] for place in given.tolist()]
        write_json(path, dict(zip(ids, letters, strict=True)))
        return path
    if task.head == "regression":
        cells = [f"{score:.3f}" for score in given.tolist()]
    else:
        cells = [task.labels[place] for place in given.tolist()]
    rows = [f"{name}\t{cell}\n" for name, cell in zip(ids, cells, strict=True)]
    path = folder / glue_file(task, split)
    write_text(path, "".join(["index\tprediction\n", *rows]))
    return path


def write_answers(
    folder: Path,
    answers: Mapping[str, str],
    nulls: Float64[np.ndarray, " Q"] | None = None,
    threshold: float = np.inf,
) -> Path:
    """Writes SQuAD's files; the path of that of answers.

    Args:
        answers: text by question, in the order of the questions.
        nulls: null scores; None: every question is answered.
        threshold: above it a question is left unanswered.
    """
    path = folder / SQUAD_FILE
    given = dict(answers)
    if nulls is not None:
        scores = dict(zip(answers, nulls.tolist(), strict=True))
        given = {name: "" if scores[name] > threshold else text for name, text in answers.items()}
        write_json(folder / NULL_FILE, scores)
    write_json(path, given)
    return path
