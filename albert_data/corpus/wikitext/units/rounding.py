"""Values in another unit, and the precision that English Wikipedia gives them by default.

That is the documentation of {{convert}}: about the precision of the input, at least two significant digits
(three of kelvins), and more for whole numbers in feet or pounds.
"""

from __future__ import annotations

import math

from albert_data.corpus.wikitext.units.amounts import LARGEST, MINUS, NUMBER, Amount
from albert_data.corpus.wikitext.units.unit import Unit


def convert_value(
    amount: Amount, source: Unit, target: Unit, altitude: float = 0.0
) -> float | None:
    """The value in another unit of its kind; None where there is none.

    Args:
        altitude: in feet, of a Mach number.
    """
    value = amount.value
    try:
        if source.offset is not None and target.offset is not None and not amount.change:
            return (value - source.offset) * (source.factor / target.factor) + target.offset
        ratio = _factor(source, altitude) / _factor(target, altitude)
        if (source.inverse or 1) * (target.inverse or 1) < 0:
            found = 1 / (value * source.factor * target.factor)
        else:
            found = value * ratio
    except (ZeroDivisionError, OverflowError):
        return None
    return found if abs(found) <= LARGEST else None


def in_inches(amount: Amount) -> Amount:
    """Hands as inches: `15.2` hands are fifteen times four and two inches."""
    whole = math.trunc(amount.value)
    decimals = amount.plain.partition(".")[2] if not amount.fraction else ""
    if amount.fraction:
        over, under = int(amount.fraction[1]), int(amount.fraction[2])
        rest = math.copysign(over / under / 10, amount.value)
    else:
        rest = amount.value - whole
    inches = 4 * whole + 10 * rest
    plain = f"{abs(inches):.{max(len(decimals) - 1, 0)}f}"
    shown = f"{MINUS if inches < 0 else ''}{abs(inches):g}"
    return Amount(inches, shown, plain, shown == "1", change=amount.change)


def _factor(unit: Unit, altitude: float) -> float:
    return speed_of_sound(altitude) if unit.builtin == "mach" else unit.factor


def speed_of_sound(altitude: float) -> float:
    """Metres a second at an altitude in feet, in the U.S. Standard Atmosphere of 1976."""
    altitude = min(max(altitude, -15000), 275000) * 0.3048
    height, kelvin = 6356766 * altitude / (6356766 + altitude), 288.15
    layers = ((-5000, 11000, -6.5), (11000, 20000, 0), (20000, 32000, 1), (32000, 47000, 2.8),
              (47000, 51000, 0), (51000, 71000, -2.8), (71000, 85000, -2))  # fmt: skip
    for base, top, lapse in layers:
        if height > base:
            kelvin += (min(height, top) - max(base, 0 if base < 0 else base)) * lapse / 1000
    return 20.046796 * math.sqrt(kelvin)


def default_decimals(
    amount: Amount, found: float, source: Unit, target: Unit, composite: str = ""
) -> int:
    """Decimals that a conversion is rounded to by default; negative for zeros before the point.

    Args:
        found: what it converts to.
        composite: of a value in two units, `fine` where the smaller is inches, else `plain`.
    """
    written = _written_decimals(amount, bool(composite))
    if source.is_temperature and target.is_temperature:
        kelvin = abs((amount.value - (source.offset or 0)) * source.factor)
        return max(math.floor(written), 2 if kelvin < 1e-8 else 2 - _magnitude(kelvin))
    if not amount.value or not found:
        return 0
    least = 1 - _magnitude(found)
    if target.digits == "whole" and amount.value == math.floor(amount.value):
        ratio = -math.log10(source.factor)
    elif composite == "fine":
        ratio = math.log10(target.factor) + 2
    else:
        ratio = math.log10(abs(amount.value)) - math.log10(abs(found))
        # Tenths of a Mach count as whole numbers of other units do.
        ratio += (source.builtin == "mach") - (target.builtin == "mach")
    return max(math.floor(written + ratio + math.log10(2)), least)


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value)) + 1e-14)


def _written_decimals(amount: Amount, composite: bool) -> float:
    """Decimals of a number as written; zeros at the end of a whole number count as not meant."""
    if amount.fraction:
        return max(math.log10(int(amount.fraction[2])), 1)
    match = NUMBER.fullmatch(amount.plain)
    if not match:
        return 0
    whole, dot, decimals, exponent = match.groups()
    places = len(decimals) if dot else 0 if composite else len(whole.rstrip("0")) - len(whole)
    return places - int(exponent or 0)
