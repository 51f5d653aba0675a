"""Wikipedias in languages of different scripts: a dump as each of them has it → its articles' prose."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import ReadContext
from albert_data.corpus.sources import wikipedia
from albert_data.corpus.sources.wikipedia import SOURCE as WIKIPEDIA


def dump(folder: Path, language: str, namespaces: dict[int, str], pages: dict[str, str]) -> str:
    """Writes a dump of pages (title → markup) as the wiki of that language would."""
    names = "".join(f'<namespace key="{n}">{name}</namespace>' for n, name in namespaces.items())
    body = "".join(
        f"<page><title>{title}</title><ns>0</ns><id>{number}</id><revision><id>{number}</id>"
        "<timestamp>2023-05-06T00:00:00Z</timestamp><model>wikitext</model>"
        f"<text>{markup.replace('&', '&amp;').replace('<', '&lt;')}</text></revision></page>\n"
        for number, (title, markup) in enumerate(pages.items(), 1)
    )
    path = folder / f"{language}wiki-20240101-pages-articles.xml"
    path.write_text(
        f'<mediawiki xml:lang="{language}"><siteinfo><sitename>W</sitename>'
        f'<namespaces><namespace key="0" />{names}</namespaces></siteinfo>\n{body}</mediawiki>\n',
        encoding="utf-8",
    )
    return str(path)


def read(target: str, **settings: Any) -> tuple[dict[str, list[str]], dict[str, int]]:
    """(paragraphs by title, dropped documents by reason)."""
    context = ReadContext(SourceSettings(**settings))
    splits = WIKIPEDIA.plan(target, context.settings)
    documents = {d.title: d.paragraphs for s in splits for d in WIKIPEDIA.read(s, context)}
    dropped = {
        key.removeprefix("dropped/document/"): count
        for key, count in context.tally.counts.items()
        if key.startswith("dropped/document/")
    }
    return documents, dropped


# Of each: namespaces, an article's markup, its prose, a redirect, a page of disambiguation.
WIKIS: dict[str, tuple[dict[int, str], str, list[str], str, str]] = {
    "de": (
        {-2: "Medium", 6: "Datei", 14: "Kategorie"},
        "__KEIN_INHALTSVERZEICHNIS__[[Datei:Mühle.jpg|mini|Die [[Mühle]] im Mai]]"
        "Die Mühle steht am Fluss.[[Bild:Rad.png|links]] Sie ist alt.\n"
        "== Lage ==\nSie liegt im Tal.\n== Einzelnachweise und Anmerkungen ==\n* Otto: Das Tal am Fluss.\n"
        "== Literatur ==\nEin Buch über die Mühle.\n[[Kategorie:Mühle]]",
        ["Die Mühle steht am Fluss. Sie ist alt.", "Sie liegt im Tal."],
        "#WEITERLEITUNG [[Mühle]]",
        "Mühle kann vieles sein.\n{{Begriffsklärung}}",
    ),
    "ru": (
        {-2: "Медиа", 6: "Файл", 14: "Категория"},
        "[[Файл:Мост.jpg|мини|[[Мост]] зимой]]Мост стоит на реке.[[Изображение:Река.png]] Он очень стар.\n"
        "== Примечания ==\n{{примечания}}\nЭто примечание к статье.\n== См. также ==\n* [[Река]]\n"
        "== Ссылки и литература ==\nСсылка на книгу о мосте.\n[[Категория:Мосты]]",
        ["Мост стоит на реке. Он очень стар."],
        "#перенаправление [[Мост]]",
        "Слово мост значит разное.\n{{неоднозначность}}",
    ),
    "fa": (
        {-2: "مدیا", 6: "پرونده", 14: "رده"},
        "__بی‌فهرست__[[پرونده:پل.jpg|بندانگشتی|پلی [[قدیمی]]]]این پل بر روی رودخانه است.[[تصویر:رود.png]]\n"
        "== جستارهای وابسته ==\n* [[رود]] در این شهر است.\n"
        "== پانویس ==\nیک یادداشت دراز در اینجا.\n[[رده:پل‌ها]]",
        ["این پل بر روی رودخانه است."],
        "#تغییر_مسیر [[پل]]",
        "پل چند معنی دارد.\n{{ابهام‌زدایی}}",
    ),
    "hi": (
        {-2: "मीडिया", 6: "चित्र", 14: "श्रेणी"},
        "[[चित्र:पुल.jpg|अंगूठाकार|पुराना [[पुल]]]]यह पुल नदी पर है। यह बहुत पुराना है॥\n"
        "== सन्दर्भ ==\nयह एक सन्दर्भ है।\n== बाहरी कड़ियाँ ==\nयह एक कड़ी है।\n[[श्रेणी:पुल]]",
        ["यह पुल नदी पर है। यह बहुत पुराना है॥"],
        "#अनुप्रेषित [[पुल]]",
        "पुल के कई अर्थ हैं।\n{{बहुविकल्पी शब्द}}",
    ),
    "ja": (
        {-2: "メディア", 6: "ファイル", 14: "Category"},
        "__目次非表示__[[ファイル:橋.jpg|サムネイル|古い[[橋]]]]この橋は川の上にあります。[[画像:川.png|右]]とても古い。\n"
        "== 脚注 ==\nこれは長い注です。\n"
        "== 参考文献・外部リンク ==\nこれは長い本の名前です。\n[[カテゴリ:橋]]",
        ["この橋は川の上にあります。とても古い。"],
        "#転送 [[橋]]",
        "橋にはいろいろある。\n{{Aimai}}",
    ),
    "zh": (
        {-2: "Media", 6: "File", 14: "Category"},
        "__无目录__[[文件:桥.jpg|缩略图|[[桥]]]]-{zh-hant:軟體;zh-hans:软件}-在这里。[[檔案:河.png|右]]-{H|zh-cn:网络;zh-tw:網路}-\n"
        "== 注释与参考文献 ==\n这是一个很长的注释。\n== 外部链接 ==\n这是一个很长的链接。\n[[分类:桥]]",
        ["软件在这里。"],
        "#重定向 [[桥]]",
        "桥可以指：\n{{消歧义}}",
    ),
    "ko": (
        {-2: "미디어", 6: "파일", 14: "분류"},
        "[[파일:다리.jpg|섬네일|오래된 [[다리]]]]이 다리는 강 위에 있다.[[그림:강.png]] 아주 오래되었다.\n"
        "== 각주 및 참고 문헌 ==\n이것은 긴 각주 문장이다.\n"
        "== 바깥 고리 ==\n이것은 긴 고리 문장이다.\n[[분류:다리]]",
        ["이 다리는 강 위에 있다. 아주 오래되었다."],
        "#넘겨주기 [[다리]]",
        "다리는 여러 뜻이 있다.\n{{동음이의}}",
    ),
    "th": (
        {-2: "สื่อ", 6: "ไฟล์", 14: "หมวดหมู่"},
        "[[ไฟล์:สะพาน.jpg|thumb|[[สะพาน]]เก่า]]สะพานนี้อยู่เหนือแม่น้ำและเก่าแก่มาก[[ภาพ:น้ำ.png]]\n"
        "== อ้างอิง ==\nนี่คือเชิงอรรถที่ยาวมากของหน้านี้\n[[หมวดหมู่:สะพาน]]",
        ["สะพานนี้อยู่เหนือแม่น้ำและเก่าแก่มาก"],
        "#เปลี่ยนทาง [[สะพาน]]",
        "สะพานมีหลายความหมาย\n{{แก้ความกำกวม}}",
    ),
    "el": (
        {-2: "Μέσο", 6: "Αρχείο", 14: "Κατηγορία"},
        "[[Αρχείο:Γέφυρα.jpg|μικρογραφία|Η [[γέφυρα]]]]Η γέφυρα είναι παλιά."
        "[[Εικόνα:Α.png]] Είναι και μεγάλη.\n"
        "== Παραπομπές και σημειώσεις ==\nΜια παραπομπή είναι εδώ.\n[[Κατηγορία:Γέφυρες]]",
        ["Η γέφυρα είναι παλιά. Είναι και μεγάλη."],
        "#ΑΝΑΚΑΤΕΥΘΥΝΣΗ [[Γέφυρα]]",
        "Η γέφυρα είναι πολλά.\n{{αποσαφήνιση}}",
    ),
    "vi": (
        {-2: "Phương tiện", 6: "Tập tin", 14: "Thể loại"},
        "[[Tập tin:Cầu.jpg|nhỏ|Cây [[cầu]] cũ]]Cây cầu nằm trên sông.[[Hình:Sông.png]] Nó rất cũ.\n"
        "== Chú thích ==\nĐây là một chú thích dài.\n"
        "== Liên kết ngoài ==\nĐây là một liên kết.\n[[Thể_loại:Cầu]]",
        ["Cây cầu nằm trên sông. Nó rất cũ."],
        "#đổi [[Cầu]]",
        "Cầu có nhiều nghĩa.\n{{trang định hướng}}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", WIKIS)
def test_a_wiki_of_any_script_is_read_as_its_readers_see_it(tmp_path, language):
    namespaces, markup, prose, redirect, disambiguation = WIKIS[language]
    pages = {"A": markup, "B": redirect, "C": disambiguation}
    documents, dropped = read(dump(tmp_path, language, namespaces, pages))
    assert documents == {"A": prose}
    assert dropped == {"redirect": 1, "disambiguation": 1}


@pytest.mark.parametrize("language", WIKIS)
def test_without_its_list_of_namespaces_a_wiki_reads_the_same(tmp_path, language):
    _, markup, prose, _, _ = WIKIS[language]
    documents, _ = read(dump(tmp_path, language, {}, {"A": markup}))
    assert documents == {"A": prose}


def test_the_dump_names_namespaces_that_no_table_has(tmp_path):
    own = {-2: "Sonitus", 6: "Pictura", 14: "Genus rerum"}
    markup = (
        "[[Pictura:A.jpg|thumb|A b]]Pons [[Sonitus:A.ogg]]est [[Liber:A]][[genus_rerum:Pontes]]."
    )
    documents, _ = read(dump(tmp_path, "xx", own, {"A": markup}))
    assert documents == {"A": ["Pons est Liber:A."]}


def test_a_section_is_left_out_only_where_its_name_says_so_in_the_wikis_language(tmp_path):
    markup = "Le fleuve est long.\n== Navigation ==\nLes bateaux y passent.\n== Notes ==\nUne note est ici."
    documents, _ = read(dump(tmp_path, "fr", {}, {"A": markup}))
    assert documents == {"A": ["Le fleuve est long.", "Les bateaux y passent."]}


@pytest.mark.parametrize(
    ("language", "variant", "shown"),
    [
        ("zh", "", "软件很小。"),
        ("zh", "zh-hant", "軟體很小。"),
        ("zh", "zh-tw", "軟體很小。"),
        ("zh", "zh-sg", "软件很小。"),
        ("zh", "sr-el", "软件很小。"),
    ],
)
def test_a_chosen_variant_is_read(tmp_path, language, variant, shown):
    path = dump(tmp_path, language, {}, {"A": "-{zh-cn:软件; zh-tw:軟體}-很小。"})
    assert read(path, variant=variant)[0] == {"A": [shown]}


def test_titles_and_switches_tell_pages_of_disambiguation(tmp_path):
    pages = {
        "Merkur (Begriffsklärung)": "Ein Text ist hier.",
        "Mars": "Ein Text ist hier. __BEGRIFFSKLÄRUNG__",
        "Venus (Planet)": "{{Begriffsklärungshinweis}}Ein Text ist hier.",
        "Pluto (disambiguation)": "Ein Text ist hier.",
    }
    documents, dropped = read(dump(tmp_path, "de", {}, pages))
    assert list(documents) == ["Venus (Planet)"]
    assert dropped == {"disambiguation": 3}


def test_a_template_of_another_wiki_makes_no_page_one_of_disambiguation(tmp_path):
    pages = {"A": "{{dp|x}}\n{{Patronyme}}\nThe bridge is old."}
    assert list(read(dump(tmp_path, "en", {}, pages))[0]) == ["A"]


@pytest.mark.parametrize(
    ("name", "revision", "day"),
    [
        ("dewiki-20240131-pages-articles.xml.bz2", "2023-05-06T00:00:00Z", (2024, 1, 31)),
        ("dewiki-latest-pages-articles.xml.bz2", "2023-05-06T00:00:00Z", (2023, 5, 6)),
        ("a-20249999-b.xml", "2023-05-06T00:00:00Z", (2023, 5, 6)),
        ("1234567890123.xml", "", None),
    ],
)
def test_a_page_is_read_as_of_its_dump_or_else_its_revision(name, revision, day):
    assert wikipedia._date(name, revision) == (datetime.date(*day) if day else None)
