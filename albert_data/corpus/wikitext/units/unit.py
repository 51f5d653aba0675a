"""A unit: how it reads and what it measures; rows of text to units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

_ALIAS = re.compile(r"(.+?)(?:\((us)\)|=(.+))?")


class Names(NamedTuple):
    """How a unit reads, in one spelling of English."""

    symbol: str
    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that values are given in or converted to.

    Attributes:
        kind: what it measures; units of one kind convert to each other.
        also: a second kind; two units also convert where each is of the other's second kind.
        factor: its size in the kind's base unit; of an inverse unit, the size of one over it.
        offset: where the kind's zero is, in this unit; None for kinds without.
        inverse: -1 for a unit that falls as others rise (`mpg`), 1 for those it falls against, 0 otherwise.
        names: in British spelling; `us_names`: in American.
        always: `name` or `symbol` where the one stands whatever is asked for, `""` otherwise.
        output: codes of what it converts to by default, or `<limit:below:else`.
        digits: `whole` for a unit that whole numbers are converted to with the precision of the base
            unit, `fine` for one that makes values in two units precise.
        builtin: `hand` (decimals are inches) or `mach`.
        power: of ten that a word or `×10^n` beside the number says, 0 without.
        prefixes: the power in which an SI prefix counts (2 for m²), 0 for units that take none.
        parts: of a unit per another, both.
        currency: the sign before the number, of money per unit.
        american: the code asks for American spelling.
    """

    code: str
    kind: str
    names: Names
    us_names: Names
    factor: float
    output: str
    also: str = ""
    offset: float | None = None
    inverse: int = 0
    always: str = ""
    digits: str = ""
    builtin: str = ""
    power: int = 0
    prefixes: int = 0
    parts: tuple[Unit | None, Unit] | None = None
    currency: str = ""
    american: bool = False

    @property
    def is_temperature(self) -> bool:
        return self.offset is not None and self.always == "symbol"

    def prefixed(self, code: str, prefix: str, name: str, us_name: str, exponent: int) -> Unit:
        """This unit with an SI prefix."""
        return replace(
            self,
            code=code,
            names=_with_prefix(self.names, prefix, name),
            us_names=_with_prefix(self.us_names, prefix, us_name),
            factor=self.factor * 10.0 ** (exponent * self.prefixes),
        )


def read_rows(rows: str) -> Iterator[tuple[str, Unit]]:
    """Codes and their units, aliases too, from rows such as those of `everyday.py`."""
    kind = ""
    for line in rows.strip().splitlines():
        if line.startswith("== "):
            kind = line[3:]
        elif line:
            yield from _read_row(line, kind)


def number(expression: str) -> float:
    """`.3048`, `5/9`."""
    over, _, under = expression.partition("/")
    return float(over) / float(under) if under else float(over)


def aliases(text: str) -> Iterator[tuple[str, bool, str]]:
    """Each code, whether it asks for American spelling, and a symbol of its own or ""."""
    for alias in text.split(", "):
        if match := _ALIAS.fullmatch(alias):
            yield match[1], bool(match[2]), match[3] or ""


def _read_row(line: str, kind: str) -> Iterator[tuple[str, Unit]]:
    codes, symbols, names, factor, output, *rest = (cell.strip() for cell in line.split("|"))
    symbol, _, us_symbol = symbols.partition(" ~ ")
    name, _, us_name = names.partition(" ~ ")
    one, many = _plural(name)
    us_one, us_many = _plural(us_name) if us_name else (one, many)
    symbol = one if symbol == "-" else symbol
    notes = rest[0].split() if rest else []
    settings = dict(note.split("=", 1) for note in notes if "=" in note)
    unit = Unit(
        code="",
        kind=kind,
        names=Names(symbol, one, many),
        us_names=Names(us_symbol or (us_one if symbols == "-" else symbol), us_one, us_many),
        factor=number(factor),
        output=output,
        also=settings.get("also", ""),
        offset=float(settings["offset"]) if "offset" in settings else None,
        inverse=-1 if "inverse" in notes else 0,
        always="name" if symbols == "-" else "symbol" if "symbol" in notes else "",
        digits=next((n for n in notes if n in ("whole", "fine")), ""),
        builtin=next((n for n in notes if n in ("hand", "mach")), ""),
        prefixes={"²": 2, "³": 3}.get(symbol[-1:], 1) if "%" in name else 0,
    )
    if not unit.prefixes:
        yield from _named(codes, unit)
        return
    # Without a prefix; `lookup.py` makes those with one from the marked names.
    yield from ((f"%{code}", found) for code, found in _named(codes, unit))
    yield from _named(codes, unit.prefixed("", "", "", "", 0))


def _named(codes: str, unit: Unit) -> Iterator[tuple[str, Unit]]:
    code = next(aliases(codes))[0]
    for alias, american, symbol in aliases(codes):
        found = replace(unit, code=code, american=american)
        if symbol:
            found = replace(
                found,
                code=alias,
                names=found.names._replace(symbol=symbol),
                us_names=found.us_names._replace(symbol=symbol),
            )
        yield alias, found


def _plural(name: str) -> tuple[str, str]:
    one, _, many = name.partition(";")
    return one, many or f"{one}s"


def _with_prefix(names: Names, prefix: str, name: str) -> Names:
    one, many = names.one.replace("%", name), names.many.replace("%", name)
    # A unit that is always spelled out has no symbol but its name.
    symbol = one if "%" in names.symbol else prefix + names.symbol
    return Names(symbol, one, many)
