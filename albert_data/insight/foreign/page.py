"""The audit as one self-contained page, in the frame of `report`'s."""

from __future__ import annotations

from pathlib import Path

from albert_data.insight.difficulty import lines
from albert_data.insight.foreign.audit import Audit
from albert_data.insight.foreign.findings import cells
from albert_data.insight.report.page import environment


def page_of(audit: Audit) -> str:
    """The page."""
    return (
        environment()
        .get_template("audit.html")
        .render(
            name=Path(audit.path).resolve().name,
            audit=audit,
            findings=[(one, cells(one)) for one in audit.findings],
            without_model=lines,
        )
    )
