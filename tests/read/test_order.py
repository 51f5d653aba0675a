"""The order of a run: every record once an epoch, the same from wherever it is read, a fair shuffle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from albert_data.read.order import BLOCK, records_at

SIZES = [1, 2, 63, 64, 65, 127, 128, 129, 1000, 64 * 256, 64 * 256 + 1, 64 * 257 - 1, 50_001]


@pytest.mark.parametrize("records", SIZES)
def test_every_epoch_holds_every_record_once_and_begins_where_the_last_one_ends(records):
    numbers, epochs = records_at(0, 3 * records, records, seed=5)
    np.testing.assert_array_equal(epochs, np.repeat(np.arange(3), records))
    for epoch in range(3):
        np.testing.assert_array_equal(np.sort(numbers[epochs == epoch]), np.arange(records))


@settings(max_examples=200)
@given(st.data())
def test_a_part_of_a_run_is_the_same_whoever_asks_for_it(data):
    records = data.draw(st.integers(1, 20_000))
    seed = data.draw(st.integers(0, 2**63 - 1))
    begin = data.draw(st.integers(0, 5 * records))
    count = data.draw(st.integers(0, 2000))
    numbers, epochs = records_at(begin, count, records, seed)
    cut = data.draw(st.integers(0, count))
    for which, whole in enumerate((numbers, epochs)):
        parts = (
            records_at(begin, cut, records, seed),
            records_at(begin + cut, count - cut, records, seed),
        )
        np.testing.assert_array_equal(np.concatenate([part[which] for part in parts]), whole)


def test_orders_differ_by_seed_and_epoch():
    orders = [
        records_at(epoch * 1000, 1000, 1000, seed)[0] for seed in range(3) for epoch in range(3)
    ]
    for at, order in enumerate(orders):
        for other in orders[:at]:
            assert np.mean(order == other) < 0.02


@pytest.mark.parametrize("blocks", [2, 3, 7, 16, 300])
def test_each_block_comes_first_equally_often(blocks):
    firsts = [records_at(0, 1, blocks * BLOCK, seed)[0][0] // BLOCK for seed in range(40 * blocks)]
    assert stats.chisquare(np.bincount(firsts, minlength=blocks)).pvalue > 1e-4


@pytest.mark.parametrize("blocks", [2, 3, 7, 16, 300])
def test_a_block_stands_at_each_place_equally_often(blocks):
    numbers, epochs = records_at(0, 400 * blocks * BLOCK, blocks * BLOCK, seed=3)
    last = numbers.reshape(400, blocks, BLOCK)[:, :, 0] // BLOCK == blocks - 1
    groups = np.arange(blocks) * min(blocks, 10) // blocks
    seen = np.bincount(groups[last.argmax(axis=1)])
    assert stats.chisquare(seen, 400 * np.bincount(groups) / blocks).pvalue > 1e-4


def test_all_orders_of_three_blocks_are_equally_likely():
    runs = [
        tuple(records_at(0, 3 * BLOCK, 3 * BLOCK, seed)[0][::BLOCK] // BLOCK)
        for seed in range(6000)
    ]
    _, counts = np.unique(runs, axis=0, return_counts=True)
    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > 1e-4


def test_each_record_of_a_block_stands_at_each_place_in_it_equally_often():
    counts = np.zeros((BLOCK, BLOCK), np.int64)
    for seed in range(100 * BLOCK):
        counts[np.arange(BLOCK), records_at(0, BLOCK, BLOCK, seed)[0]] += 1
    assert stats.chisquare(counts.ravel()).pvalue > 1e-4


def test_neighbours_on_disk_are_read_together():
    numbers, _ = records_at(0, 64 * 1000, 64 * 1000, seed=1)
    assert len(np.unique(numbers[: 4 * BLOCK] // BLOCK)) == 4


def test_the_order_stays_the_same_for_all_versions():
    """Literals: a run that is resumed by a later version must go on as it began."""
    assert records_at(0, 8, 1000, seed=0)[0].tolist() == [931, 946, 909, 906, 944, 900, 913, 953]
    assert records_at(10**12, 8, 123_457, seed=2**40)[0].tolist() == [
        54299,
        54295,
        54321,
        54327,
        54322,
        54294,
        54280,
        54290,
    ]
