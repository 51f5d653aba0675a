"""Progress on a terminal: a live bar for each stage. Imported for these alone, for rich takes a while."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from .progress import Pace


class Bars:
    """A bar for each stage that has begun."""

    def __init__(self, paces: Mapping[str, Pace], console: Console) -> None:
        self.paces = paces
        columns = TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.fields[pace]}")
        self.bars = Progress(*columns, console=console, auto_refresh=False, redirect_stdout=False)
        self.tasks: dict[str, TaskID] = {}

    def show(self, now: float, last: bool) -> None:
        self.bars.start()
        for stage, pace in self.paces.items():
            if pace.samples and stage not in self.tasks:
                self.tasks[stage] = self.bars.add_task(stage, total=None, pace="")
        for stage, task in self.tasks.items():
            pace = self.paces[stage]
            total = 1.0 if pace.measure else None
            self.bars.update(task, total=total, completed=pace.share, pace=str(pace))
        self.bars.refresh()
        if last:
            self.bars.stop()
