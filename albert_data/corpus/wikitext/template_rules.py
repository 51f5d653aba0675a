"""How a template's arguments read in the sentence around it; one function per way of reading."""

from __future__ import annotations

import re
from collections.abc import Callable

from albert_data.corpus.wikitext.languages import LANGUAGES

Arguments = dict[str, str]
Rule = Callable[[Arguments], str | None]

_NUMBER = re.compile(r"-?\d[\d.,]*")


def first(a: Arguments) -> str | None:
    return a.get("1", "").strip()


def nth(n: int) -> Rule:
    return lambda a: a.get(str(n), "").strip()


def last(a: Arguments) -> str | None:
    found = places(a)
    return found[-1].strip() if found else None


def places(a: Arguments) -> list[str]:
    """The arguments without a name, in order."""
    found: list[str] = []
    while (value := a.get(str(len(found) + 1))) is not None:
        found.append(value)
    return found


def joined(separator: str) -> Rule:
    return lambda a: separator.join(p.strip() for p in places(a) if p.strip())


def fixed(text: str) -> Rule:
    return lambda a: text


def before(text: str, sep: str = " ") -> Rule:
    """`{{circa|1900}}` reads `c. 1900`, `{{circa|1900|1910}}` reads `c. 1900 – c. 1910`."""
    return lambda a: " – ".join(text + sep + p.strip() for p in places(a)[:2] if p.strip()) or text


def block(*keys: str) -> Rule:
    def rule(a: Arguments) -> str | None:
        quote = next((a[key] for key in keys if a.get(key, "").strip()), "")
        return f"\n\n{quote.strip()}\n\n"

    return rule


def language(code: str) -> Rule:
    name = LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0])
    prefix = f"{name}: " if name else ""

    def rule(a: Arguments) -> str | None:
        text = a.get("1", a.get("text", "")).strip()
        shown = "" if a.get("label", "") == "none" else prefix
        return f"{shown}{text}" if text else ""

    return rule


def langx(a: Arguments) -> str | None:
    return language(a.get("1", "").strip().lower())({**a, "1": a.get("2", "")})


def chinese(a: Arguments) -> str | None:
    parts = [a[key].strip() for key in ("1", "c", "t", "s") if a.get(key, "").strip()]
    shown = ["Chinese: " + " / ".join(dict.fromkeys(parts))] if parts else []
    shown += [f"pinyin: {a['p'].strip()}"] if a.get("p", "").strip() else []
    return "; ".join(shown)


def nihongo(a: Arguments) -> str | None:
    english, *rest = [a.get(str(n), "").strip() for n in range(1, 5)]
    inside = ", ".join(part for part in rest if part)
    return f"{english} ({inside})" if english and inside else english or inside


def fraction(a: Arguments) -> str | None:
    parts = [p.strip() for p in places(a) if p.strip()]
    if len(parts) == 3:
        return f"{parts[0]} {parts[1]}/{parts[2]}"
    return "/".join(parts if len(parts) == 2 else ["1", *parts])


def value(a: Arguments) -> str | None:
    exponent = f"×10^{a['e']}" if a.get("e") else ""
    number = format_number(a.get("1", "").strip())
    return f"{number}{exponent} {a.get('u', a.get('ul', ''))}".strip()


def format_number(text: str) -> str:
    """`1234567.5` as `1,234,567.5`; other text as it is."""
    whole, dot, decimals = text.partition(".")
    digits = whole.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 30:
        return text
    return f"{'-' if whole != digits else ''}{int(digits):,}{dot}{decimals}"


def ordinal(a: Arguments) -> str | None:
    text = a.get("1", "").strip()
    if not text.isdigit():
        return text
    teen = text[-2:] in ("11", "12", "13")
    return text + ("th" if teen else {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th"))


def sic(a: Arguments) -> str | None:
    words = "".join(p.strip() for p in places(a))
    hidden = a.get("hide") or a.get("nolink") or a.get("expected")
    return words if words and hidden else f"{words} [sic]".strip()


def vessel(prefix: str) -> Rule:
    return lambda a: f"{prefix} {a.get('1', '').strip()}"


def ship(a: Arguments) -> str | None:
    return f"{a.get('1', '').strip()} {a.get('2', '').strip()}".strip()


def money(symbol: str) -> Rule:
    def rule(a: Arguments) -> str | None:
        amount = _NUMBER.match(a.get("1", "").strip())
        if not amount:
            return symbol + a.get("1", "").strip()
        rest = a["1"].strip()[amount.end() :]
        return symbol + format_number(amount[0]) + rest

    return rule


def coordinates(a: Arguments) -> str | None:
    """`{{coord|33|6|N|116|36|W}}` as `33°6′N 116°36′W`; those in a page's title are left out."""
    if a.get("display", "").strip().lower() in ("title", "t"):
        return ""
    shown: list[str] = []
    axis: list[str] = []
    for place in map(str.strip, places(a)[:8]):
        if place in ("N", "S", "E", "W"):
            shown.append("".join(n + sign for n, sign in zip(axis, "°′″", strict=False)) + place)
            axis = []
        elif _NUMBER.fullmatch(place):
            axis.append(place)
        else:
            break
    if not shown and len(axis) == 2:
        for number, signs in zip(axis, ("NS", "EW"), strict=True):
            shown.append(f"{number.lstrip('-')}°{signs[number[0] == '-']}")
    return " ".join(shown)


def section_link(a: Arguments) -> str | None:
    return " § ".join(p.strip() for p in places(a) if p.strip())


def url(a: Arguments) -> str | None:
    return a.get("2", a.get("1", "")).strip()
