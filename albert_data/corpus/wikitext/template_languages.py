"""How templates of foreign words read: labels, transliterations, Chinese, Japanese, pronunciations."""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.arguments import Arguments, Rule
from albert_data.corpus.wikitext.languages import LANGUAGES
from albert_data.corpus.wikitext.template_rules import pattern

_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,8})*")
# Languages whose Wikipedia writes the labels that are written here.
_ENGLISH = ("", "en", "simple")


def language(code: str) -> Rule:
    """`{{lang-ru|Речное|Rechnoye}}`: label, text, transliteration, literal meaning."""
    name = LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0])

    def rule(a: Arguments) -> str | None:
        text = a.of("1", "text")
        if not text:
            return ""
        label, english = a.of("label"), a.page.site.language in _ENGLISH
        if not label and name and english:
            text = f"{name}: {text}"
        elif label and label.lower() not in ("none", "no", "off"):
            text = f"{label}: {text}"
        if not english:
            return text
        romanized, meaning = a.of("2", "translit", "tr"), a.of("3", "lit", "literal")
        text += f", romanized: {romanized}" if romanized else ""
        return text + (f", {_literally(meaning)}" if meaning else "")

    return rule


def langx(a: Arguments) -> str | None:
    code = a.of("1", "code").lower()
    text, romanized, meaning = a.of("2", "text"), a.of("3", "translit"), a.of("4", "lit")
    return language(code)(a.replaced(_1=text, _2=romanized, _3=meaning))


def chinese(a: Arguments) -> str | None:
    """`{{zh|s=汉|t=漢|p=Hàn}}` with Wikipedia's labels; none with `labels=no`."""
    simplified, traditional, both = a.of("s"), a.of("t"), a.of("c", "1")
    if simplified and simplified == traditional:
        both, simplified, traditional = simplified, "", ""
    parts = [
        ("Chinese", both),
        ("simplified Chinese", simplified),
        ("traditional Chinese", traditional),
        ("pinyin", a.of("p", "hp")),
        ("Wade–Giles", a.of("w")),
        ("Jyutping", a.of("j")),
        ("Cantonese Yale", a.of("cy", "y")),
        ("Pe̍h-ōe-jī", a.of("poj")),
        ("lit.", f"'{a.of('l')}'" if a.of("l") else ""),
    ]
    if a.get("first", "").strip() == "t":
        parts[1], parts[2] = parts[2], parts[1]
    labels = a.get("labels", "").strip().lower() not in ("no", "n")
    labels = labels and a.page.site.language in _ENGLISH
    return "; ".join(
        f"{label}{'' if label == 'lit.' else ':'} {text}" if labels or label == "lit." else text
        for label, text in parts
        if text
    )


def korean(a: Arguments) -> str | None:
    names = (("Korean", "hangul"), ("Hanja", "hanja"), ("RR", "rr"), ("MR", "mr"))
    shown = [f"{label}: {a.of(key)}" for label, key in names if a.of(key)]
    return "; ".join(shown) or a.of("1")


def _japanese(head: int, inside: tuple[int, ...], a: Arguments) -> str:
    shown = a.of(str(head))
    rest = [a.of(str(n), "extra") if n == 4 else a.of(str(n)) for n in inside]
    if not shown:
        shown = next((part for part in (a.of("3"), a.of("2")) if part), "")
        rest = [part for part in rest if part != shown]
    rest = [part for part in rest if part]
    after = f" {a.of('5', 'extra2')}" if a.of("5", "extra2") else ""
    return (f"{shown} ({', '.join(rest)})" if rest else shown) + after


def nihongo(a: Arguments) -> str | None:
    """English (kanji, rōmaji)."""
    return _japanese(1, (2, 3, 4), a)


def nihongo_romaji_first(a: Arguments) -> str | None:
    """`{{nihongo3|…}}`: rōmaji (kanji, “English”)."""
    english = a.of("1")
    quoted = a.replaced(_1=f'"{english}"') if english and a.of("3", "2") else a
    return _japanese(3, (2, 1, 4), quoted)


def nihongo_kanji_first(a: Arguments) -> str | None:
    """`{{nihongo krt|…}}`: kanji (rōmaji, “English”)."""
    english = a.of("1")
    return _japanese(2, (3, 1, 4), a.replaced(_1=f'"{english}"') if english else a)


def interlanguage_link(a: Arguments) -> str | None:
    """`{{ill|Title|de|Titel}}` and, as it was once written, `{{ill|de|Title|Titel}}`."""
    first, second = a.of("1"), a.of("2")
    if a.of("lt", "display", "text"):
        return a.of("lt", "display", "text")
    if _LANGUAGE_CODE.fullmatch(first) and second and not _LANGUAGE_CODE.fullmatch(second):
        return second
    return first or a.of("en")


def _literally(text: str) -> str:
    return f"lit. '{text}'"


# ---- pronunciation: left out of the brackets in which it stands behind a name


def sound(shown: str) -> Rule:
    read = pattern(shown)
    return lambda a: "" if a.in_brackets() else read(a)


def sounds(a: Arguments) -> str | None:
    """`{{IPA|/a/}}`, `{{IPA|en|kiː}}`."""
    return "" if a.in_brackets() else a.of("2", "1")


def audio(a: Arguments) -> str | None:
    """`{{audio|Foo.ogg|Foo}}`: the words that lead to the sound."""
    label = a.of("2")
    return "" if a.in_brackets() or label.lower() in ("listen", "pronunciation", "help") else label


def pronunciation(a: Arguments) -> str | None:
    """Of `{{IPAc-en|…}}`, whose arguments are codes: not understood where the sentence misses it."""
    return "" if _beside_its_word(a) else None


def pronounced(a: Arguments) -> str | None:
    """`{{IPA-fr|wi}}`: the sounds in square brackets."""
    return "" if _beside_its_word(a) else f"[{a.of('1')}]"


def _beside_its_word(a: Arguments) -> bool:
    """In brackets, or behind a word in bold or italics, brackets or a template: an aside."""
    return a.in_brackets() or a.line_before().rstrip().endswith(("''", ")", "}}", "&nbsp;"))


def respelling(a: Arguments) -> str | None:
    return "" if a.in_brackets() else "-".join(part for part in a.places() if part)
