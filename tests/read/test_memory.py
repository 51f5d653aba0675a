"""Memory of batches: aligned, used again when nobody holds it, never before."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.read.memory import ALIGNMENT, Memory, aligned, places_of


def address(array: np.ndarray) -> int:
    return array.ctypes.data


@given(st.integers(0, 5000))
def test_parts_are_aligned_and_as_large_as_asked_for(values):
    part = Memory(2).take(values)
    assert part.dtype == np.int32 and part.shape == (values,) and part.flags.writeable
    assert address(part) % ALIGNMENT == 0


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_columns_begin_at_aligned_places_and_do_not_overlap(sizes):
    places = places_of(np.array(sizes))
    assert places[0] == 0 and (4 * places % ALIGNMENT == 0).all()
    assert (np.diff(places) >= sizes).all() and (np.diff(places) < np.array(sizes) + 16).all()


HOLDERS = {
    "itself": lambda part: part,
    "a slice": lambda part: part[3:7],
    "a slice of a slice": lambda part: part[:60].reshape(6, 10)[2:4, ::2],
    "another type": lambda part: part.view(np.float32)[:4].view(np.uint8),
    "an iterator's row": lambda part: next(iter(part.reshape(10, -1))),
    "a buffer": lambda part: memoryview(part),
    "a capsule of DLPack": lambda part: part.__dlpack__(),
    "an array of DLPack": lambda part: np.from_dlpack(part),
}


@pytest.mark.parametrize("holder", list(HOLDERS))
def test_memory_is_used_again_as_soon_as_nobody_holds_it_and_no_sooner(holder):
    memory = Memory(2)
    part = memory.take(100)
    place = address(part)
    held = HOLDERS[holder](part)
    del part
    other = memory.take(100)
    assert address(other) != place
    del held
    assert address(memory.take(100)) == place


def test_more_is_not_kept_than_was_said():
    memory = Memory(2)
    parts = [memory.take(100) for _ in range(5)]
    places = {address(part) for part in parts}
    assert len(places) == 5
    del parts
    assert len(memory._free) == 2


def test_larger_and_smaller_parts_come_of_the_same_memory():
    memory = Memory(2)
    for values in (10, 1000, 10, 0, 1000):
        part = memory.take(values)
        part[:] = values
        assert len(part) == values
        del part


def test_batches_that_are_held_stay_what_they_are(numbered):
    run = numbered.batches(8, seed=3, threads=2)
    held = list(itertools.islice(run, 6))
    kept = [batch["input_ids"].copy() for batch in held]
    part = held[2]["masked_lm_ids"][1:3]
    of_part = part.copy()
    del held[2]
    list(itertools.islice(run, 40))
    for batch, ids in zip(held, kept[:2] + kept[3:], strict=True):
        np.testing.assert_array_equal(batch["input_ids"], ids)
    np.testing.assert_array_equal(part, of_part)


@pytest.mark.parametrize("rows", [1, 3, 8, 16])
def test_every_feature_of_a_batch_is_aligned(numbered, rows):
    for values in next(numbered.batches(rows)).values():
        assert address(values) % ALIGNMENT == 0 and values.flags.c_contiguous


def test_what_is_aligned_stays_and_all_else_is_copied():
    part = Memory(0).take(64).reshape(4, 16)
    part[:] = np.arange(64).reshape(4, 16)
    assert aligned(part) is part
    frozen = part.view()
    frozen.flags.writeable = False
    for other in (part[:, 1:], part[::2], part.T, part.ravel()[1:], frozen, part.astype("f8")[1:]):
        copy = aligned(other)
        assert address(copy) % ALIGNMENT == 0 and copy.flags.c_contiguous and copy.flags.writeable
        assert copy.dtype == other.dtype and not np.shares_memory(copy, part)
        np.testing.assert_array_equal(copy, other)
