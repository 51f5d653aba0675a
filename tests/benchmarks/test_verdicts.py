"""The test of a claim, on made figures: what it says, and how often it is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.paper_tables.verdicts import CONTRADICTED, LEVEL, NOT_SHOWN, SHOWN, judge

TRIALS = 2000
MOST = int(
    binom.ppf(0.999, TRIALS, LEVEL)
)  # of trials in which a rate of LEVEL is passed by chance


@pytest.mark.parametrize(
    ("by_seed", "error", "within", "verdict"),
    [
        ((0.10, 0.11, 0.09), 0.0, 0.0, SHOWN),
        ((-0.10, -0.11, -0.09), 0.0, 0.0, CONTRADICTED),
        ((0.10, -0.11, 0.09), 0.0, 0.0, NOT_SHOWN),
        ((0.10, 0.11, 0.09), 0.2, 0.0, NOT_SHOWN),  # of other examples it might be nothing
        ((0.10,), 0.02, 0.0, SHOWN),
        ((0.10,), 0.0, 0.0, NOT_SHOWN),  # nothing is known of its error
        ((0.010, 0.005, -0.004), 0.005, 0.03, SHOWN),
        ((0.10, 0.11, 0.09), 0.005, 0.03, CONTRADICTED),
        ((-0.10, -0.11, -0.09), 0.005, 0.03, CONTRADICTED),
        ((0.030, 0.028, 0.033), 0.005, 0.03, NOT_SHOWN),
        ((0.010, 0.005, -0.004), 0.05, 0.03, NOT_SHOWN),
    ],
)
def test_verdicts(by_seed, error, within, verdict):
    assert judge(by_seed, error, within).verdict == verdict


def test_the_interval_of_seeds_alone_is_student_s():
    found = judge([1.0, 2.0, 3.0])
    assert found.mean == 2.0 and math.isclose(found.error, 1 / math.sqrt(3))
    assert math.isclose(
        found.low, 2 - 2.919986 / math.sqrt(3), rel_tol=1e-6
    )  # t of 2 degrees, 95 %


def test_the_interval_of_examples_alone_is_the_normal_law_s():
    assert math.isclose(judge([1.0], 0.5).low, 1 - 1.6448536 * 0.5, rel_tol=1e-6)


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("of_examples", [0.0, 0.3, 1.0, 5.0])
def test_a_difference_that_is_none_is_seldom_shown_or_contradicted(seeds, of_examples):
    """Seeds spread by 1; the examples move all seeds' values together."""
    verdicts = count(0.0, 1.0, of_examples, seeds, 0.0)
    assert verdicts[SHOWN] <= MOST and verdicts[CONTRADICTED] <= MOST


def test_of_one_seed_the_same_holds_for_the_examples():
    verdicts = count(0.0, 0.0, 1.0, 1, 0.0)
    assert verdicts[SHOWN] <= MOST and verdicts[CONTRADICTED] <= MOST


@pytest.mark.parametrize("of_examples", [0.0, 1.0])
def test_what_lies_on_the_bound_is_seldom_called_within_it_or_outside(of_examples):
    verdicts = count(8.0, 1.0, of_examples, 3, 8.0)
    assert verdicts[SHOWN] <= MOST and verdicts[CONTRADICTED] <= MOST


def test_what_is_there_is_found():
    assert count(8.0, 1.0, 1.0, 3, 0.0)[SHOWN] > 0.9 * TRIALS
    assert count(0.0, 1.0, 1.0, 3, 8.0)[SHOWN] > 0.9 * TRIALS


def count(truth, of_seeds, of_examples, seeds, within):
    rng = np.random.default_rng([int(truth), int(10 * of_examples), seeds, int(within)])
    found = dict.fromkeys((SHOWN, NOT_SHOWN, CONTRADICTED), 0)
    for _ in range(TRIALS):
        values = truth + rng.normal(0, of_seeds, seeds) + rng.normal(0, of_examples)
        found[judge(values, of_examples, within).verdict] += 1
    return found
