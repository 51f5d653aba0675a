"""Batches made and sent to the devices in a thread, some ahead of the step that takes them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

AHEAD = 2  # batches on the devices that no step has begun with
_END = object()


class Ahead:
    """An iterator's batches as `send` makes them.

    Args:
        batches: iterator of dicts of arrays.
        send: function of such a dict to what a step takes.

    What fails in the thread is raised by ``next``, at its place among the batches and whenever it is asked
    again. ``close`` ends the thread.
    """

    def __init__(
        self,
        batches: Iterator[Mapping[str, np.ndarray]],
        send: Callable[[Mapping[str, np.ndarray]], Any],
    ) -> None:
        self._batches, self._send = batches, send
        self._ready: queue.Queue[Any] = queue.Queue(AHEAD)
        self._closed = threading.Event()
        self._ended: Any = None
        self._thread = threading.Thread(target=self._work, name="albert-batches", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        found = self._ready.get() if self._ended is None else self._ended
        if isinstance(found, BaseException):
            self._ended = found
            raise found
        if found is _END:
            self._ended = found
            raise StopIteration
        return found

    def close(self) -> None:
        """Ends the thread; batches that are ready are dropped."""
        self._closed.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            for batch in self._batches:
                self._put(self._send(batch))
                if self._closed.is_set():
                    return
            self._put(_END)
        except BaseException as error:
            self._put(error)

    def _put(self, item: Any) -> None:
        while not self._closed.is_set():
            try:
                self._ready.put(item, timeout=0.1)
                return
            except queue.Full:
                continue
