"""Batches of the project's own readers on JAX devices, made and sent in a thread while the step runs."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jax.sharding import NamedSharding

from albert_data.read.shard_reader import Shards

AHEAD = 2  # batches on the devices that no step has begun with
_END = object()


def training_batches(
    shards: Shards, batch_size: int, micro_batches: int, seed: int, consumed: int
) -> Iterator[dict[str, np.ndarray]]:
    """This process' rows of batch after batch, in the global order.

    Yields: dict of arrays [micro-batches, rows, …], named as in the shards.
    """
    batches = shards.batches(
        batch_size,
        seed=seed,
        host=jax.process_index(),
        hosts=jax.process_count(),
        consumed=consumed,
    )
    for batch in batches:
        yield {
            name: value.reshape(micro_batches, -1, *value.shape[1:])
            for name, value in batch.items()
        }


class OnDevices:
    """An iterator's batches, divided over the devices of all processes.

    Args:
        batches: iterator of dicts of this process' rows.
        sharding: NamedSharding of every array.

    What fails in the thread is raised by ``next``. ``close`` ends the thread.
    """

    def __init__(self, batches: Iterator[dict[str, np.ndarray]], sharding: NamedSharding) -> None:
        self._batches, self._sharding = batches, sharding
        self._ready: queue.Queue[Any] = queue.Queue(AHEAD)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._send, name="albert-batches", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[dict[str, jax.Array]]:
        return self

    def __next__(self) -> dict[str, jax.Array]:
        found = self._ready.get()
        if isinstance(found, BaseException):
            raise found
        if found is _END:
            raise StopIteration
        return found

    def close(self) -> None:
        """Ends the thread; batches that are ready are dropped."""
        self._closed.set()
        self._thread.join()

    def _send(self) -> None:
        try:
            for batch in self._batches:
                self._put(
                    {
                        name: jax.make_array_from_process_local_data(self._sharding, value)
                        for name, value in batch.items()
                    }
                )
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
