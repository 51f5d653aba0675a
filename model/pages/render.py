"""A page's content to HTML: all text escaped, nothing loaded from elsewhere, and a policy against scripts."""

from __future__ import annotations

import jinja2

from albert_data.insight.report.environment import environment

from . import plot
from .content import Page


def render(page: Page) -> str:
    """The whole page, with its style in it."""
    own = jinja2.PackageLoader(__package__ or "albert_model.pages", ".")
    report = jinja2.PackageLoader("albert_data.insight.report", ".")
    loader = jinja2.ChoiceLoader([own, jinja2.PrefixLoader({"report": report})])
    return (
        environment(loader)
        .get_template("page.html")
        .render(
            page=page,
            frame_of=plot.frame_of,
            curves=plot.curves,
            bar=plot.bar,
            colours=plot.COLOURS,
        )
    )
