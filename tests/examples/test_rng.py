"""Random streams against published vectors, TensorFlow's Philox, and their own promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.examples import rng


def _philox(key, counter):
    stream = rng.new_stream()
    stream[:2], stream[2:6] = key, counter
    rng.philox(stream)
    return [int(x) for x in stream[6:10]]


@pytest.mark.parametrize(
    ("key", "counter", "expected"),
    [  # the known answers that come with Random123 (Salmon et al.)
        ([0, 0], [0, 0, 0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        (
            [0xFFFFFFFF] * 2,
            [0xFFFFFFFF] * 4,
            [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
        ),
        (
            [0xA4093822, 0x299F31D0],
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_philox_gives_the_published_answers(key, counter, expected):
    assert _philox(key, counter) == expected


def test_streams_equal_tensorflows_philox():
    tf = pytest.importorskip("tensorflow")
    key, item, dupe = 0x0123456789ABCDEF, 7, 3
    stream = rng.new_stream()
    rng.seek(stream, np.uint64(key), item, dupe, rng.MASKS)
    ours = [int(rng.draw(stream)) for _ in range(64)]
    # TensorFlow counts blocks in the lower 64 bits of the counter: one call a block, as ours.
    theirs = []
    for block in range(16):
        counter = [block + (item << 32), dupe + (rng.MASKS << 32)]
        theirs += (
            tf.raw_ops.StatelessRandomUniformFullIntV2(
                shape=[4], key=[key], counter=np.array(counter, np.uint64), alg=1, dtype=tf.uint32
            )
            .numpy()
            .tolist()
        )
    assert ours == theirs


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**31), st.integers(0, 2**16), st.integers(1, 3))
def test_a_stream_depends_on_nothing_but_its_name(key, item, dupe, purpose):
    first, second = rng.new_stream(), rng.new_stream()
    rng.seek(first, np.uint64(key), item, dupe, purpose)
    for _ in range(5):
        rng.draw(second)
    rng.seek(second, np.uint64(key), item, dupe, purpose)
    assert [rng.draw(first) for _ in range(9)] == [rng.draw(second) for _ in range(9)]


def test_streams_of_different_names_differ():
    seen = set()
    stream = rng.new_stream()
    for key in (1, 2):
        for item in (0, 1):
            for dupe in (0, 1):
                for purpose in (rng.PAIRS, rng.MASKS, rng.ORDER):
                    rng.seek(stream, np.uint64(key), item, dupe, purpose)
                    seen.add(tuple(int(rng.draw(stream)) for _ in range(2)))
    assert len(seen) == 24


def test_below_is_uniform():
    stream = rng.new_stream()
    rng.seek(stream, np.uint64(99), 0, 0, 1)
    counts = np.bincount([rng.below(stream, 7) for _ in range(70_000)], minlength=7)
    stats = pytest.importorskip("scipy.stats")
    assert stats.chisquare(counts).pvalue > 1e-4  # significance 0.01 %


def test_a_seed_renames_every_document_one_to_one():
    keys = np.arange(10_000, dtype=np.uint64)
    mixed = {int(rng.mix_seed(k, np.uint64(5))) for k in keys}
    assert len(mixed) == 10_000
    assert rng.mix_seed(keys[3], np.uint64(5)) != rng.mix_seed(keys[3], np.uint64(6))
