"""`--dry-run` of the commands that run jobs: what was checked, and 2 as exit code where something failed."""

from __future__ import annotations

from typing import Any

import click

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError
from albert_data.commands.options import note

_MARKS = {"ok": "ok    ", "failed": "FAILED", "not checked": "?     "}


def dry_run(**asked: Any) -> None:
    """Makes the checks of `albert_pipelines.preflight` for a job and prints them.

    Args:
        asked: the fields of `preflight.job.Asked`.

    Raises:
        ConfigError: a check failed.
    """
    from albert_pipelines.preflight.job import Asked, look

    checks = look(Asked(**asked), note)
    width = max(len(check.what) for check in checks.all)
    for check in checks.all:
        click.echo(f"{_MARKS[check.state]} {check.what:{width}}  {check.says}")
        if check.fix and check.state != "ok":
            click.echo(f"{'':{width + 9}}fix: {check.fix}")
    if any(check.state == "not checked" for check in checks.all):
        click.echo("?: could not be checked here, which is no failure")
    if checks.failed:
        problem = f"{count_of(checks.failed, 'check')} failed; nothing was started"
        raise ConfigError(problem, fix="mend what is named above")
    click.echo("nothing was started: run the same command without --dry-run")
