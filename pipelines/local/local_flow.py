"""A job's steps on this machine, one after the other: in this process, or on the workers of a crew.

Every step is complete when it returns, and its elements are lists in a fixed order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..flow import Many, One, Side, Weight
from .crew import Crew


class LocalFlow:
    """A ``Flow``.

    Args:
        crew: Crew, or None: this process works alone.
    """

    def __init__(self, crew: Crew | None) -> None:
        self._crew = crew

    def given(self, name: str, elements: Sequence[Any]) -> Many:
        return Many(list(elements))

    def once(self, name: str, function: Callable[..., Any], *sides: Side) -> One:
        return One(function(*_values(sides)))

    def unfold(self, name: str, function: Callable[..., Iterable[Any]], *sides: Side) -> Many:
        return Many(list(function(*_values(sides))))

    def each(
        self,
        name: str,
        elements: Many,
        function: Callable[..., Iterable[Any]],
        *sides: Side,
        weight: Weight,
    ) -> Many:
        values = _values(sides)
        if self._crew and elements.of:
            found = self._crew.run(function, elements.of, values, weight)
        else:
            found = [list(function(element, *values)) for element in elements.of]
        return Many([item for own in found for item in own])

    def pick(self, name: str, elements: Many, function: Callable[[Any], Iterable[Any]]) -> Many:
        return Many([item for element in elements.of for item in function(element)])

    def grouped(self, name: str, pairs: Many) -> Many:
        groups: dict[Any, list[Any]] = {}
        for key, value in pairs.of:
            groups.setdefault(key, []).append(value)
        return Many(list(groups.items()))

    def summed(self, name: str, pairs: Many, add: Callable[[Iterable[Any]], Any]) -> Many:
        return Many([(key, add(values)) for key, values in self.grouped(name, pairs).of])

    def joined(self, name: str, first: Many, second: Many) -> Many:
        return Many([*first.of, *second.of])


def _values(sides: Sequence[Side]) -> tuple[Any, ...]:
    return tuple(side.of for side in sides)
