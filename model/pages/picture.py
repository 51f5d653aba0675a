"""A chart as a picture of its own: SVG with its text in it, for a README, in light and dark."""

from __future__ import annotations

from albert_data.base.neutral import escape

from . import plot
from .content import Chart

_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 34, 14, 66  # around the plot
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #57606d; } text.title { font-weight: 600; fill: #1a1f27; }
.grid { stroke: #e2e6eb; } polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
.level { stroke: #57606d; stroke-width: 1.5; } .l0 { stroke-dasharray: 7 4; } .l1 { stroke-dasharray: 2 4; }
.c0 { stroke: #2563c9; } .c1 { stroke: #c2570c; } .c2 { stroke: #12703a; } .c3 { stroke: #8b3fb0; }
@media (prefers-color-scheme: dark) {
  text { fill: #a3adb9; } text.title { fill: #e8ebef; } .grid { stroke: #2d343e; } .level { stroke: #a3adb9; }
  .c0 { stroke: #6ea2f5; } .c1 { stroke: #f0944f; } .c2 { stroke: #7fdba0; } .c3 { stroke: #d194f0; }
}
"""


def picture(chart: Chart) -> str:
    """The SVG file: title, curves and levels with their names, values at the left, steps below."""
    frame = plot.frame_of(chart)
    width, height = plot.WIDTH + _LEFT + _RIGHT, plot.HEIGHT + _TOP + _BOTTOM
    body = f'<text class="title" x="{_LEFT}" y="20">{escape(chart.title)}</text>'
    for part in range(5):
        y = _TOP + plot.HEIGHT * part / 4
        value = frame.high - (frame.high - frame.low) * part / 4
        body += f'<path class="grid" d="M{_LEFT} {y:.1f}h{plot.WIDTH}"/>'
        body += f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}{chart.unit}</text>'
    inner = plot.lines_of(chart, frame)
    body += f'<g transform="translate({_LEFT} {_TOP})">{inner}</g>'
    below = _TOP + plot.HEIGHT + 17
    body += f'<text x="{_LEFT}" y="{below}">step 0</text>'
    body += f'<text x="{_LEFT + plot.WIDTH}" y="{below}" text-anchor="end">{frame.last:,}</text>'
    at, y = _LEFT, below + 20
    names = [(f"c{n % 4}", curve.name) for n, curve in enumerate(chart.curves)]
    names += [
        (f"level l{n % 2}", f"{one.name} {one.value:.2f}") for n, one in enumerate(chart.levels)
    ]
    for kind, name in names:
        if at + 28 + 7 * len(name) > width:
            at, y = _LEFT, y + 20
        body += f'<path class="{kind}" stroke-width="2" d="M{at} {y - 4}h22"/>'
        body += f'<text x="{at + 28}" y="{y}">{escape(name)}</text>'
        at += 50 + 7 * len(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(chart.title)}"><style>{_STYLE}</style>'
        f"{body}</svg>\n"
    )
