"""The named arguments of {{convert}}: how a conversion is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


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
_ROUNDS = {"0.5": 0.5, "5": 5.0, "10": 10.0, "25": 25.0, "50": 50.0}


@dataclass(slots=True)
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


def read_options(a: Mapping[str, str], abbreviated: str = "") -> Options:
    """Options from named arguments; what the template does not know is ignored, as there.

    Args:
        abbreviated: what `abbr=` is where it is not given.
    """
    o = Options()
    _read_abbreviation(o, a.get("abbr", ""))
    _read_adjective(o, a.get("adj") or a.get("sing", ""))
    _read_display(o, a.get("disp", ""))
    order, round_to = a.get("order", ""), a.get("round", "")
    o.flip = o.flip or order == "flip"
    o.output_first = order == "out"
    o.american = "us" in (a.get("sp", ""), a.get("spell", ""))
    o.each = round_to == "each"
    o.step = _ROUNDS.get(round_to, o.step)
    o.commas = a.get("comma", "")
    o.currency = {"euro": "€"}.get(a.get("$", ""), a.get("$", ""))
    o.figures = _whole(a.get("sigfig", ""), 1)
    o.fraction = abs(_whole(a.get("frac", ""), -1000) or 0)
    o.altitude = float(_whole(a.get("altitude_ft", ""), -(10**6)) or 0)
    o.altitude = o.altitude or (_whole(a.get("altitude_m", ""), -(10**6)) or 0) / 0.3048
    spelling = a.get("spell", "")
    o.spelled = {"in": ("in",), "on": ("in", "out")}.get(spelling.lower(), ())
    o.capital = spelling in ("In", "On")
    linked = a.get("lk", a.get("link", "")) in ("in", "on", "out", "off")
    o.values_only = o.values_only or (o.table and not o.asked and not linked)
    if o.output_first:
        o.flip, o.spelled, o.capital = False, (), False
    if o.asked or abbreviated:
        o.asked = o.abbreviated = o.asked or abbreviated
    elif "out" in o.spelled:
        o.abbreviated = "off"
    if o.flip:
        o.abbreviated = {"in": "out", "out": "in"}.get(o.abbreviated, o.abbreviated)
        o.spelled = ("out",) if o.spelled == ("in",) else o.spelled
    return o


def _read_abbreviation(o: Options, text: str) -> None:
    if text in ("on", "off", "in", "out"):
        o.asked = text
    o.asked = {"h": "on", "hh": "on", "unit": "on", "none": "off"}.get(text, o.asked)
    o.hh = text == "hh"
    o.number_word = text == "unit"
    o.values_only = text == "values"
    o.also_symbol = text == "~"


def _read_adjective(o: Options, text: str) -> None:
    o.adjective = text in ("on", "mid")
    o.middle = text == "mid"
    o.before_unit = text == "pre"
    o.singular = text == "1"
    o.flip = text == "flip"
    o.also_symbol = o.also_symbol or text == "~"
    if match := re.fullmatch(r"ri([0-3])", text):
        o.shown_decimals = int(match[1])


def _read_display(o: Options, text: str) -> None:
    o.joins = JOINS.get(text, o.joins)
    o.part = PARTS.get(text, "")
    o.custom_joins = text == "x"
    o.before_units = text == "preunit"
    o.table = text in ("table", "tablecen")
    o.flip = o.flip or text == "flip"
    o.step = 5.0 if text == "5" else 0.0


def _whole(text: str, least: int) -> int | None:
    if not re.fullmatch(r"-?\d{1,7}(?:\.0*)?", text.replace(",", "")):
        return None
    number = int(float(text.replace(",", "")))
    return number if number >= least else None
