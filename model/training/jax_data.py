"""Batches of a job on JAX devices, made and sent in a thread while the step runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import jax
import numpy as np
from jax.sharding import NamedSharding

from .ahead import Ahead


def in_micro_batches(
    batches: Iterator[Mapping[str, np.ndarray]], micro_batches: int
) -> Iterator[dict[str, np.ndarray]]:
    """Each batch, [rows, …], as [micro-batches, rows of one, …]."""
    for batch in batches:
        yield {
            name: value.reshape(micro_batches, -1, *value.shape[1:])
            for name, value in batch.items()
        }


class OnDevices(Ahead):
    """An iterator's batches, divided over the devices of all processes.

    Args:
        batches: iterator of dicts of this process' rows.
        sharding: NamedSharding of every array.
    """

    def __init__(
        self, batches: Iterator[Mapping[str, np.ndarray]], sharding: NamedSharding
    ) -> None:
        def send(batch: Mapping[str, np.ndarray]) -> dict[str, jax.Array]:
            return {
                name: jax.make_array_from_process_local_data(sharding, value)
                for name, value in batch.items()
            }

        super().__init__(batches, send)
