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
    return [int(x) for x in stream[rng.NUMBERS :]]


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


@pytest.mark.parametrize(
    ("n", "expected"), [(1, 0), (2, 0), (10, 3), (2**31, 0x3313F46A), (2**32 - 1, 0x6627E8D4)]
)
def test_below_is_the_upper_half_of_the_product(n, expected):
    # The first number of key 0 and counter 0 is 0x6627E8D5.
    stream = rng.new_stream()
    rng.seek(stream, np.uint64(0), 0, 0, 0)
    assert rng.below(stream, n) == expected


def test_numbers_come_in_the_order_of_their_blocks():
    stream = rng.new_stream()
    rng.seek(stream, np.uint64(0x299F31D0A4093822), 5, 6, 7)
    drawn = [int(rng.draw(stream)) for _ in range(12)]
    key = [0xA4093822, 0x299F31D0]
    assert drawn == sum((_philox(key, [block, 5, 6, 7]) for block in range(3)), [])


def test_purposes_keep_their_numbers():
    assert (rng.PAIRS, rng.MASKS, rng.ORDER) == (1, 2, 3)


@pytest.mark.parametrize(
    ("probability", "expected"), [(0, 0), (1, 2**32), (0.5, 2**31), (0.1, 429_496_730), (1e-10, 0)]
)
def test_thresholds_are_on_32_bits_and_rounded(probability, expected):
    assert rng.threshold(probability) == expected


@pytest.mark.parametrize(
    ("key", "seed", "expected"),
    [  # SplitMix64's published first numbers from the states 0 and 1234567: the seed counts its steps
        (0, 1, 0xE220A8397B1DCDAF),
        (0, 2, 0x6E789E6AA1B965F4),
        (0, 3, 0x06C45D188009454F),
        (1234567, 1, 6457827717110365317),
        (1234567, 2, 3203168211198807973),
        (1234567, 3, 9817491932198370423),
        (1234567, 4, 4593380528125082431),
        (1234567, 5, 16408922859458223821),
    ],
)
def test_a_key_is_mixed_with_a_seed_as_splitmix64_does(key, seed, expected):
    assert int(rng.mix_seed(np.uint64(key), np.uint64(seed))) == expected


@pytest.mark.parametrize("changed", ["key", "seed"])
def test_every_bit_of_key_and_seed_changes_half_of_the_mixed_key(changed):
    """Binomial law of 2,000 flips for each pair of bits in and out, significance 1e-5 of all 4,096."""
    stats = pytest.importorskip("scipy.stats")
    keys, n = np.random.default_rng(1).integers(0, 2**64, (2, 2_000), dtype=np.uint64), 2_000
    limit = stats.binom.isf(1e-5 / 4_096 / 2, n, 0.5) - n / 2
    mix = np.frompyfunc(lambda key, seed: int(rng.mix_seed(np.uint64(key), np.uint64(seed))), 2, 1)
    before = mix(*keys).astype(np.uint64)
    which = np.array([[changed == "key"], [changed == "seed"]], np.uint64)
    for bit in range(64):
        flipped = keys ^ (which << np.uint64(bit))
        difference = before ^ mix(*flipped).astype(np.uint64)
        flips = [int((difference >> np.uint64(out) & np.uint64(1)).sum()) for out in range(64)]
        assert max(abs(count - n / 2) for count in flips) < limit, bit


@given(st.integers(0, 2**64 - 1), st.integers(1, 20), st.integers(0, 90))
def test_a_stream_of_several_blocks_draws_the_same_numbers(key, blocks, count):
    one, several = rng.new_stream(), rng.new_stream(blocks)
    for stream in (one, several):
        rng.seek(stream, np.uint64(key), 3, 1, rng.MASKS)
    assert [rng.draw(one) for _ in range(count)] == [rng.draw(several) for _ in range(count)]


def test_the_counter_of_blocks_begins_again_after_the_last():
    stream, last = rng.new_stream(2), 2**32 - 1
    stream[2] = last
    rng.philox(stream)
    assert [int(x) for x in stream[rng.NUMBERS :]] == _philox([0, 0], [last, 0, 0, 0]) + _philox(
        [0, 0], [0, 0, 0, 0]
    )
