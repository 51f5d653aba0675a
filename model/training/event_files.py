"""TensorBoard's event files, written without TensorFlow or TensorBoard.

A file is TFRecords of `Event` messages (tensorboard/compat/proto/event.proto): wall_time = 1 (double),
step = 2 (varint), file_version = 3 (string, in the first event alone), summary = 5. A summary is a list of
values = 1: tag = 1, tensor = 8 (dtype = 1, shape = 2, float_val = 5), metadata = 9 (plugin_data = 1 with
plugin_name = 1; data_class = 4). TensorBoard's own writer imports TensorFlow wherever that is installed.
"""

from __future__ import annotations

import os
import posixpath
import socket
import struct
import time
from collections.abc import Iterator, Mapping

import numpy as np

from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES, LENGTH_BYTES, add_checksums

from .. import files

_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_DT_FLOAT, _SCALARS = 1, 1


class EventFile:
    """A file of its own for the scalars of this process.

    Args:
        folder: str. Made if absent.
    """

    def __init__(self, folder: str) -> None:
        files.make_folder(folder)
        name = f"events.out.tfevents.{time.time_ns()}.{socket.gethostname()}.{os.getpid()}"
        self._path = posixpath.join(folder, name)
        files.append(self._path, _framed(_event(0, _field(3, b"brain.Event:2"))))

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        """Appends one event with the scalars of a step."""
        summary = b"".join(_field(1, _value(name, number)) for name, number in scalars.items())
        files.append(self._path, _framed(_event(step, _field(5, summary))))

    def to_disk(self) -> None:
        files.to_disk(self._path)


def cut_event_files(folder: str, step: int) -> None:
    """Takes the events of later steps out of a folder's files, and what a kill cut short."""
    for name in (name for name in files.names(folder) if "tfevents" in name):
        path = posixpath.join(folder, name)
        content = files.read(path)
        kept = b"".join(raw for raw in _framed_events(content) if _step_of(_unframed(raw)) <= step)
        if kept != content:
            files.write(path, kept)


def _framed_events(content: bytes) -> Iterator[bytes]:
    """The records of a file with their framing, up to the first that is not whole."""
    at = 0
    while at < len(content):
        size = int.from_bytes(content[at : at + LENGTH_BYTES], "little")
        raw = content[at : at + HEADER_BYTES + size + FOOTER_BYTES]
        if _framed(_unframed(raw)) != raw:
            return
        yield raw
        at += len(raw)


def _unframed(raw: bytes) -> bytes:
    return raw[HEADER_BYTES:-FOOTER_BYTES]


def _framed(record: bytes) -> bytes:
    size = len(record).to_bytes(LENGTH_BYTES, "little")
    blank = bytes(HEADER_BYTES - LENGTH_BYTES), bytes(FOOTER_BYTES)
    buffer = np.frombuffer(b"".join([size, blank[0], record, blank[1]]), np.uint8).copy()
    add_checksums(buffer, np.array([len(buffer)], np.uint32))
    return buffer.tobytes()


def _event(step: int, what: bytes) -> bytes:
    now = bytes([1 << 3 | _EIGHT_BYTES]) + struct.pack("<d", time.time())
    return now + bytes([2 << 3 | _VARINT]) + _varint(step) + what


def _value(tag: str, number: float) -> bytes:
    tensor = bytes([1 << 3 | _VARINT, _DT_FLOAT]) + _field(2, b"")
    tensor += _field(5, struct.pack("<f", number))
    metadata = _field(1, _field(1, b"scalars")) + bytes([4 << 3 | _VARINT, _SCALARS])
    return _field(1, tag.encode()) + _field(8, tensor) + _field(9, metadata)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | _LENGTH]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _step_of(event: bytes) -> int:
    """The step of an event; 0 where it says none."""
    at, step = 0, 0
    while at < len(event):
        key, at = _read_varint(event, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _read_varint(event, at)
            step = value if key >> 3 == 2 else step
        elif kind == _LENGTH:
            size, at = _read_varint(event, at)
            at += size
        else:
            at += {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}[kind]
    return step


def _read_varint(content: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
