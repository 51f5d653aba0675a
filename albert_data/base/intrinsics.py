"""Instructions that Numba has no name for: bytes at once, trailing zeros, bits counted and by a mask.

Each stands beside the same in plain Python, which takes its place under `NUMBA_DISABLE_JIT=1` and which
tests compare it with. Places in buffers are not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils, config
from numba.extending import intrinsic

from albert_data.base.kernels import kernel

BYTE, HALF, WORD = ir.IntType(8), ir.IntType(32), ir.IntType(64)
FEATURES = binding.get_host_cpu_features()
PLAIN = bool(config.DISABLE_JIT)


def instruction(plain: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """Makes an intrinsic of what generates its code, or leaves the plain function."""

    def choose(generate: Callable[..., Any]) -> Any:
        made: Any = plain if PLAIN else intrinsic(generate)
        made.plain = plain
        return made

    return choose


def _place(
    context: Any, builder: Any, signature: Any, values: Any, kind: ir.Type, argument: int = 0
) -> Any:
    """Pointer to `kind` at byte `values[argument + 1]` of the uint8 array `values[argument]`."""
    buffer, at = values[argument : argument + 2]
    array = context.make_array(signature.args[argument])(context, builder, buffer)
    first = builder.bitcast(array.data, BYTE.as_pointer())
    return builder.bitcast(builder.gep(first, [at]), kind.as_pointer())


def _load_word(buffer: Any, at: int) -> np.uint64:
    return np.uint64(int.from_bytes(buffer[at : at + 8].tobytes(), "little"))


@instruction(_load_word)
def load_word(context: Any, buffer: Any, at: Any) -> Any:
    """Eight bytes of a uint8 array from `at`, the first one lowest, as uint64."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_place(context, builder, signature, values, WORD), align=1)

    return types.uint64(buffer, types.int64), generate


def _store_half(buffer: Any, at: int, value: int) -> None:
    buffer[at : at + 4] = list(int(value).to_bytes(4, "little"))


@instruction(_store_half)
def store_half(context: Any, buffer: Any, at: Any, value: Any) -> Any:
    """Writes a uint32 into a uint8 array from `at`, its lowest byte first."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[2], _place(context, builder, signature, values, HALF), align=1)
        return context.get_dummy_value()

    return types.void(buffer, types.int64, types.uint32), generate


def _copy_bytes(out: Any, at: int, source: Any, begin: int, size: int) -> None:
    out[at : at + size] = source[begin : begin + size]


@instruction(_copy_bytes)
def copy_bytes(context: Any, out: Any, at: Any, source: Any, begin: Any, size: Any) -> Any:
    """Copies `size` bytes of a uint8 array, from `begin`, into another one, from `at`.

    An assignment of slices does the same and takes Numba two seconds longer to compile.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        target = _place(context, builder, signature, values, BYTE)
        taken = _place(context, builder, signature, values, BYTE, argument=2)
        cgutils.raw_memcpy(builder, target, taken, values[4], 1)
        return context.get_dummy_value()

    return types.void(out, types.int64, source, types.int64, types.int64), generate


def _trailing_zeros(word: int) -> np.uint64:
    return np.uint64((int(word) & -int(word)).bit_length() - 1 if word else 64)


@instruction(_trailing_zeros)
def trailing_zeros(context: Any, word: Any) -> Any:
    """Zero bits below the lowest one of a uint64; 64 where there is none."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


def _one_bits(word: int) -> np.uint64:
    return np.uint64(int(word).bit_count())


@instruction(_one_bits)
def one_bits(context: Any, word: Any) -> Any:
    """How many bits of a uint64 are one."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.ctpop(values[0])

    return types.uint64(types.uint64), generate


def _bits_of_word(word: int, mask: int) -> np.uint64:
    bits = [int(word) >> place & 1 for place in range(64) if int(mask) >> place & 1]
    return np.uint64(sum(bit << number for number, bit in enumerate(bits)))


@instruction(_bits_of_word)
def _bits_of(context: Any, word: Any, mask: Any) -> Any:
    """The bits of a uint64 that a mask has, side by side (x86's PEXT)."""
    return types.uint64(types.uint64, types.uint64), call_of(
        "llvm.x86.bmi.pext.64", WORD, WORD, WORD
    )


def _spread_of(word: int, mask: int) -> np.uint64:
    places = [place for place in range(64) if int(mask) >> place & 1]
    return np.uint64(sum((int(word) >> number & 1) << place for number, place in enumerate(places)))


@instruction(_spread_of)
def _bits_to(context: Any, word: Any, mask: Any) -> Any:
    """The lowest bits of a uint64 at the places that a mask has (x86's PDEP)."""
    return types.uint64(types.uint64, types.uint64), call_of(
        "llvm.x86.bmi.pdep.64", WORD, WORD, WORD
    )


def call_of(name: str, result: ir.Type, *arguments: ir.Type) -> Callable[..., Any]:
    """Generates a call of one of LLVM's functions for one machine's instruction."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = ir.FunctionType(result, arguments)
        return builder.call(builder.module.declare_intrinsic(name, (), kind), values)

    return generate


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


@kernel
def sevens_by_instruction(number: np.uint64) -> np.uint64:
    """The lowest 21 bits of a number, seven in a byte."""
    spread: np.uint64 = _bits_to(number, np.uint64(0x7F7F7F))
    return spread


@kernel
def sevens_by_shifts(number: np.uint64) -> np.uint64:
    """The same without the instruction."""
    low = number & np.uint64(0x7F)
    middle = (number << np.uint64(1)) & np.uint64(0x7F00)
    return low | middle | ((number << np.uint64(2)) & np.uint64(0x7F0000))


sevens = sevens_by_instruction if FEATURES.get("bmi2") else sevens_by_shifts
short_varint = varint_by_instruction if FEATURES.get("bmi2") else varint_by_shifts
