"""Dates written as template arguments: `{{birth date|1809|2|12}}`, `{{as of|2012|5}}`."""

from __future__ import annotations

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_MONTH_NAMES = {str(number): name for number, name in enumerate(_MONTHS, 1)}


def _spelled(year: str, month: str, day: str, day_first: bool) -> str:
    """`February 12, 1809`, `12 February 1809`, `February 1809` or `1809`."""
    month = _MONTH_NAMES.get(month.lstrip("0"), month)
    if not month:
        return year
    if not day:
        return f"{month} {year}".strip()
    day = day.lstrip("0")
    return f"{day} {month} {year}".strip() if day_first else f"{month} {day}, {year}".strip(", ")


def _parts(a: dict[str, str], first: int = 1) -> tuple[str, str, str]:
    year, month, day = (a.get(str(first + n), "").strip() for n in range(3))
    return year, month, day


def date(a: dict[str, str]) -> str | None:
    """The first date among the arguments (a second one is the other end of a life)."""
    year, month, day = _parts(a)
    return _spelled(year, month, day, _day_first(a)) if year else ""


def date_range(a: dict[str, str]) -> str | None:
    """The years from the first argument to the second."""
    return "–".join(a.get(k, "").strip() for k in ("1", "2") if a.get(k, "").strip())


def as_of(a: dict[str, str]) -> str | None:
    """`As of May 2012`, or `as of` with `lc`, `Since` with `since`."""
    if a.get("alt"):
        return a["alt"]
    words = "Since" if a.get("since") else "As of"
    words = words.lower() if a.get("lc") else words
    when = _spelled(*_parts(a), _day_first(a))
    until = _spelled(*_parts(a, 4), _day_first(a)) if a.get("4") else ""
    after = a.get("post", "")
    return f"{words} {when}{'–' + until if until else ''}{after}"


def _day_first(a: dict[str, str]) -> bool:
    return a.get("df", "").strip().lower() in ("y", "yes", "true", "1", "us")
