"""Scores of labelled tasks, in per cent, through scikit-learn and scipy.

A task's figure, by which checkpoints and members of ensembles are chosen, is the mean of its metrics:
of MRPC and QQP F1 (of class 1) and accuracy, of STS-B Pearson's and Spearman's correlation, of MNLI the
accuracy on both development sets. GLUE's average is the mean of the nine tasks' figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from albert_data.base.arrays import Float, Shaped
from albert_data.base.errors import ConfigError, DataError

from ..table import GLUE, TASKS, Task

Score = Callable[[np.ndarray, np.ndarray], float]
GLUE_AVERAGE = tuple(name for name in GLUE if TASKS[name].dev)  # without AX


def accuracy(gold: Shaped[np.ndarray, " N"], given: Shaped[np.ndarray, " N"]) -> float:
    return float(_sklearn().accuracy_score(gold, given))


def f1(gold: Shaped[np.ndarray, " N"], given: Shaped[np.ndarray, " N"]) -> float:
    """Of class 1; 0 where nothing is of it."""
    return float(_sklearn().f1_score(gold, given, labels=[1], average="micro", zero_division=0))


def matthews(gold: Shaped[np.ndarray, " N"], given: Shaped[np.ndarray, " N"]) -> float:
    """Matthews' correlation coefficient; 0 where one class is all there is."""
    return float(_sklearn().matthews_corrcoef(gold, given))


def pearson(gold: Shaped[np.ndarray, " N"], given: Shaped[np.ndarray, " N"]) -> float:
    """0 where one side is constant: it correlates with nothing."""
    return _correlation(gold, given, "pearsonr")


def spearman(gold: Shaped[np.ndarray, " N"], given: Shaped[np.ndarray, " N"]) -> float:
    """0 where one side is constant."""
    return _correlation(gold, given, "spearmanr")


METRICS: Mapping[str, Score] = MappingProxyType(
    {
        "accuracy": accuracy,
        "f1": f1,
        "matthews": matthews,
        "pearson": pearson,
        "spearman": spearman,
    }
)


def predictions_of(task: Task, logits: Float[np.ndarray, "N C"]) -> Shaped[np.ndarray, " N"]:
    """Classes (or places of options) int64 [N]; of a regression float [N], within the scale.

    Raises:
        DataError: a logit that is no number.
    """
    if not np.isfinite(logits).all():
        problem = f"{np.count_nonzero(~np.isfinite(logits))} of {logits.size} logits are no numbers"
        raise DataError(problem, where=task.title, fix="the run has diverged: look at its losses")
    if task.head == "regression":
        return np.clip(logits[:, 0].astype(np.float64), 0, 5)
    return np.argmax(logits, axis=1)


def score(
    task: Task, gold: Shaped[np.ndarray, " N"], given: Shaped[np.ndarray, " M"]
) -> dict[str, float]:
    """The task's metrics in per cent.

    Raises:
        DataError: another number of predictions than of labels.
    """
    if len(gold) != len(given) or len(gold) == 0:
        raise DataError(f"{len(given)} predictions for {len(gold)} labels", where=task.title)
    return {name: 100 * METRICS[name](gold, given) for name in task.metrics}


def by_group(
    gold: Shaped[np.ndarray, " N"], given: Shaped[np.ndarray, " N"], groups: Sequence[str]
) -> dict[str, float]:
    """Accuracy in per cent of each group and of all, as RACE's middle, high."""
    named = np.array(groups)
    of_groups = {
        group: 100 * accuracy(gold[named == group], given[named == group])
        for group in dict.fromkeys(groups)
    }
    return {**of_groups, "accuracy": 100 * accuracy(gold, given)}


def figure(task: Task, scores: Sequence[Mapping[str, float]]) -> float:
    """The one figure of a task: the mean of its metrics, over its development sets (MNLI has two).

    Args:
        scores: of each set; others than the task's metrics may be among them.
    """
    means = [math.fsum(own[name] for name in task.metrics) / len(task.metrics) for own in scores]
    return math.fsum(means) / len(means)


def glue_average(figures: Mapping[str, float]) -> float | None:
    """The mean of the nine tasks' figures, as GLUE's board has it; None where one is missing."""
    if not all(name in figures for name in GLUE_AVERAGE):
        return None
    return math.fsum(figures[name] for name in GLUE_AVERAGE) / len(GLUE_AVERAGE)


def table2_average(figures: Mapping[str, float]) -> float | None:
    """Table 2's average of five: SQuAD 1.1 and 2.0 (each the mean of F1 and EM), MNLI, SST-2, RACE."""
    names = ("squad1", "squad2", "mnli", "sst-2", "race")
    if not all(name in figures for name in names):
        return None
    return math.fsum(figures[name] for name in names) / len(names)


def majority(task: Task, gold: Shaped[np.ndarray, " N"]) -> dict[str, float]:
    """What one answer for all gets: the commonest class, of a regression the mean. A run not above failed."""
    if task.head == "regression":
        given = np.full(len(gold), np.mean(gold))
    else:
        given = np.full(len(gold), np.bincount(gold).argmax())
    return score(task, gold, given)


def _correlation(gold: Float[np.ndarray, " N"], given: Float[np.ndarray, " N"], name: str) -> float:
    if np.ptp(gold) == 0 or np.ptp(given) == 0:
        return 0.0
    try:
        from scipy import stats
    except ImportError:
        raise _missing("scipy") from None
    return float({"pearsonr": stats.pearsonr, "spearmanr": stats.spearmanr}[name](gold, given)[0])


def _sklearn() -> Any:
    try:
        from sklearn import metrics
    except ImportError:
        raise _missing("scikit-learn") from None
    return metrics


def _missing(package: str) -> ConfigError:
    return ConfigError(
        f"scores need the package {package}, which is not installed",
        fix="pip install 'albert-data[finetune]'",
    )
