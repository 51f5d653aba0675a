"""How work is dealt out to the workers of a local run."""

from __future__ import annotations

import os

import pytest
from albert_pipelines.local.crew import Crew


@pytest.fixture
def crew():
    crew = Crew()
    crew.hire(2)
    yield crew
    crew.close()


def who(element: int, factor: int) -> list[tuple[int, int]]:
    return [(factor * element, os.getpid())]


def test_light_elements_that_follow_one_another_go_to_one_worker(crew):
    found = crew.run(who, range(240), [3], lambda element: 1.0)
    assert [product for ((product, _),) in found] == [3 * element for element in range(240)]
    workers = [worker for ((_, worker),) in found]
    assert len({*workers[-15:]}) == 1  # a share of 120, in eight turns
    turns = 1 + sum(a != b for a, b in zip(workers, workers[1:], strict=False))
    assert turns < 100


def test_a_heavy_element_is_given_alone_and_the_light_ones_together(crew):
    weights = [1.0] * 40 + [10_000.0] * 4
    found = crew.run(who, range(44), [1], weights.__getitem__)
    assert [product for ((product, _),) in found] == list(range(44))
    assert len({worker for ((_, worker),) in found[-2:]}) == 2
