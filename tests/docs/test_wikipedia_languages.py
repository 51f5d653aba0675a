"""The table of MediaWiki's names: how its message files are read, and that the stored one is of that form."""

from pathlib import Path

from albert_data.corpus.wikitext import mediawiki_names
from dev import wikipedia_languages

ENGLISH = """<?php
$namespaceNames = [ NS_MEDIA => 'Media', NS_FILE => 'File', NS_CATEGORY => 'Category', NS_USER => 'User' ];
$namespaceAliases = [ 'Image' => NS_FILE ];
$magicWords = [
\t'redirect' => [ 0, '#REDIRECT' ],
\t'notoc' => [ 0, '__NOTOC__' ],
\t'noindex' => [ 1, '__NOINDEX__' ],
];
"""
OTHER = """<?php
/* 'NS_FILE' => "not this" */
$fallback = 'de, nl';
$namespaceNames = array(
\tNS_FILE     => 'D\\'bild one', # a 'comment' => NS_FILE
\tNS_CATEGORY => "Kategorie",
);
$namespaceAliases = [ 'Bild' => NS_FILE, 'Image' => NS_FILE, 'bild' => NS_FILE ];
$magicWords = [
\t'redirect' => [ '0', '#GÅ', '#REDIRECT' ],
\t'notoc' => [ '0', '__KEIN_VZ__', '__NOTOC__', 'no switch' ],
\t'noindex' => [ '1', '__KEIN_INDEX__' ],
\t'img_left' => [ '1', 'links' ],
];
"""
MARKS = """<?php
$magicWords['en'] = [
\t'disambiguation' => [ '1', '__DISAMBIG__' ],
];
$magicWords['bar'] = [
\t'disambiguation' => [ '__BKL__' ],
];
"""


def test_a_table_is_made_of_the_message_files(tmp_path, monkeypatch):
    messages = tmp_path / "languages/messages"
    names = tmp_path / "includes/languages/data"
    for folder in (messages, names):
        folder.mkdir(parents=True)
    (messages / "MessagesEn.php").write_text(ENGLISH)
    (messages / "MessagesBar.php").write_text(OTHER)
    (messages / "MessagesZh_hans.php").write_text("<?php\n$fallback = 'zh';\n")
    (messages / "MessagesQqq.php").write_text("<?php\n")
    (names / "Names.php").write_text(
        "<?php\n$names = [ 'bar' => 'Boarisch', # Bavarian\n 'en' => 'English' ];"
    )
    (tmp_path / "Disambiguator.i18n.magic.php").write_text(MARKS)
    monkeypatch.setattr(wikipedia_languages, "TABLE", tmp_path / "table.py")

    wikipedia_languages.main(str(tmp_path), str(tmp_path), "a test")

    made: dict[str, str] = {}
    exec((tmp_path / "table.py").read_text(), made)
    bar, english, chinese = made["NAMES"].splitlines()
    assert bar == "bar|de nl|D'bild_one Bild|Kategorie|#gå|__kein_vz__ __KEIN_INDEX__|__BKL__"
    assert english.startswith("en||Media File Image|Category|#redirect|__notoc__ __NOINDEX__ ")
    assert english.endswith("|__DISAMBIG__")
    assert chinese == "zh-hans|zh|||||"
    assert made["CODES"] == "bar en\n"


def test_the_stored_table_says_how_it_is_made():
    assert "python -m dev.wikipedia_languages" in (mediawiki_names.__doc__ or "")
    assert Path(mediawiki_names.__file__) == wikipedia_languages.TABLE
    assert len(mediawiki_names.NAMES.splitlines()) > 350
