"""CRC-32C inside kernels: the library's numbers, and each machine's own instruction."""

from __future__ import annotations

import google_crc32c
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llvmlite import binding, ir

from albert_data.base import crc32c
from albert_data.base.intrinsics import HALF, WORD, call_of

WAYS = [crc32c.crc32c, crc32c.crc_by_table, crc32c._by_library]


def test_the_check_value_is_the_published_one():
    digits = np.frombuffer(b"123456789", np.uint8)
    assert [int(way(digits, 0, 9)) for way in WAYS] == [0xE3069283] * 3


@settings(max_examples=200)
@given(st.binary(max_size=100), st.integers(0, 20))
def test_the_checksum_is_the_library_s(data, begin):
    buffer = np.frombuffer(bytes(begin) + data, np.uint8)
    expected = google_crc32c.value(data)
    assert [int(way(buffer, begin, len(buffer))) for way in WAYS] == [expected] * 3


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9])
@pytest.mark.parametrize("lanes", [0, 1, 2, 3, 6])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_parts_that_are_summed_side_by_side_are_put_together(size, lanes, shift):
    size += max(lanes * crc32c.LANE + shift, 0)
    data = np.random.default_rng(size).bytes(size + 3)
    buffer = np.frombuffer(data, np.uint8)
    expected = google_crc32c.value(data[3:])
    assert [int(way(buffer, 3, len(buffer))) for way in WAYS] == [expected] * 3


def test_zeros_and_ones_have_their_checksums():
    for byte in (0, 255):  # RFC 3720, B.4: 32 of each
        buffer = np.full(32, byte, np.uint8)
        expected = {0: 0x8A9136AA, 255: 0x62A8AB43}[byte]
        assert [int(way(buffer, 0, 32)) for way in WAYS] == [expected] * 3


@pytest.mark.parametrize(
    ("machine", "features", "name", "kinds", "instruction"),
    [
        ("x86_64", "+crc32", "llvm.x86.sse42.crc32.64.64", (WORD, WORD, WORD), "crc32q"),
        ("aarch64", "+crc", "llvm.aarch64.crc32cx", (HALF, HALF, WORD), "crc32cx"),
    ],
)
def test_each_machine_compiles_to_its_instruction(machine, features, name, kinds, instruction):
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    module = ir.Module()
    function = ir.Function(module, ir.FunctionType(kinds[0], kinds[1:]), "after_a_word")
    builder = ir.IRBuilder(function.append_basic_block())
    builder.ret(call_of(name, *kinds)(None, builder, None, function.args))
    target = binding.Target.from_triple(f"{machine}-unknown-linux-gnu")
    compiled = target.create_target_machine(features=features)
    assembly = compiled.emit_assembly(binding.parse_assembly(str(module)))
    assert instruction in assembly.split()
