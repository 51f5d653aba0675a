"""Which documents are held out, by their keys."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from albert_data.base.errors import DataError
from albert_data.tokens.hold_out import hashes, is_held_out, limit_of

KEYS = np.random.default_rng(5).integers(0, 2**64, 200_000, np.uint64)


def test_the_hash_of_a_key_is_frozen():
    assert hashes(np.array([0, 1, 2**64 - 1], np.uint64)).tolist() == [
        15904615985640549260,
        11173083254678189488,
        17822950804981204057,
    ]


@pytest.mark.parametrize("keys", [KEYS, np.arange(200_000, dtype=np.uint64)])
def test_a_share_of_all_documents_is_held_out(keys):
    held = int(is_held_out(keys, limit_of("1%", [])).sum())
    assert scipy.stats.binomtest(held, len(keys), 0.01).pvalue > 1e-6


def test_a_larger_share_holds_out_the_same_and_more():
    one, two = (is_held_out(KEYS, limit_of(share, [])) for share in ("1%", "2%"))
    assert (two | ~one).all() and two.sum() > one.sum()


@pytest.mark.parametrize("files", [1, 7, 200])
def test_a_number_of_documents_is_met_exactly_however_the_files_are_cut(files):
    limit = limit_of("123", np.array_split(KEYS, files))
    assert is_held_out(KEYS, limit).sum() == 123
    assert limit == limit_of("123", [KEYS[::-1]])


def test_not_all_documents_can_be_held_out():
    assert is_held_out(KEYS[:5], limit_of("4", [KEYS[:5]])).sum() == 4
    with pytest.raises(DataError, match="5 documents of 5 cannot be held out"):
        limit_of("5", [KEYS[:2], KEYS[2:5]])
