"""Numbers as editors write them, and rounded numbers as English Wikipedia shows them."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

MINUS = "−"
# Wikipedia shows no more digits than these, and no more decimals than floating point has.
_MOST_DIGITS = 14
_MOST_DECIMALS = 99
# Larger ones overflow on the way.
LARGEST = 1e300
NUMBER = re.compile(r"(\d*)(\.?)(\d*)(?:[eE]([+-]?\d{1,3}))?", re.ASCII)
_FRACTION = re.compile(
    r"(?:(\d{1,15}(?:\.\d)?) ?\+ ?)?(\d{1,9}) ?(?:/{1,2}|⁄) ?(\d{1,9})", re.ASCII
)
_NEGATIVE_FRACTION = re.compile(r"(?:(\d{1,15}) ?- ?)?(\d{1,9}) ?(?:/{1,2}|⁄) ?(\d{1,9})", re.ASCII)


class Amount(NamedTuple):
    """A number to show beside a unit.

    Attributes:
        value: with its sign, as written or before rounding.
        shown: its text.
        plain: unsigned digits as written, or as rounded; what the default precision is taken from.
        singular: whether the unit beside it is in the singular.
        fraction: whole part, numerator and denominator, of an amount with a fraction.
        scientific: shown with a power of ten.
        change: stands after `±`.
    """

    value: float
    shown: str
    plain: str
    singular: bool
    fraction: tuple[str, str, str] | None = None
    scientific: bool = False
    change: bool = False

    @property
    def rounded(self) -> float:
        """What is shown, without its sign."""
        return abs(self.value) if self.fraction or self.scientific else float(self.plain or 0)


def read_amount(text: str, commas: str = "", decimals: int | None = None) -> Amount | None:
    """A number such as `1,234.5`, `-5`, `2e6`, `1+1/2`; None for other text.

    Args:
        commas: how thousands are separated, see `grouped`.
        decimals: rounds what is shown (not the value) to so many.
    """
    plain = text.replace(",", "").strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 16 and decimals is None:
        return Amount(float(plain), grouped(plain, commas), plain, float(plain) == 1)
    sign = ""
    if plain[:1] in ("-", MINUS, "+"):
        sign = "+" if plain[0] == "+" else MINUS
        plain = plain[1:].strip()
    match = NUMBER.fullmatch(plain)
    if not match or not (match[1] or match[3]):
        return _read_fraction(plain, sign, commas)
    value = float(plain)
    if value > LARGEST or len(plain) > 40:
        return None
    digits = match[1] + match[2] + match[3]
    if decimals is not None:
        digits = _fixed(float(digits), decimals)
    shown = grouped(digits, commas)
    if match[4] is not None:
        shown = f"{shown}×10^{int(match[4])}".replace("-", MINUS)
    rounded = float(digits) if decimals is not None and match[4] is None else value
    return Amount(
        value=-value if sign == MINUS else value,
        shown=sign + shown,
        plain=plain,
        singular=rounded == 1,
        scientific=match[4] is not None,
    )


def _read_fraction(plain: str, sign: str, commas: str) -> Amount | None:
    pattern = _NEGATIVE_FRACTION if sign == MINUS else _FRACTION
    match = pattern.fullmatch(plain)
    if not match or not int(match[3]):
        return None
    whole, over, under = match.groups(default="")
    value = float(whole or 0) + int(over) / int(under)
    shown = f"{over}/{under}" if not whole else f"{grouped(whole, commas)} {over}/{under}"
    return Amount(
        value=-value if sign == MINUS else value,
        shown=sign + shown,
        plain=plain,
        singular=value <= 1,
        fraction=((sign if whole else "") + whole, over, under),
    )


def grouped(digits: str, commas: str = "") -> str:
    """`12345.6` as `12,345.6`. `commas`: `off`, `5` (from five digits on), `gaps` (spaces)."""
    if len(digits) < 4 and digits[-1:] != ".":
        return digits
    digits = digits.removesuffix(".")
    whole, dot, decimals = digits.partition(".")
    if commas == "off" or len(whole) < (5 if commas == "5" else 4):
        return digits
    head = len(whole) % 3
    groups = [whole[:head]] if head else []
    groups += [whole[n : n + 3] for n in range(head, len(whole), 3)]
    return (" " if commas.startswith("gaps") else ",").join(groups) + dot + decimals


def rounded(found: float, decimals: int, scientific: bool = False, commas: str = "") -> Amount:
    """A value rounded to decimals (or to zeros before the point) and shown."""
    decimals = min(max(decimals, -_MOST_DECIMALS), _MOST_DECIMALS)
    if decimals >= 0:
        return show_digits(found, _fixed(abs(found), decimals), None, scientific, commas)
    digits = f"{abs(found) / 10.0**-decimals:.0f}"
    exponent = len(digits) - decimals if digits != "0" else None
    return show_digits(found, digits, exponent, scientific, commas)


def with_figures(found: float, figures: int, scientific: bool = False, commas: str = "") -> Amount:
    """A value rounded to significant figures and shown."""
    figures = min(max(figures, 1), _MOST_DIGITS)
    if not found:
        return show_digits(found, "0" * figures, 1, scientific, commas)
    mantissa, _, exponent = f"{abs(found):.{figures - 1}e}".partition("e")
    return show_digits(found, mantissa.replace(".", ""), int(exponent) + 1, scientific, commas)


def to_multiple(found: float, step: float, scientific: bool = False, commas: str = "") -> Amount:
    """A value rounded to the nearest 5, 10, 25, … and shown."""
    near = math.floor(abs(found) / step + 0.5) * step
    decimals = 1 if step < 1 and near != math.floor(near) else 0
    return show_digits(found, f"{near:.{decimals}f}", None, scientific, commas)


def as_fraction(found: float, under: int, commas: str = "") -> Amount:
    """A value as a whole number and a fraction with at most a given denominator."""
    size = abs(found)
    if not size or size > 1e8:
        return show_digits(found, f"{size:.2f}" if size else "0", None, False, commas)
    whole, rest = divmod(size, 1)
    over = math.floor(rest * under + 0.5 + 2e-14)
    if over >= under:
        whole, over = whole + 1, 0
    sign = MINUS if found < 0 and (whole or over) else ""
    if not over:
        return show_digits(found, f"{whole:.0f}", None, False, commas)
    divisor = math.gcd(over, under)
    places = (f"{whole:.0f}" if whole else "", str(over // divisor), str(under // divisor))
    shown = f"{grouped(places[0], commas)} {places[1]}/{places[2]}".strip()
    return Amount(
        value=found,
        shown=sign + shown,
        plain=str(size),
        singular=size <= 1,
        fraction=((sign if whole else "") + places[0], places[1], places[2]),
    )


def show_digits(
    found: float, digits: str, exponent: int | None, scientific: bool, commas: str
) -> Amount:
    """Digits shown with separators, or as a power of ten where they are many.

    Args:
        found: the value before rounding; gives the sign.
        digits: with a point; or, with an exponent, those after `0.` that it moves.
        scientific: the input has a power of ten, so most outputs have.
    """
    high, low = (4, 2) if scientific else (10, 4)
    if exponent is None and not scientific and len(digits) < 10 and digits[0] in "123456789":
        one = digits[0] == "1" and (digits == "1" or digits.rstrip("0") == "1.")
        return Amount(found, (MINUS if found < 0 else "") + grouped(digits, commas), digits, one)
    one = digits.rstrip("0") in ("1", "1.") if exponent == 1 or "." in digits else digits == "1"
    if exponent is None:
        whole, _, decimals = digits.partition(".")
        figures = decimals.lstrip("0")
        zeros = len(decimals) - len(figures)
        if whole.strip("0"):
            if len(whole) >= high:
                digits, exponent = whole + decimals, len(whole)
            else:
                digits = digits[: _MOST_DIGITS + ("." in digits)]
        elif figures and zeros >= low:
            digits, exponent = figures, -zeros
        elif figures:
            digits = f"0.{'0' * zeros}{figures[:_MOST_DIGITS]}"
        else:
            digits = digits[: _MOST_DIGITS + 2]
    sign = MINUS if found < 0 and digits.strip("0.") else ""
    if exponent is not None:
        digits = digits[:_MOST_DIGITS]
        round_number = exponent == high and digits == "1" + "0" * (high - 1)
        if (exponent >= high and not round_number) or exponent <= -low:
            mantissa = digits[0] + ("." if digits[1:] else "") + digits[1:]
            power = f"{exponent - 1}".replace("-", MINUS)
            shown = f"{sign}{grouped(mantissa, commas)}×10^{power}"
            return Amount(found, shown, digits, one, scientific=True)
        if exponent >= len(digits):
            digits += "0" * (exponent - len(digits))
        elif exponent <= 0:
            digits = "0." + "0" * -exponent + digits
        else:
            digits = f"{digits[:exponent]}.{digits[exponent:]}"
    return Amount(found, sign + grouped(digits, commas), digits, one)


def _fixed(value: float, decimals: int) -> str:
    # A little more, so that 5.555 is rounded up although binary has it a little lower.
    return f"{value + (2e-14 if decimals <= 8 else 0):.{min(decimals, _MOST_DECIMALS)}f}"
