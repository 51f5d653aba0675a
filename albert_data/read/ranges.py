"""Ranges of objects in a store, fetched once and kept in memory up to a limit of bytes.

Threads that want the same range wait for the first one's request. What was used longest ago goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import TypeAlias

import numpy as np

from albert_data.base.arrays import UInt8
from albert_data.storage.paths import fill

_Range: TypeAlias = tuple[str, int, int]


class RangeCache:
    """Bytes of ranges, read-only; safe for threads.

    Attributes:
        requests: how many ranges were fetched.
        held: bytes of those that are kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit, self.requests, self.held = limit, 0, 0
        self._ranges: OrderedDict[_Range, Future[UInt8[np.ndarray, " B"]]] = OrderedDict()
        self._lock = Lock()

    def read(self, path: Path, begin: int, end: int) -> UInt8[np.ndarray, " B"]:
        """The bytes [begin, end) of an object.

        Raises:
            OSError: naming the object.
        """
        key = str(path), begin, end
        with self._lock:
            known = self._ranges.get(key)
            if known is None:
                mine: Future[UInt8[np.ndarray, " B"]] = Future()
                self._ranges[key] = mine
            else:
                self._ranges.move_to_end(key)
        if known is not None:
            return known.result()
        try:
            content = bytearray(end - begin)
            fill([(path, begin, memoryview(content))])
            buffer = np.frombuffer(content, np.uint8)
            buffer.flags.writeable = False
        except BaseException as error:
            with self._lock:
                self._ranges.pop(key, None)
            mine.set_exception(error)
            raise
        mine.set_result(buffer)
        self._keep(end - begin)
        return buffer

    def _keep(self, size: int) -> None:
        """Counts a range that has come, and lets go of others while there are too many bytes."""
        with self._lock:
            self.requests, self.held = self.requests + 1, self.held + size
            for key in [key for key, range_ in self._ranges.items() if range_.done()]:
                if self.held <= self.limit:
                    break
                self.held -= key[2] - key[1]
                del self._ranges[key]
