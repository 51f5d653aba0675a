"""The text of a conversion: `5 miles (8.0 km)`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from albert_data.corpus.wikitext.units.amounts import Amount, grouped
from albert_data.corpus.wikitext.units.lookup import Multiple, Output
from albert_data.corpus.wikitext.units.options import Options
from albert_data.corpus.wikitext.units.results import Conversion, convert_to, spelled
from albert_data.corpus.wikitext.units.unit import Names, Unit
from albert_data.corpus.wikitext.units.words import capitalised, spell_number

_POWERS = {3: "thousand", 6: "million", 9: "billion", 12: "trillion", 15: "quadrillion"}


def phrase(c: Conversion) -> str:
    """A conversion as a reader sees it; only the input where no output is known."""
    o = c.options
    if o.part == "unit":
        return _unit_alone(c)
    outputs = _outputs(c)
    if outputs is None:
        return _capital(o, _input(c))
    if o.part in ("output", "number", "output unit"):
        return _capital(o, o.joins.between.join(outputs))
    if o.output_first and len(outputs) > 1:
        first, rest = outputs[0], outputs[1:]
    else:
        first, rest = _input(c), outputs
    if o.table:
        return " ".join([first, *rest] if not o.flip else [*rest, first])
    second = o.joins.between.join(rest)
    if o.flip:
        first, second = second, first
    before = o.joins.before
    if o.also_symbol and not c.pieces and before in (" (", " ["):
        before = f" [{_names(o, c.unit).symbol}]{before}"
    return _capital(o, f"{first}{before}{second}{o.joins.after}")


def _capital(o: Options, text: str) -> str:
    return capitalised(text) if o.capital else text


def _outputs(c: Conversion) -> list[str] | None:
    outputs = []
    for place, output in enumerate(c.outputs):
        side = "in" if c.options.output_first and len(c.outputs) > 1 and not place else "out"
        text = _output(c, output, side)
        if text is None:
            return None
        outputs.append(text)
    return outputs or None


def _output(c: Conversion, output: Output, side: str) -> str | None:
    if isinstance(output, Multiple):
        return _multiple(c, output, side)
    amounts = convert_to(c, output)
    if amounts is None:
        return None
    o = c.options
    if "out" in o.spelled:
        amounts = [spelled(o, amount) for amount in amounts]
    hands_apart = not o.asked and (
        output.builtin == "hand" or (c.unit.builtin == "hand" and output.code == "in")
    )
    return _quantity(c, amounts, output, side, c.before_output, hands_apart)


def _input(c: Conversion) -> str:
    o = c.options
    if not c.pieces:
        amounts: Sequence[Amount] = c.amounts
        if "in" in o.spelled:
            amounts = [spelled(o, amount) for amount in amounts]
        return _quantity(c, amounts, c.unit, "in", c.before)
    named = _is_named(o, c.unit, "in")
    gap = "-" if o.adjective and named else " "
    texts = []
    for amount, unit in c.pieces:
        shown = spelled(o, amount).shown if "in" in o.spelled else amount.shown
        label = _label(o, unit, amount, "in", _is_named(o, unit, "in"))
        texts.append(f"{shown}{gap}{label}" if label else shown)
    return gap.join(texts) + ("" if o.flip else c.middle)


def _unit_alone(c: Conversion) -> str:
    """What `disp=unit` shows."""
    o = c.options
    pieces = c.pieces or [(c.amounts[0], c.unit)]
    named = _is_named(o, c.unit, "in")
    text = " ".join(_label(o, unit, amount, "in", named) for amount, unit in pieces)
    return (c.before or "") + (hyphenated(text) if named and o.adjective else text)


def _quantity(
    c: Conversion,
    amounts: Sequence[Amount],
    unit: Unit,
    side: str,
    before: str | None,
    force_name: bool = False,
) -> str:
    """Amounts with their unit, once or beside each."""
    o = c.options
    named = force_name or _is_named(o, unit, side)
    labels = [_label(o, unit, amount, side, named) for amount in amounts]
    if o.part == "output unit":
        return (before or "") + (hyphenated(labels[0]) if named and o.adjective else labels[0])
    gap = "" if before is not None or labels[-1][:1] == "/" else " "
    if unit.builtin == "mach":
        return (before or "") + _join(
            c, [f"{unit.names.one} {a.shown}" for a in amounts], named, side
        )
    hyphen = named and o.adjective and bool(labels[-1])
    if c.words:
        text = _range(c, amounts, labels, unit, side, named)
    else:
        text = _with_power(o, amounts[0].shown, unit, side, True)
    if o.part == "number":
        return text
    text += before or ""
    if not labels[-1]:
        return text
    middle = c.middle if side == ("out" if o.flip else "in") else ""
    if hyphen:
        return f"{text}-{hyphenated(labels[-1])}{middle}"
    return f"{text}{gap}{labels[-1]}{middle}"


def _range(
    c: Conversion,
    amounts: Sequence[Amount],
    labels: list[str],
    unit: Unit,
    side: str,
    named: bool,
) -> str:
    """Several values; the unit follows each but the last where the words between them ask for that."""
    o = c.options
    last = len(amounts) - 1
    shown = [_with_power(o, a.shown, unit, side, n == last) for n, a in enumerate(amounts)]
    if not (named and o.adjective) and o.part != "number" and _repeats(c, side, named):
        gap = "" if labels[-1][:1] in ("/", "") else " "
        shown[:-1] = [
            f"{text}{gap}{label}" for text, label in zip(shown[:-1], labels, strict=False)
        ]
    return _join(c, shown, named, side)


def _repeats(c: Conversion, side: str, named: bool) -> bool:
    found = {word.repeats for word in c.words}
    second = (side == "out") != c.options.flip
    return (second and "out" in found) or (not named and "short" in found)


def _join(c: Conversion, texts: list[str], named: bool, side: str, spaced: bool = False) -> str:
    o = c.options
    text = texts[0]
    for word, following in zip(c.words, texts[1:], strict=False):
        between = word.text(named, (side == "in") != o.flip, o.adjective, o.asked)
        if between == "–" and (spaced or following[:1] == "−"):
            between = " – "
        text += between + following
    return text


def _with_power(o: Options, shown: str, unit: Unit, side: str, is_last: bool) -> str:
    """A number with its sign of money, and `million` or `×10^6`."""
    if unit.power:
        if o.abbreviated in ("on", side) and not o.number_word:
            shown += f"×10^{unit.power}"
        elif is_last:
            shown += ("-" if o.adjective else " ") + _POWERS[unit.power]
    if unit.currency:
        shown = (o.currency or unit.currency) + shown
    return shown


def _is_named(o: Options, unit: Unit, side: str) -> bool:
    """Whether a unit is spelled out on a side."""
    if unit.always == "name":
        return True
    if not o.asked and unit.always == "symbol":
        return False
    if not o.asked and o.joins.named:
        return True
    return o.abbreviated not in ("on", side)


def _label(o: Options, unit: Unit, amount: Amount, side: str, named: bool) -> str:
    if o.values_only:
        return ""
    names = _names(o, unit)
    if not named:
        return "hh" if o.hh and unit.builtin == "hand" else names.symbol
    singular = amount.singular
    if o.singular:
        size = abs(amount.value) if side == "in" else amount.rounded
        singular = 0 < size < 1.0001
    return names.one if o.adjective or (singular and not unit.power) else names.many


def _names(o: Options, unit: Unit) -> Names:
    return unit.us_names if o.american else unit.names


def hyphenated(name: str) -> str:
    """Spaces as hyphens, but not around and in brackets: `British-thermal-unit (IT)`."""
    if name.startswith("(") and ")" in name:
        bracket, _, rest = name.partition(") ")
        return f"{bracket}) {rest.replace(' ', '-')}"
    if name.endswith(")") and " (" in name:
        words, bracket, rest = name.partition(" (")
        return words.replace(" ", "-") + bracket + rest
    return name.replace(" ", "-")


def _multiple(c: Conversion, output: Multiple, side: str) -> str | None:
    """An output in several units, as `5 ft 11 in`."""
    o = c.options
    named = (not o.asked and o.joins.named) or o.abbreviated not in ("on", side)
    amounts = convert_to(c, output.units[-1])
    if amounts is None:
        return None
    texts = [_in_several(c, output, amount, named) for amount in amounts]
    middle = c.middle if o.flip else ""
    return _join(c, texts, named, side, spaced=True) + middle


def _in_several(c: Conversion, output: Multiple, amount: Amount, named: bool) -> str:
    o = c.options
    gap = "-" if o.adjective and named else " "
    _, point, decimals = amount.plain.partition(".") if not amount.fraction else ("", "", "")
    if point:
        rest: float = amount.rounded
    else:
        rest = math.floor(abs(amount.value) + (0 if amount.fraction else 0.5))
    if amount.scientific:
        return f"{amount.shown}{gap}{_piece_name(o, output.units[-1], 2, amount, named)}"
    places = len(decimals)
    texts: list[str] = []
    sizes: list[int | None] = [*reversed(output.sizes), None]
    for unit, size in zip(reversed(output.units), sizes, strict=True):
        rest, value = divmod(rest, size) if size else (0, rest)
        if size and round(value, places) >= size:
            rest, value = rest + 1, 0.0
        shown = "0" if not value else grouped(f"{value:.{places}f}", o.commas)
        is_fraction = bool(amount.fraction) and not texts
        if "out" in o.spelled:
            shown = spell_number(f"{value:.{places}f}", o.american) or shown
        if amount.fraction and not texts:
            whole = "" if not value else f"{value:.0f} "
            shown = f"{whole}{amount.fraction[1]}/{amount.fraction[2]}"
        name = _piece_name(o, unit, value, amount, named, is_fraction)
        texts.append(f"{shown}{gap}{name}")
        places = 0
        if not rest:
            break
    sign = "−" if amount.shown[:1] == "−" else ""
    return sign + gap.join(reversed(texts))


def _piece_name(
    o: Options, unit: Unit, value: float, amount: Amount, named: bool, is_fraction: bool = False
) -> str:
    names = unit.names
    if not named:
        return names.symbol
    singular = value == 1
    if is_fraction:
        singular = not value
    elif o.singular:
        singular = 0 < value < 1.0001
    return names.one if o.adjective or singular else names.many
