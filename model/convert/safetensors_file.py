"""Reads safetensors from bytes, local or remote, bfloat16 included (NumPy has no such type).

A file is the length of a header (8 bytes, little-endian), the header (JSON: name to dtype, shape and
the bytes' begin and end), and the bytes. Source: the format's description by its authors.

Cost: a view of the bytes where they are float32 already, else one copy of the arrays asked for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from albert_data.base.errors import DataError

from .. import files

_FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_BFLOAT16 = "BF16"


class Tensors(Mapping[str, np.ndarray]):
    """Floating-point tensors of one file by name, float32; others (ids, masks) are left out.

    Args:
        path: str. Local or remote.

    Raises:
        DataError: it is no safetensors file, or cut off.
    """

    def __init__(self, path: str) -> None:
        self._content = memoryview(files.read(path))
        try:
            self._begin, self._entries = _header(self._content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problem = f"no safetensors file, or cut off ({error})"
            raise DataError(problem, where=path, fix="copy it again") from error

    def __getitem__(self, name: str) -> np.ndarray:
        dtype, shape, begin, end = self._entries[name]
        raw = self._content[self._begin + begin : self._begin + end]
        if dtype == _BFLOAT16:
            wide = np.frombuffer(raw, "<u2").astype("<u4") << 16
            return wide.view("<f4").reshape(shape)
        return np.frombuffer(raw, _FLOATS[dtype]).astype(np.float32, copy=False).reshape(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


_Entry = tuple[str, tuple[int, ...], int, int]


def _header(content: memoryview) -> tuple[int, dict[str, _Entry]]:
    """Where the bytes begin, and what the header says of each tensor, checked against the file."""
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or size > len(content) - 8:
        raise ValueError("the header is longer than the file")
    given: dict[str, Any] = json.loads(bytes(content[8 : 8 + size]))
    room, entries = len(content) - 8 - size, {}
    for name, entry in given.items():
        if name == "__metadata__" or entry["dtype"] not in (*_FLOATS, _BFLOAT16):
            continue
        dtype, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        width = 2 if dtype == _BFLOAT16 else np.dtype(_FLOATS[dtype]).itemsize
        if any(side < 0 for side in shape) or not 0 <= begin <= end <= room:
            raise ValueError(f"{name} lies outside of the file")
        if end - begin != width * math.prod(shape):
            raise ValueError(f"{name} has {end - begin} bytes, its shape is {list(shape)}")
        entries[name] = (dtype, shape, begin, end)
    return 8 + size, entries
