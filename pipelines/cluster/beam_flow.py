"""A job's steps as a Beam pipeline: sides are side inputs, and the runner deals the work out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsList, AsSingleton
from apache_beam.typehints import no_annotations

from ..flow import Many, One, Side, Weight


class BeamFlow:
    """A ``Flow``; it lays out, and the pipeline runs later.

    Args:
        pipeline: beam.Pipeline.
    """

    def __init__(self, pipeline: beam.Pipeline) -> None:
        self._pipeline = pipeline

    def given(self, name: str, elements: Sequence[Any]) -> Many:
        return Many(self._pipeline | name >> beam.Create(elements))

    def once(self, name: str, function: Callable[..., Any], *sides: Side) -> One:
        return One(self._start(name) | name >> beam.ParDo(_Once(function), *_inputs(sides)))

    def unfold(self, name: str, function: Callable[..., Iterable[Any]], *sides: Side) -> Many:
        return Many(self._start(name) | name >> beam.ParDo(_Unfold(function), *_inputs(sides)))

    def each(
        self,
        name: str,
        elements: Many,
        function: Callable[..., Iterable[Any]],
        *sides: Side,
        weight: Weight,
    ) -> Many:
        dealt = elements.of | f"Spread{name}" >> beam.Reshuffle()
        return Many(dealt | name >> beam.ParDo(_Each(function), *_inputs(sides)))

    def pick(self, name: str, elements: Many, function: Callable[[Any], Iterable[Any]]) -> Many:
        return Many(elements.of | name >> beam.FlatMap(function))

    def grouped(self, name: str, pairs: Many) -> Many:
        return Many(pairs.of | name >> beam.GroupByKey())

    def summed(self, name: str, pairs: Many, add: Callable[[Iterable[Any]], Any]) -> Many:
        return Many(pairs.of | name >> beam.CombinePerKey(add))

    def joined(self, name: str, first: Many, second: Many) -> Many:
        return Many((first.of, second.of) | name >> beam.Flatten())

    def _start(self, name: str) -> Any:
        return self._pipeline | f"Start{name}" >> beam.Create([None])


class _Once(beam.DoFn):
    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @no_annotations  # type: ignore[untyped-decorator]  # Beam takes `*sides: Any` for a tuple
    def process(self, element: None, *sides: Any) -> Iterator[Any]:
        yield self._function(*sides)


class _Unfold(_Once):
    @no_annotations  # type: ignore[untyped-decorator]
    def process(self, element: None, *sides: Any) -> Iterator[Any]:
        yield from self._function(*sides)


class _Each(_Once):
    @no_annotations  # type: ignore[untyped-decorator]
    def process(self, element: Any, *sides: Any) -> Iterator[Any]:
        yield from self._function(element, *sides)


def _inputs(sides: Sequence[Side]) -> list[Any]:
    return [AsSingleton(s.of) if isinstance(s, One) else AsList(s.of) for s in sides]
