"""The named arguments of {{convert}}: how a conversion is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Joins:
    """What stands before, after and between the outputs; with `named`, units are spelled out there."""

    before: str = " ("
    after: str = ")"
    between: str = "; "
    named: bool = False


JOINS = {
    "b": Joins(),
    "(or)": Joins(between=" or "),
    "or": Joins(" or ", "", " or ", named=True),
    "sqbr": Joins(" [", "]"),
    "comma": Joins(", ", "", ", "),
    "semicolon": Joins("; ", ""),
    "br": Joins(" ", "", named=True),
    "br()": Joins(named=True),
}
# disp: which part alone is shown.
PARTS = {
    "number": "number",
    "output number only": "number",
    "out": "output",
    "output only": "output",
    "unit": "unit",
    "unit2": "output unit",
}
_ABBREVIATIONS = {
    "on": "on", "off": "off", "in": "in", "out": "out", "h": "on", "hh": "on", "unit": "on",
    "none": "off",
}  # fmt: skip
_ROUNDS = {"0.5": 0.5, "5": 5.0, "10": 10.0, "25": 25.0, "50": 50.0}


@dataclass(frozen=True, slots=True)
class Options:
    """How a conversion is shown.

    Attributes:
        abbreviated: `on`, `off`, `in` or `out`: the sides whose units are symbols. A flipped conversion
            keeps the side of what was given.
        asked: the same as asked for, "" where nothing was.
        joins, part: see above; `part` is "" for all.
        custom_joins: two positional arguments stand around the output.
        figures, step, each, fraction: significant figures; round to 5, 10, …; every value of a range by
            itself; denominator.
        spelled: the sides whose numbers are words, of `in` and `out`.
        currency: instead of the sign in the unit's code.
    """

    abbreviated: str = "out"
    asked: str = ""
    joins: Joins = JOINS["b"]
    part: str = ""
    custom_joins: bool = False
    table: bool = False
    flip: bool = False
    output_first: bool = False
    adjective: bool = False
    middle: bool = False
    before_unit: bool = False
    before_units: bool = False
    also_symbol: bool = False
    values_only: bool = False
    number_word: bool = False
    singular: bool = False
    hh: bool = False
    american: bool = False
    shown_decimals: int | None = None
    figures: int | None = None
    step: float = 0.0
    each: bool = False
    fraction: int = 0
    commas: str = ""
    spelled: tuple[str, ...] = ()
    capital: bool = False
    currency: str = ""
    altitude: float = 0.0


# Few sets of options make most calls.
@lru_cache(1024)
def read_options(named: tuple[tuple[str, str], ...], abbreviated: str = "") -> Options:
    """Options from named arguments; what the template does not know is ignored, as there.

    Args:
        abbreviated: what `abbr=` is where it is not given.
    """
    if not named:
        return Options(abbreviated=abbreviated or "out", asked=abbreviated)
    a = dict(named)
    abbr, disp, spelling = a.get("abbr", ""), a.get("disp", ""), a.get("spell", "")
    adjective = a.get("adj") or a.get("sing", "")
    order = a.get("order", "")
    asked = _ABBREVIATIONS.get(abbr, "")
    table = disp in ("table", "tablecen")
    linked = a.get("lk", a.get("link", "")) in ("in", "on", "out", "off")
    spelled = {"in": ("in",), "on": ("in", "out")}.get(spelling.lower(), ())
    altitude = _whole(a.get("altitude_ft", ""), -(10**6))
    metres = _whole(a.get("altitude_m", ""), -(10**6)) or 0
    shown_decimals = adjective[2:] if adjective in ("ri0", "ri1", "ri2", "ri3") else ""
    o = Options(
        abbreviated=asked or abbreviated or ("off" if "out" in spelled else "out"),
        asked=asked or abbreviated,
        joins=JOINS.get(disp, JOINS["b"]),
        part=PARTS.get(disp, ""),
        custom_joins=disp == "x",
        table=table,
        flip="flip" in (order, disp, adjective),
        output_first=order == "out",
        adjective=adjective in ("on", "mid"),
        middle=adjective == "mid",
        before_unit=adjective == "pre",
        before_units=disp == "preunit",
        also_symbol="~" in (abbr, adjective),
        values_only=abbr == "values" or (table and not asked and not linked),
        number_word=abbr == "unit",
        singular=adjective == "1",
        hh=abbr == "hh",
        american="us" in (a.get("sp", ""), spelling),
        shown_decimals=int(shown_decimals) if shown_decimals else None,
        figures=_whole(a.get("sigfig", ""), 1),
        step=_ROUNDS.get(a.get("round", ""), 5.0 if disp == "5" else 0.0),
        each=a.get("round", "") == "each",
        fraction=abs(_whole(a.get("frac", ""), -1000) or 0),
        commas=a.get("comma", ""),
        spelled=spelled,
        capital=spelling in ("In", "On"),
        currency={"euro": "€"}.get(a.get("$", ""), a.get("$", "")),
        altitude=float(altitude) if altitude is not None else metres / 0.3048,
    )
    if o.output_first:
        return replace(o, flip=False, spelled=(), capital=False)
    return _flipped(o) if o.flip else o


def _flipped(o: Options) -> Options:
    """Sides are those of what was given, not of the text."""
    side = {"in": "out", "out": "in"}.get(o.abbreviated, o.abbreviated)
    return replace(o, abbreviated=side, spelled=("out",) if o.spelled == ("in",) else o.spelled)


def _whole(text: str, least: int) -> int | None:
    if not text or not re.fullmatch(r"-?[0-9]{1,7}(?:\.0*)?", text.replace(",", "")):
        return None
    number = int(float(text.replace(",", "")))
    return number if number >= least else None
