"""Names of namespaces, sections and switches in the languages of Wikipedia."""

import pytest

from albert_data.corpus.sentences import LANGUAGES
from albert_data.corpus.wikitext import mediawiki_names, site_words, wikipedia_words
from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.languages import SENTENCE_ENDS, reads_as_english
from albert_data.corpus.wikitext.page import PageContext, Site
from albert_data.corpus.wikitext.sections import heading, holds_no_prose
from albert_data.corpus.wikitext.site_words import fallbacks, fold, plain_code, without_switches

BIG = (
    "en de fr es it pt nl pl ru uk cs sv nb da fi hu ro tr el he ar fa hi bn ta th vi id ja ko zh ca bg sr"
    " hr sk sl lt lv et eu gl eo hy ka az kk ms"
).split()

# A picture in the lead of a page of no known wiki, by the name that its language has for it.
PICTURES = {
    "vi": "Tập tin", "ca": "Fitxer", "eo": "Dosiero", "bn": "চিত্র", "th": "ไฟล์", "hi": "चित्र",
    "lt": "Vaizdas", "lv": "Attēls", "de": "Datei", "de 2": "bild", "ru": "Файл", "he": "קובץ",
    "ar": "ملف", "fa": "پرونده", "ja": "ファイル", "ko": "파일", "zh": "檔案", "ka": "ფაილი",
    "hy": "Պատկեր", "am": "ስዕል", "tr": "Dosya", "cy": "Delwedd", "ta": "படிமம்", "my": "ဖိုင်",
    "km": "ឯកសារ", "is": "Mynd", "ga": "Íomhá", "vi 2": "tập_tin", "he 2": "\u200fקובץ",
    "media": "Media", "Turkish capitals": "RESİM",
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES.values(), ids=PICTURES)
def test_a_picture_is_known_by_the_names_of_all_languages(name):
    assert extract(f"[[{name}:a.jpg|b|c [[d]] e]]Abc def. [[{name}:a.jpg]]Abc.") == [
        "Abc def. Abc."
    ]


def test_of_a_known_wiki_only_its_own_names_and_the_english_count():
    german = PageContext("", Site("de"))
    page = "Abc [[Fitxer:x]]def [[File:x]][[Datei:x]]ghi."
    assert extract(page, page=german) == ["Abc Fitxer:xdef ghi."]
    assert extract(page) == ["Abc def ghi."]


def test_a_language_falls_back_as_mediawiki_has_it():
    assert fallbacks("gsw") == ("gsw", "de")
    assert fallbacks("als") == ("als", "gsw", "de")
    assert fallbacks("xx") == ("xx",)
    assert fallbacks("") is fallbacks("und") is None
    assert extract("[[Datei:x]]D Stadt isch alt.", page=PageContext("", Site("als"))) == [
        "D Stadt isch alt."
    ]


def test_links_to_other_languages_show_nothing_and_other_prefixes_do():
    page = (
        "Abc[[be-tarask:D]][[simple:D]][[zh-min-nan:D]][[new:D]] def [[ISO:9001]] ghi [[Alien: X]]."
    )
    assert extract(page) == ["Abc def ISO:9001 ghi Alien: X."]


SECTIONS = {
    "de": "Einzelnachweise und Anmerkungen", "fr": "Notes et références", "es": "Notas y referencias",
    "it": "Note e bibliografia", "pt": "Notas e referências", "nl": "Bronnen, noten en/of referenties",
    "pl": "Przypisy i bibliografia", "ru": "Примечания и источники", "cs": "Poznámky a odkazy",
    "ar": "مراجع ومصادر", "he": "הערות שוליים ומקורות", "fa": "یادداشت‌ها و منابع",
    "ja": "脚注・参考文献", "zh": "註釋與參考文獻", "ko": "각주 및 참고 문헌", "en": "References / Notes",
}  # fmt: skip


@pytest.mark.parametrize("language", SECTIONS)
def test_names_of_sections_count_together(language):
    _, title = heading(f"=== ''{SECTIONS[language]}'': ===")
    names = site_words.site_words(Site(language)).sections
    assert holds_no_prose(title, names)
    assert not holds_no_prose(f"{title} x", names)


@pytest.mark.parametrize(
    "line",
    [
        "== Siehe auch ==", "==Siehe&nbsp;auch:==", "=== '''Siehe''' auch ===", "== [[A|Siehe auch]] ==",
        "== {{Anker|b}}Siehe auch ==", "== <span id=a>Siehe_auch</span> ==",
    ],
)  # fmt: skip
def test_a_title_is_read_without_its_markup(line):
    assert heading(line)[1] == "siehe auch"


def test_a_title_of_marks_alone_is_no_section_of_names():
    assert not holds_no_prose(heading("== / ==")[1], frozenset({""}) - {""})
    assert not holds_no_prose("history and notes", frozenset({"notes"}))


@pytest.mark.parametrize("language", BIG)
def test_a_big_wikipedia_has_sections_of_its_own(language):
    own = site_words._sections()
    assert any(code in own and len(own[code]) > 4 for code in fallbacks(language) or ()), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_that_sentences_are_cut_in_has_names_of_pictures(language):
    assert language in ("en", *site_words._rows())


