"""What a template's arguments read as: Wikipedia's documentation of each template says what is right."""

import datetime

import pytest

from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.wikitext import conversions
from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.invisible_templates import INVISIBLE
from albert_data.corpus.wikitext.other_languages import OTHER_LANGUAGES
from albert_data.corpus.wikitext.page import PageContext, Site
from albert_data.corpus.wikitext.template_table import ROWS
from albert_data.corpus.wikitext.templates import RULES

DAY = datetime.date(2024, 3, 2)

NUMBERS = {
    "7.3{{e|19}} kg": "7.3×10^19 kg",
    "10{{sup|8}} or 10{{esp|-3}}": "10^8 or 10^-3",
    "{{10^|9}} and 4{{x10^|5}}": "10^9 and 4×10^5",
    "{{gaps|98|765|432|u=m}}": "98765432 m",
    "{{val|5|e=3}} and {{val|6.02e23}}": "5×10^3 and 6.02×10^23",
    "{{val|1.2|0.3|ul=kg}} or {{val|4.5|(12)|u=m|up=s}}": "1.2±0.3 kg or 4.5(12) m/s",
    "{{val|1.5|0.2|e=6}} and {{val|8|+2|-1}}": "(1.5±0.2)×10^6 and 8+2−1",
    "{{INRConvert|3|c}} and {{INRConvert|40|l}}": "₹3 crore and ₹40 lakh",
    "{{currency|25&nbsp;million|GBP}} or {{currency|1500|SEK}}": "£25 million or SEK 1,500",
    "{{US$|2500}} or {{C$|3 million}} or {{£sd|l=1|s=2}}": "US$2,500 or C$3 million or £1 2s",
    "{{pop density|5000|20|km2|sqmi}}": "250/km² (647/sq mi)",
    "6{{frac|3|4}} by {{frac|3|4}}": "6 3/4 by 3/4",
    "{{nowrap|6{{frac|3|4}}}} or {{rnd|2.71828|2}}": "6 3/4 or 2.72",
    "{{percentage|1|4}} of {{roman|14}}": "25% of XIV",
    "{{US patent|7654321}}": "U.S. patent 7,654,321",
    "{{nuclide|Carbon|14}} or {{chem|H|2|O}}": "carbon-14 or H2O",
    "B{{music|flat}} in {{music|time|6|8}}": "B♭ in 6/8",
    "C{{music|#}} or {{sharp}}": "C♯ or ♯",
    "{{coord|33.5|-116.2|display=title}}here": "here",
}  # fmt: skip
DATES = {
    "{{as of|2019|4|lc=y}}": "as of April 2019",
    "{{As of|2019|4|30}}": "As of 30 April 2019",
    "{{As of|2019|4|30|df=US}}": "As of April 30, 2019",
    "{{as of|2019|since=y|post=,}}": "Since 2019,",
    "{{birth date|1809|2|12}} or {{birth date|1809|2|12|df=y}}": "February 12, 1809 or 12 February 1809",
    "{{start date|2001}} or {{dts|5 May 2001}}": "2001 or 5 May 2001",
    "{{date|17|octobre|1973}}": "17 octobre 1973",
    "{{OldStyleDate|3 March|1701|20 February}}": "3 March [O.S. 20 February] 1701",
    "{{OldStyleDateDY|9 January|1709|29 December 1708}}": "9 January 1709 [O.S. 29 December 1708]",
    "{{dash year|1914|1918}}": "1914–1918",
    "the 3{{rd}} of {{KRW|5000}}": "the 3rd of ₩5,000",
    "5{{prime}} 4{{pprime}} or {{prime|x}}": "5′ 4″ or x′",
    "{{floruit|1310|1325}} or {{fl.|1310}} or {{fl.}} 1310": "fl. 1310–1325 or fl. 1310 or fl. 1310",
    "{{age|1980|7|1|2001|6|30}} or {{age|1980|7|1}}": "20 or 43",
    "{{age in days|2000|1|1|2000|3|1}}": "60",
    "{{ayd|2000|2|1|2010|2|4}}": "10 years, 3 days",
    "{{years ago|1999}}": "25 years ago",
    "{{duration|m=93}} or {{duration|h=1|m=5|s=3}}": "93 minutes or 1:05:03",
    "{{née|Dahl}} or {{né|Berg}}": "née Dahl or né Berg",
}  # fmt: skip
WORDS = {
    "{{lang-ru|Дом|Dom}}": "Russian: Дом, romanized: Dom",
    "{{langx|de|Neuhaus|lit=New House}}": "German: Neuhaus, lit. 'New House'",
    "{{lang-fr|Pont|label=none}}": "Pont",
    "{{zh|labels=no|t=門|p=mén}}": "門; mén",
    "{{wikt-lang|de|Haus|Häuser}} or {{wikt-lang|nl|dijk}}": "Häuser or dijk",
    "{{script|Grek|Ω}} or {{script/Cyrillic|Ж}}": "Ω or Ж",
    "{{linktext|山|川}}": "山川",
    "{{nihongo|Blue Gate|青門|Aomon}}": "Blue Gate (青門, Aomon)",
    "{{nihongo3|Blue Gate|青門|Aomon}}": 'Aomon (青門, "Blue Gate")',
    "{{nihongo krt|Blue Gate|青門|Aomon}}": '青門 (Aomon, "Blue Gate")',
    "{{nihongo foot|Blue Gate|青門|Aomon}}": "Blue Gate",
    "{{nihongo||青門|Aomon}}": "Aomon (青門)",
    "the cry {{IPA-fr|wi}}": "the cry [wi]",
    "{{ill|Per Dahl|sv}} or {{ill|sv|Per Dahl|Per Dahl (präst)}}": "Per Dahl or Per Dahl",
    "{{ill|Per Dahl|sv|Per (präst)|lt=Father Per}}": "Father Per",
    "{{sortname|Per|Dahl}} and {{sort|Dahl|Per Dahl}}": "Per Dahl and Per Dahl",
    "{{hs|Z}}Zoe": "Zoe",
    "{{drop cap|A}}nd {{initial|t}}hen": "And then",
    "{{sclass|Orla|light cruiser}} or {{sclass|Orla|cruiser|4}}": "Orla-class light cruiser or Orla class",
    "{{GTS|Orla}}, {{MS|Orla|1960}}, {{HMS|Orla||2}}": "GTS Orla, MS Orla (1960), Orla",
    "{{ship|Swedish ship|Orla|1820}}": "Swedish ship Orla (1820)",
    "{{harvtxt|Dahl|2001|p=7}}": "Dahl (2001, p. 7)",
    "{{harvtxt|Dahl|Berg|Holt|2001}}": "Dahl, Berg & Holt (2001)",
    "{{flag|NOR}} and {{NOR}}": "Norway and Norway",
    "a{{mdashb}}b{{ndash}}c": "a — b–c",
    "'so it was.{{' \"}}": "'so it was.' \"",
    "\"so it was{{-\"}}": "\"so it was\"",
    "the {{IPA|/a/}} and {{IPAslink|ʃ}} and {{IPA|en|kiː}}": "the /a/ and /ʃ/ and kiː",
    "the {{angbr IPA|a}} and {{vr|e}}": "the ⟨a⟩ and ⟨e⟩",
    "{{bibleverse|1|Kings|3:4}} and {{bibleref|Mark|3:25|9}}": "1 Kings 3:4 and Mark 3:25",
    "{{NYSE|ABC}}": "NYSE: ABC",
    "the {{tag|row|open}} tag": "the <row> tag",
    "{{citation needed span|text=a tower|date=May 2015}}": "a tower",
    "{{clarify span|a tower|explain=which?}}": "a tower",
    "{{unichar|00A9|copyright}}": "U+00A9 ©",
}  # fmt: skip
FUNCTIONS = {
    "{{#if:x|old|new}} {{#if:|old|new}}": "old new",
    "{{#ifeq:a|a|same|other}} {{#ifeq:1|1.0|same|other}}": "same same",
    "{{#switch:b|a=1|b|c=2|#default=3}} {{#switch:z|a=1|#default=3}}": "2 3",
    "{{#expr:2*3}} {{#expr:7/2}} {{#ifexpr:1-1|yes|no}}": "6 3.5 no",
    "{{{year|1702}}}": "1702",
    "{{PAGENAME}} of {{SITENAME}}": "Old mill of Wikipedia",
    "{{CURRENTDAY}} {{CURRENTMONTHNAME}} {{CURRENTYEAR}}": "2 March 2024",
    "{{lc:ABC}}{{DEFAULTSORT:Mill, Old}}{{#tag:ref|x}}": "abc",
}  # fmt: skip
OF_LANGUAGES = {
    ("fr", "{{s-|XIV|e}}, {{unité|2500|m}}, {{date|4|mai|1776}}"): "XIVe siècle, 2 500 m, 4 mai 1776",
    ("fr", "XIX{{e}} et {{citation|oui}}"): "XIXe et « oui »",
    ("", "{{s-|XIV|e}}, {{nombre|2500|habitants}}"): "XIVe siècle, 2 500 habitants",
    ("de", "{{Datum|9|4|1961}} in {{Höhe|1234}}"): "9. April 1961 in 1.234",
    ("es", "{{unidad|30|km}} el {{fecha|9|4|1961}}"): "30 km el 9 de abril de 1961",
    ("ja", "{{生年月日と年齢|1961|4|9}}"): "1961年4月9日",
    ("fr", "{{date|1|mai|1776}} ou {{date|11|mai|1776}}"): "1er mai 1776 ou 11 mai 1776",
    ("fr", "{{s2-|XI|e|XII|e}}, {{sp-|V|e|ou|VI|e}}"): "XIe et XIIe siècles, Ve ou VIe siècle",
    ("fr", "{{3e}} rang, {{XIIe siècle}}, {{Ier siècle}}"): "3e rang, XIIe siècle, Ier siècle",
    ("fr", "{{unité|2500.5|m}} et {{nb|1,5}} et {{nb|1.2.3}}"): "2 500,5 m et 1,5 et 1.2.3",
    ("it", "{{M|25000|u=abitanti}} e {{M|4|ul=km}}"): "25 000 abitanti e 4 km",
    ("de", "{{formatnum:7654321.5}}; {{formatnum:x.y}}"): "7.654.321,5; x.y",
    ("es", "{{formatnum:7654}} y {{formatnum:76543}}"): "7654 y 76 543",
    ("ru", "{{num|76543}} и {{formatnum:1234}}"): "76 543 и 1 234",
    ("en", "{{formatnum:7654}}, {{formatnum:7,654|R}}, {{formatnum:7654|NOSEP}}"): "7,654, 7654, 7654",
    ("pl", "{{data|1961-04-09}}"): "9 kwietnia 1961",
    ("zh", "{{link-en|水磨|Watermill|磨}}、{{le|河|River}}、{{tsl|en|Sea|海}}"): "磨、河、海",
    ("zh", "{{bd|1702年|3月1日|1780年}}"): "1702年3月1日－1780年",
    ("ko", "{{임시링크|강|en|River}}"): "강",
    ("uk", "{{не перекладено|Річка||en|River}}"): "Річка",
    ("ar", "{{وإو|عر=نهر|تر=River|لغ=en}}"): "نهر",
    ("en", "{{unité|2500|m}}"): HOLE,
    ("bg", "{{lang-la|Anno Molae}}"): "Anno Molae",
    ("en", "{{lang-la|Anno Molae}}"): "Latin: Anno Molae",
}  # fmt: skip


