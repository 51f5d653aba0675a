"""`{{convert|12|km|mi}}` as `12 kilometres (7.5 mi)`, and the templates that are made of it.

What each argument means is that of English Wikipedia's Module:Convert; units are in `units/`. A conversion
whose input is no number or no known unit is not understood (None): its code would be no text. Where only the
output is unknown, the input stands alone.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

from albert_data.corpus.wikitext.units.amounts import Amount, read_amount
from albert_data.corpus.wikitext.units.lookup import (
    default_output,
    find_outputs,
    find_unit,
    subdivision,
)
from albert_data.corpus.wikitext.units.options import Joins, Options, read_options
from albert_data.corpus.wikitext.units.phrase import phrase
from albert_data.corpus.wikitext.units.ranges import CLOSE_WORDS, RANGE_WORDS, RangeWord
from albert_data.corpus.wikitext.units.results import Conversion
from albert_data.corpus.wikitext.units.unit import Unit

_MAX_PLACES = 60
_MAX_VALUES = 20
_DECIMALS = re.compile(r"[-+]?\d{1,3}(?:\.0*)?")
_ANY_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SPACED_RANGE = re.compile(r"(\S+)\s+(\D\S*|and|or)\s+(\S.*)", re.DOTALL)
_SPACE = "&#32;"
_PLACEHOLDER = re.compile(r"NNN+")


def convert(a: dict[str, str]) -> str | None:
    """The text of `{{convert|…}}`."""
    return _convert(a, "")


def cvt(a: dict[str, str]) -> str | None:
    """The text of `{{cvt|…}}`: units as symbols, unless asked otherwise."""
    return _convert(a, "on")


def _convert(a: dict[str, str], abbreviated: str) -> str | None:
    places = _places(a)
    if places and _PLACEHOLDER.fullmatch(places[0].strip()):
        return ""
    options = read_options(a, abbreviated)
    conversion = _read(places, options)
    return phrase(conversion) if conversion else None


def _places(a: dict[str, str]) -> list[str]:
    places: list[str] = []
    while len(places) < _MAX_PLACES and (value := a.get(str(len(places) + 1))) is not None:
        places.append(html.unescape(value) if "&" in value and value.strip() != _SPACE else value)
    return places


class _Reader:
    """The arguments without names, taken from the front."""

    def __init__(self, places: list[str]) -> None:
        self.places = places
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.places[place].strip() if place < len(self.places) else ""

    def raw(self) -> str:
        self.at += 1
        return self.places[self.at - 1] if self.at <= len(self.places) else ""

    def take(self) -> str:
        return self.raw().strip()


def _read(places: list[str], o: Options) -> Conversion | None:
    reader = _Reader(places)
    values = _read_values(reader, o)
    unit = find_unit(reader.take())
    if not values or not unit:
        return None
    amounts, words = values
    c = Conversion(o, amounts, words, unit)
    output = _read_pieces(reader, c) if not words else ""
    if unit.builtin == "mach" and _ANY_NUMBER.fullmatch(reader.peek().replace(",", "")):
        o.altitude = float(reader.take().replace(",", ""))
    asked = ""
    if not _read_decimals(reader, c):
        asked = reader.take()
        _read_decimals(reader, c)
    _read_texts(reader, c)
    if c.decimals is None:
        _read_decimals(reader, c)
    codes = asked or output or default_output(unit, amounts[0].value)
    c.outputs = find_outputs(codes)
    o.american = o.american or any(
        part.american for part in (unit, *c.outputs) if isinstance(part, Unit)
    )
    return c


def _read_values(reader: _Reader, o: Options) -> tuple[list[Amount], list[RangeWord]] | None:
    amounts: list[Amount] = []
    words: list[RangeWord] = []
    if reader.peek(1).endswith("nocomma") and reader.peek(1)[:-7].strip() in RANGE_WORDS:
        reader.places[1] = reader.places[1].strip()[:-7]
        o.commas = "off"
    while len(amounts) < _MAX_VALUES:
        amount = _read_value(reader, o)
        if amount is None:
            return None
        amounts.append(replace(amount, change=bool(words) and words[-1].change))
        word = RANGE_WORDS.get(reader.peek())
        if not word:
            return amounts, words
        words.append(word)
        reader.take()
    return None


def _read_value(reader: _Reader, o: Options) -> Amount | None:
    """A value; `5 to 10` and `5-10` in one argument are taken apart."""
    for _ in range(_MAX_VALUES):
        text = reader.peek()
        amount = read_amount(text, o.commas, o.shown_decimals)
        if amount is not None:
            reader.take()
            return amount
        parts = _split_range(text)
        if not parts:
            return None
        reader.places[reader.at : reader.at + 1] = parts
    return None


def _split_range(text: str) -> list[str] | None:
    match = _SPACED_RANGE.fullmatch(text)
    if match and not (match[2] == "-" and "/" in match[3]):
        return [match[1], match[2], match[3]] if match[2] in RANGE_WORDS else None
    if "-" in text and "/" in text.partition("-")[2]:
        return None  # 3-1/2 for 3+1/2 is no range
    for word in CLOSE_WORDS:
        left, found, right = text[1:].partition(word)
        if found:
            return [text[:1] + left, word, right]
    return None


def _read_pieces(reader: _Reader, c: Conversion) -> str:
    """The further parts of a value in several units; gives the output by default."""
    unit, output = c.unit, ""
    while found := subdivision(unit, reader.peek(1)):
        amount = read_amount(reader.peek(), c.options.commas)
        if amount is None:
            break
        reader.at += 2
        smaller_output, unit = found
        c.pieces = c.pieces or [(c.amounts[0], c.unit)]
        c.pieces.append((amount, unit))
        output = output or smaller_output
    return output


def _read_decimals(reader: _Reader, c: Conversion) -> bool:
    text = reader.peek().replace(",", "")
    if not _ANY_NUMBER.fullmatch(text):
        return False
    reader.take()
    if _DECIMALS.fullmatch(text):
        c.decimals = int(float(text))
    return True


def _read_texts(reader: _Reader, c: Conversion) -> None:
    """Texts that stand around the numbers or before units."""
    o = c.options
    if o.middle and (text := reader.raw()):
        c.middle = text if text.startswith("-") else f" {text.strip()}"
    if o.before_unit and (text := reader.raw().strip()):
        before = "+ " if text == "+" else _apart(text).removesuffix(" ") + " "
        c.before, c.before_output = (None, before) if o.flip else (before, None)
    if o.custom_joins:
        first, second = reader.raw(), reader.raw()
        if first.strip():
            o.joins = Joins(html.unescape(first), html.unescape(second))
        else:
            o.joins = Joins(" [ ", " ]")
    elif o.before_units:
        first, second = reader.raw(), reader.raw()
        if first.strip() or second.strip():
            c.before = _apart(first)
            # A space as an entity says that only the first unit has a text before it.
            c.before_output = (
                " " if second.strip() == _SPACE else _apart(second if second.strip() else first)
            )


def _apart(text: str) -> str:
    """A text before a unit, apart from the number but for `+` and `-`."""
    if text.strip() == "+":
        return "+ "
    return text if text[:1] in (" ", "-", "") else f" {text}"
