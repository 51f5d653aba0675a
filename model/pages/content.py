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


class Mark(NamedTuple):
    """A step that is pointed out over the whole height of a chart, in the colour of a curve.

    Attributes:
        curve: its place among the chart's curves.
    """

    step: int
    curve: int
    text: str


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
        decimals: of the values.
    """

    title: str
    curves: tuple[Curve, ...]
    levels: tuple[Level, ...] = ()
    note: str = ""
    unit: str = ""
    decimals: int = 1
    marks: tuple[Mark, ...] = ()


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
    """Cells as text; the first column is at the left, others are numbers.

    Attributes:
        ends_in_prose: the last column is, which may take several lines.
        wraps: long cells may take several lines, so that columns stay side by side.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    ends_in_prose: bool = False
    wraps: bool = False


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        kicker: a line above the title.
        tiles: (value, what it is), the page's first figures.
        links: (address, what it is), below the lead.
        tables: below the charts.
    """

    title: str
    kicker: str
    lead: str = ""
    links: tuple[tuple[str, str], ...] = ()
    tiles: tuple[tuple[str, str], ...] = ()
    bars: Bars | None = None
    table: Table | None = None
    charts: tuple[Chart, ...] = field(default=())
    tables: tuple[Table, ...] = field(default=())
