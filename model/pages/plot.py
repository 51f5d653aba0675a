"""Curves and bars as SVG without text, which stretches to any width; labels are HTML beside it."""

from __future__ import annotations

import math
from typing import NamedTuple

from markupsafe import Markup

from albert_data.base.neutral import escape

from .content import Bar, Chart

WIDTH, HEIGHT = 600, 200
COLOURS = 6  # of page.css; further curves begin again


class Frame(NamedTuple):
    """Range of a chart's axes: steps 0 to `last`, values `low` to `high`."""

    last: int
    low: float
    high: float


def frame_of(chart: Chart) -> Frame:
    """All points and levels, with some room above and below, but none below 0 where nothing is; a chart
    without a number is 0 to 1.
    """
    points = [point for curve in chart.curves for point in curve.points]
    values = [value for _, value in points if value is not None and math.isfinite(value)]
    values += [level.value for level in chart.levels]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = 0.06 * (high - low) or 1.0
    lowest = max(low - room, 0.0) if low >= 0 else low - room
    return Frame(max((step for step, _ in points), default=0) or 1, lowest, high + room)


def curves(chart: Chart, frame: Frame) -> Markup:
    """The lines of a chart as an SVG, dashed ones for its levels."""
    return _svg(lines_of(chart, frame), f"{chart.title}, by steps", HEIGHT, "plot curves")


def lines_of(chart: Chart, frame: Frame) -> str:
    """What `curves` shows, in a space of WIDTH × HEIGHT."""

    def x(step: int) -> float:
        return WIDTH * step / frame.last

    def y(value: float) -> float:
        return HEIGHT * (frame.high - value) / (frame.high - frame.low)

    body = ""
    for number, level in enumerate(chart.levels):
        height = f"{y(level.value):.1f}"
        body += (
            f'<line class="level l{number % 2}" x1="0" x2="{WIDTH}" y1="{height}" y2="{height}"/>'
        )
    for mark in chart.marks:
        place, colour = f"{x(mark.step):.1f}", f"c{mark.curve % COLOURS}"
        told = escape(f"step {mark.step:,}: {mark.text}")
        body += f'<line class="mark {colour}" x1="{place}" x2="{place}" y1="0" y2="{HEIGHT}">'
        body += f"<title>{told}</title></line>"
    for number, curve in enumerate(chart.curves):
        colour = f"c{number % COLOURS}"
        for part in _parts(curve.points):
            places = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in part)
            if len(part) == 1:  # a line of one point has no length
                places += f" {x(part[0][0]) + 2:.1f},{y(part[0][1]):.1f}"
            body += f'<polyline class="{colour}" points="{places}"/>'
        known = {step: value for step, value in curve.points if value is not None}
        if curve.marked in known:
            at, value = x(curve.marked), known[curve.marked]
            # A line of no length with round ends is a dot that no stretching makes an ellipse.
            body += (
                f'<line class="dot {colour}" x1="{at:.1f}" x2="{at:.1f}" y1="{y(value):.1f}" '
                f'y2="{y(value):.1f}"><title>{escape(curve.name)}: {value:.1f} at step '
                f"{curve.marked:,}</title></line>"
            )
    return body


def bar(bar: Bar, whole: float) -> Markup:
    """A bar up to the median, a band over the quartiles, a tick at the published figure."""

    def x(value: float) -> float:
        return WIDTH * min(max(value / whole, 0.0), 1.0)

    body = f'<rect class="rest" width="{WIDTH}" height="12"/>'
    body += f'<rect class="c0" width="{x(bar.value):.1f}" height="12"/>'
    width = max(x(bar.high) - x(bar.low), 1.5)
    body += f'<rect class="band" x="{x(bar.low):.1f}" y="4" width="{width:.1f}" height="4"/>'
    if bar.published is not None:
        body += (
            f'<rect class="tick" x="{min(x(bar.published), WIDTH - 3):.1f}" width="3" height="12"/>'
        )
    return _svg(body, f"{bar.name}: {bar.value:.1f}", 12, "bar")


def _parts(points: tuple[tuple[int, float | None], ...]) -> list[list[tuple[int, float]]]:
    """Runs of points that have a value."""
    parts: list[list[tuple[int, float]]] = [[]]
    for step, value in points:
        if value is None or not math.isfinite(value):
            parts.append([])
        else:
            parts[-1].append((step, value))
    return [part for part in parts if part]


def _svg(body: str, label: str, height: float, kind: str) -> Markup:
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {WIDTH} {height:g}" preserveAspectRatio="none" '
        f'role="img" aria-label="{escape(label)}">{body}</svg>'
    )
