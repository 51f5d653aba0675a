"""Deals the elements of a stage out to the workers of this machine by weight."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection

from ..engine.options import local_workers


class Spread(beam.PTransform[Any, Any]):
    """Deals elements out so that every worker gets about the same weight of them.

    FnApiRunner hands the i-th key of a grouping to worker i modulo n before a stage starts, and
    moves nothing afterwards: equal numbers, not equal work. Here elements go, heaviest first, to
    the worker with the least so far (at most 4/3 of the best possible; nearly even for many small
    elements), under one key a worker. Remote runners balance by themselves and get a Reshuffle.

    Elements pass through this process's memory, so they should be references.

    Args:
        weight: element -> its expected cost in any unit, such as bytes.
    """

    def __init__(self, weight: Callable[[Any], float] = lambda element: 1) -> None:
        super().__init__()
        self.weight = weight

    def expand(self, elements: PCollection[Any]) -> PCollection[Any]:
        workers, weight = local_workers(elements.pipeline.options), self.weight
        if not workers:
            shuffled: PCollection[Any] = elements | beam.Reshuffle()
            return shuffled
        dealt: PCollection[Any] = (
            elements
            | "All" >> beam.Map(lambda element: (0, element))
            | "Gather" >> beam.GroupByKey()
            | "Deal" >> beam.FlatMap(lambda pair: deal(pair[1], weight, workers))
            | "Hand out" >> beam.GroupByKey()
            | "Each" >> beam.FlatMap(lambda pair: pair[1])
        )
        return dealt


def deal(
    elements: Iterable[Any], weight: Callable[[Any], float], workers: int
) -> Iterator[tuple[int, Any]]:
    """(worker, element) for all elements: heaviest first, each to the worker with least so far."""
    loads = [(0.0, worker) for worker in range(workers)]
    for element in sorted(elements, key=weight, reverse=True):
        load, worker = loads[0]
        heapq.heapreplace(loads, (load + weight(element), worker))
        yield worker, element
