"""Templates of other languages' wikis; a name may mean another thing in each (`template_table`)."""

from __future__ import annotations

from albert_data.corpus.wikitext import template_languages as languages
from albert_data.corpus.wikitext import template_numbers as numbers
from albert_data.corpus.wikitext import template_rules as rules
from albert_data.corpus.wikitext.arguments import Arguments, Rule
from albert_data.corpus.wikitext.dates import day_month_year
from albert_data.corpus.wikitext.template_rules import block

Row = tuple[str, str | Rule] | tuple[str, str | Rule, str]

_GERMAN = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
).split()
_SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
_PORTUGUESE = (
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
).split()
_POLISH = (
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada"
    " grudnia"
).split()
_ITALIAN = (
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
).split()


def _day_month_year(months: list[str], shape: str) -> Rule:
    """Day, month and year in the language's words; the month may stand as a number."""

    def rule(a: Arguments) -> str | None:
        day, month, year = a.of("1"), a.of("2"), a.of("3")
        if not day or not month:
            return day or None
        if month.isdecimal():
            if not 1 <= int(month[:3]) <= 12:
                return None
            month = months[int(month) - 1]
        shown = shape.format(day=day.lstrip("0"), month=month, year=year)
        return (
            shown
            if year
            else shape.partition("{year}")[0].format(day=day, month=month).rstrip(" de")
        )

    return rule


def _century(a: Arguments) -> str | None:
    """`{{s-|XIX|e}}` as `XIXe siècle`; struck out where no ordinal follows."""
    number, ending = a.of("1"), a.of("2")
    if ending not in ("e", "er", "re", "ème"):
        return number or None
    return f"{number}{ending} siècle"


def _century_before(a: Arguments) -> str | None:
    return f"{_century(a)} av. J.-C." if a.of("1") else None


def _french_date(a: Arguments) -> str | None:
    """The first day of a month is an ordinal: `1er janvier 1900`."""
    text = day_month_year(a)
    return f"1er {text[2:]}" if text and text.startswith("1 ") else text


def _centuries(a: Arguments) -> str | None:
    """`{{s2-|XIX|e|XX|e}}` as `XIXe et XXe siècles`, `{{sp-|XIX|e|ou|XX|e}}` as `XIXe ou XXe siècle`."""
    p = a.places()
    if len(p) == 4 and all(p):
        return f"{p[0]}{p[1]} et {p[2]}{p[3]} siècles"
    if len(p) >= 5 and all(p[:5]):
        return f"{p[0]}{p[1]} {p[2]} {p[3]}{p[4]} siècle{'s' if p[2] == 'et' else ''}"
    return None


def _lived(a: Arguments) -> str | None:
    """`{{bd|701年|3月2日|762年|4月1日}}` as `701年3月2日－762年4月1日`."""
    p = [*a.places(), "", "", "", ""]
    return f"{p[0]}{p[1]}－{p[2]}{p[3]}" if p[0] or p[2] else None


def _iso_polish(a: Arguments) -> str | None:
    year, _, rest = a.of("1").partition("-")
    month, _, day = rest.partition("-")
    if not (year + month + day).isdecimal() or not 1 <= int(month[:3] or "0") <= 12:
        return None
    return f"{day.lstrip('0')} {_POLISH[int(month) - 1]} {year}".strip()


def _joined(a: Arguments) -> str | None:
    return "".join(a.places()[:2]) or None


_CENTURIES = ("II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI").split()

OTHER_LANGUAGES: list[Row] = [
    ("unité, unité/2, tmp", numbers.grouped(" "), "fr"),
    ("nombre, nb, num", numbers.grouped(" "), "fr"),
    ("date, date-, date de naissance, date de décès, date républicaine", _french_date, "fr"),
    ("s-, s, siècle", _century, "fr"),
    ("s2-, s2, sp-, sp", _centuries, "fr"),
    *((f"{n}e", f"{n}e", "fr") for n in range(2, 32)),
    ("ier siècle", "Ier siècle", "fr"),
    *((f"{n.lower()}e siècle", f"{n}e siècle", "fr") for n in _CENTURIES),
    ("langue", "{2}", "fr"),
    ("abréviation, abréviation discrète, abr, abrd", "{1}", "fr"),
    ("incise", "– {1} –", "fr"),
    ("-s-, -s", _century_before, "fr"),
    ("s mini, s mini-", _joined, "fr"),
    ("e, ème", lambda a: a.of("1") or "e", "fr"),
    ("er", "er", "fr"),
    ("re", "re", "fr"),
    ("1er", "1er", "fr"),
    ("1re", "1re", "fr"),
    ("exp", "^{1}", "fr"),
    ("av jc, av. jc, av j-c", "av. J.-C.", "fr"),
    ("ap jc, ap. jc, ap j-c", "apr. J.-C.", "fr"),
    ("heure", "{1} h‹ {2}›", "fr"),
    ("n°, numéro", rules.before("no"), "fr"),
    ("citation, guil, «", "« {1} »", "fr"),
    ("citation étrangère, citation bloc, début citation", block("2", "1"), "fr"),
    ("lien, lien interlangue", "{texte|fr|1|trad}", "fr"),
    ("petites capitales, petite capitale, pc, pcap, référence nécessaire, refnec", "{1}", "fr"),
    ("référence souhaitée, passage évasif, quoi, romain, lnobr, souligner", "{1}", "fr"),
    ("japonais", languages.nihongo, "fr"),
    ("datum", _day_month_year(_GERMAN, "{day}. {month} {year}"), "de"),
    ("zahl, höhe", numbers.grouped("."), "de"),
    ("zitat", block("text", "1"), "de"),
    ("unidad", numbers.grouped(" "), "es"),
    ("fecha", _day_month_year(_SPANISH, "{day} de {month} de {year}"), "es"),
    ("siglo", lambda a: f"{'siglo ' if a.of('3') else ''}{a.of('1')}", "es"),
    ("versalita, esd, cita requerida", "{1}", "es"),
    ("cita, cita bloque", block("1"), "es"),
    ("unit, unità, m", numbers.grouped(" "), "it pt"),
    ("data", _day_month_year(_ITALIAN, "{day} {month} {year}"), "it"),
    ("dtlink, dtext, dni, dnibr", _day_month_year(_PORTUGUESE, "{day} de {month} de {year}"), "pt"),
    ("séc, século", "século {1}", "pt"),
    ("fmtn", numbers.grouped("."), "pt"),
    ("число", numbers.grouped(" "), "ru"),
    ("не переведено, не переведено 2, не переведено 3, не переведено 5", "{2|1}", "ru"),
    ("нп, нп2, нп3, нп5", "{2|1}", "ru uk"),
    ("s", "{1}", "ru"),
    ("生年月日と年齢, 死亡年月日と没年齢, 生年月日, 没年月日", "{1}年{2}月{3}日", "ja"),
    ("読み仮名, よみがな, ルビ", "{1}（{2}）", "ja"),
    ("仮リンク", "{label|1}", "ja"),
    ("link-en, link-ja, link-de, link-fr, link-ko, link-ru, link-es, link-it, le", "{3|1}", "zh"),
    ("tsl", "{4|3}", "zh"),
    ("bd", _lived, "zh"),
    ("僻字", "{1}", "zh"),
    ("임시링크", "{1}", "ko"),
    ("не перекладено, не перекладено 5", "{2|1}", "uk"),
    ("وإو", "{عر|نص}", "ar"),
    ("data", _iso_polish, "pl"),
]
