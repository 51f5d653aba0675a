"""What left-out templates and pictures leave: holes in sentences, and nothing where nothing is missed."""

import pytest

from albert_data.base.tally import Tally
from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.page import PageContext

MISSED = {
    "It was given to {{om|y}} in May.": f"It was given to {HOLE} in May.",
    "It was ''{{om}}'' and '''{{um}}''' there.": f"It was {HOLE} and {HOLE} there.",
    "It has {{nowrap|{{om}} km}} to go.": f"It has {HOLE} km to go.",
    "The tower (of {{om}} metres) stood.": f"The tower (of {HOLE} metres) stood.",
    "They rode. {{om}} fell off it.": f"They rode. {HOLE} fell off it.",
}
NOT_MISSED = {
    "The town (pronounced {{om|y}}) is old.": "The town is old.",
    "The town ({{om}}; born 1900) is old.": "The town (born 1900) is old.",
    "The town (standard pronunciation [{{IPA|x}}]) is old.": "The town is old.",
    "The town ({{lang-la|Urbs}}, {{IPAc-en|x}} {{respell|y}}) is old.": "The town (Latin: Urbs) is old.",
    "The '''town''' {{IPAc-en|x}} is old.": "The town is old.",
    "{{nihongo|Aikido|合気道}} {{IPA-ja|x}} is old.": "Aikido (合気道) is old.",
    "It fell.{{xnote|1}} It rose,{{xnote|2}} too.": "It fell. It rose, too.",
    "It cost $5 (equal to ${{inflation|US|5|1900}} today) then.": "It cost $5 then.",
    "It was {{cn}}, so, {{cn}}, {{cn}} fine {{cn}}.": "It was, so, fine.",
    "In ( [[File:x.ogg]] , {{audio|x}} ) it was.": "In it was.",
    "The mill<ref>x</ref>was ''{{efn|x}}''old{{cn}} [{{efn|y}}] then.": "The mill was old then.",
    "Known as ''?'', then, in May, ''?'' and what ?": "Known as ?, then, in May, ? and what ?",
    "A word ; another : both stay.": "A word ; another : both stay.",
}


@pytest.mark.parametrize("markup", MISSED)
def test_a_hole_stays_where_its_sentence_misses_it(markup):
    assert extract(markup) == [MISSED[markup]]


@pytest.mark.parametrize("markup", NOT_MISSED)
def test_gaps_close_where_nothing_is_missed(markup):
    assert extract(markup) == [NOT_MISSED[markup]]


def test_templates_on_lines_of_their_own_separate_paragraphs():
    page = (
        "One is here.\n{{Some set\n|a=1\n}}\nTwo is here.\n{{a|{{nowrap|x}}}} {{b}}\n"
        "Three is here.\n{{Odd\n|a}} Four is."
    )
    assert extract(page) == ["One is here.", "Two is here.", "Three is here.", "Four is."]


@pytest.mark.parametrize(
    "line",
    ["{{clear}} The river runs to the sea in the far north of the land",
     "[[File:a.jpg|thumb|x]] The river runs to the sea in the far north of the land",
     "<br />The river runs to the sea in the far north of the land",
     "&nbsp;&nbsp;The river runs to the sea in the far north of the land",
     "{{quote|}} The river runs to the sea in the far north of the land",
     "<div></div> The river runs to the sea in the far north of the land",
     "{{nbsp}} The river runs to the sea in the far north of the land",
     "<ref>x</ref> The river runs to the sea in the far north of the land"],
)  # fmt: skip
def test_a_line_that_begins_with_something_left_out_is_prose(line):
    assert extract(f"{line}\nand ends there") == [
        "The river runs to the sea in the far north of the land and ends there"
    ]


def test_the_pages_own_marks_go():
    assert extract("It was \ufdd0 so \ufdd1and\ufdd2 here.") == ["It was so and here."]
    assert extract("It was &#xFDD0; so.") == ["It was so."]


