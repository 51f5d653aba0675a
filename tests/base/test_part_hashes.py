"""Hashes of parts of a buffer are XXH64 of their bytes, whatever their length and place."""

from __future__ import annotations

import numpy as np
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.part_hashes import hashes_of


def hashes(parts: list[bytes], before: bytes = b"") -> list[int]:
    ends = len(before) + np.cumsum([len(part) for part in parts], dtype=np.int64)
    buffer = np.frombuffer(before + b"".join(parts), np.uint8)
    found: list[int] = hashes_of(buffer, ends - [len(part) for part in parts], ends).tolist()
    return found


@given(st.lists(st.binary(max_size=99), min_size=1), st.binary(max_size=9))
def test_hashes_are_those_of_the_reference_library_wherever_a_part_lies(parts, before):
    assert hashes(parts, before) == [xxhash.xxh64(part).intdigest() for part in parts]
