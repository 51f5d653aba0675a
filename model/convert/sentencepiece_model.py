"""What a SentencePiece model file holds beside what its processor tells: scores, kinds, character map.

The file is a protobuf message (sentencepiece_model.proto); only the fields named here are read. The
generated reader that comes with SentencePiece wants a newer protobuf than TensorFlow's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from albert_data.base.errors import DataError

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
UNIGRAM = 1
# `normalizer_spec { add_dummy_prefix: false }`: of a field that stands twice, the later one decides.
_NO_PREFIX = b"\x1a\x02\x18\x00"


@dataclass(frozen=True)
class Piece:
    """A piece: its text, log-probability and kind (NORMAL, CONTROL, …)."""

    text: str
    score: float
    kind: int = NORMAL


@dataclass(frozen=True)
class SentencePieceModel:
    """Fields of a model file.

    Attributes:
        pieces: in the order of their ids.
        is_unigram: False for BPE, word and character models.
        character_map: bytes. SentencePiece's compiled normalisation; empty: none.
        adds_space: a space is put before a text.
    """

    pieces: tuple[Piece, ...]
    is_unigram: bool
    character_map: bytes
    adds_space: bool


def parse_model(content: bytes, where: str = "") -> SentencePieceModel:
    """Reads a `.model` file's bytes.

    Raises:
        DataError: they are no such file, or cut off.
    """
    pieces: list[Piece] = []
    kind, character_map, adds_space = UNIGRAM, b"", True
    try:
        for number, value in _fields(content):
            if number == 1:
                found = dict(_fields(value))
                (score,) = struct.unpack("<f", found.get(2, bytes(4)))
                pieces.append(Piece(found[1].decode(), score, found.get(3, NORMAL)))
            elif number == 2:
                kind = dict(_fields(value)).get(3, kind)
            elif number == 3:
                normalizer = dict(_fields(value))
                character_map = normalizer.get(2, character_map)
                adds_space = bool(normalizer.get(3, adds_space))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error) as error:
        fix = "pass the binary .model file that albert-data vocab or SentencePiece wrote"
        raise DataError("not a SentencePiece model, or cut off", where=where, fix=fix) from error
    return SentencePieceModel(tuple(pieces), kind == UNIGRAM, character_map, adds_space)


def without_space_before(content: bytes) -> bytes:
    """The same model, for text that goes on within a word: no space is put before it."""
    return content + _NO_PREFIX


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Numbers and values of a message: int of a varint, bytes of all else."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
                continue
            case 1:
                size = 8
            case 5:
                size = 4
            case 2:
                size, at = _varint(message, at)
            case wire_type:
                raise ValueError(f"wire type {wire_type}")
        if at + size > len(message):
            raise ValueError("cut off")
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
