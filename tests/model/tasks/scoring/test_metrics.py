"""Scores against literals, and the averages of the paper and of GLUE's board against their own rows."""

from __future__ import annotations

import numpy as np
import pytest

from albert_data.base.errors import DataError
from model.tasks.scoring.metrics import (
    by_group,
    figure,
    glue_average,
    majority,
    predictions_of,
    score,
    table2_average,
)
from model.tasks.scoring.results import PAPER
from model.tasks.table import TASKS

GOLD, GIVEN = np.array([1, 1, 1, 0, 0, 1]), np.array([1, 0, 1, 0, 1, 1])


@pytest.fixture
def scikit_learn():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")


def test_f1_and_accuracy_of_mrpc(scikit_learn):
    found = score(TASKS["mrpc"], GOLD, GIVEN)
    assert found == pytest.approx(
        {"f1": 75.0, "accuracy": 100 * 4 / 6}
    )  # 3 of 4 found, 3 of 4 right
    assert figure(TASKS["mrpc"], [found]) == pytest.approx((75 + 100 * 4 / 6) / 2)


def test_matthews_correlation_of_cola(scikit_learn):
    # (3 × 1 − 1 × 1) / √(4 × 4 × 2 × 2)
    assert score(TASKS["cola"], GOLD, GIVEN) == pytest.approx({"matthews": 25.0})


def test_one_answer_for_all_is_worth_nothing_to_cola_and_no_warning(scikit_learn):
    assert score(TASKS["cola"], GOLD, np.ones(6, int)) == {"matthews": 0.0}
    assert score(TASKS["mrpc"], np.zeros(3, int), np.zeros(3, int)) == {
        "f1": 0.0,
        "accuracy": 100.0,
    }
    assert majority(TASKS["mrpc"], GOLD) == pytest.approx({"f1": 80.0, "accuracy": 100 * 4 / 6})
    assert majority(TASKS["sts-b"], np.array([0.0, 5.0])) == {"pearson": 0.0, "spearman": 0.0}


def test_correlations_of_sts_b():
    found = score(TASKS["sts-b"], np.array([0.0, 1, 2, 5]), np.array([1.0, 2, 3, 4]))
    # Deviations (−2, −1, 0, 3) and (−1.5, −0.5, 0.5, 1.5): 8 / √(14 × 5).
    assert found == pytest.approx({"pearson": 100 * 8 / 70**0.5, "spearman": 100.0})


def test_mnli_is_the_mean_of_both_development_sets():
    assert figure(TASKS["mnli"], [{"accuracy": 84.0}, {"accuracy": 85.0}]) == 84.5


def test_race_is_scored_by_group_and_over_all(scikit_learn):
    groups = ["middle", "middle", "high", "high", "high", "high"]
    found = by_group(GOLD, GIVEN, groups)
    assert found == pytest.approx({"middle": 50.0, "high": 75.0, "accuracy": 100 * 4 / 6})


def test_predictions_are_the_highest_logits_and_scores_within_the_scale():
    logits = np.array([[0.1, 2.0], [3.0, -1.0]], np.float32)
    assert predictions_of(TASKS["rte"], logits).tolist() == [1, 0]
    assert predictions_of(TASKS["sts-b"], np.array([[-1.0], [2.5], [7.0]])).tolist() == [0, 2.5, 5]


def test_logits_that_are_no_numbers_are_refused():
    with pytest.raises(DataError, match="1 of 2 logits are no numbers"):
        predictions_of(TASKS["rte"], np.array([[np.nan, 0.0]]))


def test_another_number_of_predictions_is_refused():
    for given in (GIVEN[:-1], GIVEN[:0]):
        with pytest.raises(DataError, match="predictions for 6 labels"):
            score(TASKS["rte"], GOLD, given)


def test_average_of_glue_is_that_of_its_board():
    """ALBERT's row of the board: MNLI 91.3 and 91.0, MRPC 93.4/91.2, STS-B 92.5/92.0, QQP 74.2/90.5."""
    figures = {
        "cola": 69.1, "sst-2": 97.1, "mrpc": (93.4 + 91.2) / 2, "sts-b": (92.5 + 92.0) / 2,
        "qqp": (74.2 + 90.5) / 2, "mnli": (91.3 + 91.0) / 2, "qnli": 99.2, "rte": 89.2, "wnli": 91.8,
    }  # fmt: skip
    assert round(glue_average(figures), 1) == 89.4
    assert glue_average({**figures, "ax": 0.0}) == glue_average(figures)
    assert glue_average({k: v for k, v in figures.items() if k != "wnli"}) is None


@pytest.mark.parametrize(
    "model, average",
    [
        ("bert-base", 82.3), ("bert-large", 85.2), ("albert-base", 80.1), ("albert-large", 82.4),
        ("albert-xlarge", 85.5), ("albert-xxlarge", 88.7),
    ],
)  # fmt: skip
def test_average_of_table_2_is_the_papers(model, average):
    assert table2_average(PAPER[model]) == pytest.approx(average, abs=0.0501)
    assert table2_average({"race": 50.0}) is None
