"""The templates whose text belongs to the sentence around them, by name.

Templates that are not named here (infoboxes, citations, notices, pronunciations) are left out, and
counted by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from albert_data.corpus.wikitext import conversions, dates
from albert_data.corpus.wikitext import template_rules as rules
from albert_data.corpus.wikitext.template_rules import Arguments, Rule, before, block, fixed, nth

_NAME = re.compile(r"\s*([^|{}\[\]<>\n]*)")


def render_template(head: str, arguments: Callable[[], list[str]], equals: str) -> str | None:
    """The text of a template, or None to leave it out.

    Args:
        head: the text after `{{`, at least as long as the longest name known here.
        arguments: gives the rendered name and arguments, split at the template's own `|`.
        equals: what stands for the template's own `=` in them.
    """
    match = _NAME.match(head)
    name = " ".join(match[1].replace("_", " ").split()).lower() if match else ""
    rule = RULES.get(name)
    if rule is None:
        function, colon, _ = name.partition(":")
        if colon and function in FUNCTIONS:
            value = arguments()[0].partition(":")[2]
            return FUNCTIONS[function](value.replace(equals, "=").strip())
        if name.startswith("lang-"):
            rule = rules.language(name[5:])
        elif name.startswith("script/"):
            rule = rules.first
        else:
            return None
    by_name: Arguments = {}
    position = 0
    for argument in arguments()[1:]:
        key, sign, value = argument.partition(equals)
        if sign:
            by_name[key.strip().lower()] = value.replace(equals, "=").strip()
        else:
            position += 1
            by_name[str(position)] = argument.replace(equals, "=")
    return rule(by_name)


FUNCTIONS: dict[str, Callable[[str], str]] = {
    "formatnum": rules.format_number,
    "lc": str.lower,
    "uc": str.upper,
    "ucfirst": lambda s: s[:1].upper() + s[1:],
    "lcfirst": lambda s: s[:1].lower() + s[1:],
}

RULES: dict[str, Rule] = {}


def _add(names: str, rule: Rule) -> None:
    RULES.update((name.strip(), rule) for name in names.split(","))


RULES.update(conversions.TEMPLATES)
_add(
    "nowrap, nobr, nobreak, nwr, j, small, smaller, smallcaps, sc, sc1, sc2, smallcaps2, big,"
    " large,"
    " larger, em, strong, bold, italic, abbr, abbrv, abbrlink, tooltip, mvar, var, math, keypress,"
    " key press, key, kbd, code, mono, samp, sub, underline, u, serif, sans-serif, unicode, hebrew,"
    " nastaliq, urdu, iast, iso 15919, script, vanchor, visible anchor, ill, interlanguage link,"
    " interlanguage link multi, flag, flagcountry, flagu, railgauge, rail gauge, track gauge,"
    " chem2, nts, number table sorting, nonspam, not a typo, proper name, noitalic, nihongo2,"
    " uline, overline, resize, allow wrap, ctext, pslink, italics correction, by, mlby, mlb year,"
    " nfly, nfl year, nhly, nbay, cfb link, baseball year, linktext, wikt-lang, polytonic,"
    " text, ruby, trim, heading",
    rules.first,
)
_add("lang, rtl-lang, ltr-lang, color, colour, font color, fontcolor, hover title", nth(2))
_add("rquote", block("2"))
_add("sort", lambda a: a.get("2", a.get("1", "")).strip())
_add("langx", rules.langx)
_add("transl, transliteration, tlit, translit", rules.last)
_add("zh, lang-zh, zh-cn, chinese", rules.chinese)
_add("nihongo, nihongo3, nihongo foot", rules.nihongo)
_add("ndash, en dash, endash, –", fixed("–"))
_add("mdash, em dash, emdash, —", fixed("—"))
_add("snd, spnd, spaced ndash, spaced en dash, snds, spndash, dash, sndash", fixed(" – "))
_add("spaced mdash, spaced em dash", fixed(" — "))
_add(
    "nbsp, space, spaces, thin space, thinsp, hairsp, hair space, nb5, 0ws, zwsp, br, break, px2,"
    " pad, gap, indent, paragraph break, crlf, ensp, emsp, figure space",
    fixed(" "),
)
_add("zwj, zwnj, wbr, shy", fixed(""))
_add("·, •, middot, dot, bullet, bold middot, nbsp middot", fixed(" · "))
_add("!, pipe", fixed("|"))
_add("=", fixed("="))
_add("', apostrophe, ’", fixed("'"))
_add("'s, ’s", fixed("'s"))
_add('", quotation mark, quote mark', fixed('"'))
_add("okina, ʻ", fixed("ʻ"))
_add("ayin", fixed("ʽ"))
_add("hamza", fixed("ʼ"))
_add("times, x", fixed("×"))
_add("minus", fixed("−"))
_add("plusminus, +-, ±", fixed("±"))
_add("pi", fixed("π"))
_add("deg, degree, °", fixed("°"))
_add("euro, €", rules.money("€"))
_add("angbr, angle bracket, grapheme", lambda a: f"⟨{rules.first(a)}⟩")
_add("bracket, brackets, bracketed", lambda a: f"[{rules.first(a)}]")
_add("gloss, single+double quote", lambda a: f"'{rules.first(a)}'")
_add("literal translation, lit., lit, literally", lambda a: f"lit. '{rules.first(a)}'")
_add("sqrt, radic", lambda a: f"√{rules.first(a)}")
_add("music", lambda a: {"flat": "♭", "sharp": "♯", "natural": "♮"}.get(rules.first(a) or "", ""))
_add("frac, fraction, sfrac, s-frac, half", rules.fraction)
_add("chem", rules.joined(""))
_add("val, value", rules.value)
_add("num, formatnum, format price, formatprice, nf", lambda a: rules.format_number(a.get("1", "")))
_add("ordinal, ord", rules.ordinal)
_add("sic, as written, not sic", rules.sic)
_add("circa, c., ca., ca, c", before("c."))
_add("floruit, fl., fl", before("fl."))
_add("reign, r.", lambda a: f"r. {dates.date_range(a)}")
_add("born, b.", before("born"))
_add("died, d.", before("died"))
_add("p., page", before("p."))
_add("vol., volume", before("vol."))
_add("as of, asof, as of?", dates.as_of)
_add(
    "birth date, birth date and age, birth-date, birth-date and age, dob, bda, birth year and age,"
    " death date, death date and age, death-date, death-date and age, dda, death year and age,"
    " start date, start date and age, end date, film date, release date, date, dts, birth date2,"
    " start-date, launch date, end date and age, opening date",
    dates.date,
)
_add("us$, usd, $", rules.money("US$"))
_add("a$, aud, au$", rules.money("A$"))
_add("c$, cad, ca$", rules.money("C$"))
_add("nz$, nzd", rules.money("NZ$"))
_add("gbp, £, pound sterling, gbp£", rules.money("£"))
_add("eur", rules.money("€"))
_add("inr, ₹, indian rupee, inrconvert", rules.money("₹"))
_add("jpy, ¥, yen", rules.money("¥"))
_add("php, philippine peso, ₱", rules.money("₱"))
_add("rub, ₽", rules.money("₽"))
_add("hms", rules.vessel("HMS"))
_add("uss", rules.vessel("USS"))
_add("hmas", rules.vessel("HMAS"))
_add("hmcs", rules.vessel("HMCS"))
_add("rms", rules.vessel("RMS"))
_add("ss", rules.vessel("SS"))
_add("sms", rules.vessel("SMS"))
_add("mv", rules.vessel("MV"))
_add("usns", rules.vessel("USNS"))
_add("ship", rules.ship)
_add("section link, slink, see section", rules.section_link)
_add("url", rules.url)
_add("coord, coor", rules.coordinates)
_add(
    "quote, blockquote, bquote, cquote, quotation, centered pull quote, centered quote, quote1,"
    " poemquote, poem quote, poem, verse translation, long quote, quoteblock, block quote, bq,"
    " blockquote1, pull quote",
    block("text", "1", "quote"),
)
