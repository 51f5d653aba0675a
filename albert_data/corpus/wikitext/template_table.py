"""The templates whose text belongs to the sentence around them: a row each, as Wikipedia shows them.

A row is the template's names (any case), and what stands in the text: a pattern, in which `{1}` is the
first argument and `{name}` one with a name, `{text|1}` the first of these that is there, `‹ … ›` a part
that goes where its argument is empty; or a function of the arguments. A third field names the languages
of the wikis where the row holds, and goes before the rows for all. Facts after the templates' own
documentation on Wikipedia; how to add a row: docs/sources.md.
"""

from __future__ import annotations

from albert_data.corpus.wikitext import dates
from albert_data.corpus.wikitext import template_languages as languages
from albert_data.corpus.wikitext import template_numbers as numbers
from albert_data.corpus.wikitext import template_rules as rules
from albert_data.corpus.wikitext.convert import convert
from albert_data.corpus.wikitext.other_languages import OTHER_LANGUAGES, Row
from albert_data.corpus.wikitext.template_rules import (
    before,
    block,
    joined,
    labelled,
    quoted,
    vessel,
)

TEXT: list[Row] = [
    ("nowrap, nobr, nobreak, nwr, j, allow wrap, nonspam, not a typo, proper name, text, trim", "{1}"),
    ("small, smaller, big, large, larger, midsize, smallcaps, small caps, sc, sc1, sc2, smallcaps2", "{1}"),
    ("smalldiv, em, strong, bold, italic, bolditalic, underline, u, uline, strike", "{1}"),
    ("noitalic, noitalics, nobold, normal, italics correction, highlight, vanchor", "{1}"),
    ("visible anchor, anchor text, serif, sans-serif, unicode, mono, samp, code, var, mvar", "{1}"),
    ("math, bigmath, overline, overbar, ctext, pslink, heading, red link, redlink, snamei", "{1}"),
    ("sname, au, taxon, linked genus, nq, hebrew, nastaliq, urdu, polytonic, tq, tqi, kbd", "{1}"),
    ("flag, flagcountry, flagu, flag+link, cr, fb, country", rules.country),
    ("railgauge, rail gauge, track gauge, chem2, nihongo2, ruby, char, sub", "{1}"),
    ("mlby, mlb year, nfly, nfl year, nhly, nbay, baseball year, by, typo, as written", "{1}"),
    ("flagathlete, flagiocathlete, flagmedalist", "{1}"),
    ("cfb link", "{title|1}"),
    ("abbr, abbrv, abbrlink, tooltip, tip, hint", "{1}"),
    ("hover title, h:title, color, colour, font color, fontcolor, background color", "{2}"),
    ("font", "{text|1}"),
    ("resize, size, pad, align", rules.last),
    ("keypress, key press, key, button", joined("+")),
    ("rquote", block("2")),
    ("sort, sorttext, sort text", "{2|1}"),
    ("sortname, sort name, hs name", "‹{1} ›{2}"),
    ("linktext, link text", joined("")),
    ("drop cap, dropcap, dropcaps, initial, drop initial, dropinitial, lettrine", joined("")),
    ("citation needed span, cn-span, cnspan, fact span, clarify span, clarifyspan", "{text|1}"),
    ("dubious span, disputed span, update span, when span, according to whom span", "{text|1}"),
    ("contradict span, original research span, lead extra span, unreferenced span", "{text|1}"),
    ("bracket, brackets, bracketed, interp, interpolation", "[{1}]"),
    ("angbr, angle bracket, grapheme, vr, angbr ipa, angle bracket ipa", "⟨{1}⟩"),
    ("gloss, single+double quote", "'{1}'"),
    ("literal translation, lit., lit, literally", "lit. '{1}'"),
    ("née, nee, born as", before("née")),
    ("né", before("né")),
    ("tag, xtag, html tag", rules.tag),
    ("u+", "U+{1}"),
    ("unichar", rules.character),
    ("section link, slink, see section", rules.section_link),
    ("url, official url", "{2|1}"),
    ("us patent, us patent app", lambda a: f"U.S. patent {numbers.number(a)}"),
    ("patent", lambda a: f"{a.of('1')} patent {numbers.format_number(a.of('2'))}".strip()),
    ("bibleverse, bibleref, bibleref2, bible verse", rules.bible),
    ("cite quran, cite qur'an, qref, quran-usc", "Quran {1}‹:{2}›"),
    ("nyse, new york stock exchange", labelled("NYSE")),
    ("nasdaq", labelled("Nasdaq")),
    ("lse, london stock exchange", labelled("LSE")),
    ("tsx, tyo, asx, sehk, bse, nse, sgx, sse, szse, krx, six, fwb", lambda a: a.of("1") or None),
    ("audio, audio-nohelp", languages.audio),
    ("sic, not sic", rules.sic),
    ("ie, i.e.", "i.e."),
    ("e.g., eg", "e.g."),
    ("aka, a.k.a.", "a.k.a."),
]  # fmt: skip

