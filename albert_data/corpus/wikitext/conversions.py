"""The templates that convert units, by name: {{convert}} itself and those that are made of it."""

from __future__ import annotations

import math
from collections.abc import Callable

from albert_data.corpus.wikitext.convert import convert, cvt
from albert_data.corpus.wikitext.units.amounts import read_amount

Arguments = dict[str, str]
Rule = Callable[[Arguments], str | None]

# {{ft to m|6}} and the like, older than {{convert}}: unit and output.
_PAIRS = """
ft m, m ft, m ftin, ftin m, in cm, in mm, cm in, mm in, inch mm, yd m, m yd, mi km, km mi, miles km, nmi km
km nmi, kg lb, lb kg, g oz, oz g, t LT, LT t, st kg, kg st, km2 sqmi, sqmi km2, km2 mi2, mi2 km2, acre ha
ha acre, m2 sqft, sqft m2, km/h mph, mph km/h, kph mph, mph kph, kn km/h, kmh mph, mph kmh, C F, F C, L USgal
USgal L, L impgal, impgal L, hp kW, kW hp, cuin cc, cc cuin, m3 cuft, cuft m3, psi kPa, kPa psi
"""


def height(a: Arguments) -> str | None:
    """`{{height|ft=5|in=11}}` as `5 ft 11 in (1.80 m)`, `{{height|cm=180}}` as `180 cm (5 ft 11 in)`."""
    inches = a.get("in") or a.get("inch") or a.get("ins") or "0"
    decimals = a.get("precision", "")
    named = {"abbr": a.get("abbr", "")}
    if a.get("ft"):
        return cvt(_numbered([a["ft"], "ft", inches, "in", "m", decimals]) | named)
    for unit in ("m", "cm"):
        if a.get(unit):
            places = _numbered([a[unit], unit, "ftin", decimals])
            return cvt(places | named | {"frac": a.get("frac", "")})
    return cvt(_numbered([inches, "in", "cm", decimals]) | named) if inches != "0" else None


def population_density(a: Arguments) -> str | None:
    """`{{pop density|people|area|km2|sqmi}}` as `5.7/km² (14.7/sq mi)`, to `prec` decimals."""
    people, area = (read_amount(a.get(key, "")) for key in ("1", "2"))
    unit, output, decimals = a.get("3", "km2").strip(), a.get("4", "").strip(), a.get("prec", "")
    if not people or not area or people.value <= 0 or area.value <= 0:
        return None
    density = people.value / area.value
    if not decimals.isdecimal() or len(decimals) > 2:
        decimals = str(max(0, 1 - math.floor(math.log10(density))))
    decimals = str(min(int(decimals), 3))
    asked = f"PD/{output}" if output else ""
    named = {key: value for key, value in a.items() if not key.isdecimal()}
    named["adj"] = f"ri{decimals}"  # what is shown is rounded, what is converted is not
    return cvt(named | _numbered([f"{density:.12f}", f"PD/{unit}", asked, decimals]))


def infobox_conversion(a: Arguments) -> str | None:
    """`{{convinfobox|5|km||mi}}`: the first value given converts to the units of the others."""
    places = [a.get(str(n), "").strip() for n in range(1, 13)]
    pairs = list(zip(places[::2], places[1::2], strict=True))
    for value, unit in pairs:
        if value:
            others = [other for _, other in pairs if other and other != unit]
            return cvt(_numbered([value, unit, "+".join(others)]))
    return ""


def _pair(unit: str, output: str) -> Rule:
    def rule(a: Arguments) -> str | None:
        value, second = a.get("1", ""), a.get("2", "")
        first = [value, "ft", second or "0", "in"] if unit == "ftin" else [value, unit]
        named = {key: text for key, text in a.items() if not key.isdecimal()}
        named["abbr"] = {"yes": "on", "y": "on"}.get(a.get("abbr", ""), a.get("abbr", ""))
        return convert(named | _numbered([*first, output, a.get("precision", "")]))

    return rule


def _numbered(places: list[str]) -> Arguments:
    while places and not places[-1]:
        places.pop()
    return {str(place): text for place, text in enumerate(places, 1)}


def _by_name() -> dict[str, Rule]:
    rules: dict[str, Rule] = {
        "convert": convert,
        "conv": convert,
        "cvt": cvt,
        "height": height,
        "pop density": population_density,
        "population density": population_density,
        "popdens": population_density,
        "convinfobox": infobox_conversion,
    }
    for pair in _PAIRS.replace("\n", ", ").split(", "):
        unit, _, output = pair.partition(" ")
        if output:
            rules[f"{unit} to {output}".lower()] = _pair(unit, output)
    return rules


TEMPLATES = _by_name()
