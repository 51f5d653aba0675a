"""What a SentencePiece model says of itself that its library has no function for.

A model is a protocol buffer (`sentencepiece_model.proto`): pieces with score and type, how it was trained,
how texts are normalised. Read here by hand, since the library's own generated reader wants one certain
version of protobuf. Defaults of absent fields are those of that file. Cost: 20 ms for 30,000 pieces.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

NORMAL, USER_DEFINED = 1, 4  # types of pieces that are looked for in texts
_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3  # fields of a model
_TEXT, _SCORE, _TYPE = 1, 2, 3  # of a piece
_PIECE_TAG, _TEXT_TAG, _SCORE_TAG = 0x0A, 0x0A, 0x15  # bytes before a piece, its text, its score
_MODEL_TYPE, _SPACE_BEHIND = 3, 24  # of the trainer
_UNIGRAM = 1
_RULES, _SPACE_BEFORE, _SPACE_MARK = 2, 3, 5  # of the normaliser
_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5  # kinds of values
# A unit of the normaliser's double array: its label or, of a leaf, no label; whether a rule ends here.
_LABEL, _ENDS_RULE, _FAR = 0x8000_00FF, 1 << 8, 1 << 9


@dataclass(frozen=True)
class ModelFile:
    """
    Attributes:
        texts: of all pieces, UTF-8.
        scores, types: of all pieces, float32 and int32 [V].
        unigram: of this type, and not BPE, by words or by characters.
        mark_before: each text gets a space mark before it, as the character `▁`, not behind it.
        changed: ASCII bytes with which begins what the normaliser changes, of ASCII text.
    """

    texts: list[bytes]
    scores: np.ndarray
    types: np.ndarray
    unigram: bool
    mark_before: bool
    changed: frozenset[int]


def read_model(content: bytes) -> ModelFile:
    """Reads a serialised model.

    Raises:
        ValueError: it is none, or cut.
    """
    texts, scores, types = [], [], []
    specs: dict[int, dict[int, Any]] = {_TRAINER: {}, _NORMALIZER: {}}
    at = 0
    try:
        while at < len(content):
            end = at + 2 + content[at + 1]
            if (
                content[at] == _PIECE_TAG
                and content[at + 1] < 128
                and content[at + 2] == _TEXT_TAG
                and content[end - 5] == _SCORE_TAG
                and at + 4 + content[at + 3] == end - 5
                and end <= len(content)
            ):  # as nearly all are
                texts.append(content[at + 4 : end - 5])
                scores.append(content[end - 4 : end])
                types.append(NORMAL)
                at = end
                continue
            field, value, at = _field(content, at)
            if field == _PIECES:
                piece = _fields(value)
                texts.append(piece[_TEXT])
                scores.append(piece.get(_SCORE, bytes(4)))
                types.append(piece.get(_TYPE, NORMAL))
            elif field in specs:
                specs[field].update(_fields(value))
        trainer, normalizer = specs[_TRAINER], specs[_NORMALIZER]
        before = normalizer.get(_SPACE_BEFORE, 1) and normalizer.get(_SPACE_MARK, 1)
        return ModelFile(
            texts=texts,
            scores=np.frombuffer(b"".join(scores), "<f4"),
            types=np.array(types, np.int32),
            unigram=trainer.get(_MODEL_TYPE, _UNIGRAM) == _UNIGRAM,
            mark_before=bool(before) and not trainer.get(_SPACE_BEHIND, 0),
            changed=_ascii_rules(normalizer.get(_RULES, b"")),
        )
    except (IndexError, KeyError, TypeError, struct.error) as error:
        raise ValueError(f"no SentencePiece model: {error}") from None


def _fields(message: bytes) -> dict[int, Any]:
    """The fields of a message; of one that comes again, its last value."""
    found, at = {}, 0
    while at < len(message):
        number, value, at = _field(message, at)
        found[number] = value
    return found


def _field(message: bytes, at: int) -> tuple[int, Any, int]:
    """Number and value of a field, an integer or else bytes, and where it ends."""
    tag, at = _varint(message, at)
    kind = tag & 7
    if kind == _VARINT:
        return tag >> 3, *_varint(message, at)
    size = {_DOUBLE: 8, _FLOAT: 4}.get(kind)
    if kind == _BYTES:
        size, at = _varint(message, at)
    if size is None or at + size > len(message):
        raise IndexError(f"byte {at}")
    return tag >> 3, message[at : at + size], at + size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends."""
    byte = message[at]
    if byte < 128:
        return byte, at + 1
    value, shift = byte & 127, 7
    while byte >= 128:
        at += 1
        byte = message[at]
        value |= (byte & 127) << shift
        shift += 7
    return value, at + 1


def _ascii_rules(rules: bytes) -> frozenset[int]:
    """First bytes of the normaliser's rules about ASCII text only.

    Rules are a double array as Darts-clone writes it, behind its size in bytes (uint32): from the place
    that a unit points to, the unit of the next byte is that place XOR the byte, if it has this label.
    """
    if not rules:
        return frozenset()
    (size,) = struct.unpack_from("<I", rules)
    units = np.frombuffer(rules, "<u4", size // 4, 4)

    def any_below(place: int) -> bool:
        return any(units[at] & _ENDS_RULE or any_below(_target(units, at)) for at in under(place))

    def under(place: int) -> list[int]:
        places = place ^ np.arange(1, 128)
        places = places[places < len(units)]
        found: list[int] = places[units[places] & _LABEL == places ^ place].tolist()
        return found

    root = _target(units, 0)
    ends = {at: any_below(_target(units, at)) or units[at] & _ENDS_RULE for at in under(root)}
    return frozenset(at ^ root for at, changed in ends.items() if changed)


def _target(units: np.ndarray, at: int) -> int:
    """The place that the unit at a place points to."""
    unit = int(units[at])
    return at ^ unit >> 10 << (8 if unit & _FAR else 0)
