"""What a page about runs shows, whatever the runs trained on; `render` makes HTML of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Curve(NamedTuple):
    """A line of a chart: (step, value), ascending by step; a value of None leaves a gap.

    Attributes:
        name: as `seed 3`.
        marked: step that is pointed out, as of the best checkpoint; None: none.
    """

    name: str
    points: tuple[tuple[int, float | None], ...]
    marked: int | None = None


class Level(NamedTuple):
    """A horizontal line of a chart: as a paper's figure, that of one answer for all."""

    name: str
    value: float


@dataclass(frozen=True)
class Chart:
    """Curves over steps.

    Attributes:
        note: a line below the title.
        unit: of the values, as it stands behind a number.
    """

    title: str
    curves: tuple[Curve, ...]
    levels: tuple[Level, ...] = ()
    note: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Bar:
    """Median of some runs with their quartiles, beside a published figure; 0 to `Bars.whole`."""

    name: str
    value: float
    low: float
    high: float
    published: float | None = None


@dataclass(frozen=True)
class Bars:
    """Bars below each other."""

    title: str
    bars: tuple[Bar, ...]
    whole: float = 100.0
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Cells as text; the first column is at the left, others are numbers."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        kicker: a line above the title.
        tiles: (value, what it is), the page's first figures.
        tables: below the charts.
    """

    title: str
    kicker: str
    lead: str = ""
    tiles: tuple[tuple[str, str], ...] = ()
    bars: Bars | None = None
    table: Table | None = None
    charts: tuple[Chart, ...] = field(default=())
    tables: tuple[Table, ...] = field(default=())
