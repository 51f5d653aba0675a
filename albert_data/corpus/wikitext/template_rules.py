"""How words in a template's arguments read in the sentence around it; a function a way of reading.

Those of other languages than English are in `template_languages`.
"""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.arguments import Arguments, Rule
from albert_data.corpus.wikitext.countries import COUNTRIES
from albert_data.corpus.wikitext.marks import FORMULA
from albert_data.corpus.wikitext.tex import tex_text

_PLACE = re.compile(r"\{([^{}]+)\}")
_OPTIONAL = re.compile(r"‹([^‹›]*)›")


def pattern(text: str) -> Rule:
    """The rule of a pattern: `{1}` stands for an argument, `{text|1}` for the first that is there,
    and `‹ … ›` goes where an argument in it is empty. Without any argument the text is empty; where all
    have names that the template does not know (`{{nowrap|a=b}}`), it is not known."""
    if "{" not in text:
        return lambda a: text

    def fill(part: str, a: Arguments) -> tuple[str, int, int]:
        """(text, places filled, places)."""
        filled = places = 0
        out, end = [], 0
        for match in _PLACE.finditer(part):
            value = a.of(*match[1].split("|"))
            out += [part[end : match.start()], value]
            end = match.end()
            filled += bool(value)
            places += 1
        return "".join(out) + part[end:], filled, places

    alone = _PLACE.fullmatch(text)
    if alone:
        names = alone[1].split("|")
        return lambda a: a.of(*names) or (None if a and a.keys().isdisjoint(names) else "")

    def rule(a: Arguments) -> str | None:
        any_filled = False

        def optional(match: re.Match[str]) -> str:
            nonlocal any_filled
            shown, filled, places = fill(match[1], a)
            any_filled |= filled > 0
            return shown if filled == places else ""

        shown, filled, _ = fill(_OPTIONAL.sub(optional, text) if "‹" in text else text, a)
        return shown.strip() if filled or any_filled else ""

    return rule


def joined(separator: str) -> Rule:
    return lambda a: separator.join(place for place in a.places() if place)


def last(a: Arguments) -> str | None:
    places = a.places()
    return places[-1] if places else ""


def before(text: str, sep: str = " ") -> Rule:
    """`{{circa|1900}}` reads `c. 1900`, `{{circa|1900|1910}}` reads `c. 1900 – c. 1910`."""
    return lambda a: " – ".join(text + sep + p for p in a.places()[:2] if p) or text


def block(*keys: str) -> Rule:
    """A quotation, a paragraph of its own."""
    return lambda a: f"\n\n{a.of(*keys)}\n\n\u00a0"


def indented(a: Arguments) -> str | None:
    """`{{block indent|…}}`: a formula on a line of its own, or a paragraph."""
    text = a.of("text", "1")
    return f"\n:{text}\n" if text.startswith(FORMULA) else block("text", "1")(a)


def items(a: Arguments) -> str | None:
    """`{{unbulleted list|a|b}}`: an entry each."""
    return "\n\n" + "".join(f"* {place}\n" for place in a.places() if place) + "\n"


def formula_line(a: Arguments) -> str | None:
    """`{{NumBlk|:|formula|number}}`: a line of its own."""
    return f"\n:{a.of('2')}\n"


# ---- ships, works, quotations


def _vessel(prefix: str, name: str, number: str, shown: str) -> str | None:
    """Parts by the bits of `shown`: 4 prefix, 2 name, 1 hull number or year; all without it."""
    bits = int(shown) if shown in tuple("1234567") else 7
    if bits == 1:
        return number or None
    parts = [prefix if bits & 4 else "", name if bits & 2 else ""]
    parts.append(f"({number})" if number and bits & 1 else "")
    return " ".join(part for part in parts if part)


def vessel(prefix: str) -> Rule:
    return lambda a: _vessel(prefix, a.of("1"), a.of("2"), a.of("3"))


def hms(a: Arguments) -> str | None:
    """A ship, or hours, minutes and seconds."""
    places = a.places()
    if len(places) == 3 and all(place.replace(".", "").isdecimal() for place in places):
        return " ".join(place + unit for place, unit in zip(places, "hms", strict=True))
    return vessel("HMS")(a)


def ship(a: Arguments) -> str | None:
    return _vessel(a.of("1"), a.of("2"), a.of("3"), a.of("4"))


def ship_class(a: Arguments) -> str | None:
    """`{{sclass|Nimitz|aircraft carrier}}`; the third place says what is shown."""
    name, kind, shown = a.of("1"), a.of("2"), a.of("3")
    if shown == "5" or not name:
        return name or None
    if shown == "4":
        return f"{name} class"
    return f"{name}-class" if shown == "0" else f"{name}-class {kind}".strip()


def author_date(inside: str) -> Rule:
    """`{{harvtxt|Smith|Jones|2000|p=5}}` as `Smith & Jones (2000, p. 5)`; `inside` is the pattern
    of the year."""

    def rule(a: Arguments) -> str | None:
        *names, year = [place for place in a.places()[:6] if place] or [""]
        if not names or not year:
            return None
        year += f", p. {a.of('p')}" if a.of("p") else f", pp. {a.of('pp')}" if a.of("pp") else ""
        year += f", {a.of('loc')}" if a.of("loc") else ""
        who = f"{names[0]} et al." if len(names) > 3 else _listed(names)
        return f"{who} {inside.replace('*', year)}"

    return rule


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}"


