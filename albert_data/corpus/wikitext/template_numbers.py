"""How numbers, money and measures in a template's arguments read."""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.arguments import Arguments, Rule

_NUMBER = re.compile(r"[-−]?\d[\d.,]*")
_FORMATTED = re.compile(r"[-−]?\d{1,3}(?:,\d{3})*(?:\.\d+)?")
_PLAIN = re.compile(r"[-−+]?\d[\d.,\s]*")
# Signs and abbreviations that stand before an amount, by the code of the money.
_SIGNS = {
    "usd": "US$", "us": "US$", "usa": "US$", "aud": "A$", "cad": "C$", "nzd": "NZ$", "hkd": "HK$",
    "sgd": "S$", "twd": "NT$", "mxn": "MX$", "brl": "R$", "eur": "€", "gbp": "£", "jpy": "¥",
    "cny": "CN¥", "rmb": "CN¥", "krw": "₩", "inr": "₹", "rub": "₽", "try": "₺", "ils": "₪",
    "php": "₱", "thb": "฿", "uah": "₴", "vnd": "₫", "ngn": "₦", "ghs": "GH₵", "kzt": "₸",
    "gbp£": "£", "euro": "€", "dollar": "$", "pound": "£", "yen": "¥", "irp": "IR£",
    "myr": "RM", "idr": "Rp", "pkr": "Rs ", "lkr": "Rs ", "zar": "R", "kes": "KSh ", "npr": "Rs ",
}  # fmt: skip
_INDIAN = {"l": "lakh", "c": "crore", "lc": "lakh crore", "k": "thousand", "t": "thousand",
           "m": "million", "b": "billion", "tr": "trillion"}  # fmt: skip


def format_number(text: str) -> str:
    """`1234567.5` as `1,234,567.5`; other text as it is."""
    whole, dot, decimals = text.partition(".")
    digits = whole.lstrip("-−")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 30:
        return text
    return f"{whole[: len(whole) - len(digits)]}{int(digits):,}{dot}{decimals}"


# Signs between thousands that are no comma; the wiki writes a decimal comma then. As MediaWiki's messages
# of each language say; in some, a number of four digits is not divided.
_THOUSANDS = {
    **dict.fromkeys("de nl da id tr el ca ro vi hr sr sl gl eu is".split(), "."),
    **dict.fromkeys("fr es it pt ru uk be bg pl cs sk sv no nb nn fi hu lv lt et eo".split(), " "),
}
_FOUR_STAND = frozenset(("es", "pl"))


def in_language(text: str, language: str) -> str:
    """`1234567.5` as a wiki of the language writes it: `1.234.567,5` in a German one."""
    group, shown = _THOUSANDS.get(language), format_number(text)
    if group is None or not _FORMATTED.fullmatch(shown):
        return shown
    if language in _FOUR_STAND and len(text.partition(".")[0].lstrip("-−")) < 5:
        shown = text
    return shown.translate({ord(","): group, ord("."): ","})


def number(a: Arguments) -> str | None:
    return in_language(a.of("1"), a.page.site.language)


def power_of_ten(a: Arguments) -> str | None:
    """`{{e|22}}` behind a number; the letter's own template where there is no argument."""
    return f"×10^{a.of('1')}" if a.of("1") else "×10"


def val(a: Arguments) -> str | None:
    """`{{val|1.5|0.2|e=6|u=m}}` as `(1.5±0.2)×10^6 m`."""
    value, *uncertainty = a.places()[:3] or [""]
    if not value and not a.of("e"):
        return None
    text = format_number(value)
    exponent = f"×10^{a.of('e')}" if a.of("e") else ""
    if scientific := re.fullmatch(r"([-−+]?[\d.]+)e([-−+]?\d+)", value, re.I):
        text, exponent = scientific[1], f"×10^{scientific[2].lstrip('+')}"
    if len(uncertainty) == 1 and uncertainty[0]:
        error = uncertainty[0]
        text += error if error[0] == "(" else f"±{error}"
        text = f"({text})" if exponent and error[0] != "(" else text
    elif len(uncertainty) == 2:
        if not _PLAIN.fullmatch(uncertainty[0]):
            text += f" {uncertainty[0]} {uncertainty[1]}"
        else:
            text += f"+{uncertainty[0].lstrip('+')}−{uncertainty[1].lstrip('-−')}"
            text = f"({text})" if exponent else text
    unit = a.of("u", "ul")
    unit += f"/{a.of('up', 'upl')}" if a.of("up", "upl") else ""
    close = unit.startswith(("%", "°", "′", "″")) and unit not in ("°C", "°F")
    prefix, suffix = a.get("p", "").strip(), a.get("s", "").strip()
    return f"{prefix}{text if value else exponent[1:]}{exponent if value else ''}{suffix}" + (
        f"{'' if close else ' '}{unit}" if unit else ""
    )


def gaps(a: Arguments) -> str | None:
    """`{{gaps|12|345|e=3|u=m}}`: the groups of one number."""
    digits = a.get("lhs", "").strip() + "".join(a.places())
    exponent = f"×10^{a.of('e')}" if a.of("e") else ""
    return f"{digits}{exponent} {a.of('u', 'ul')}".strip() if digits else None


