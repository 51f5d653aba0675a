"""Hashes of parts of a buffer are XXH64 of their bytes, whatever their length and place."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.part_hashes import hashes_of

# XXH64 with seed 0, as the reference implementation gives them.
KNOWN = {
    b"": 0xEF46DB3751D8E999,
    b"a": 0xD24EC4F1A98C6E5B,
    b"abc": 0x44BC2CF5AD770999,
    b"Nobody inspects the spammish repetition": 0xFBCEA83C8A378BF1,
}


def hashes(parts: list[bytes], before: bytes = b"") -> list[int]:
    ends = len(before) + np.cumsum([len(part) for part in parts], dtype=np.int64)
    buffer = np.frombuffer(before + b"".join(parts), np.uint8)
    found: list[int] = hashes_of(buffer, ends - [len(part) for part in parts], ends).tolist()
    return found


def test_hashes_are_those_of_the_reference():
    assert hashes(list(KNOWN)) == list(KNOWN.values())


@given(st.binary(max_size=99), st.integers(0, 9), st.data())
def test_a_hash_depends_on_every_bit_of_its_part_and_on_nothing_around_it(part, place, data):
    (usual,) = hashes([part])
    assert hashes([part, b"behind"], b"x" * place)[0] == usual
    assert hashes([part + b"\0"]) != [usual]
    if part:
        bit = data.draw(st.integers(0, 8 * len(part) - 1))
        other = bytearray(part)
        other[bit // 8] ^= 1 << bit % 8
        assert hashes([bytes(other)]) != [usual]
