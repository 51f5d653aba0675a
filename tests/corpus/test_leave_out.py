"""Every rule by which a document goes: what it is asked, and its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from albert_data.base.code import PACKAGE
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.leave_out import (
    DOCUMENT_RULES,
    ENCODED_RULES,
    LONG_PAGE_RULES,
    PAGE_RULES,
    Encoded,
    Page,
    first_reason,
)
from albert_data.corpus.source_protocol import Document, ReadContext
from albert_data.corpus.wikitext.page import Site
from albert_data.corpus.wikitext.page_kinds import SitePages

USUAL = SourceSettings()


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (Page("Goose", "0", False, "wikitext", "The goose."), None),
        (Page("Goose", "0", False), None),
        (Page("Goose", "0", True), "redirect"),
        (Page("Goose", "0", False, "", " #Redirect: [[Geese]]"), "redirect"),
        (Page("Talk:Goose", "1", False), "namespace"),
        (Page("Goose", "0", False, "javascript"), "not wikitext"),
        (Page("Goose (disambiguation)", "0", False), "disambiguation"),
        (Page("Goose", "0", False, "", "A bird. {{geodis}}"), "disambiguation"),
        (Page("Talk:Goose", "1", True), "redirect"),
    ],
)
def test_a_page_goes_by_what_is_known_before_its_prose_is_read(page, reason):
    assert first_reason(PAGE_RULES, page, USUAL) == reason


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (
            Page("Gans", "0", False, "", "#WEITERLEITUNG [[Vogel]]", wiki=SitePages(Site())),
            "redirect",
        ),
        (
            Page("Гусь", "0", False, "", "#перенаправление: [[Птица]]", wiki=SitePages(Site())),
            "redirect",
        ),
        (Page("鹅", "0", False, "", "#重定向 [[鸟]]", wiki=SitePages(Site())), "redirect"),
        (Page("鵞鳥", "0", False, "", "\n＃転送[[鳥]]", wiki=SitePages(Site())), "redirect"),
        (Page("Kaz", "0", False, "", "#yönlendirme [[Kuş]]", wiki=SitePages(Site())), "redirect"),
        (Page("Kaz", "0", False, "", "#YÖNLENDİRME [[Kuş]]", wiki=SitePages(Site())), "redirect"),
        (Page("غاز", "0", False, "", "#تغییر مسیر [[پرنده]]", wiki=SitePages(Site())), "redirect"),
        (Page("Ngỗng", "0", False, "", "#đổi [[Chim]]", wiki=SitePages(Site())), "redirect"),
        (Page("Goose", "0", False, "", "#geese are birds [[bird]]", wiki=SitePages(Site())), None),
        (Page("Oie", "0", False, "", "{{Homonymie}}", SitePages(Site("fr"))), "disambiguation"),
        (
            Page("Oie", "0", False, "", "{{ homonymie\n|x}}", wiki=SitePages(Site())),
            "disambiguation",
        ),
        (
            Page("Gans", "0", False, "", "{{Begriffsklärung}}", wiki=SitePages(Site())),
            "disambiguation",
        ),
        (Page("鵞鳥", "0", False, "", "{{曖昧さ回避}}", wiki=SitePages(Site())), "disambiguation"),
        (Page("鵞鳥 (曖昧さ回避)", "0", False, wiki=SitePages(Site())), "disambiguation"),
        (Page("鵝（消歧義）", "0", False, "", "", SitePages(Site("zh"))), "disambiguation"),
        (
            Page("Gans", "0", False, "", "__BEGRIFFSKLÄRUNG__", wiki=SitePages(Site())),
            "disambiguation",
        ),
        (
            Page(
                "Gans (Vogel)", "0", False, "", "{{Begriffsklärungshinweis}}", SitePages(Site("de"))
            ),
            None,
        ),
        (Page("Goose", "0", False, "", "{{Patronyme}} {{dp}}", SitePages(Site("en"))), None),
        (Page("Goose", "0", False, "", "{{z}} {{db}}", wiki=SitePages(Site())), None),
    ],
)
def test_a_page_goes_by_the_words_of_its_wiki(page, reason):
    assert first_reason(PAGE_RULES, page, USUAL) == reason


def test_a_page_over_the_limit_is_of_another_namespace_before_it_is_a_redirect():
    assert first_reason(LONG_PAGE_RULES, Page("", "1", True), USUAL) == "namespace"
    assert first_reason(LONG_PAGE_RULES, Page("", "0", True), USUAL) == "redirect"
    assert first_reason(LONG_PAGE_RULES, Page("", "0", False), USUAL) is None


@pytest.mark.parametrize(
    ("paragraphs", "reason"),
    [([], "empty"), ([""], "empty"), (["Hi", "."], "too short"), (["Hi", ".."], None)],
)
def test_a_document_goes_where_it_has_no_character_or_too_few(paragraphs, reason):
    settings = SourceSettings(min_characters=4)
    assert first_reason(DOCUMENT_RULES, Document("1", "", paragraphs), settings) == reason


def test_a_document_without_a_piece_is_empty():
    assert first_reason(ENCODED_RULES, Encoded(0, 0), USUAL) == "empty"
    assert first_reason(ENCODED_RULES, Encoded(1, 1), USUAL) is None


def test_what_goes_is_counted_once_with_its_sample():
    context = ReadContext(SourceSettings(min_characters=9), Tally())
    assert leave_out.by_itself(Document("1", "", ["Short."]), context, "a.txt: byte 7")
    assert not leave_out.by_itself(Document("2", "", ["Long enough."]), context, "b.txt")
    assert context.tally.counts == {"dropped/document/too short": 1}
    assert context.tally.samples == {"dropped/document/too short": ["a.txt: byte 7"]}


def test_sentences_with_a_hole_go_and_are_counted_as_sentences():
    tally = Tally()
    sentences = ["One.", f"Two {leave_out.HOLE} here.", "Three.", leave_out.HOLE]
    assert leave_out.without_holes(sentences, tally, "wiki.xml 7 Goose") == ["One.", "Three."]
    assert leave_out.without_holes(["Four."], tally, "wiki.xml 8 Owl") == ["Four."]
    assert tally.dropped("sentence") == {"formula or template not understood": 2}
    assert tally.samples == {
        "dropped/sentence/formula or template not understood": ["wiki.xml 7 Goose"]
    }
    tally.check_balance()


def test_no_reason_is_made_up_elsewhere():
    """Documents are dropped with a reason of this module, or as what is broken."""
    named = re.compile(r"\.drop\(\s*\"document\",\s*\"")
    files = [path for path in Path(PACKAGE).rglob("*.py") if named.search(path.read_text())]
    assert files == []