@pytest.mark.parametrize("markup", {**NUMBERS, **DATES, **WORDS, **FUNCTIONS})
def test_an_argument_that_carries_value_is_read(markup):
    expected = {**NUMBERS, **DATES, **WORDS, **FUNCTIONS}[markup]
    page = PageContext("Old mill", Site(language="en"), DAY)
    found = extract(f"They say it is {markup}, as we know.", page=page)
    assert found == [f"They say it is {expected}, as we know."]


@pytest.mark.parametrize(("language", "markup"), OF_LANGUAGES)
def test_a_row_holds_in_the_wikis_of_its_languages(language, markup):
    found = extract(f"Aa bb cc {markup} dd ee ff.", page=PageContext(site=Site(language=language)))
    assert found == [f"Aa bb cc {OF_LANGUAGES[language, markup]} dd ee ff."]


def test_a_page_that_is_not_in_latin_letters_gets_no_english_labels():
    assert extract("Годините са „AM“ ({{lang-la|Anno}}) тук.") == ["Годините са „AM“ (Anno) тук."]


@pytest.mark.parametrize(
    "markup",
    ["{{PAGENAME}}", "{{CURRENTYEAR}}", "{{age|1980|7|1}}", "{{years ago|1999}}", "{{NUMBEROFARTICLES}}",
     "{{birth date|1809|13|1}}", "{{music|unheard}}", "{{#expr:2**9}}", "{{#invoke:a|b}}", "{{{1}}}", "{{}}",
     "{{|typo}}", "{{pop density|5|0|km2}}", "{{inflation|US|5|1950}}", "{{EWZ|DE|05}}",
     "{{nowrap|a=b}}", "{{lang|de|a=b}}", "{{won}}"],
)  # fmt: skip
def test_what_is_not_known_leaves_a_hole(markup):
    assert extract(f"They say it is {markup} so.") == [f"They say it is {HOLE} so."]


def test_a_name_stands_in_one_row_only_and_is_not_invisible_too():
    named = [
        (name.strip(), languages) for names, _, *languages in ROWS for name in names.split(", ")
    ]
    general = [name for name, languages in named if not languages]
    assert len(general) == len(set(general))
    assert not set(general) & INVISIBLE
    assert all(name == name.lower() for name, _ in named)
    assert set(general) | set(conversions.TEMPLATES) == set(RULES)
    assert not set(general) & set(conversions.TEMPLATES)
    assert all(len(row) == 3 for row in OTHER_LANGUAGES)


def test_rows_of_all_languages_hold_where_the_language_is_not_known():
    page = PageContext(site=Site(language="und"))
    assert extract("Elle vit vers {{unité|2000|m}} au {{s-|XIX|e}} ici.", page=page) == [
        "Elle vit vers 2 000 m au XIXe siècle ici."
    ]
