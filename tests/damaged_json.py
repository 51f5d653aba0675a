"""JSON with any field of another kind: a generator for every JSON file that is read."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

GONE = object()
DEEP = "[" * 100_000 + "]" * 100_000
VALUES = [GONE, None, True, -1, 10**30, 2**63, 1e308, float("nan"), "", "\ud800", "../../x",
          "/etc/passwd", "x\0y", [], {}, [1, 2], "a" * 100_000]  # fmt: skip


def places(value: Any, at: tuple = ()) -> Iterator[tuple]:
    """The way to every field, two of each list."""
    found = value.items() if isinstance(value, dict) else enumerate(value[:2])
    for key, inner in found:
        yield (*at, key)
        if isinstance(inner, (dict, list)):
            yield from places(inner, (*at, key))


def with_value(content: dict, at: tuple, value: Any) -> dict:
    """A copy with another value in one place, or without it (GONE)."""
    made = inside = copy.deepcopy(content)
    for key in at[:-1]:
        inside = inside[key]
    if value is GONE:
        del inside[at[-1]]
    else:
        inside[at[-1]] = value
    return made
