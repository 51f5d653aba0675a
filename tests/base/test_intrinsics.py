"""Instructions beside what they stand for in plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base import intrinsics
from albert_data.base.intrinsics import copy_bytes, load_word, one_bits, store_half, trailing_zeros
from albert_data.base.kernels import kernel

words = st.integers(0, 2**64 - 1)


@kernel
def load(buffer, at):
    return load_word(buffer, at)


@kernel
def store(buffer, at, value):
    store_half(buffer, at, value)


@kernel
def copy(out, at, source, begin, size):
    copy_bytes(out, at, source, begin, size)


@kernel
def zeros(word):
    return trailing_zeros(word)


@kernel
def ones(word):
    return one_bits(word)


@given(st.binary(min_size=8, max_size=40), st.data())
def test_a_word_is_eight_bytes_the_first_one_lowest(data, drawn):
    at = drawn.draw(st.integers(0, len(data) - 8))
    buffer = np.frombuffer(data, np.uint8)
    expected = int.from_bytes(data[at : at + 8], "little")
    assert load(buffer, at) == load_word.plain(buffer, at) == expected


@given(st.integers(0, 2**32 - 1), st.integers(0, 16))
def test_half_a_word_is_written_where_it_is_said_and_nowhere_else(value, at):
    compiled, plain = np.full((2, 20), 7, np.uint8)
    store(compiled, at, np.uint32(value))
    store_half.plain(plain, at, value)
    expected = bytes([7] * at) + value.to_bytes(4, "little") + bytes([7] * (16 - at))
    assert compiled.tobytes() == plain.tobytes() == expected


@given(st.binary(max_size=80), st.data())
def test_bytes_are_copied_where_it_is_said_and_nowhere_else(data, drawn):
    source = np.frombuffer(data, np.uint8)
    begin = drawn.draw(st.integers(0, len(data)))
    size = drawn.draw(st.integers(0, len(data) - begin))
    at = drawn.draw(st.integers(0, 9))
    compiled, plain = np.full((2, 100), 7, np.uint8)
    copy(compiled, at, source, begin, size)
    copy_bytes.plain(plain, at, source, begin, size)
    expected = bytes([7] * at) + data[begin : begin + size] + bytes([7] * (100 - at - size))
    assert compiled.tobytes() == plain.tobytes() == expected


@given(words)
def test_trailing_zeros_are_those_of_the_binary_number(word):
    written = f"{word:064b}"
    expected = 64 - len(written.rstrip("0"))
    assert zeros(np.uint64(word)) == trailing_zeros.plain(word) == expected


@given(words)
def test_one_bits_are_those_of_the_binary_number(word):
    assert ones(np.uint64(word)) == one_bits.plain(word) == f"{word:b}".count("1")


@settings(max_examples=200)
@given(st.integers(0, 2**21 - 1))
def test_a_short_varint_is_its_number_with_and_without_the_instruction(number):
    groups = [number & 127, number >> 7 & 127, number >> 14]
    used = groups[: max(1, -(-number.bit_length() // 7))]
    encoded = [group | 128 for group in used[:-1]] + used[-1:]
    word = np.uint64(int.from_bytes(bytes(encoded), "little"))
    assert intrinsics.short_varint(word) == number
    assert intrinsics.varint_by_shifts(word) == number
    assert intrinsics._bits_of.plain(word, 0x7F7F7F) == number


@settings(max_examples=200)
@given(st.integers(0, 2**21 - 1))
def test_a_number_is_spread_over_bytes_with_and_without_the_instruction(number):
    spread = number & 127 | (number >> 7 & 127) << 8 | number >> 14 << 16
    assert intrinsics.sevens(np.uint64(number)) == spread
    assert intrinsics.sevens_by_shifts(np.uint64(number)) == spread
    assert intrinsics._bits_to.plain(number, 0x7F7F7F) == spread