def harvs(a: Arguments) -> str | None:
    """`{{harvs|txt|last=Moishezon|year=1966|loc=…}}`."""
    who = " ".join(
        part for part in (a.of("first", "first1"), a.of("last", "last1", "author")) if part
    )
    years = [a.of(key) for key in ("year", "year2", "year3") if a.of(key)]
    if not who or not years:
        return None
    if a.of("last2"):
        who = f"{who} & {a.of('last2')}" if not a.of("last3") else f"{who} et al."
    where = f", {a.of('loc')}" if a.of("loc") else ""
    shown = f"{who} ({', '.join(years)}{where})"
    return shown if a.of("txt") or "txt" in a.places() else f"({who} {', '.join(years)}{where})"


def sic(a: Arguments) -> str | None:
    words = "".join(a.places())
    hidden = a.of("hide", "nolink", "expected")
    return words if words and hidden else f"{words} [sic]".strip()


def quoted(opening: str, closing: str) -> Rule:
    """The quotation marks around the argument, or the first of them alone."""
    return lambda a: f"{opening}{a.of('1')}{closing}" if a.of("1") else opening


def bible(a: Arguments) -> str | None:
    """`{{bibleverse|1|Corinthians|13:4}}`, `{{bibleref|Mark|3:25|9}}`."""
    book, *rest = a.places() or [""]
    if book.isdecimal() or (not book and rest):
        return " ".join(part for part in (book, *rest[:2]) if part)
    return " ".join(part for part in (book, *rest[:1]) if part)


def tag(a: Arguments) -> str | None:
    """`{{tag|copy|open}}` as `<copy>`."""
    name, kind = a.of("1"), a.of("2") or "pair"
    name = f"{name} {a.of('params', 'attribs')}".strip()
    shown = {"o": f"<{name}>", "s": f"<{name} />", "c": f"</{name}>", "e": f"</{name}>"}.get(
        kind[:1], f"<{name}>{a.of('content')}</{name}>" if a.of("content") else f"<{name}>"
    )
    return shown.replace("<", "&lt;").replace(">", "&gt;")


def character(a: Arguments) -> str | None:
    """`{{unichar|00A9|copyright sign}}` as `U+00A9 ©`."""
    code = a.of("1")
    try:
        sign = chr(int(code, 16))
    except (ValueError, OverflowError):
        return None
    return f"U+{code} {sign}" if sign.isprintable() else f"U+{code}"


def music(a: Arguments) -> str | None:
    """Accidentals, times and degrees of `{{music|flat}}`."""
    signs = {
        "flat": "♭", "b": "♭", "sharp": "♯", "#": "♯", "natural": "♮", "n": "♮", "♭": "♭",
        "doubleflat": "𝄫", "bb": "𝄫", "doublesharp": "𝄪", "##": "𝄪", "x": "𝄪", "segno": "𝄋",
        "♯": "♯", "♮": "♮", "dsharp": "𝄪", "dflat": "𝄫", "double sharp": "𝄪", "double flat": "𝄫",
        "halfflat": "half-flat", "halfsharp": "half-sharp", "coda": "𝄌", "fermata": "𝄐",
        "dim": "°", "diminished": "°", "halfdim": "ø", "aug": "+", "augmented": "+", "delta": "Δ",
        "treble": "treble", "bass": "bass", "alto": "alto", "tenor": "tenor",
        "whole": "whole note", "half": "half note", "quarter": "quarter note", "eighth": "eighth note",
        "sixteenth": "sixteenth note", "common-time": "C", "cut-time": "cut time", "#5": "♯5",
    }  # fmt: skip
    kind = a.of("1")
    if kind.lower() in ("time", "meter") and a.of("2"):
        return f"{a.of('2')}/{a.of('3')}" if a.of("3") else a.of("2")
    if kind.lower() in ("scale", "scaledegree") and a.of("2"):
        return a.of("2")
    return signs.get(kind.lower())


def nuclide(a: Arguments) -> str | None:
    """`{{nuclide|Carbon|14}}` as `carbon-14`."""
    element, number = a.of("1"), a.of("2")
    element = element.lower() if len(element) > 3 else element
    return f"{element}-{number}" if element and number else element or None


def country(a: Arguments) -> str | None:
    """`{{flag|FRA}}` as `France`."""
    name = a.of("name", "1")
    return COUNTRIES.get(name.lower(), name)


def formula(a: Arguments) -> str | None:
    return tex_text(a.of("1"))


def labelled(label: str) -> Rule:
    """`{{NYSE|KRA}}` as `NYSE: KRA`."""
    return lambda a: f"{label}: {a.of('1')}" if a.of("1") else label


def section_link(a: Arguments) -> str | None:
    return " § ".join(place for place in a.places() if place)
