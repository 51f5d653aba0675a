"""`{{convert|12|km|mi}}` as `12 km (7.5 mi)`: values with their unit, and the same in another.

Units stand in short form on both sides. Rounding follows the default of Wikipedia's Module:Convert:
about the precision of the input, and at least two significant digits.
"""

from __future__ import annotations

import math
import re

# kind: unit code (aliases) = factor to the kind's base unit [shown as]
_TABLE = """
length: mm=.001, cm=.01, m=1, km=1000, in=.0254, ft foot=.3048 [ft], yd=.9144, mi=1609.344
length: nmi=1852, AU=149597870700, ly=9460730472580800, pc=30856775814671914, fathom=1.8288
length: chain=20.1168, furlong=201.168, µm um=.000001 [µm], nm=.000000001, rod=5.0292
area: mm2=.000001 [mm²], cm2 sqcm=.0001 [cm²], m2 sqm=1 [m²], km2 sqkm=1e6 [km²], ha=1e4
area: sqin in2=.00064516 [sq in], sqft ft2 sqfoot=.09290304 [sq ft], acre acres=4046.8564224 [acres]
area: sqmi mi2=2589988.110336 [sq mi], sqyd yd2=.83612736 [sq yd]
mass: mg=.000001, g=.001, kg=1, t tonne MT=1000 [t], oz=.028349523125, lb lbs=.45359237 [lb]
mass: st=6.35029318, LT long-ton=1016.0469088 [long tons], ST short-ton=907.18474 [short tons]
mass: ozt=.0311034768 [ozt]
speed: km/h kph kmh=.27777777777777778 [km/h], m/s=1, mph=.44704, kn knot=.51444444444444444 [kn]
speed: ft/s=.3048, km/s=1000, mi/s=1609.344, ft/min=.00508
volume: ml mL=.000001 [ml], cl cL=.00001 [cl], cc cm3=.000001 [cc], l L litre=.001 [L]
volume: m3=1 [m³], km3=1e9 [km³], cuin in3=.000016387064 [cu in], cuft ft3=.028316846592 [cu ft]
volume: cuyd yd3=.764554857984 [cu yd], cumi mi3=4168181825.440579584 [cu mi], hl=.1
volume: USgal U.S.gal usgal=.003785411784 [US gal], impgal=.00454609 [imp gal]
volume: USoz USfloz=.0000295735295625 [US fl oz], impoz=.0000284130625 [imp fl oz]
volume: acre.ft acre·ft acre-ft acreft=1233.48183754752 [acre⋅ft], dam3=1000 [dam³]
volume: oilbbl=.158987294928 [bbl]
power: W=1, kW=1000, MW=1e6, GW=1e9, hp bhp shp ihp=745.69987158227022 [hp], PS=735.49875 [PS]
force: N=1, kN=1000, MN=1e6, lbf=4.4482216152605, kgf=9.80665
pressure: Pa=1, hPa=100, mbar=100, kPa=1000, MPa=1e6, GPa=1e9, bar=1e5, atm=101325
pressure: psi=6894.757293168, inHg=3386.388640341, mmHg=133.322387415, Torr=133.32236842105263
energy: J=1, kJ=1000, MJ=1e6, GJ=1e9, cal=4.184, kcal Cal=4184 [kcal], kWh=3.6e6
torque: Nm N.m N·m=1 [N⋅m], lbft lb·ft lb.ft ftlb=1.3558179483314004 [lb⋅ft]
flow: m3/s=1 [m³/s], cuft/s cfs=.028316846592 [cu ft/s], L/s l/s=.001 [L/s]
density: /km2 PD/sqkm PD/km2=1 [/km²], /sqmi PD/sqmi=.38610215854244584 [/sq mi]
density: /ha=100, /acre=247.10538146716533
""".strip()
_TEMPERATURES = {"C": "°C", "°C": "°C", "F": "°F", "°F": "°F", "K": "K"}
_DEFAULT_OUTPUT = dict(
    pair.split(":")
    for pair in """
    km:mi mi:km m:ft ft:m foot:m in:mm mm:in cm:in yd:m nmi:km ly:pc kg:lb lb:kg lbs:kg g:oz oz:g
    t:LT LT:t ST:t st:kg km2:sqmi sqkm:sqmi sqmi:km2 mi2:km2 ha:acre acre:ha acres:ha m2:sqft
    sqm:sqft sqft:m2 ft2:m2 km/h:mph kph:mph mph:km/h kn:km/h m/s:ft/s ft/s:m/s C:F °C:F F:C
    °F:C K:C L:impgal l:impgal USgal:L impgal:L m3:cuft cuft:m3 km3:cumi cumi:km3 hp:kW kW:hp
    bhp:kW PS:kW lbf:N N:lbf kN:lbf psi:kPa kPa:psi MPa:psi bar:kPa Nm:lbft lbft:Nm
    m3/s:cuft/s cuft/s:m3/s cc:cuin cuin:cc /km2:/sqmi /sqmi:/km2 PD/sqkm:PD/sqmi
    PD/sqmi:PD/sqkm""".split()
)
_RANGE_WORDS = {
    "-": "–", "–": "–", "to": " to ", "to(-)": "–", "and": " and ", "and(-)": " and ", "or": " or ",
    "x": " × ", "×": " × ", "by": " by ", "*": " × ", "xx": " × ", "+/-": " ± ", "±": " ± ",
}  # fmt: skip
_MAX_PLACES = 24
_NUMBER = re.compile(r"[-−]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d{1,2})?")
_FRACTION = re.compile(r"([-−]?\d+)?\+?(\d+)[/⁄](\d+)")


