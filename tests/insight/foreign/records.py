"""TFRecord files of tf.Examples, byte by byte, for features of any name."""

from __future__ import annotations

from pathlib import Path

import google_crc32c
import numpy as np


def write_tfrecord(path: Path, named: dict[str, np.ndarray]) -> Path:
    """A record a row of arrays [R, values], integers or float32."""
    rows = len(next(iter(named.values())))
    with open(path, "wb") as stream:
        for row in range(rows):
            stream.write(_framed(_example({name: v[row] for name, v in named.items()})))
    return path


def _example(features: dict[str, np.ndarray]) -> bytes:
    entries = b""
    for name, values in features.items():
        if values.dtype == np.float32:
            held = _field(2, _field(1, values.astype("<f4").tobytes()))
        else:
            held = _field(3, _field(1, b"".join(_varint(int(value)) for value in values)))
        entries += _field(1, _field(1, name.encode()) + _field(2, held))
    return _field(1, entries)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    value %= 2**64
    out = []
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _framed(record: bytes) -> bytes:
    length = len(record).to_bytes(8, "little")
    return length + _crc(length) + record + _crc(record)


def _crc(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return ((((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF).to_bytes(4, "little")
