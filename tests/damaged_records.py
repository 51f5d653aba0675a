"""tf.Examples with any feature of another kind: a generator for every reader of TFRecord files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tests.insight.foreign.records import _crc as crc
from tests.insight.foreign.records import _field as field
from tests.insight.foreign.records import _varint as varint

_FLOAT, _INTEGER, _BYTES = 2, 3, 1


def entry(name: bytes, kind: int, packed: bytes) -> bytes:
    """A feature of a tf.Example."""
    return field(1, field(1, name) + field(2, field(kind, field(1, packed))))


def _list(values: np.ndarray) -> tuple[int, bytes]:
    if values.dtype == np.float32:
        return _FLOAT, values.astype("<f4").tobytes()
    return _INTEGER, b"".join(varint(int(value)) for value in values)


def entries_instead(name: str, values: np.ndarray) -> Iterator[tuple[str, bytes]]:
    """What may stand where a feature stood."""
    raw, (kind, packed) = name.encode(), _list(values)
    yield "gone", b""
    yield "twice", 2 * entry(raw, kind, packed)
    yield "twice and other", entry(raw, kind, packed) + entry(raw, kind, packed[:1])
    yield "no list", field(1, field(1, raw) + field(2, b""))
    yield "no value", field(1, field(1, raw))
    yield "empty", entry(raw, kind, b"")
    yield "one value", entry(raw, kind, packed[: 4 if kind == _FLOAT else 1])
    yield "one more", entry(raw, kind, packed + packed[:4])
    yield "bytes", entry(raw, _BYTES, packed)
    other = values.astype(np.int64 if kind == _FLOAT else np.float32)
    yield "of the other kind", entry(raw, *_list(other))
    for number in (-1, 2**31, 2**32 - 1, 2**63 - 1, -(2**63)):
        yield f"{number}", entry(raw, _INTEGER, varint(number) * len(values))
    for bits in (float("nan"), float("inf"), -1.0, 1e-45):
        yield f"{bits}", entry(raw, *_list(np.full(len(values), bits, np.float32)))
    yield "endless varints", entry(raw, _INTEGER, b"\xff" * 11 * len(values))
    yield "a name that is no UTF-8", entry(b"\xed\xa0\x80", kind, packed)
    yield "a path for a name", entry(b"../../" + raw, kind, packed)
    yield "a long name", entry(raw * 10_000, kind, packed)
    yield "deep", entry(raw, _INTEGER, _nested(200))
    yield "a list of terabytes", field(1, field(1, raw) + b"\x12" + varint(2**42))
    yield (
        "not packed",
        field(1, field(1, raw) + field(2, field(_INTEGER, b"\x08\x01" * len(values)))),
    )


def _nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = field(1, inner)
    return inner


def damaged_records(features: Mapping[str, np.ndarray]) -> Iterator[tuple[str, bytes]]:
    """(what was done, the record) of an example with every feature of every other kind."""
    entries = {name: entry(name.encode(), *_list(values)) for name, values in features.items()}
    yield "no byte", b""
    yield "no feature", field(1, b"")
    yield "text", b"a record of plain text, which is no message"
    yield "zeros", bytes(200)
    yield "0x80", b"\x80" * 100_000
    yield "an extra feature", field(1, b"".join(entries.values()) + entry(b"extra", 3, b"\x01"))
    yield "backwards", field(1, b"".join(reversed(entries.values())))
    for name, values in features.items():
        for what, made in entries_instead(name, values):
            yield f"{name}: {what}", field(1, b"".join({**entries, name: made}.values()))


def framed(record: bytes) -> bytes:
    """A record as it stands in a TFRecord file, its checksums right."""
    length = len(record).to_bytes(8, "little")
    return length + crc(length) + record + crc(record)