def _units() -> dict[str, tuple[str, float, str]]:
    units = {}
    for line in _TABLE.splitlines():
        kind, _, entries = line.partition(": ")
        for entry in entries.split(", "):
            codes, _, rest = entry.partition("=")
            factor, _, shown = rest.partition(" [")
            for code in codes.split():
                units[code] = (kind, float(factor), shown.rstrip("]") or code)
    return units


_UNITS = _units()


def convert(a: dict[str, str]) -> str | None:
    """The text of `{{convert|…}}`; without the other unit where it is not known."""
    places: list[str] = []
    while len(places) < _MAX_PLACES and (value := a.get(str(len(places) + 1))) is not None:
        places.append(value.strip())
    values, words = [], []
    while places:
        values.append(places.pop(0))
        if not places or places[0] not in _RANGE_WORDS or len(places) < 2:
            break
        words.append(_RANGE_WORDS[places.pop(0)])
    if not values or not places:
        return " ".join(values)
    unit = places.pop(0)
    if unit in ("ft", "foot", "st", "lb") and len(places) > 1 and places[1] in ("in", "lb", "oz"):
        return _composite(values[0], unit, places)
    shown = _joined([_tidy(v) for v in values], words) + _gap(unit)
    numbers = [_number(v) for v in values]
    outputs = places[0] if places and not _NUMBER.fullmatch(places[0]) else ""
    outputs = outputs or _DEFAULT_OUTPUT.get(unit, "")
    digits = next((int(p) for p in places[:2] if re.fullmatch(r"-?\d", p)), None)
    others = []
    for output in outputs.split():
        found = [
            _converted(v, n, unit, output, digits) for v, n in zip(values, numbers, strict=True)
        ]
        known = [f for f in found if f]
        if len(known) == len(found):
            others.append(_joined(known, words) + _gap(output))
    if not others or a.get("disp") in ("number", "unit"):
        return shown
    other = "; ".join(others)
    if a.get("order") == "flip":
        shown, other = other, shown
    if a.get("disp") in ("out", "output only"):
        return other
    return f"{shown} ({other})" if a.get("disp") != "or" else f"{shown} or {other}"


def _composite(value: str, unit: str, places: list[str]) -> str:
    small_value, small = places[0], places[1]
    shown = f"{_tidy(value)} {unit} {_tidy(small_value)} {small}"
    feet, inches = _number(value), _number(small_value)
    if unit not in ("ft", "foot") or small != "in" or feet is None or inches is None:
        return shown
    metres = (feet * 12 + inches) * 0.0254
    if (places[2:] or ["m"])[0] == "cm":
        return f"{shown} ({metres * 100:.0f} cm)"
    return f"{shown} ({metres:.2f} m)"


def _gap(unit: str) -> str:
    shown = _TEMPERATURES.get(unit) or _UNITS.get(unit, ("", 0.0, unit))[2]
    return shown if shown.startswith("/") else f" {shown}"


def _joined(values: list[str], words: list[str]) -> str:
    out = values[0]
    for word, value in zip(words, values[1:], strict=True):
        out += word + value
    return out


def _tidy(value: str) -> str:
    """A number with thousands separated; anything else as it is."""
    if value.isascii() and value.isdigit() and len(value) <= 15:
        return f"{int(value):,}"
    return value.replace("+", " ") if _FRACTION.fullmatch(value) else value


def _number(value: str) -> float | None:
    if len(value) > 20:
        return None
    if _NUMBER.fullmatch(value):
        return float(value.replace(",", "").replace("−", "-"))
    if (match := _FRACTION.fullmatch(value)) and int(match[3]):
        return float(match[1] or 0) + int(match[2]) / int(match[3])
    return None


def _converted(
    text: str, value: float | None, unit: str, output: str, digits: int | None
) -> str | None:
    if value is None:
        return None
    precision = _decimals(text)
    if unit in _TEMPERATURES and output in _TEMPERATURES:
        kelvin = {"C": value + 273.15, "F": (value + 459.67) / 1.8, "K": value}[unit[-1]]
        result = {"C": kelvin - 273.15, "F": kelvin * 1.8 - 459.67, "K": kelvin}[output[-1]]
        least = 2 - math.floor(math.log10(kelvin)) if kelvin > 0 else 0
        precision = max(precision, least)
    elif unit in _UNITS and output in _UNITS and _UNITS[unit][0] == _UNITS[output][0]:
        result = value * _UNITS[unit][1] / _UNITS[output][1]
        if result <= 0:
            precision = 0
        else:
            precision = math.floor(precision + math.log10(value / result) + math.log10(2))
            precision = max(precision, 1 - math.floor(math.log10(result) + 1e-14))
    else:
        return None
    precision = min(precision if digits is None else digits, 12)
    rounded = round(result, precision) + 0.0
    return f"{rounded:,.{max(precision, 0)}f}".replace("-", "−")


def _decimals(text: str) -> int:
    """Decimal places of a number as written; negative for trailing zeros, as Convert counts."""
    if "/" in text or "⁄" in text:
        return 1
    mantissa, _, exponent = text.replace(",", "").lstrip("-−").partition("e")
    whole, dot, decimals = mantissa.partition(".")
    places = len(decimals) if dot else len(whole.rstrip("0")) - len(whole)
    return places - int(exponent or 0)
