"""The table of units: every row can be used, and a code never reaches the text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.corpus.wikitext import conversions
from albert_data.corpus.wikitext.convert import convert, cvt
from albert_data.corpus.wikitext.units import codes, composed, defaults, everyday, technical
from albert_data.corpus.wikitext.units.lookup import (
    Multiple,
    default_output,
    find_outputs,
    find_unit,
)
from albert_data.corpus.wikitext.units.unit import Unit

_ALIAS = re.compile(r"\(us\)$|(?<=.)=.*$")


def _codes() -> list[str]:
    rows = everyday.ROWS + technical.ROWS + composed.COMPOSED
    cells = [line.split(" | ")[0] for line in rows.splitlines() if " | " in line]
    large = [f"e{n} {line.split(' | ')[0]}".replace(" ", "") for line in
             defaults.LADDERS.strip().splitlines() for n in (3, 6, 9)]  # fmt: skip
    prefixed = [c for entry in re.split(r",\s|\n", defaults.DEFAULTS) for c in entry.split()[:-1]]
    aliases = [entry.split()[0] for entry in re.split(r", |\n", codes.ALIASES.strip())]
    named = [_ALIAS.sub("", code.strip()) for cell in cells for code in cell.split(",")]
    return sorted({*named, *large, *prefixed, *aliases} - {""})


CODES = _codes()
OUTPUTS = [*CODES, *(entry.split()[0] for entry in re.split(r", |\n", codes.MULTIPLES.strip())),
           *codes.COMBINATIONS, "km mi", "L/100 km+mpgus", "turnip"]  # fmt: skip
OPTIONS = {
    "abbr": ["on", "off", "in", "out", "none", "values", "~", "unit", "hh", "h", "?"],
    "adj": ["on", "1", "ri0", "ri2", "flip", "~", "off"],
    "disp": ["or", "flip", "number", "out", "table", "tablecen", "sqbr", "comma", "b", "br", "br()",
             "(or)", "unit", "unit2", "5", "semicolon", "?"],
    "order": ["flip", "out"], "sp": ["us"], "lk": ["on", "in"], "sigfig": ["1", "3", "0", "x"],
    "round": ["5", "25", "each", "0.5"], "frac": ["2", "16", "-8", "x"], "$": ["€", "euro"],
    "spell": ["in", "In", "on", "On", "us"], "comma": ["off", "5", "gaps"], "sortable": ["on"],
}  # fmt: skip
VALUES = ["1", "0", "-5", "1.5", "12,345", "1e6", "2.5e-3", "1/2", "1+1/2", "-2-3/4", "9999999999",
          "1e300", "1e-300", "15.2", "−40", ".5", "5.", "5-10", "5 to 10"]  # fmt: skip
WORDS = ["-", "to", "and", "by", "x", "±", "or", "xx", "to(-)", "and(-)", "/", ",", "*"]

options = st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in OPTIONS.items()})


@st.composite
def calls(draw):
    """Arguments of a call whose unit is known."""
    places = [draw(st.sampled_from(VALUES))]
    for _ in range(draw(st.integers(0, 2))):
        places += [draw(st.sampled_from(WORDS)), draw(st.sampled_from(VALUES))]
    places.append(draw(st.sampled_from(CODES)))
    places += draw(st.lists(st.sampled_from(OUTPUTS), max_size=1))
    places += draw(st.lists(st.sampled_from(["0", "1", "-2", "99", "500", "1.5"]), max_size=1))
    return {str(n): place for n, place in enumerate(places, 1)} | draw(options)


def _vocabulary() -> set[str]:
    """Every word that a name or a symbol has."""
    words = set(
        "and or by to thousand million billion trillion quadrillion per point negative a an hh".split()
    )
    units = [unit for code in CODES if (unit := find_unit(code))]
    by_default = [default_output(unit, value) for unit in units for value in (0.5, 5, 1e9)]
    for asked in {*OUTPUTS, *by_default}:
        for output in find_outputs(asked):
            units += output.units if isinstance(output, Multiple) else [output]
    for unit in units:
        for text in (*unit.names, *unit.us_names):
            words.update(re.findall(r"[^\W\d_]+", text))
    spelled = (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    )
    spelled += (
        " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    )
    spelled += " zero hundred half halves quintillion sextillion septillion quarter quarters"
    parts = "third fourth fifth sixth eighth ninth tenth sixteenth"
    return words | set(spelled.split()) | {w + s for w in parts.split() for s in ("", "s")}


VOCABULARY = _vocabulary()


@pytest.mark.parametrize("code", CODES)
def test_a_unit_of_the_table_converts_by_default_to_one_of_its_kind(code):
    unit = find_unit(code)
    assert unit
    for value in (0.5, 1, 50, 1e5):
        outputs = find_outputs(default_output(unit, value))
        assert outputs
        for output in outputs:
            target = output.units[0] if isinstance(output, Multiple) else output
            assert target.kind == unit.kind or target.kind == unit.also


def test_no_two_rows_claim_a_code():
    rows = (everyday.ROWS + technical.ROWS + composed.COMPOSED).replace("\\\n", "").splitlines()
    cells = [line.split(" | ")[0] for line in rows if " | " in line]
    claimed = [_ALIAS.sub("", code.strip()) for cell in cells for code in cell.split(", ")]
    assert sorted(claimed) == sorted(set(claimed))


@settings(max_examples=400)
@given(calls())
def test_no_code_is_in_the_text_with_any_options(call):
    text = convert(call)
    assert text is not None
    words = re.findall(r"[^\W\d_]+", text)
    unknown = [w for w in words if w not in VOCABULARY and w.lower() not in VOCABULARY]
    assert not unknown, text
    assert "  " not in text and text == text.strip() and not re.search(r"\b(inf|nan)\b", text)


text = st.one_of(st.sampled_from([*VALUES, *CODES, *WORDS, "", "=", "٣", "½"]), st.text(max_size=8))
option = st.one_of(
    st.sampled_from([v for values in OPTIONS.values() for v in values]), st.text(max_size=4)
)
names = st.sampled_from(
    [*OPTIONS, "ft", "in", "m", "cm", "prec", "precision", "altitude_ft", "altitude_m"]
)


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(conversions.TEMPLATES)),
    st.lists(text, max_size=9),
    st.dictionaries(names, option),
)
def test_no_arguments_make_a_conversion_fail(name, places, named):
    call = {str(n): place for n, place in enumerate(places, 1)} | named
    text = conversions.TEMPLATES[name](call)
    assert text is None or isinstance(text, str)
    assert text == conversions.TEMPLATES[name](call)


LINEAR = [c for c in CODES if (u := find_unit(c)) and u.offset is None and not u.builtin
          and not u.inverse and not u.power and not u.currency]  # fmt: skip


def _shown(text: str) -> float:
    mantissa, _, exponent = text.replace(",", "").replace("−", "-").partition("×10^")
    return float(mantissa) * 10.0 ** int(exponent or 0)


@settings(max_examples=300)
@given(st.sampled_from(LINEAR), st.sampled_from(LINEAR), st.integers(1, 9999))
def test_there_and_back_is_the_same_within_the_precision_shown(code, other, value):
    there, back = find_unit(code), find_unit(other)
    if there.kind != back.kind:
        return
    asked = {"disp": "number", "sigfig": "12"}
    converted = convert({"1": str(value), "2": code, "3": other} | asked)
    again = convert(
        {"1": converted.replace("×10^", "e").replace("−", "-"), "2": other, "3": code} | asked
    )
    assert _shown(again) == pytest.approx(value, rel=1e-10)
    # By default, two digits or the precision of the input: half a unit of the second digit at most.
    text = convert({"1": str(value), "2": code, "3": other, "disp": "number"})
    exact = value * there.factor / back.factor
    assert _shown(text) == pytest.approx(exact, rel=0.0501)


@settings(max_examples=300)
@given(st.sampled_from(LINEAR), st.integers(1, 9999))
def test_a_unit_in_itself_is_itself(code, value):
    unit = find_unit(code)
    if unit.digits == "whole" or unit.names.symbol[:1].isdigit():
        return
    text = cvt({"1": str(value), "2": code, "3": code, "disp": "number", "4": "0"})
    assert _shown(text) == value


@pytest.mark.parametrize(
    "code, one, many, symbol, american",
    [
        ("km2", "square kilometre", "square kilometres", "km²", "square kilometers"),
        ("μm", "micrometre", "micrometres", "μm", "micrometers"),
        ("um", "micrometre", "micrometres", "μm", "micrometers"),
        ("dam3", "cubic decametre", "cubic decametres", "dam³", "cubic dekameters"),
        ("kNm", "kilonewton-metre", "kilonewton-metres", "kN⋅m", "kilonewton-meters"),
        ("Mtoe", "megatonne of oil equivalent", "megatonnes of oil equivalent", "Mtoe", None),
        ("sqmi", "square mile", "square miles", "sq mi", None),
        ("mi2", "square mile", "square miles", "mi²", None),
        ("LT", "long ton", "long tons", "long ton", None),
        ("t", "tonne", "tonnes", "t", "metric tons"),
        ("kg/m3", "kilogram per cubic metre", "kilograms per cubic metre", "kg/m³",
         "kilograms per cubic meter"),
        ("mi/impqt", "mile per imperial quart", "miles per imperial quart", "mi/imp qt", None),
        ("ft/s/s", "foot per second per second", "feet per second per second", "ft/s/s", None),
    ],
)  # fmt: skip
def test_a_unit_reads_by_its_parts(code, one, many, symbol, american):
    unit = find_unit(code)
    assert (unit.names.one, unit.names.many, unit.names.symbol) == (one, many, symbol)
    assert unit.us_names.many == (american or many)


@pytest.mark.parametrize("code", ["", "kkm", "parsnip", "km/", "/", "e6", "e6e6km", "e6C", "C/km", "%m",
                                  "hand/s", "km2mi", "x" * 99, "/".join(["km"] * 9), "kacre"])  # fmt: skip
def test_other_text_is_no_unit(code):
    assert find_unit(code) is None


def test_factors_are_those_of_the_law():
    def factor(code: str) -> float:
        unit = find_unit(code)
        assert isinstance(unit, Unit)
        return unit.factor

    # The international yard and pound of 1959, the gallons of 231 cubic inches and of 4.54609 litres.
    assert factor("yd") == 0.9144 and factor("lb") == 0.45359237
    for unit, expected in {
        "mi": 1760 * 0.9144, "acre": 4840 * 0.9144**2, "sqmi": (1760 * 0.9144) ** 2,
        "cuft": 0.3048**3, "USgal": 231 * 0.0254**3, "impgal": 4.54609e-3, "acre-ft": 43560 * 0.3048**3,
        "oilbbl": 42 * 231 * 0.0254**3, "LT": 2240 * 0.45359237, "st": 14 * 0.45359237,
        "lbf": 0.45359237 * 9.80665, "psi": 0.45359237 * 9.80665 / 0.0254**2,
        "hp": 550 * 0.3048 * 0.45359237 * 9.80665, "mph": 1609.344 / 3600, "kn": 1852 / 3600,
        "USfloz": 231 * 0.0254**3 / 128, "ozt": 480 * 64.79891e-6, "impoz": 4.54609e-3 / 160,
        "ftlb": 0.3048 * 0.45359237 * 9.80665, "ly": 299792458 * 31557600, "ksi": 6894757.293168361,
        "e6acre": 1e6 * 4840 * 0.9144**2, "oilbbl/d": 42 * 231 * 0.0254**3 / 86400,
        "lb/sqft": 0.45359237 * 9.80665 / 0.3048**2, "BTU": 1055.05585262, "Torr": 101325 / 760,
        "bdft": 0.3048**3 / 12, "cord": 128 * 0.3048**3, "USbu": 2150.42 * 0.0254**3,
    }.items():  # fmt: skip
        assert factor(unit) == pytest.approx(expected, rel=1e-9), unit
