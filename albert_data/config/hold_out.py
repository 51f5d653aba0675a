"""How much of a corpus is held out of training: a share of its documents or a number of them.

Written `1%`, `0.01` (the same) or `2000` (documents); kept as a percentage or a whole number, so that equal
wishes are equal text.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_LONGEST, _HUGE = 60, re.compile(r"[eE][-+]?[0-9_]{4}")
RULE = "be a share of the documents as 1% or 0.01, or a number of them as 2000; empty for none"


def normal_form(value: Any) -> Any:
    """The text that is kept of a wish as YAML gives it; what is none comes back as it is."""
    if isinstance(value, bool):
        return value
    text = "".join(str("" if value is None else value).split())
    number = _number(text)
    if text in ("", "none") or number == 0:
        return ""
    if number is not None and 0 < number < 1:
        return f"{_decimal(number * 100)}%"
    whole = number is not None and number > 0 and number.denominator == 1
    if whole and not text.endswith("%"):
        return str(number)
    return str(value) if isinstance(value, (int, float)) else value


def share_of(hold_out: str) -> Fraction | None:
    """The share that a wish in its normal form asks for; None where it is a number of documents."""
    return Fraction(hold_out[:-1]) / 100 if hold_out.endswith("%") else None


def is_wish(hold_out: str) -> bool:
    """Whether this is a wish in its normal form, or empty."""
    number = _number(hold_out)
    if number is None:
        return hold_out == ""
    return 0 < number < 1 if hold_out.endswith("%") else number >= 1 and number.denominator == 1


def _number(text: str) -> Fraction | None:
    """The share or number that a text gives; None of other text."""
    if len(text) > _LONGEST or _HUGE.search(text):  # of which the digits would be written out
        return None
    try:
        return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        return None


def _decimal(number: Fraction) -> str:
    """Without an exponent, to twelve places."""
    return f"{float(number):.12f}".rstrip("0").rstrip(".")
