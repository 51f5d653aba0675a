"""Wikitext to prose: what each construct reads as."""

import pytest

from albert_data.base.tally import Tally
from albert_data.corpus.leave_out import HOLE, IN_A_SENTENCE, ON_ITS_OWN_LINE
from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.structure import NestedTooDeep, OutOfTime

INLINE = {
    "'''Alan''' was an ''English'' man.": "Alan was an English man.",
    "He read '''''both''''' aloud.": "He read both aloud.",
    "This is ''the ship'''s bell, he said.": "This is the ship's bell, he said.",
    "The [[bus|coach]] left [[Rome]] today.": "The coach left Rome today.",
    "Two [[bus]]es and [[Pipe (music)|]] players.": "Two buses and Pipe players.",
    "See [[#History]] or [[Rome#Early times]] now.": "See History or Rome § Early times now.",
    "A [[:Category:Physics]] page was made.": "A Physics page was made.",
    "The word [[wikt:dog|dog]] is old.": "The word dog is old.",
    "The town grew.[[fr:Ville]] [[Category:Towns]]": "The town grew.",
    "A [http://a.example/x?y=1 good site] exists.": "A good site exists.",
    "It was seen [https://a.example] by all.": "It was seen by all.",
    "Fish &amp; chips cost &pound;5&nbsp;today.": "Fish & chips cost £5 today.",
    "It fell.<ref name=\"a\">{{cite web|url=x}}</ref> It rose.<ref name=a />": "It fell. It rose.",
    "An unclosed<ref name=a> note, then<ref>one</ref> more.": "An unclosed note, then more.",
    "A sum <math>\\sum_{i=0}^n i</math> grows as <math>n</math> does.": f"A sum {HOLE} grows as n does.",
    "It is <!-- not [[ really --> so.": "It is so.",
    "Type <nowiki>''quoted''</nowiki> text here.": "Type ''quoted'' text here.",
    "Call <code>exit</code> for H<sub>2</sub>O at 10<sup>6</sup>.": "Call exit for H2O at 10^6.",
    "One<br />two <small>three</small> four.": "One two three four.",
    "__NOTOC__The page starts __FORCETOC__here.": "The page starts here.",
    "It is 5 < 6 and 7 > 3 always.": "It is 5 < 6 and 7 > 3 always.",
    "Alan ({{IPAc-en|x}}; born {{birth date|1912|6|23}}) ran.": "Alan (born June 23, 1912) ran.",
    "Anna ({{lang-ru|Анна|p=x}}; {{IPA|x}}) sang.": "Anna (Russian: Анна) sang.",
    "Oslo (pronounced {{IPA-no|x}}) is a city.": "Oslo is a city.",
    "Paris ( {{audio|x.ogg}} , {{IPA|x}} ) is big.": "Paris is big.",
}  # fmt: skip

TEMPLATES = {
    "{{convert|12|km|mi}}": "12 kilometres (7.5 mi)",
    "{{convert|100|km|abbr=on}}": "100 km (62 mi)",
    "{{cvt|3|-|5|ft|m|1}}": "3–5 ft (0.9–1.5 m)",
    "{{convert|20|to|30|C}}": "20 to 30 °C (68 to 86 °F)",
    "{{convert|5|ft|10|in|m|abbr=on}}": "5 ft 10 in (1.78 m)",
    "{{cvt|63531|lb|kg}}": "63,531 lb (28,817 kg)",
    "{{cvt|250|/sqmi}}": "250/sq mi (97/km²)",
    "{{lang|fr|{{nowrap|[[Chat|le chat]]}}}}": "le chat",
    "{{lang-el|νους}}": "Greek: νους",
    "{{langx|de|Haus}}": "German: Haus",
    "{{transl|ja|Hepburn|Aikidō}}": "Aikidō",
    "{{transliteration|ru|Anna}}": "Anna",
    "{{nihongo|Aikido|合気道|Aikidō}}": "Aikido (合気道, Aikidō)",
    "{{zh|t=漢|s=汉|p=Hàn}}": "simplified Chinese: 汉; traditional Chinese: 漢; pinyin: Hàn",
    "{{formatnum:1234567.5}}": "1,234,567.5",
    "1{{ndash}}2{{nbsp}}3{{snd}}4{{mdash}}5": "1–2 3 – 4—5",
    "{{circa|1900}}": "c. 1900",
    "{{frac|3|1|2}} {{sfrac|1|2}}": "3 1/2 1/2",
    "{{abbr|GDP|Gross domestic product}}": "GDP",
    "{{as of|2012|5}}": "As of May 2012",
    "{{As of|2012|5|3|lc=y|df=y}}": "as of 3 May 2012",
    "{{angbr|a}} {{smallcaps|Bc}} {{small|d}}": "⟨a⟩ Bc d",
    "{{ill|Jan Novak|cs|Jan Novák}}": "Jan Novak",
    "Harry{{'}}s a{{!}}b c{{=}}d": "Harry's a|b c=d",
    "{{birth date and age|df=yes|1950|1|9}}": "9 January 1950",
    "{{death date and age|1999|2|28|1920|5|1}}": "February 28, 1999",
    "{{HMS|Victory}} {{USS|Enterprise|CVN-65}}": "HMS Victory USS Enterprise (CVN-65)",
    "{{US$|1500000}} {{val|1.5|e=6|u=m}}": "US$1,500,000 1.5×10^6 m",
    "{{coord|33|6|N|116|36|W|display=inline}}": "33°6′N 116°36′W",
    "{{Lang_ | fr | oui }}": "oui",
}  # fmt: skip