def test_unknown_tags_are_text_and_known_ones_are_not():
    page = 'A <ch> or List<String> in <stdio.h>, x <y> z, <th> and <b class="a>b">bold</b><br/>.'
    assert extract(page) == ["A <ch> or List<String> in <stdio.h>, x <y> z, <th> and bold."]
    assert extract("It is<ref name=\"a>b\">no</ref> so<ref name='c>d' /> here.") == [
        "It is so here."
    ]


def test_a_page_escaped_twice_is_read_as_it_was_meant():
    page = "It grew.&lt;ref&gt;Dahl, ''Mills''.&lt;/ref&gt; It fell&amp;nbsp;&lt;small&gt;then&lt;/small&gt;."
    assert extract(page) == ["It grew. It fell then."]
    mixed = "It grew.&lt;ref name=a&gt;Dahl, p. 9.&lt;/ref&gt; It <small>fell</small>."
    assert extract(mixed) == ["It grew. It fell."]
    assert extract("Write &lt;code&gt; &amp;amp; here <i>or</i> there.") == [
        "Write code &amp; here or there."
    ]


def test_a_line_that_announces_a_list_goes_where_the_list_went():
    tally = Tally()
    page = (
        "It is a name (rare). People of this name include:\n* [[Ann Dahl]], rower\n* [[Per Dahl]]\n"
        "== Use ==\nThe parts were:\n{|\n|a\n|}\nIt was used. It had:\n<gallery>\na.jpg\n</gallery>\n"
    )
    found = extract(page, page=PageContext("Dahl"), tally=tally)
    assert found == ["It is a name (rare).", "It was used."]
    assert tally.dropped("sentence") == {"its list was left out": 3}
    assert tally.samples == {"dropped/sentence/its list was left out": ["Dahl"] * 3}


def test_a_line_that_announces_what_stays_stays():
    page = (
        "The captain wrote:\n<blockquote>We saw no land at all.</blockquote>\nThe mate said:\n"
        "{{quote|So it was.}}\nThe rules were:\n* They had to stay on board.\n* [[Rum]]\n"
    )
    assert extract(page) == [
        "The captain wrote:", "We saw no land at all.", "The mate said:", "So it was.",
        "The rules were:", "They had to stay on board.",
    ]  # fmt: skip


def test_entries_that_end_in_semicolons_are_one_sentence():
    page = (
        "The law says:\n* none shall fell;\n* none shall burn; and\n* none shall dig.\nIt stands."
    )
    assert extract(page) == [
        "The law says: none shall fell; none shall burn; and none shall dig.",
        "It stands.",
    ]
    apart = "It says.\n* They bake it for an hour,\n* They eat it in the evening."
    assert extract(apart) == ["It says.", "They eat it in the evening."]
    cut = "The law says:\n* none shall fell;\n* none shall burn;\n\nIt stands."
    assert extract(cut) == ["It stands."]


def test_entries_that_name_works_are_left_out():
    works = (
        "== Selected works ==\n* ''The Dike''. Leiden: Brill, 1912.\n* ''Reeds'' (in two parts), 1920.\n"
        "* Holm, A. (1931). ''Letters to a friend''. Oslo: Nord.\n* She wrote poems until she died.\n"
    )
    assert extract(works) == ["She wrote poems until she died."]
    elsewhere = (
        "== Life ==\n* She moved to a new house in May, 1920.\n* ''The Dike'', Oslo: Brill, 1912.\n"
    )
    assert extract(elsewhere) == ["She moved to a new house in May, 1920."]


def test_notes_to_the_reader_at_the_top_are_left_out():
    assert extract("He wrote:\n:''It was a dark night again.''") == [
        "He wrote:",
        "It was a dark night again.",
    ]
    page = (
        ":''This is about the river. For the town, see [[Elbow (town)]].''\nThe Elbow is a river.\n"
        "== Name ==\n''Not to be confused with [[Mile]].''\nIt is an old name.\n:''It ran and ran and ran.''"
    )
    assert extract(page) == [
        "The Elbow is a river.",
        "It is an old name.",
        "It ran and ran and ran.",
    ]
