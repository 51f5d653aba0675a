"""A page's content to HTML: all text escaped, nothing loaded from elsewhere, no script."""

from __future__ import annotations

import jinja2

from . import plot
from .content import Page


def render(page: Page) -> str:
    """The whole page, with its style in it."""
    own = jinja2.PackageLoader(__package__ or "albert_model.pages", ".")
    report = jinja2.PackageLoader("albert_data.insight.report", ".")
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([own, jinja2.PrefixLoader({"report": report})]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html").render(
        page=page,
        frame_of=plot.frame_of,
        curves=plot.curves,
        bar=plot.bar,
        colours=plot.COLOURS,
    )