def stacked(a: Arguments) -> str | None:
    """`{{su|p=+1|b=2}}`: an upper and a lower index."""
    lower, upper = a.of("b", "2"), a.of("p", "1")
    return (f"<sub>{lower}</sub>" if lower else "") + (f"^{upper}" if upper else "")


def superscript(a: Arguments) -> str | None:
    return f"<sup>{a.of('1')}</sup>"


def fraction(a: Arguments) -> str | None:
    """`{{frac|3|1|2}}` and `3{{frac|1|2}}` as `3 1/2`, which without the space were 31 halves."""
    parts = [part for part in a.places() if part]
    if len(parts) == 3:
        return f"{parts[0]} {parts[1]}/{parts[2]}"
    gap = " " if a.start and a.text[a.start - 1].isdecimal() else ""
    return gap + "/".join(parts if len(parts) == 2 else ["1", *(parts or ["2"])])


def rounded(a: Arguments) -> str | None:
    """`{{rnd|3.14159|2}}` as `3.14`."""
    value, places = _float(a.of("1")), a.of("2") or "0"
    if value is None or not places.isdecimal() or int(places[:3]) > 9:
        return None
    return format_number(f"{value:.{int(places)}f}")


def ordinal(a: Arguments) -> str | None:
    text = a.of("1")
    if not text.isascii() or not text.isdecimal():
        return text or None
    teen = text[-2:] in ("11", "12", "13")
    return text + ("th" if teen else {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th"))


def roman(a: Arguments) -> str | None:
    text = a.of("1")
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:5]) < 4000:
        return text or None
    rest, out = int(text), ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(),
        strict=True,
    ):
        out += sign * (rest // value)
        rest %= value
    return out


def percentage(a: Arguments) -> str | None:
    """`{{percentage|1|3|1}}` as `33.3%`."""
    part, whole = _float(a.of("1")), _float(a.of("2"))
    places = a.of("3") or "0"
    if part is None or not whole or not places.isdecimal() or int(places[:3]) > 9:
        return None
    return f"{100 * part / whole:.{int(places)}f}%"


def money(sign: str) -> Rule:
    """`{{US$|1500000}}`: an amount behind its sign; the sign alone without one."""

    def rule(a: Arguments) -> str | None:
        return _amount(sign, a.of("1"))

    return rule


def currency(a: Arguments) -> str | None:
    """`{{currency|40 million|EUR}}`."""
    code = a.of("2", "type", "first") or "usd"
    sign = _SIGNS.get(code.lower(), code if not code.isalnum() else f"{code} ")
    return _amount(sign, a.of("1", "amount", "quantity"))


def rupees(a: Arguments) -> str | None:
    """`{{INRConvert|3|c}}` as `₹3 crore`; what it converts to is not known."""
    if not a.of("1"):
        return "₹"
    return " ".join(filter(None, (_amount("₹", a.of("1")), _INDIAN.get(a.of("2").lower(), ""))))


def shillings(a: Arguments) -> str | None:
    """`{{£sd|l=1|s=2|d=3}}`."""
    names = (("£", "l", "1", ""), ("", "s", "2", "s"), ("", "d", "3", "d"))
    parts = [
        f"{sign}{a.of(key, place)}{unit}" for sign, key, place, unit in names if a.of(key, place)
    ]
    return " ".join(parts) or "£"


def _amount(sign: str, text: str) -> str:
    match = _NUMBER.match(text)
    return sign + (format_number(match[0]) + text[match.end() :] if match else text)


def coordinates(a: Arguments) -> str | None:
    """`{{coord|33|6|N|116|36|W}}` as `33°6′N 116°36′W`; those in a page's title are left out."""
    if a.get("display", "").strip().lower() in ("title", "t"):
        return ""
    shown: list[str] = []
    axis: list[str] = []
    for place in a.places()[:8]:
        if place in ("N", "S", "E", "W"):
            shown.append("".join(n + sign for n, sign in zip(axis, "°′″", strict=False)) + place)
            axis = []
        elif _NUMBER.fullmatch(place):
            axis.append(place)
        else:
            break
    if not shown and len(axis) == 2:
        for n, signs in zip(axis, ("NS", "EW"), strict=True):
            shown.append(f"{n.lstrip('-−')}°{signs[n[0] in '-−']}")
    return " ".join(shown)


def grouped(group: str, unit_gap: str = " ") -> Rule:
    """A number with another sign between thousands, and its unit, as other languages write it."""

    def rule(a: Arguments) -> str | None:
        value, *rest = a.places() or [""]
        if not value:
            return None
        shown = format_number(value.replace(" ", "").replace(",", ".", 1))
        shown = shown.replace(".", "\0").replace(",", group).replace("\0", ",")
        # A point between digits is a decimal sign, but where it is the sign between thousands.
        decimals = "[,.]" if group != "." else ","
        plain = re.fullmatch(rf"\d+(?:{decimals}\d+)?", value.replace(" ", ""))
        shown = shown if plain else value
        unit = "".join(part for part in rest[:1] if part) or a.of("u", "ul")
        return f"{shown}{unit_gap}{unit}" if unit else shown

    return rule


def _float(text: str) -> float | None:
    text = text.replace(",", "")
    return float(text) if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,10})?", text) else None
