"""Where each record of a shard begins: a small file of its own, so that a record is one range read.

    offsets file = header (`_HEADER`), int64 [records + 1]: first byte of each framed record, and the end

The header names the shard's content: its size, and its SHA-256 as in the manifest or, where no manifest
tells that, what changes when the file is written again. An offsets file of another content, or one that
is damaged, is as good as none. Offsets are those of the uncompressed bytes. Cost: 8 bytes a record.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import google_crc32c
import numpy as np

from albert_data.base.arrays import Int64
from albert_data.storage.atomic import atomic_path

_MAGIC = b"albert-offsets-1"
_HEADER = np.dtype(
    [
        ("magic", "S16"),
        ("content", "S64"),  # of the shard, hex
        ("records", "<u8"),
        ("crc32c", "<u8"),  # of the offsets
    ]
)


def content_of(*marks: str | int) -> str:
    """What a shard without a manifest is known by: a hash (hex) of its size and time, say."""
    return hashlib.sha256(repr(marks).encode()).hexdigest()


def write_offsets(path: Path, content: str, offsets: Int64[np.ndarray, " places"]) -> None:
    """Writes an offsets file, whole or not at all.

    Args:
        content: of the shard: SHA-256 (hex) of its bytes, or `content_of`.
    """
    body = np.ascontiguousarray(offsets, "<i8").tobytes()
    header = np.zeros((), _HEADER)
    header["magic"], header["content"] = _MAGIC, content.encode()
    header["records"], header["crc32c"] = len(offsets) - 1, google_crc32c.value(body)
    with atomic_path(path, lasting=False) as temporary:
        temporary.write_bytes(header.tobytes() + body)


def read_offsets(path: Path, content: str) -> Int64[np.ndarray, " places"] | None:
    """The offsets in a file; None where there is none of this content, or it is damaged."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    if len(raw) < _HEADER.itemsize:
        return None
    header = np.frombuffer(raw, _HEADER, 1)[0]
    body = raw[_HEADER.itemsize :]
    if header["magic"] != _MAGIC or header["content"] != content.encode():
        return None
    if len(body) != 8 * (int(header["records"]) + 1) or header["crc32c"] != google_crc32c.value(
        body
    ):
        return None
    return np.frombuffer(body, "<i8")
