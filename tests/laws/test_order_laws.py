"""The global order tells nothing of a record: its keys are uniform, and its own stream's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from albert_data.config.settings import PairSettings
from albert_data.shards.block import place_pairs
from tests import corpora

ALPHA = 1e-5  # significance of each test of this file; seeds are fixed
SETTINGS = PairSettings(max_length=48, short_probability=0.4)


def placed(seed: int = 1, dupe: int = 0, count: int = 600):
    documents = corpora.random_documents(3, count, 900, sentences=40)
    starts = np.ones(900, np.bool_)
    return place_pairs(documents, starts, SETTINGS, seed, dupe)


def philox(key: int, counter: list[int]) -> list[int]:
    """Philox4x32-10 in Python's own integers."""
    k0, k1 = key % 2**32, key >> 32
    for _ in range(10):
        p0, p1 = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [
            p1 >> 32 ^ counter[1] ^ k0, p1 % 2**32, p0 >> 32 ^ counter[3] ^ k1, p0 % 2**32
        ]  # fmt: skip
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return counter


def splitmix(state: int) -> int:
    """The finaliser of SplitMix64 (Steele et al., 2014)."""
    state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    state = (state ^ state >> 27) * 0x94D049BB133111EB % 2**64
    return state ^ state >> 31


def test_a_key_is_the_first_two_numbers_of_the_records_third_stream():
    seed, dupe = 2**62 + 5, 3
    found = placed(seed, dupe, count=20)
    assert found.pairs.chunk.max() > 3
    for row, key in enumerate(found.keys.tolist()):
        document = int(found.documents.keys[found.pairs.document[row]])
        mixed = splitmix((document + seed * 0x9E3779B97F4A7C15) % 2**64)
        first, second, _, _ = philox(mixed, [0, int(found.pairs.chunk[row]), dupe, 3])
        assert key == (first << 32) + second


def test_rows_are_sorted_by_key():
    found = placed()
    assert (np.diff(found.keys[found.rows]) > 0).all()
    assert sorted(found.rows.tolist()) == list(range(len(found.keys)))


@pytest.mark.parametrize("bits", [slice(0, 16), slice(16, 32), slice(32, 48), slice(48, 64)])
def test_keys_are_uniform_in_all_their_bits(bits):
    """Kolmogorov-Smirnov test of each 16 bits, significance 1e-5."""
    keys = placed().keys
    parts = (keys >> np.uint64(bits.start)) & np.uint64(0xFFFF)
    assert stats.kstest((parts + 0.5) / 2**16, "uniform").pvalue > ALPHA


@pytest.mark.parametrize("what", ["label", "tokens", "chunk", "x1", "next"])
def test_the_place_of_a_record_does_not_depend_on(what):
    """Rank correlation of the key with what else is drawn for the record, significance 1e-5."""
    found = placed()
    ranges = found.pairs.ranges
    x1, x2 = ranges[:, 1] - ranges[:, 0], ranges[:, 3] - ranges[:, 2]
    values = {
        "label": found.pairs.label, "tokens": x1 + x2, "chunk": found.pairs.chunk, "x1": x1,
        "next": np.roll(found.keys, 1),
    }  # fmt: skip
    assert len(found.keys) > 3_000
    for keys in (found.keys, found.keys % np.uint64(2**32)):
        assert stats.spearmanr(keys, values[what]).pvalue > ALPHA


def test_no_two_passes_or_seeds_have_the_same_order():
    """Rank correlation of two orders of the same pairs, significance 1e-5."""
    settings = PairSettings(max_length=48, distinct=1)
    documents, starts = corpora.random_documents(3, 600, 900), np.ones(900, np.bool_)
    keys = [
        place_pairs(documents, starts, settings, seed, dupe).keys for seed, dupe in ((1, 0), (1, 1))
    ]
    assert stats.spearmanr(*keys).pvalue > ALPHA
    other = placed(seed=2).keys
    assert len(set(other.tolist()) & set(placed().keys.tolist())) == 0
