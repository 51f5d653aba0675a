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
        ((0.10, 0.11, 0.09), 0.2, 0.0, NOT_SHOWN),  # of other documents it might be nothing
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


def test_the_interval_of_many_documents_alone_is_the_normal_law_s():
    assert math.isclose(judge([1.0], 0.5).low, 1 - 1.6448536 * 0.5, rel_tol=1e-6)


def test_of_few_documents_it_is_student_s():
    assert math.isclose(judge([1.0], 0.5, documents=4).low, 1 - 2.3533634 * 0.5, rel_tol=1e-6)
    assert judge([1.0], 0.5, documents=1).verdict == NOT_SHOWN


def test_each_variance_has_its_own_degrees_of_freedom():
    found = judge([1.0, 2.0, 3.0], 0.5, documents=4)
    of_seeds, of_documents = 2.919986 / math.sqrt(3), 2.353363 * 0.5
    assert math.isclose(found.low, 2 - math.hypot(of_seeds, of_documents), abs_tol=2e-6)


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("documents", [4, 20])
def test_the_error_of_documents_is_guessed_from_them_and_the_law_holds(seeds, documents):
    """A figure is the mean of the documents' own, which spread by 2; seeds spread by 1 (one: by 0)."""
    rng, false = np.random.default_rng([seeds, documents]), 0
    for _ in range(TRIALS):
        own = rng.normal(0, 2, documents)
        e = own.std(ddof=1) / math.sqrt(documents)
        values = own.mean() + rng.normal(0, float(seeds > 1), seeds)
        false += judge(values, e, documents=documents).verdict == SHOWN
    assert false <= MOST


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("of_documents", [0.0, 0.3, 1.0, 5.0])
def test_a_difference_that_is_none_is_seldom_shown_or_contradicted(seeds, of_documents):
    """Seeds spread by 1; the documents move all seeds' values together."""
    verdicts = count(0.0, 1.0, of_documents, seeds, 0.0)
    assert verdicts[SHOWN] <= MOST and verdicts[CONTRADICTED] <= MOST


def test_of_one_seed_the_same_holds_for_the_documents():
    verdicts = count(0.0, 0.0, 1.0, 1, 0.0)
    assert verdicts[SHOWN] <= MOST and verdicts[CONTRADICTED] <= MOST


@pytest.mark.parametrize("of_documents", [0.0, 1.0])
def test_what_lies_on_the_bound_is_seldom_called_within_it_or_outside(of_documents):
    verdicts = count(8.0, 1.0, of_documents, 3, 8.0)
    assert verdicts[SHOWN] <= MOST and verdicts[CONTRADICTED] <= MOST


def test_what_is_there_is_found():
    assert count(8.0, 1.0, 1.0, 3, 0.0)[SHOWN] > 0.9 * TRIALS
    assert count(0.0, 1.0, 1.0, 3, 8.0)[SHOWN] > 0.9 * TRIALS


def count(truth, of_seeds, of_documents, seeds, within):
    rng = np.random.default_rng([int(truth), int(10 * of_documents), seeds, int(within)])
    found = dict.fromkeys((SHOWN, NOT_SHOWN, CONTRADICTED), 0)
    for _ in range(TRIALS):
        values = truth + rng.normal(0, of_seeds, seeds) + rng.normal(0, of_documents)
        found[judge(values, of_documents, within).verdict] += 1
    return found
