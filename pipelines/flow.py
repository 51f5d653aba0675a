"""What a job is described in: stages over lists of references, wherever they run.

`graph.py` describes the job once, by these steps; `local/flow.py` takes them on processes of this machine,
`cluster/beam_flow.py` lays them out as a Beam pipeline. What passes between stages is references to files,
never records, so lists of them fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Weight = Callable[[Any], float]


@dataclass(frozen=True)
class Many:
    """Elements that a stage makes, in no order; what an engine knows of them."""

    of: Any


@dataclass(frozen=True)
class One:
    """A single value that a stage makes; what an engine knows of it."""

    of: Any


Side = Many | One
"""What a function is given whole beside its element: a sequence, or the value."""


class Flow(Protocol):
    """Steps of a job. A step with sides begins when these are complete."""

    def given(self, name: str, elements: Sequence[Any]) -> Many:
        """Elements that are known before the job starts."""

    def once(self, name: str, function: Callable[..., Any], *sides: Side) -> One:
        """What one call of function(*sides) returns."""

    def unfold(self, name: str, function: Callable[..., Iterable[Any]], *sides: Side) -> Many:
        """The elements that one call of function(*sides) gives."""

    def each(
        self,
        name: str,
        elements: Many,
        function: Callable[..., Iterable[Any]],
        *sides: Side,
        weight: Weight,
    ) -> Many:
        """What function(element, *sides) gives for all elements: the work of a job, dealt out to workers.

        Args:
            function: gives the same whenever it runs, and may run twice, or twice at the same time.
            weight: element → its expected cost in any unit, such as bytes.
        """

    def pick(self, name: str, elements: Many, function: Callable[[Any], Iterable[Any]]) -> Many:
        """What function(element) gives for all elements, where that is next to no work."""

    def grouped(self, name: str, pairs: Many) -> Many:
        """(key, its values) of each key of (key, value)."""

    def summed(self, name: str, pairs: Many, add: Callable[[Iterable[Any]], Any]) -> Many:
        """(key, add(its values)) of each key; `add` may be given sums of some."""

    def joined(self, name: str, first: Many, second: Many) -> Many:
        """The elements of both."""
