"""What a conversion gives: the amounts in an output's unit, rounded alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from albert_data.corpus.wikitext.units import amounts as numbers
from albert_data.corpus.wikitext.units import rounding
from albert_data.corpus.wikitext.units.amounts import MINUS, Amount
from albert_data.corpus.wikitext.units.lookup import Output, find_unit
from albert_data.corpus.wikitext.units.options import Options
from albert_data.corpus.wikitext.units.ranges import RangeWord
from albert_data.corpus.wikitext.units.unit import Unit
from albert_data.corpus.wikitext.units.words import spell_fraction, spell_number


@dataclass(slots=True)
class Conversion:
    """What a template asks for.

    Attributes:
        amounts, words, unit: of the input; a word stands between two amounts.
        pieces: of a value in two units, each amount with its unit.
        outputs: units asked for or by default; empty where none is known.
        decimals: of all outputs.
        middle: text after the first unit; `before`, `before_output`: text before units.
    """

    options: Options
    amounts: Sequence[Amount]
    words: Sequence[RangeWord]
    unit: Unit
    pieces: list[tuple[Amount, Unit]] = field(default_factory=list)
    outputs: tuple[Output, ...] = ()
    decimals: int | None = None
    middle: str = ""
    before: str | None = None
    before_output: str | None = None

    @property
    def total(self) -> tuple[Sequence[Amount], Unit]:
        """Amounts and the one unit they are in; a value in two units in the smaller one."""
        if not self.pieces:
            return self.amounts, self.unit
        value, larger = 0.0, self.unit
        for amount, unit in self.pieces:
            value = value * round(larger.factor / unit.factor) + amount.value
            larger = unit
        return [self.pieces[-1][0]._replace(value=value)], larger


def convert_to(c: Conversion, target: Unit) -> list[Amount] | None:
    """The amounts in another unit; None where it measures something else or a value has no like."""
    values, source = c.total
    if source.kind != target.kind and not (
        source.kind == target.also and source.also == target.kind
    ):
        return None
    if c.options.output_first and source.code == target.code and not c.pieces:
        return list(values)
    if target.builtin == "hand":
        return _to_hands(c, values, source, target)
    if source.builtin == "hand":
        inches = find_unit("in")
        values = [rounding.in_inches(amount) for amount in values]
        if target.code == "in":
            return values
        source = inches or source
    return _rounded(c, values, source, target)


def _rounded(
    c: Conversion, values: Sequence[Amount], source: Unit, target: Unit, fraction: int = 0
) -> list[Amount] | None:
    o = c.options
    found = []
    for amount in values:
        value = rounding.convert_value(amount, source, target, o.altitude)
        if value is None:
            return None
        found.append(value)
    scientific = any(amount.scientific for amount in c.amounts)
    if fraction := fraction or _fraction(c, target):
        return [numbers.as_fraction(value, fraction, o.commas) for value in found]
    if c.decimals is None and o.figures:
        return [numbers.with_figures(v, o.figures, scientific, o.commas) for v in found]
    if c.decimals is None and o.step:
        return [numbers.to_multiple(v, o.step, scientific, o.commas) for v in found]
    if c.decimals is None:
        smaller = c.pieces[-1][1] if c.pieces else None
        composite = "" if not smaller else smaller.digits if smaller.digits == "fine" else "plain"
        decimals = [
            rounding.default_decimals(amount, value, source, target, composite)
            for amount, value in zip(values, found, strict=True)
        ]
        if c.unit.builtin == "hand":
            decimals = [max(d, 0) for d in decimals]
        # One precision for a range, or 1,000 to 1,000.4 would come out unalike.
        if not o.each:
            decimals = [max(decimals)] * len(decimals)
    else:
        decimals = [c.decimals] * len(found)
    return [
        numbers.rounded(value, places, scientific, o.commas)
        for value, places in zip(found, decimals, strict=True)
    ]


def _fraction(c: Conversion, target: Unit) -> int:
    """The denominator asked for, where it counts: of several outputs, for those that are not metric."""
    first = c.outputs[0]
    beside_hands = isinstance(first, Unit) and first.builtin == "hand" and target.code == "in"
    if len(c.outputs) > 1 and (target.prefixes or (c.decimals is not None and not beside_hands)):
        return 0
    return c.options.fraction if c.options.fraction > 1 else 0


def _to_hands(
    c: Conversion, values: Sequence[Amount], source: Unit, target: Unit
) -> list[Amount] | None:
    """Hands have inches for decimals, and a fraction of an inch behind them."""
    under = c.options.fraction if c.options.fraction > 1 else 0
    if not under and c.decimals is not None and c.decimals > 1:
        under = 2 if c.decimals == 2 else 4
    inch = replace(target, factor=target.factor / 4, builtin="")
    if source.builtin == "hand":
        return list(values)
    inches = _rounded(c, values, source, inch, under)
    if inches is None:
        return None
    found = []
    for amount in inches:
        size = abs(amount.value)
        count = math.floor(size) if amount.fraction else math.floor(size + 0.5)
        whole, rest = divmod(count, 4)
        text = f".{rest}"
        if c.decimals is not None and c.decimals <= 0:
            whole, text = math.floor(size / 4 + 0.5), ""
        elif amount.fraction:
            text = f".{rest} {amount.fraction[1]}/{amount.fraction[2]}"
        sign = MINUS if amount.value < 0 and count else ""
        shown = sign + numbers.grouped(f"{whole:.0f}", c.options.commas) + text
        found.append(amount._replace(shown=shown, fraction=None))
    return found


def spelled(o: Options, amount: Amount) -> Amount:
    """An amount in words, where it has any."""
    words = None
    if amount.fraction:
        words = spell_fraction(*amount.fraction, american=o.american)
    elif not amount.scientific or "×" in amount.shown:
        sign = MINUS if amount.shown[:1] == MINUS else ""
        words = spell_number(sign + _expanded(amount.plain), o.american)
    if words and o.adjective:
        words = words.replace(" ", "-")
    return amount._replace(shown=words, scientific=False) if words else amount


def _expanded(plain: str) -> str:
    """`2.5e3` as `2500`; no words are made of more than fifteen digits."""
    if "e" not in plain.lower():
        return plain
    value = float(plain)
    return f"{value:.0f}" if value == math.floor(value) and value < 1e15 else plain
