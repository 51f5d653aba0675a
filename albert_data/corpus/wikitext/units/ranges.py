"""The words between the values of a range, and how they read beside names and beside symbols."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RangeWord:
    """What stands between two values.

    Attributes:
        named: beside spelled-out units, or, with `sides`, in the input.
        short: beside symbols, or, with `sides`, in the output.
        sides: the text goes by the side, not by how units are written.
        hyphens: hyphenated before a noun also beside symbols.
        repeats: which sides give every value its unit: `short` those with symbols, `out` the output.
        change: the value after it is a difference.
    """

    named: str
    short: str
    sides: bool = False
    hyphens: bool = False
    repeats: str = ""
    change: bool = False

    def text(self, named: bool, first: bool, adjective: bool, asked: str) -> str:
        text = self.named if (first if self.sides else named) else self.short
        if adjective and not self.change and (named or (self.hyphens and asked == "on")):
            return text.replace(" ", "-")
        return text


def _same(text: str) -> RangeWord:
    return RangeWord(text, text)


_DASH = _same("–")
_TIMES = RangeWord(" by ", " × ", repeats="short")
_CHANGE = RangeWord(" ± ", " ± ", change=True)

RANGE_WORDS = {
    "-": _DASH,
    "–": _DASH,
    "to": RangeWord(" to ", " to ", hyphens=True),
    "and": RangeWord(" and ", " and ", hyphens=True),
    "or": RangeWord(" or ", " or ", hyphens=True),
    "to(-)": RangeWord(" to ", "–", sides=True),
    "and(-)": RangeWord(" and ", "–", sides=True),
    "or(-)": RangeWord(" or ", "–", sides=True),
    "to about": _same(" to about "),
    "by": _same(" by "),
    "by(x)": RangeWord(" by ", " × ", sides=True, repeats="out"),
    "x": _TIMES,
    "×": _TIMES,
    "xx": _same(" × "),
    "*": _same("×"),
    "+/-": _CHANGE,
    "±": _CHANGE,
    "+": _same(" + "),
    ",": _same(", "),
    ", and": _same(", and "),
    ", or": _same(", or "),
    "/": _same(" / "),
}
# Those that also stand between values in one argument without spaces.
CLOSE_WORDS = ("-", "–", "xx", "x", "×", "*")