@pytest.mark.parametrize("markup", INLINE)
def test_inline_markup_reads_as_text(markup):
    assert extract(markup) == [INLINE[markup]]


@pytest.mark.parametrize("markup", TEMPLATES)
def test_a_known_template_is_rendered(markup):
    assert extract(f"It is {markup} as they said.") == [f"It is {TEMPLATES[markup]} as they said."]


def test_unknown_templates_are_dropped_and_counted():
    tally = Tally()
    page = "{{Infobox town|name={{nowrap|A}}|pop={{x|{{y}}}}}}\nA town.{{citation needed}}"
    assert extract(page, tally=tally) == ["A town."]
    assert tally.counts == {"dropped templates": 2}


def test_templates_that_are_not_understood_are_counted_by_name_and_place():
    tally = Tally()
    page = "{{Towns of Om}}\nOm has {{om counted|1990}} and {{om_counted}} people.\n{{om\n|y=1}}\n"
    assert extract(page, tally=tally) == [f"Om has {HOLE} and {HOLE} people."]
    assert tally.names(IN_A_SENTENCE) == {"om counted": 2}
    assert tally.names(ON_ITS_OWN_LINE) == {"Towns of Om": 1, "om": 1}
    assert tally.counts["dropped templates"] == 4


def test_headings_break_paragraphs_and_are_not_prose():
    page = "One is here.\n== Part [[Two]] ==\nTwo is here.\nStill two.\n\nThree is here."
    assert extract(page) == [
        "One is here.",
        "Two is here. Still two.",
        "Three is here.",
    ]


def test_reference_sections_are_dropped_to_the_next_heading_of_their_level():
    page = (
        "A lead is here.\n==See also==\n* [[A]]\nA hidden line.\n=== Books ===\nHidden too.\n"
        "== Legacy ==\nIt lives on.\n=== ''Notes'' ===\nHidden too.\n=== Later ===\nIt ended.\n"
        "== References ==\n{{reflist}}\n==External links==\nHidden too."
    )
    assert extract(page) == ["A lead is here.", "It lives on.", "It ended."]


def test_list_entries_stay_only_as_sentences():
    page = "* [[Apple]]\n* The apple is a sweet fruit.\n# Pear, 1900\n:''See also: [[B]], a page.''"
    assert extract(page) == ["The apple is a sweet fruit."]


def test_tables_pictures_and_galleries_leave_nothing():
    page = (
        "{| class=wikitable\n|-\n! Year || Name\n|-\n| 1900 || A [[b]] {{c|\n|}\n|}\n"
        "[[File:A.jpg|thumb|A caption with [[a link|links]] and {{nowrap|b}}.]]The text is here.\n"
        "[[Image:B.png|left]]\n<gallery>\nFile:C.jpg|A long caption is in here.\n</gallery>\n"
        ":{| \n| inner text of a cell\n|}\nThe text ends."
    )
    assert extract(page) == ["The text is here.", "The text ends."]


def test_a_quotation_is_a_paragraph_of_its_own():
    page = (
        "He said:{{quote|text=I came, I saw.|sign=C}} Then <blockquote>he went away.</blockquote>"
    )
    assert extract(page) == ["He said:", "I came, I saw.", "he went away."]


@pytest.mark.parametrize(
    "page",
    [
        "A start. {{cite web|title=x\n\nThe text goes on.",
        "A start. }}\n\nThe text goes on.",
        "A start. [[File:A.jpg|thumb|never closed [[x]] here\n\nThe text goes on.",
        "A start. [[Category:Never closed\n\nThe text goes on.",
        "A start.\n{|\n|-\n| a || b\n\nThe text goes on.",
        "A start.<div class=x>\n\nThe text goes on.</span>",
        "A start.<ref>\n\nThe text goes on.",
    ],
)
def test_unclosed_markup_does_not_take_the_page_with_it(page):
    paragraphs = extract(page)
    assert paragraphs[0].startswith("A start.")
    assert paragraphs[-1] == "The text goes on."


@pytest.mark.parametrize("opening", ["{{", "[[", "{{a|", "[[a|b", "\n{|\n|", "<div>", "{{[[\n{|"])
def test_markup_nested_too_deep_is_refused(opening):
    with pytest.raises(NestedTooDeep):
        extract("Text. " + opening * 10_000)


def test_a_passed_deadline_stops_the_page():
    with pytest.raises(OutOfTime):
        extract("Text.", deadline=0.0)
