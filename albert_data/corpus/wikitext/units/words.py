"""Numbers in English words, as {{convert|…|spell=in}} shows them."""

from __future__ import annotations

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_GROUPS = " thousand million billion trillion quadrillion quintillion sextillion septillion".split(
    " "
)
_PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 9: "ninth",
          10: "tenth", 16: "sixteenth"}  # fmt: skip
_NUMBER = re.compile(r"([-−]?)(\d*)(?:\.(\d*))?")
_FIRST = frozenset([*_ONES, *_TENS, "negative"])


def spell_number(number: str, american: bool = False) -> str | None:
    """`103.5` as `one hundred and three point five`; None for what has no words here.

    American English has no `and`, and neither has British between thousands.
    """
    match = _NUMBER.fullmatch(number.removeprefix("+"))
    if not match or not (match[2] or match[3]):
        return None
    digits = match[2].lstrip("0")
    if len(digits) > 3 * len(_GROUPS):
        return None
    words = _whole(digits, american)
    if match[3]:
        words += " point " + " ".join(_ONES[int(digit)] for digit in match[3])
    return f"negative {words}" if match[1] and words != "zero" else words


def spell_fraction(whole: str, over: str, under: str, american: bool = False) -> str | None:
    """`2`, `3`, `4` as `two and three-quarters`; None for parts without a usual name."""
    negative = whole[:1] in ("-", "−") or (not whole and over[:1] == "-")
    whole, over = whole.lstrip("-−+"), over.lstrip("-")
    if not under.isdigit() or not over.isdigit() or len(under) > 3 or not 0 < len(over) < 3:
        return None
    part = _PARTS.get(int(under))
    count = int(over)
    if not part or not count:
        return None
    if american and part == "quarter":
        part = "fourth"
    if count > 1:
        part = "halves" if part == "half" else f"{part}s"
        words = f"{_below_hundred(count)}-{part}"
    else:
        words = f"{'an' if part[0] in 'aeiou' else 'a'} {part}" if whole else f"one-{part}"
    if whole:
        spelled = spell_number(whole, american)
        if spelled is None:
            return None
        words = f"{spelled} and {words}"
    return f"negative {words}" if negative else words


def capitalised(text: str) -> str:
    """A text with a capital, if it begins with a number in words."""
    first = text.partition(" ")[0].partition("-")[0]
    return text[:1].upper() + text[1:] if first in _FIRST else text


def _whole(digits: str, american: bool) -> str:
    if not digits:
        return "zero"
    words = []
    for place in range((len(digits) - 1) // 3, -1, -1):
        end = len(digits) - 3 * place
        group = int(digits[max(0, end - 3) : end])
        if group and place:
            words.append(f"{_below_thousand(group, True)} {_GROUPS[place]}")
        elif group:
            joined = "" if american or not words or group > 99 else "and "
            words.append(joined + _below_thousand(group, american))
    return " ".join(words)


def _below_thousand(n: int, american: bool) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    words = f"{_ONES[hundreds]} hundred"
    return f"{words}{' ' if american else ' and '}{_below_hundred(rest)}" if rest else words


def _below_hundred(n: int) -> str:
    if n < 20:
        return _ONES[n]
    return _TENS[n // 10] + (f"-{_ONES[n % 10]}" if n % 10 else "")
