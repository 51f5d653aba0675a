"""Several sets in one run: counts that are exact, each set in its own order, resumed by one number."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data import open_mixture, open_shards
from albert_data.base.errors import ConfigError
from albert_data.read.mixture import Mixture
from tests.model.make_shards import write_shards
from tests.read.conftest import LENGTH, PREDICTIONS, VOCABULARY

COUNTS = [30, 41, 7, 100, 64]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Five sets of different sizes; records of all are numbered from 0 on."""
    made = []
    for count in COUNTS:
        folder = tmp_path_factory.mktemp("mixture")
        write_shards(folder, [count // 2, count - count // 2], LENGTH, PREDICTIONS, VOCABULARY)
        made.append(folder)
    return made


@settings(max_examples=100)
@given(st.integers(1, 999), st.integers(0, 10**12), st.integers(0, 3000))
def test_any_stretch_has_its_share_of_two_sets_rounded(folders, share, first, count):
    mixture = open_mixture({folders[0]: share / 1000, folders[1]: 1 - share / 1000})
    counts = np.bincount(mixture.places(first, count, 0).sets, minlength=2)
    for number, weight in enumerate((share, 1000 - share)):
        assert math.floor(count * weight / 1000) <= counts[number] <= -(-count * weight // 1000)


@settings(max_examples=100)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 10**9), st.data())
def test_more_sets_are_off_by_less_than_one_record_a_level(folders, shares, first, data):
    mixture = open_mixture(dict(zip(folders, shares, strict=False)))
    count = data.draw(st.integers(0, 2000))
    counts = np.bincount(mixture.places(first, count, 0).sets, minlength=len(shares))
    levels = math.ceil(math.log2(len(shares)))
    off = counts - count * np.array(shares) / sum(shares)
    assert np.abs(off).max() <= 2 * levels
    whole = sum(mixture.shares)
    counts = np.bincount(mixture.places(whole * 7, whole, 0).sets, minlength=len(shares))
    assert counts.tolist() == mixture.shares


def test_repeats_count_passes_over_each_set(folders):
    mixture = open_mixture({folders[0]: 3, folders[2]: 1, folders[3]: 0.5}, by="repeats")
    places = mixture.places(0, 90 + 7 + 50, 4)
    assert np.bincount(places.sets).tolist() == [90, 7, 50]
    for number, seen in ((0, 3), (1, 1)):
        of_set = places.numbers[places.sets == number]
        assert set(np.bincount(of_set)) == {seen}
        assert (np.diff(places.epochs[places.sets == number]) >= 0).all()
    assert len(set(places.numbers[places.sets == 2])) == 50


@settings(max_examples=50)
@given(st.integers(0, 5000), st.integers(1, 400), st.data())
def test_a_part_of_a_run_is_the_same_whoever_asks_for_it(folders, first, count, data):
    mixture = open_mixture(dict(zip(folders, (5, 1, 2, 7, 3), strict=True)))
    cut = data.draw(st.integers(0, count))
    whole = mixture.places(first, count, 9)
    parts = mixture.places(first, cut, 9), mixture.places(first + cut, count - cut, 9)
    for values, one, other in zip(whole, *parts, strict=True):
        np.testing.assert_array_equal(np.concatenate([one, other]), values)


def test_batches_hold_the_records_of_the_sets_for_any_number_of_hosts(folders):
    mixture = open_mixture({folders[0]: 0.7, folders[1]: 0.3})
    sets = [open_shards(folder) for folder in folders[:2]]
    places = mixture.places(40, 40, 6)
    for hosts in (1, 2, 4):
        given = {"seed": 6, "hosts": hosts, "consumed": 40, "threads": 0}
        steps = zip(*(mixture.batches(8, host=h, **given) for h in range(hosts)), strict=True)
        rows = [
            {name: values[row] for name, values in batch.items()}
            for step in itertools.islice(steps, 5)
            for batch in step
            for row in range(8 // hosts)
        ]
        for row, number, of_set in zip(rows, places.numbers, places.sets, strict=True):
            for name, values in sets[of_set][int(number)].items():
                np.testing.assert_array_equal(row[name], values)


def test_a_set_alone_is_in_the_order_of_a_run_of_its_own(folders):
    mixture = open_mixture({folders[4]: 2})
    assert isinstance(mixture, Mixture) and len(mixture) == 64
    assert sorted(mixture.places(64, 64, 1).numbers) == list(range(64))


WRONG = [
    ({}, "no shard set"),
    ({0: 0}, "cannot be 0"),
    ({0: -1.0}, "cannot be -1.0"),
    ({0: math.nan}, "cannot be nan"),
    ({0: math.inf}, "cannot be inf"),
    ({0: 1.0, 1: 1e-7}, "1e-07 cannot be met: it is too fine"),
    ({0: 1.0, 1: 7e-7}, "7e-07 cannot be met"),
    ({0: 999_983.000001, 1: 1 / 999_979, 2: 3 / 999_961}, "too fine"),
]


@pytest.mark.parametrize(("parts", "message"), WRONG)
def test_numbers_that_cannot_be_are_refused(folders, parts, message):
    with pytest.raises(ConfigError, match=message):
        open_mixture({folders[at]: number for at, number in parts.items()})
    with pytest.raises(ConfigError, match="'weight' or 'repeats'"):
        open_mixture({folders[0]: 1}, by="records")


def test_sets_of_other_lengths_are_refused(folders, tmp_path):
    other = write_shards(tmp_path, [3], LENGTH + 1, PREDICTIONS, VOCABULARY)
    with pytest.raises(ConfigError, match="pairs.max_length is 17, and 16 in the first"):
        open_mixture({folders[0]: 1, other: 1})
