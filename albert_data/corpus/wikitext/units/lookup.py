"""Units by the codes that editors write: of the table, with a prefix, or made of others.

A code that is none of these is no unit: the caller gets None and shows nothing of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from albert_data.corpus.wikitext.units import codes, composed, defaults, everyday, technical
from albert_data.corpus.wikitext.units.unit import Names, Unit, aliases, number, read_rows

CURRENCIES = ("$", "£", "€", "₱", "₽", "¥")
# Longer text is no code, and parts of parts are a unit no deeper than this.
_MAX_LENGTH = 60
_MAX_SLASHES = 3
_E_NOTATION = re.compile(r"e(3|6|9|12|15)([^\d].*)")


@dataclass(frozen=True, slots=True)
class Multiple:
    """One output in several units, as 5 ft 6 in: units from the largest, and the sizes between them."""

    units: tuple[Unit, ...]
    sizes: tuple[int, ...]

    @property
    def kind(self) -> str:
        return self.units[0].kind


Output = Unit | Multiple


@lru_cache(2048)
def find_unit(code: str) -> Unit | None:
    """The unit of a code; None where there is none."""
    code = tidy(code)
    if not code or code[0] == "%" or len(code) > _MAX_LENGTH or code.count("/") > _MAX_SLASHES:
        return None
    return (
        _table().get(code)
        or _composed(code)
        or _prefixed(code)
        or _large(code)
        or _aliased(code)
        or _per(code)
    )


@lru_cache(2048)
def find_outputs(text: str) -> tuple[Output, ...]:
    """The units of an output such as `km`, `ftin`, `kg st` or `L/100 km+mpgus`; empty for an unknown one."""
    text = tidy(text)
    if text in codes.COMBINATIONS:
        return find_outputs(codes.COMBINATIONS[text])
    if single := _multiple(text) or find_unit(text):
        return (single,)
    text = text.replace("/100 ", "/100")
    places = [c.strip() for c in text.split("+" if "+" in text else " ") if c.strip()]
    found = [_multiple(c) or find_unit(c) for c in places]
    outputs = tuple(output for output in found if output)
    return outputs if len(outputs) == len(places) > 1 else ()


def default_output(unit: Unit, value: float) -> str:
    """Code of what a value of a unit converts to when nothing is asked for; "" for nothing.

    Where Wikipedia goes on in thousands (`210×10^3 m3`), they are written out here (`210,000 m3`).
    """
    return _default_output(unit, value).removeprefix("e3")


def _default_output(unit: Unit, value: float) -> str:
    output = _defaults().get(unit.code) or unit.output
    if not output and unit.parts:
        over, under = unit.parts
        top = _first(default_output(over, value)) if over else unit.currency
        return f"{top}/{_first(default_output(under, 1))}"
    condition, *choices = output.split(":")
    if not choices:
        return output
    low, _, high = condition.partition("<")
    return choices[0 if (not low or float(low) < value) and value < number(high) else 1]


def subdivision(unit: Unit, code: str) -> tuple[str, Unit] | None:
    """The default output of values that go on in a smaller unit, and the smaller unit as it is shown."""
    smaller = find_unit(code)
    found = _subdivisions().get((unit.code, smaller.code)) if smaller else None
    if not smaller or not found:
        return None
    output, shown = found
    return output, find_unit(shown) or smaller


def tidy(code: str) -> str:
    return " ".join(code.replace("µ", "μ").replace("_", " ").split())


def _first(text: str) -> str:
    """The first of several outputs: what a unit per another converts to has one on each side."""
    if multiple := _multiple(text):
        return multiple.units[0].code
    return text.split("+")[0].split()[0] if len(find_outputs(text)) > 1 else text


@cache
def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for rows in (everyday.ROWS, technical.ROWS):
        table.update(read_rows(rows))
    return table


@cache
def _compositions() -> dict[str, tuple[str, bool, str, str, str]]:
    """By code: the unit's own code, American spelling, its parts, default output and symbol."""
    found = {}
    for line in composed.COMPOSED.strip().splitlines():
        names, parts, output, symbol = (*(cell.strip() for cell in line.split("|")), "")[:4]
        own = names.split(", ")[0].partition("(us)")[0]
        over, _, under = own.rpartition("/")
        parts = parts or f"{over}, {under}"
        for alias, american, _ in aliases(names):
            found[alias] = (own, american, parts, output, symbol)
    return found


def _composed(code: str) -> Unit | None:
    if code not in _compositions():
        return None
    own, american, parts, output, symbol = _compositions()[code]
    over, _, under = parts.partition(",")
    unit = _per_unit(own, over.strip(), under.strip(), output)
    if unit and symbol:
        names, us_names = unit.names._replace(symbol=symbol), unit.us_names._replace(symbol=symbol)
        unit = replace(unit, names=names, us_names=us_names)
    return replace(unit, american=american or unit.american) if unit else None


