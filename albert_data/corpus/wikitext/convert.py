"""`{{convert|12|km|mi}}` as `12 kilometres (7.5 mi)`, and the templates that are made of it.

What each argument means is that of English Wikipedia's Module:Convert; units are in `units/`. A conversion
whose input is no number or no known unit is not understood (None): its code would be no text. Where only the
output is unknown, the input stands alone.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from functools import lru_cache

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

_PLACES = tuple(str(n) for n in range(1, 61))
_NUMBERED = frozenset(_PLACES)
_MAX_VALUES = 20
_DECIMALS = re.compile(r"[-+]?\d{1,3}(?:\.0*)?", re.ASCII)
_ANY_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_SPACED_RANGE = re.compile(r"(\S+)\s+(\D\S*|and|or)\s+(\S.*)", re.DOTALL)
_LAST_OF_NUMBERS = tuple("0123456789.")
_SPACE = "&#32;"
_PLACEHOLDER = re.compile(r"NNN+")


def convert(a: dict[str, str]) -> str | None:
    """The text of `{{convert|…}}`."""
    return _convert(a, "")


def cvt(a: dict[str, str]) -> str | None:
    """The text of `{{cvt|…}}`: units as symbols, unless asked otherwise."""
    return _convert(a, "on")


def _convert(a: dict[str, str], abbreviated: str) -> str | None:
    places = []
    for place in _PLACES:
        if (value := a.get(place)) is None:
            break
        places.append(value)
    named = (
        tuple(item for item in a.items() if item[0] not in _NUMBERED)
        if len(a) > len(places)
        else ()
    )
    return _text(tuple(places), named, abbreviated)


# The same few conversions stand in many articles.
@lru_cache(8192)
def _text(
    places: tuple[str, ...], named: tuple[tuple[str, str], ...], abbreviated: str
) -> str | None:
    if places and _PLACEHOLDER.fullmatch(places[0].strip()):
        return ""
    conversion = _read(_Reader(places), read_options(named, abbreviated))
    if not conversion:
        return None
    text = phrase(conversion)
    return text if conversion.options.custom_joins else text.strip()


class _Reader:
    """The arguments without names, taken from the front."""

    def __init__(self, places: tuple[str, ...]) -> None:
        self.places = [_unescaped(place) if "&" in place else place for place in places]
        self.texts = [place.strip() for place in self.places]
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.texts[place] if place < len(self.texts) else ""

    def raw(self) -> str:
        self.at += 1
        return self.places[self.at - 1] if self.at <= len(self.places) else ""

    def take(self) -> str:
        self.at += 1
        return self.texts[self.at - 1] if self.at <= len(self.texts) else ""

    def split(self, parts: list[str]) -> None:
        """Takes the next argument apart."""
        self.places[self.at : self.at + 1] = parts
        self.texts[self.at : self.at + 1] = [part.strip() for part in parts]


def _unescaped(text: str) -> str:
    return text if text.strip() == _SPACE else html.unescape(text)


def _read(reader: _Reader, o: Options) -> Conversion | None:
    if reader.peek(1)[-7:] == "nocomma" and reader.peek(1)[:-7].strip() in RANGE_WORDS:
        reader.texts[1] = reader.texts[1][:-7].strip()
        o = replace(o, commas="off")
    values = _read_values(reader, o)
    unit = find_unit(reader.take())
    if not values or not unit:
        return None
    amounts, words = values
    c = Conversion(o, amounts, words, unit)
    output = _read_pieces(reader, c) if not words else ""
    if unit.builtin == "mach" and _ANY_NUMBER.fullmatch(reader.peek().replace(",", "")):
        c.options = replace(o, altitude=float(reader.take().replace(",", "")))
    asked = ""
    if not _read_decimals(reader, c):
        asked = reader.take()
        _read_decimals(reader, c)
    if o.middle or o.before_unit or o.before_units or o.custom_joins:
        _read_texts(reader, c)
    if c.decimals is None:
        _read_decimals(reader, c)
    c.outputs = find_outputs(asked or output or default_output(unit, amounts[0].value))
    if not o.american and any(u.american for u in (unit, *c.outputs) if isinstance(u, Unit)):
        c.options = replace(c.options, american=True)
    return c


def _read_values(reader: _Reader, o: Options) -> tuple[list[Amount], list[RangeWord]] | None:
    amounts: list[Amount] = []
    words: list[RangeWord] = []
    while len(amounts) < _MAX_VALUES:
        amount = _read_value(reader, o)
        if amount is None:
            return None
        if words and words[-1].change:
            amount = amount._replace(change=True)
        amounts.append(amount)
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
        reader.split(parts)
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
    if text[-1:] not in _LAST_OF_NUMBERS or not _ANY_NUMBER.fullmatch(text):
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
        joins = Joins(html.unescape(first), html.unescape(second))
        c.options = replace(o, joins=joins if first.strip() else Joins(" [ ", " ]"))
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
