"""SentencePiece models written by hand, so that scores, types and options are a test's own."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from albert_data.tokens.vocabulary import SPECIALS, Vocabulary, vocabulary_from

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
UNIGRAM, BPE, WORD, CHAR = range(1, 5)
Piece = tuple[str, float, int]


def vocabulary_of(
    pieces: Sequence[Piece], trainer: bytes = b"", normalizer: bytes = b""
) -> Vocabulary:
    """A vocabulary of the special pieces and these, each a text, a score and a type."""
    special = [(name, 0.0, UNKNOWN if name == "<unk>" else CONTROL) for name in SPECIALS]
    content = b"".join(message(1, piece_message(*piece)) for piece in [*special, *pieces])
    return vocabulary_from(content + message(2, trainer) + message(3, normalizer), "by hand")


def piece_message(text: str, score: float, kind: int) -> bytes:
    return message(1, text.encode()) + b"\x15" + struct.pack("<f", score) + number(3, kind)


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def varint(value: int) -> bytes:
    groups = [value >> shift & 127 for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes(group | 128 for group in groups[:-1]) + bytes(groups[-1:])