def _per(code: str) -> Unit | None:
    """`x/y`, split at the last slash: `x/y/z` is `x/y` per `z`."""
    over, slash, under = code.rpartition("/")
    return _per_unit(code, over, under, "") if slash else None


def _per_unit(code: str, over: str, under: str, output: str) -> Unit | None:
    currency = over if over in CURRENCIES else ""
    top = find_unit(over) if over and not currency else None
    bottom = find_unit(under)
    if not bottom or (over and not currency and not top) or bottom.power:
        return None
    if any(part and (part.offset is not None or part.builtin) for part in (top, bottom)):
        return None
    kinds = (top.kind if top else currency, bottom.kind)
    kind = composed.KINDS.get(kinds, "/".join(kinds))
    inverse = 0
    if kind == "fuel economy":
        inverse = 1 if kinds[0] == "volume" else -1
    factor = (top.factor if top else 1.0) / bottom.factor
    if kinds == ("mass", "area"):
        factor *= composed.GRAVITY
    return Unit(
        code=code,
        kind=kind,
        names=_per_names(top.names if top else None, bottom.names),
        us_names=_per_names(top.us_names if top else None, bottom.us_names),
        factor=factor,
        output=output,
        inverse=inverse,
        power=top.power if top else 0,
        parts=(top, bottom),
        currency=currency,
        american=bool(top and top.american) or bottom.american,
    )


def _per_names(over: Names | None, under: Names) -> Names:
    symbol = f"{over.symbol if over else ''}/{under.symbol}"
    if over is None:
        return Names(symbol, f"per {under.one}", f"per {under.one}")
    return Names(symbol, f"{over.one} per {under.one}", f"{over.many} per {under.one}")


@cache
def _prefixes() -> dict[str, tuple[str, int]]:
    entries = (entry.split() for entry in _entries(codes.PREFIXES))
    return {sign: (name, int(exponent)) for sign, name, exponent in entries}


def _prefixed(code: str) -> Unit | None:
    for length in (2, 1):
        found = _prefixes().get(code[:length])
        unit = _table().get(f"%{code[length:]}") if found else None
        if found and unit:
            name, exponent = found
            sign = code[:length].replace("u", "μ")
            us_name = "deka" if sign == "da" else name
            return unit.prefixed(sign + unit.code, sign, name, us_name, exponent)
    return None


def _large(code: str) -> Unit | None:
    """`e6acre` and `million acres`: amounts in thousands, millions, …"""
    word, _, rest = code.partition(" ")
    if word in codes.WORDS:
        code = f"e{codes.WORDS[word]}{rest}"
    match = _E_NOTATION.fullmatch(code)
    unit = find_unit(match[2]) if match else None
    if not match or not unit or unit.power or unit.offset is not None or unit.builtin:
        return None
    exponent = int(match[1])
    own = f"e{exponent}{unit.code}"
    return replace(unit, code=own, factor=unit.factor * 10.0**exponent, power=exponent)


def _aliased(code: str) -> Unit | None:
    """Other spellings, also of the part before a slash: `Mcuft/d`."""
    known = dict(entry.split() for entry in _entries(codes.ALIASES))
    over, slash, under = code.partition("/")
    return find_unit(f"{known[over]}{slash}{under}") if over in known else None


@cache
def _multiples() -> dict[str, tuple[str, ...]]:
    return {name: tuple(places) for name, *places in map(str.split, _entries(codes.MULTIPLES))}


@lru_cache(256)
def _multiple(code: str) -> Multiple | None:
    if code not in _multiples():
        return None
    places = _multiples()[code]
    units = [find_unit(place) for place in places if not place.isdigit()]
    sizes = tuple(int(place) for place in places if place.isdigit())
    return Multiple(tuple(unit for unit in units if unit), sizes)


@cache
def _defaults() -> dict[str, str]:
    found = {"Ml": defaults.LITRES, "ML": defaults.LITRES}
    for *units, output in map(str.split, _entries(defaults.DEFAULTS)):
        found.update(dict.fromkeys(units, output))
    for line in defaults.LADDERS.strip().splitlines():
        code, limit, outputs = (cell.strip() for cell in line.split("|"))
        ladder = outputs.split()
        for step, (below, above) in enumerate(zip(ladder, ladder[1:], strict=False), 1):
            found.setdefault(f"e{3 * step}{code}", f"<{limit}:{below}:{above}")
    return found


@cache
def _subdivisions() -> dict[tuple[str, str], tuple[str, str]]:
    found = {}
    for entry in _entries(codes.SUBDIVISIONS):
        unit, smaller, output, *shown = entry.split()
        found[tidy(unit), smaller] = (output, shown[0] if shown else smaller)
    return found


def _entries(text: str) -> list[str]:
    return [entry for line in text.strip().splitlines() for entry in line.split(", ")]
