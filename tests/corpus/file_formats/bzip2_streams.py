"""bzip2 streams made bit by bit: many blocks of a few bytes, and data that looks like their magics."""

from __future__ import annotations

import bz2
from collections.abc import Iterable, Sequence

BLOCK, END = 0x314159265359, 0x177245385090
_ALL_BYTES = "1" * 272  # the symbol map of a block in which every byte may stand
_LITERAL = 254  # codes of 8 bits: those of the symbols 2 to 255


def bits_of(data: bytes) -> str:
    return bin(int.from_bytes(b"\1" + data, "big"))[3:]


def bytes_of(bits: str) -> bytes:
    """The last byte is filled up with zeros."""
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def block_of(text: bytes) -> str:
    """The bits of a block, from its magic to its last."""
    bits = bits_of(bz2.compress(text))
    return bits[32 : bits.rindex(f"{END:048b}")]


def stream_of(blocks: Iterable[str], level: int = 9) -> bytes:
    """A stream of blocks."""
    bits, combined = bits_of(b"BZh%d" % level), 0
    for block in blocks:
        combined = (combined << 1 | combined >> 31) & 0xFFFFFFFF ^ int(block[48:80], 2)
        bits += block
    return bytes_of(f"{bits}{END:048b}{combined:032b}")


def block_of_codes(codes: Sequence[int]) -> tuple[str, bytes]:
    """A block whose data is these bytes, each below 254, as they are, and its text.

    All symbols but four have codes of eight bits, so that code c is symbol c + 2, which takes the byte at
    place c + 1 of the list that is moved to front.
    """
    front, column = list(range(256)), []
    for code in codes:
        column.append(front.pop(code + 1))
        front.insert(0, column[-1])
    text = _without_runs(_sorted_back(column))
    lengths = "01001" + "0" * 2 + "110" + "0" * 253 + "100" + "0"  # from 9 bits; 8; 9 again
    selectors = -(-(len(codes) + 1) // 50)
    return (
        f"{BLOCK:048b}{_crc(text):032b}0{0:024b}{_ALL_BYTES}{2:03b}{selectors:015b}"
        + "0" * selectors
        + lengths * 2
        + "".join(f"{code:08b}" for code in codes)
        + "1" * 9
    ), text


def _sorted_back(column: list[int]) -> bytes:
    """What the Burrows-Wheeler transform made a column of, from its first row on."""
    following = sorted(range(len(column)), key=lambda row: (column[row], row))
    row, text = following[0], bytearray()
    for _ in column:
        text.append(column[row])
        row = following[row]
    return bytes(text)


def _without_runs(data: bytes) -> bytes:
    """Four equal bytes are followed by the number of more."""
    text, run, at = bytearray(), 0, 0
    while at < len(data):
        run = run + 1 if text and data[at] == text[-1] and run else 1
        text.append(data[at])
        at += 1
        if run == 4:
            text += text[-1:] * data[at]
            at, run = at + 1, 0
    return bytes(text)


def _crc(text: bytes) -> int:
    """CRC-32 with the highest bit first."""
    crc = 0xFFFFFFFF
    for byte in text:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return crc ^ 0xFFFFFFFF