SIGNS: list[Row] = [
    ("ndash, en dash, endash, –, hyphen minus", "–"),
    ("mdash, em dash, emdash, —, --", "—"),
    ("snd, spnd, spaced ndash, spaced en dash, snds, spndash, dash, sndash, ndashb", " – "),
    ("mdashb, spaced mdash, spaced em dash, smd", " — "),
    ("hyphen, nbhyph, nbh", "-"),
    (
        "nbsp, space, spaces, thin space, thinsp, hairsp, hair space, nb5, 0ws, zwsp, br, break",
        "\u00a0",
    ),
    (
        "px2, gap, indent, paragraph break, crlf, ensp, emsp, figure space, nnbsp, quad, tsp, 0",
        "\u00a0",
    ),
    ("zwj, zwnj, wbr, shy, soft hyphen", ""),
    ("·, •, middot, dot, bullet, bold middot, nbsp middot, dotsep, sdot", " · "),
    ("\\, slash", " / "),
    ("!, pipe", "|"),
    ("=", "="),
    ("(", "{"),
    (")", "}"),
    ("!(", "["),
    (")!", "]"),
    ("#", "#"),
    ("@", "@"),
    ("*, asterisk", "*"),
    ("..., ellipsis, hellip, ldots", "…"),
    ("', apostrophe, ’, -', '-", "'"),
    ("'s, ’s", "'s"),
    ('quotation mark, quote mark, -", "-', '"'),
    ('"', quoted('"', '"')),
    ("' \", '\"", "' \""),
    ("\" ', \"'", "\" '"),
    ("okina, ʻ", "ʻ"),
    ("ayin", "ʽ"),
    ("hamza, saltillo", "ʼ"),
    ("prime, ′", "{1}′"),
    ("pprime, ″", "{1}″"),
    ("times, x", "×"),
    ("minus", "−"),
    ("plusminus, +-, ±", "±"),
    ("pi", "π"),
    ("infin, infinity", "∞"),
    ("deg, degree, °", "°"),
    ("numero, number sign", "No."),
    ("section sign, sect", "§"),
    ("dagger, extinct, †", "†"),
    ("double dagger, ‡", "‡"),
    ("trademark, tm", "™"),
    ("registered, reg", "®"),
    ("copyright", "©"),
    ("eqm", "⇌"),
    ("flat", "♭"),
    ("sharp", "♯"),
    ("natural", "♮"),
    ("music", rules.music),
    ("time signature", "{1}/{2}"),
    ("hydrogen", "H"),
    ("carbon", "C"),
    ("nitrogen", "N"),
    ("oxygen", "O"),
    ("sulfur, sulphur", "S"),
    ("chlorine", "Cl"),
]

