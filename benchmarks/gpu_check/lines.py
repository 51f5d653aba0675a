"""Results of a run on a GPU: JSON lines, each on the disk as soon as it is known.

The first line of a file (`kind: conditions`) says what the figures are worth nothing without; `report` makes
the table.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

START = time.monotonic()


class Lines:
    """Appends to a file of JSON lines and prints each.

    Args:
        path: Path. Lines that are there stay.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, kind: str, **fields: Any) -> None:
        """Writes a line; floats are cut to six digits."""
        line = {"kind": kind, **{name: _short(value) for name, value in fields.items()}}
        text = json.dumps(line, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
        print(f"{time.monotonic() - START:6.1f} s {text}", flush=True)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, none where it is not there; one that a kill cut short is left out."""
    if not path.exists():
        return []
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in whole if line.endswith("\n")]


def _short(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value
