"""`-{…}-`: what each form of a block shows, in which variant."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.config.settings import VARIANTS
from albert_data.corpus.wikitext import variants
from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.page import PageContext, Site
from albert_data.corpus.wikitext.variants import in_variant

# In Chinese, where no variant is chosen.
SHOWN = {
    "-{zh-cn:软件;zh-tw:軟體}-": "软件",
    "-{zh-tw:軟體;zh-cn:软件;}-": "软件",
    "-{zh-hant:軟體; ZH-HANS : 软件}-": "软件",
    "-{zh-tw:軟體;zh-hk:軟件}-": "軟體",
    "-{不转换}-": "不转换",
    "-{}-": "",
    "-{R|a:b;c}-": "a:b;c",
    "-{A|zh-cn:硬盘;zh-tw:硬碟}-": "硬盘",
    "-{A;T|zh-cn:硬盘;zh-tw:硬碟}-": "硬盘",
    "-{|zh-cn:硬盘;zh-tw:硬碟}-": "硬盘",
    "-{H|zh-cn:网络;zh-tw:網路}-": "",
    "-{T|zh:标题}-": "",
    "-{-|zh-cn:网络;zh-tw:網路}-": "",
    "-{D|zh-cn:网络;zh-tw:網路}-": "",
    "-{N|zh-cn}-": "",
    "-{zh-hans;zh-hant|文字}-": "文字",
    "-{巨集=>zh-cn:宏;宏=>zh-tw:巨集}-": "宏",
    "-{zh-cn:A&amp;B; C;zh-tw:D}-": "A&amp;B; C",
    "-{zh-hans:外-{zh-hans:内;zh-hant:內}-;zh-hant:x}-": "外内",
    "-{zh-cn:[[软件|它]];zh-tw:[[軟體|它]]}-": "[[软件|它]]",
    "-{zh-cn:{{lang|en|a}}-b;zh-tw:c}-": "{{lang|en|a}}-b",
    "a-{{b}}-c": "a-{{b}}-c",
    "a-{{{1}}}-c": "a-{{{1}}}-c",
    "a -{b": "a -{b",
    "a}- b": "a}- b",
}


@pytest.mark.parametrize("markup", SHOWN)
def test_a_block_shows_what_a_reader_sees(markup):
    assert in_variant(markup, "zh") == SHOWN[markup]


@pytest.mark.parametrize(
    ("language", "variant", "shown"),
    [
        ("sr", "", "Београд"),
        ("sr", "sr-el", "Beograd"),
        ("", "", "Београд"),
        ("und", "sr-el", "Beograd"),
        ("de", "", "-{sr-el:Beograd; sr-ec:Београд}-"),
    ],
)
def test_serbian_is_shown_in_one_script(language, variant, shown):
    assert in_variant("-{sr-el:Beograd; sr-ec:Београд}-", language, variant) == shown


def test_the_older_pair_of_scripts_is_read():
    assert in_variant("р-{иј|ij}-ека", "sr") == "ријека"
    assert in_variant("r-{иј|ij}-eka", "sr", "sr-el") == "rijeka"


def test_each_variant_that_may_be_set_has_those_that_stand_in_for_it():
    assert set(VARIANTS) == set(variants._STAND_IN)
    assert set(variants._DEFAULT.values()) <= set(VARIANTS)


def test_a_page_is_read_in_its_sites_variant():
    page = PageContext("A", Site("zh", variant="zh-hk"))
    assert extract("-{zh-cn:软件;zh-tw:軟體;zh-hk:電腦程式}-很小。", page=page) == [
        "電腦程式很小。"
    ]
    assert extract("<nowiki>-{zh-cn:软件}-</nowiki>很小。", page=page) == ["-{zh-cn:软件}-很小。"]


@given(st.lists(st.sampled_from(["-{", "}-", "{{", "}}", "|", ";", "zh-cn:", "A", "=>", "x"])))
def test_any_blocks_are_read_and_text_without_them_stays(parts):
    text = "".join(parts)
    shown = in_variant(text, "zh")
    assert len(shown) <= len(text)
    if "-{" not in text or "}-" not in text:
        assert shown == text
    assert in_variant(text, "de") == text


@pytest.mark.parametrize(
    "text",
    [
        "-{a" * 100_000,
        "-{a" * 100_000 + "}-" * 100_000,
        "-{zh-cn:" + "a;" * 100_000 + "}-",
        "-{zh-cn:" + "=>" * 100_000 + "}-",
        "-{" + " " * 200_000 + "}-",
        "-{A" + " " * 200_000 + "x}-",
        "-{" + "}}" * 100_000,
    ],
    ids=lambda text: text[:8],
)
def test_the_time_is_linear(text):
    began = time.process_time()
    in_variant(text, "zh")
    assert time.process_time() - began < 2