NUMBERS: list[Row] = [
    ("convert, cvt, conv", convert),
    ("e", numbers.power_of_ten),
    ("x10^, ×10^, exp10", "×10^{1}"),
    ("10^", "10^{1}"),
    ("esp, smallsup", "^{1}"),
    ("sup, superscript", numbers.superscript),
    ("pow", "{1}^{2}"),
    ("su, sup sub, supsub", numbers.stacked),
    ("val, value", numbers.val),
    ("gaps", numbers.gaps),
    (
        "num, formatnum, format price, formatprice, nf, nts, number table sorting, commas, gapnum,"
        " delimitnum",
        numbers.number,
    ),
    ("ordinal, ord", numbers.ordinal),
    ("roman, roman numeral, roman num", numbers.roman),
    ("frac, fraction, sfrac, s-frac, half, tfrac, cfrac", numbers.fraction),
    ("percentage, percent-done, pct", numbers.percentage),
    ("pop density, population density, popdens", numbers.density),
    ("sqrt, radic", "√{1}"),
    ("abs", "|{1}|"),
    ("tmath", rules.formula),
    ("floor", "⌊{1}⌋"),
    ("ceil, ceiling", "⌈{1}⌉"),
    ("ket", "|{1}⟩"),
    ("bra", "⟨{1}|"),
    ("chem, chemical formula", joined("")),
    ("nuclide, nuclide2, simplenuclide, simple nuclide, nuclide link, isotope", rules.nuclide),
    ("height", numbers.height),
    (
        "coord, coor, coor dms, coor dm, coor d, coor at dms, coor at dm, coor at d",
        numbers.coordinates,
    ),
    ("no.", before("No.")),
    ("p., page", before("p.")),
    ("vol., volume", before("vol.")),
    ("currency, money", numbers.currency),
    ("inrconvert, inr convert", numbers.rupees),
    ("£sd", numbers.shillings),
    ("us$, usd, $us", numbers.money("US$")),
    ("a$, aud, au$", numbers.money("A$")),
    ("c$, cad, ca$", numbers.money("C$")),
    ("nz$, nzd", numbers.money("NZ$")),
    ("hk$, hkd", numbers.money("HK$")),
    ("s$, sgd", numbers.money("S$")),
    ("nt$, twd, ntd", numbers.money("NT$")),
    ("r$, brl", numbers.money("R$")),
    ("gbp, £, pound sterling, gbp£", numbers.money("£")),
    ("eur, euro, €", numbers.money("€")),
    ("inr, ₹, indian rupee, rupee", numbers.money("₹")),
    ("jpy, ¥, yen", numbers.money("¥")),
    ("cny, rmb, cn¥, renminbi", numbers.money("CN¥")),
    ("krw, ₩, won", numbers.money("₩")),
    ("php, philippine peso, ₱", numbers.money("₱")),
    ("rub, ₽, ruble", numbers.money("₽")),
    ("ils, ₪, nis", numbers.money("₪")),
    ("uah, ₴", numbers.money("₴")),
    ("ngn, ₦, naira", numbers.money("₦")),
    ("thb, ฿", numbers.money("฿")),
    ("myr", numbers.money("RM")),
    ("idr", numbers.money("Rp")),
    ("zar", numbers.money("R")),
    ("chf", numbers.money("CHF ")),
    ("sek", numbers.money("SEK ")),
    ("nok", numbers.money("NOK ")),
    ("dkk", numbers.money("DKK ")),
]

DATES: list[Row] = [
    ("birth date, birth date and age, birth-date, birth-date and age, dob, bda", dates.date),
    ("birth year and age, birth date2, death date, death date and age, death-date", dates.date),
    ("death-date and age, dda, death year and age, start date, start date and age", dates.date),
    ("end date, end date and age, film date, release date, date, dts, sortdate", dates.date),
    (
        "start-date, end-date, launch date, opening date, date table sorting, format date",
        dates.date,
    ),
    ("as of, asof, as of?, as at", dates.as_of),
    ("date range, yearspan, daterange, dash year, year range", dates.date_range),
    ("reign, r.", lambda a: f"r. {dates.date_range(a)}"),
    ("circa, c., ca., ca, c", before("c.")),
    ("floruit, fl., fl", before("fl.")),
    ("born, b.", before("born")),
    ("died, d.", before("died")),
    ("ad", "AD {1}"),
    ("bc, bce", "{1} BC"),
    ("oldstyledate, old style date", dates.old_style),
    ("oldstyledatedy", dates.old_style_years),
    ("oldstyledateny", "{1} [O.S. {2}]"),
    ("age, age in years, age nts", dates.age),
    ("age in days, age in days nts", dates.age_in_days),
    ("age in months", dates.age_in_months),
    ("age in years and days, ayd, age in years and days nts", dates.age_in_years_and_days),
    ("years ago", dates.years_ago),
    ("duration", dates.duration),
]

