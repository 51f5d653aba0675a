"""What all HTML pages have in common: text of strangers is only text, and the page can do nothing.

Every value is escaped and without characters that command (`base/neutral.py`). Each page carries a policy
(https://www.w3.org/TR/CSP3/) under which a browser runs no script at all and loads nothing: pages have no
script of their own, and their one style sheet is known by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jinja2
from markupsafe import Markup

from albert_data.base import neutral


def environment(loader: jinja2.BaseLoader | None = None) -> jinja2.Environment:
    """Where templates are rendered; without a loader, those of this folder."""
    made = jinja2.Environment(
        loader=loader or jinja2.PackageLoader("albert_data.insight.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_plain,
    )
    made.globals["style"] = _style
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        text = neutral.plain(value)
        return Markup(text) if isinstance(value, Markup) else text
    return value


def _style(*sheets: str) -> Markup:
    """A page's policy and the style sheet that it allows; for its head, before all that loads."""
    text = "\n".join(sheets)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return Markup(
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<style>{text}</style>'
    )
