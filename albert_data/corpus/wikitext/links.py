"""What a reader sees of `[[target|label]]`: the label, the target, or nothing."""

from __future__ import annotations

import re

# Namespaces whose links show a picture or file, and those that only file the page, by language.
_MEDIA = (
    "file image media datei bild fichier archivo imagen ficheiro imagem immagine plik grafika"
    " bestand afbeelding fil tiedosto kuva soubor súbor fájl kép dosya datoteka slika berkas"
    " файл изображение зображення слика датотека αρχείο εικόνα קובץ תמונה ملف صورة"
    " ファイル 画像 文件 图像 檔案 파일 그림"
).split()
_CATEGORY = (
    "category kategorie catégorie categoría categoria kategoria kategori categorie luokka"
    " kategória kategorija категория категорія категорија κατηγορία קטגוריה تصنيف"
    " カテゴリ 分类 分類 분류"
).split()
_INVISIBLE = frozenset(_MEDIA) | frozenset(_CATEGORY)
_SHOWN_PREFIXES = frozenset(
    "wikt wiktionary w wikipedia s wikisource q wikiquote b wikibooks n wikinews v wikiversity"
    " voy wikivoyage commons c d wikidata m meta mw species wikispecies portal help template"
    " user special wp project talk draft book module".split()
)
# Interlanguage prefixes: two or three letters, or one of the longer codes.
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}|simple|be-x-old|be-tarask|zh-(?:yue|min-nan|classical)|roa-rup|roa-tara|"
    r"map-bms|nds-nl|fiu-vro|bat-smg|cbk-zam)"
)
_PIPE_TRICK = re.compile(r"(?:^[^:]*:)?(.*?)(?: *\([^()]*\)|, .*)?$", re.DOTALL)


def link_text(target: str, label: str | None) -> str:
    """The visible text of an internal link; `label` is None where there is no pipe."""
    target = target.strip()
    prefix, colon, rest = target.partition(":")
    if colon:
        prefix = prefix.strip().lower()
        if prefix in _INVISIBLE:
            return ""
        if not prefix:
            prefix, _, inner = rest.partition(":")
            known = prefix.strip().lower()
            if known in _INVISIBLE or known in _SHOWN_PREFIXES or _LANGUAGE.fullmatch(known):
                rest = inner
        elif prefix not in _SHOWN_PREFIXES:
            if _LANGUAGE.fullmatch(prefix) and not rest.startswith(" "):
                return ""
            rest = target
    else:
        rest = target
    if label:
        return label
    if label is not None:
        trick = _PIPE_TRICK.match(target)
        return trick[1] if trick else rest
    page, hash_mark, section = rest.strip().partition("#")
    if hash_mark:
        section = section.replace("_", " ")
        return f"{page} § {section}" if page else section
    return page.replace("_", " ")


def is_invisible(target: str) -> bool:
    """Whether a link to this target shows no text (a picture, a category)."""
    return target.partition(":")[0].strip().lower() in _INVISIBLE