LANGUAGES: list[Row] = [
    ("lang, rtl-lang, ltr-lang, script, langr, lang2", "{2|text}"),
    ("wikt-lang, wt-lang", "{3|2|1}"),
    ("langx", languages.langx),
    ("transl, transliteration, tlit, translit, rtgs", rules.last),
    ("iast, iso 15919", "{1}"),
    ("zh, lang-zh, zh-cn, chinese, zh-tw", languages.chinese),
    ("korean, ko-hhrm, korean/auto", languages.korean),
    ("nihongo, nihongo core, nihongo-s", languages.nihongo),
    ("nihongo3", languages.nihongo_romaji_first),
    ("nihongo krt", languages.nihongo_kanji_first),
    ("nihongo foot", "{1|3|2}"),
    ("ill, illm, interlanguage link, interlanguage link multi, ill2", languages.interlanguage_link),
    ("link-interwiki, lll", languages.interlanguage_link),
    ("ipa, ipa2, api", languages.sounds),
    ("ipaslink, ipas link, ipa slink", languages.sound("/{1}/")),
    ("ipablink, ipa blink", languages.sound("[{1}]")),
    ("ipalink, ipa link, ipa soundbox", languages.sound("{1}")),
    ("ipac-en, ipa-en, pron-en, pronunciation, audio-ipa", languages.pronunciation),
    ("respell, pronunciation respelling key, usdict", languages.respelling),
]

SHIPS: list[Row] = [
    ("ship, warship", rules.ship),
    ("sclass, sclass-, sclass2, sclass2-, ship class", rules.ship_class),
    ("hms", rules.hms),
    *(
        (prefix.lower(), vessel(prefix))
        for prefix in (
            "USS USNS USCGC USAT USRC USAHS CSS HMAS HMCS HMNZS HMIS HMSAS HMHS HMT HMY HMQS RMS RFA"
            " SS MS MV MY MF MT SMS GTS TSS TS RV INS PNS BNS SLNS BRP JDS JS KRI ROKS ROCS ORP TCG"
            " HDMS HNoMS HNLMS HSwMS NRP ARA BAP SAS SMU HMM PS FV DSV USSR GS RRS RMAS"
        ).split()
    ),
]  # fmt: skip

QUOTES: list[Row] = [
    (
        "quote, blockquote, bquote, cquote, quotation, centered pull quote, centered quote, quote1,"
        " poemquote, poem quote, poem, verse translation, long quote, quoteblock, block quote, bq,"
        " blockquote1, pull quote, quote box, quotebox",
        block("text", "1", "quote"),
    ),
    ("block indent, blockindent, bi, in5", rules.indented),
    ("centre, center, left, right, plainlist, quote without source", block("text", "1")),
    ("flatlist, columns-list, columns list", block("2", "1")),
    ("defn, term", block("defn", "term", "1")),
    ("unbulleted list, ubl, ublist, bulleted list, bulletedlist, ordered list, hlist", rules.items),
    ("numblk, equation", rules.formula_line),
    ("harvtxt, harvp, harvcoltxt", rules.author_date("(*)")),
    ("harvnb, harvcolnb", rules.author_date("*")),
    ("harvs", rules.harvs),
]

ROWS: list[Row] = [
    *TEXT, *SIGNS, *NUMBERS, *DATES, *LANGUAGES, *SHIPS, *QUOTES, *OTHER_LANGUAGES,
]  # fmt: skip
