"""Plots as SVG without text: it stretches to any width, while labels stay HTML of readable size.

Own functions, not a plotting library: a page of bars needs 60 lines, and matplotlib's or plotly's output
weighs hundreds of kilobytes and knows no dark mode. Colours come from the page's CSS classes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from albert_data.base.neutral import escape

WIDTH, HEIGHT = 600, 160


def _svg(body: str, label: str, height: float = HEIGHT, kind: str = "plot") -> Markup:
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {WIDTH} {height:g}" preserveAspectRatio="none" '
        f'role="img" aria-label="{escape(label)}">{body}</svg>'
    )


def columns(series: Sequence[Sequence[float]], names: Sequence[str], label: str) -> Markup:
    """Columns side by side for each name, one colour a series; heights relative to the largest."""
    top = max((max(values, default=0) for values in series), default=0) or 1
    slot = WIDTH / max(len(names), 1)
    width = slot * 0.84 / len(series)
    body = ""
    for number, values in enumerate(series):
        for place, value in enumerate(values):
            size = HEIGHT * value / top
            x = place * slot + slot * 0.08 + number * width
            body += (
                f'<rect class="s{number}" x="{x:.2f}" y="{HEIGHT - size:.2f}" '
                f'width="{width:.2f}" height="{size:.2f}">'
                f"<title>{escape(names[place])}: {value:.2%}</title></rect>"
            )
    return _svg(body, label)


def lines(series: Sequence[Sequence[float]], expected: Sequence[float], label: str) -> Markup:
    """A line for each series from left to right, a dashed one for each expected value; from 0 up."""
    top = 1.15 * max(*(max(values, default=0) for values in series), *expected, 1e-9)
    body = ""
    for number, value in enumerate(expected):
        y = HEIGHT * (1 - value / top)
        body += f'<line class="expected s{number}" x1="0" x2="{WIDTH}" y1="{y:.2f}" y2="{y:.2f}"/>'
    for number, values in enumerate(series):
        step = WIDTH / max(len(values) - 1, 1)
        points = " ".join(
            f"{i * step:.1f},{HEIGHT * (1 - v / top):.1f}" for i, v in enumerate(values)
        )
        body += f'<polyline class="s{number}" points="{points}"/>'
    return _svg(body, label)


def bar(share: float, expected: float | None, label: str, series: int = 0) -> Markup:
    """One horizontal bar of a whole, with a tick where it is expected to end."""
    body = f'<rect class="rest" width="{WIDTH}" height="10"/>'
    body += f'<rect class="s{series}" width="{WIDTH * min(share, 1):.2f}" height="10"/>'
    if expected is not None:
        x = min(WIDTH * expected, WIDTH - 3)
        body += f'<rect class="tick" x="{x:.2f}" width="3" height="10"/>'
    return _svg(body, label, 10, "bar")


def binned(values: np.ndarray, bins: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Sums of neighbours in at most `bins` even bins, and each bin's first and last index."""
    edges = np.linspace(0, len(values), min(bins, len(values)) + 1).round().astype(int)
    sums = np.add.reduceat(values, edges[:-1]) if len(values) else values
    return sums, [(int(a), int(b) - 1) for a, b in zip(edges, edges[1:], strict=False)]
