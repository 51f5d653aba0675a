"""How much of a corpus is held out of training: a share of its documents or a number of them.

Written `1%`, `0.01` (the same) or `2000` (documents); kept as a percentage or a whole number, so that equal
wishes are equal text.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

RULE = "be a share of the documents as 1% or 0.01, or a number of them as 2000; empty for none"


def normal_form(value: Any) -> Any:
    """The text that is kept of a wish as YAML gives it; what is none comes back as it is."""
    if isinstance(value, bool):
        return value
    text = "".join(str("" if value is None else value).split())
    if text in ("", "0", "none"):
        return ""
    percent = text.endswith("%")
    try:
        number = Fraction(text.removesuffix("%")) / (100 if percent else 1)
    except (ValueError, ZeroDivisionError):
        return value
    if 0 < number < 1:
        return f"{_decimal(number * 100)}%"
    return str(number) if number.denominator == 1 and not percent else str(value)


def share_of(hold_out: str) -> Fraction | None:
    """The share that a wish in its normal form asks for; None where it is a number of documents."""
    return Fraction(hold_out[:-1]) / 100 if hold_out.endswith("%") else None


def is_wish(hold_out: str) -> bool:
    """Whether this is a wish in its normal form, or empty."""
    if hold_out.endswith("%"):
        return bool(normal_form(hold_out) == hold_out)
    return hold_out == "" or (hold_out.isascii() and hold_out.isdigit() and int(hold_out) > 0)


def _decimal(number: Fraction) -> str:
    """Without an exponent, to twelve places."""
    return f"{float(number):.12f}".rstrip("0").rstrip(".")