SWITCHED = {
    "__NOTOC__a": "a",
    "__notoc__a": "a",
    "a __KEIN_INHALTSVERZEICHNIS__ b": "a  b",
    "__ללא_תוכן_עניינים__a": "a",
    "__विषय_सूची_हीन__a": "a",
    "__БЕЗ_ОГЛАВЛЕНИЯ__a": "a",
    "＿＿目次強制＿＿a": "a",
    "__لافهرس__a": "a",
    "__İÇİNDEKİLERYOK__a": "a",
    "__içindekileryok__a": "a",
    "__HIDDENCAT____NOINDEX__a": "a",
    "__EXPECTED_UNCONNECTED_PAGE__a": "a",
    "the method __init__ and __index__": "the method __init__ and __index__",
    "the macro __FILE__": "the macro __FILE__",
    "a____b__": "a____b__",
}


@pytest.mark.parametrize("text", SWITCHED)
def test_switches_of_all_languages_go_and_other_names_stay(text):
    assert without_switches(text) == SWITCHED[text]


def test_a_switch_that_is_quoted_is_text():
    assert extract("Write <nowiki>__NOTOC__</nowiki> to have none.") == [
        "Write __NOTOC__ to have none."
    ]


@pytest.mark.parametrize(
    "item",
    [
        "Քաղաքը գետի ափին է և շատ հին է։", "ከተማው በወንዙ ዳር ያለ ትልቅ ነው።", "یہ شہر دریا کے کنارے واقع ہے۔",
        "यह शहर नदी के किनारे पर है।", "यह शहर नदी के किनारे पर है॥", "གྲོང་ཁྱེར་ འདི་ གཙང་པོའི་ འགྲམ་ ན་ ཡོད།",
        "ទីក្រុង នេះ នៅ មាត់ ទន្លេ។", "ဤ မြို့သည် မြစ် ကမ်းနား တွင် ရှိသည်။", "هل تقع هذه المدينة على النهر؟",
        "この町は川のそばにあり古い町です。",
    ],
)  # fmt: skip
def test_a_list_entry_is_a_sentence_by_the_marks_of_its_script(item):
    assert extract(f"* {item}\n* {item[:-1]}") == [item]


@pytest.mark.parametrize(
    "line",
    [
        ":''Siehe auch: [[Liste der Städte am Meer in dem Land]].''",
        ":''Article détaillé : [[Histoire de la grande ville du pays]].''",
        ":''Основная статья: [[История большого города у моря]].''",
        ":''主条目：[[町の長い歴史についての記事の一覧]]。''",
        ":''ערך מורחב: [[תולדות העיר הגדולה אשר על הנהר]].''",
    ],
)
def test_a_line_that_leads_to_another_article_is_no_prose(line):
    assert extract(f"{line}\nAbc def ghi.") == ["Abc def ghi."]


def test_no_mark_stands_twice_among_those_that_end_a_sentence():
    assert len(set(SENTENCE_ENDS)) == len(SENTENCE_ENDS)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The bridge stands on the bank of the river and is very old, as they say.", True),
        ("'''Anna''' ({{lang-la|Anna}}) sang.", True),
        ("Die Brücke steht am Ufer des Flusses und ist sehr alt, wie man hier sagt.", False),
        ("De brug staat aan de oever van een rivier en is heel oud, zegt men hier altijd.", False),
        (
            "Il ponte della città è del medioevo, con una torre per i soldati e con il mulino.",
            False,
        ),
        ("Cầu là một công trình của các thành phố và trong các làng, là của mọi người.", False),
        ("In Rio de Janeiro the Ponte da Amizade of La Paz el Grande was built by the king.", True),
        ("{{lang-la|a}} {{lang-el|b}} Anna sang.", True),
        ("Мост стоит.", False),
        ("橋は川の上にあります。", False),
        ("", True),
    ],
)
def test_a_text_reads_as_english_or_not(text, english):
    assert reads_as_english(text) is english


def test_codes_of_one_language_are_one():
    assert plain_code("no") == plain_code("nb") == "nb"
    assert plain_code("simple") == plain_code("en") == "en"
    assert plain_code("zh-Hant") == plain_code("zh") == "zh"
    assert plain_code("zh-yue") != "zh"


def test_the_tables_hold_what_they_say():
    for line in mediawiki_names.NAMES.splitlines():
        assert line.count("|") == 6, line
    for table in (wikipedia_words.SECTIONS, wikipedia_words.DISAMBIGUATION, wikipedia_words.TITLES):
        for line in table.splitlines():
            code, _, names = line.partition(": ")
            assert code in mediawiki_names.CODES.split(), line
            for name in names.split("|"):
                assert name and name == name.lower().strip() and not name.endswith(":"), line
    longest = max(map(len, site_words.site_words(Site()).unseen))
    assert longest < 40  # `structure` looks at so many characters of a link


def test_folding_a_name_twice_changes_nothing():
    for name in ("Thể_loại", "RESİM", " a  b_c ", "\u200eקובץ"):
        assert fold(fold(name)) == fold(name)
