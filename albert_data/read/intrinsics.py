"""Instructions that Numba has no name for: eight bytes at once, trailing zeros, bits by a mask, CRC-32C.

`crc32c` takes 0.4 µs a record of 3 KB where the processor has the instruction (x86 with SSE 4.2), and
a table of eight times 256 numbers otherwise. The polynomial is Castagnoli's, as TFRecord uses it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

from albert_data.base.arrays import UInt8, UInt64
from albert_data.base.kernels import kernel

_BYTE, _WORD = ir.IntType(8), ir.IntType(64)
_POLYNOMIAL = 0x82F63B78  # reflected
_FEATURES = binding.get_host_cpu_features()


@intrinsic
def load_word(context: Any, buffer: Any, at: Any) -> Any:
    """Eight bytes of a uint8 array from `at`, the first one lowest, as uint64; not checked."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, values[0])
        first = builder.bitcast(array.data, _BYTE.as_pointer())
        place = builder.bitcast(builder.gep(first, [values[1]]), _WORD.as_pointer())
        return builder.load(place, align=1)

    return types.uint64(buffer, types.int64), generate


@intrinsic
def trailing_zeros(context: Any, word: Any) -> Any:
    """Zero bits below the lowest one of a uint64; 64 where there is none."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@intrinsic
def _bits_of(context: Any, word: Any, mask: Any) -> Any:
    """The bits of a uint64 that a mask has, side by side (x86's PEXT)."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = ir.FunctionType(_WORD, [_WORD, _WORD])
        name = "llvm.x86.bmi.pext.64"
        return builder.call(builder.module.declare_intrinsic(name, (), kind), values)

    return types.uint64(types.uint64, types.uint64), generate


@kernel
def varint_by_instruction(varint: np.uint64) -> np.uint64:
    """The number of a varint of up to three bytes; nothing stands above it."""
    number: np.uint64 = _bits_of(varint, np.uint64(0x7F7F7F))
    return number


@kernel
def varint_by_shifts(varint: np.uint64) -> np.uint64:
    """The same without the instruction."""
    low = varint & np.uint64(0x7F)
    middle = (varint >> np.uint64(1)) & np.uint64(0x3F80)
    return low | middle | ((varint >> np.uint64(2)) & np.uint64(0x1FC000))


short_varint = varint_by_instruction if _FEATURES.get("bmi2") else varint_by_shifts


@intrinsic
def _crc_of_word(context: Any, crc: Any, word: Any) -> Any:
    """The processor's CRC-32C of eight more bytes."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = ir.FunctionType(_WORD, [_WORD, _WORD])
        name = "llvm.x86.sse42.crc32.64.64"
        return builder.call(builder.module.declare_intrinsic(name, (), kind), values)

    return types.uint64(types.uint64, types.uint64), generate


def _tables() -> UInt64[np.ndarray, "8 256"]:
    """[k, b]: the checksum's part of byte b with k bytes behind it."""
    table = np.arange(256, dtype=np.uint64)
    for _ in range(8):
        table = (table >> np.uint64(1)) ^ np.where(table & np.uint64(1), _POLYNOMIAL, 0).astype(
            "u8"
        )
    rows = [table]
    for _ in range(7):
        rows.append(table[rows[-1] & np.uint64(255)] ^ (rows[-1] >> np.uint64(8)))
    return np.stack(rows)


_TABLES = _tables()


@kernel
def crc_by_instruction(buffer: UInt8[np.ndarray, " B"], begin: int, end: int) -> np.uint64:
    """CRC-32C of the bytes [begin, end), which must lie in the buffer."""
    crc = np.uint64(0xFFFFFFFF)
    at = begin
    while at + 8 <= end:
        crc = _crc_of_word(crc, load_word(buffer, at))
        at += 8
    return _rest_by_table(crc, buffer, at, end)


@kernel
def crc_by_table(buffer: UInt8[np.ndarray, " B"], begin: int, end: int) -> np.uint64:
    """The same without the instruction: six times as slow."""
    crc = np.uint64(0xFFFFFFFF)
    at = begin
    while at + 8 <= end:
        word = load_word(buffer, at) ^ crc
        crc = np.uint64(0)
        for k in range(8):
            crc ^= _TABLES[7 - k, (word >> np.uint64(8 * k)) & np.uint64(255)]
        at += 8
    return _rest_by_table(crc, buffer, at, end)


@kernel
def _rest_by_table(crc: np.uint64, buffer: UInt8[np.ndarray, " B"], at: int, end: int) -> np.uint64:
    while at < end:
        crc = _TABLES[0, (crc ^ np.uint64(buffer[at])) & np.uint64(255)] ^ (crc >> np.uint64(8))
        at += 1
    return crc ^ np.uint64(0xFFFFFFFF)


crc32c = crc_by_instruction if _FEATURES.get("sse4.2") else crc_by_table


@kernel
def masked_crc(buffer: UInt8[np.ndarray, " B"], begin: int, end: int) -> np.uint64:
    """TFRecord's masked checksum of the bytes [begin, end): rotated by 15 bits, plus a constant."""
    crc = crc32c(buffer, begin, end)
    rotated = ((crc >> np.uint64(15)) | (crc << np.uint64(17))) & np.uint64(0xFFFFFFFF)
    return (rotated + np.uint64(0xA282EAD8)) & np.uint64(0xFFFFFFFF)
