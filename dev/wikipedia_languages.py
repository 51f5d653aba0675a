"""Writes `albert_data/corpus/wikitext/mediawiki_names.py` from MediaWiki's own message files.

    python -m dev.wikipedia_languages MEDIAWIKI DISAMBIGUATOR RELEASE

MEDIAWIKI is the folder of a release of MediaWiki (its `languages/messages/Messages*.php` and
`includes/languages/data/Names.php` are read), DISAMBIGUATOR that of the extension of this name (its
`Disambiguator.i18n.magic.php` is), RELEASE what the table's head calls them. Only names are taken: of
namespaces, of magic words, of languages. The same input gives the same bytes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "albert_data/corpus/wikitext/mediawiki_names.py"
PICTURES, CATEGORIES = ("NS_MEDIA", "NS_FILE"), ("NS_CATEGORY",)
# MediaWiki's own switches (MagicWordFactory), and the extension's.
SWITCHES = (
    "notoc nogallery forcetoc toc noeditsection newsectionlink nonewsectionlink hiddencat"
    " expectunusedcategory index noindex staticredirect notitleconvert nocontentconvert"
    " others"
).split()
# Other extensions of Wikimedia's wikis, which have these in English alone.
OTHER_SWITCHES = """$magicWords = [ 'others' => [ 0, '__NOGLOBAL__', '__EXPECTED_UNCONNECTED_PAGE__',
'__EXPECTWITHOUTSCANS__', '__ARCHIVEDTALK__' ] ];"""

_STRING = r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\""
_STRINGS = re.compile(_STRING)
_COMMENT = re.compile(rf"({_STRING})|/\*.*?\*/|(?:#|//)[^\n]*", re.DOTALL)
_NAME_OF = re.compile(rf"(NS_\w+)\s*=>\s*(?:{_STRING})")
_ALIAS_OF = re.compile(rf"(?:{_STRING})\s*=>\s*(NS_\w+)")
_ANY_CASE = re.compile(r"\s*'?0\b")
_WORD = re.compile(r"'(\w+)'\s*=>\s*(?:\[|array\()([^\]]*)")

HEAD = '''"""What MediaWiki calls its namespaces, redirects and switches in each language; names alone.

Written by `python -m dev.wikipedia_languages` from the message files of
{release};
correct the names there, not here. MediaWiki is licensed under the GPL 2 or later: names are facts, and
nothing else of it is here.

A line of NAMES is: code | codes it falls back to | namespaces of pictures and files | namespaces of
categories | words that begin a redirect | switches (`__NOTOC__`) | switches of disambiguation pages.
Names stand with `_` for a space, several with a space between; a switch in lower case may be written in
any. CODES are those of all languages that
MediaWiki knows.
"""

# ruff: noqa: E501 RUF001

'''


def main(mediawiki: str, disambiguator: str, release: str) -> None:
    root = Path(mediawiki)
    marks = disambiguation_switches(Path(disambiguator))
    messages = {
        path.stem.removeprefix("Messages").replace("_", "-").lower(): path.read_text("utf-8")
        for path in sorted((root / "languages/messages").glob("Messages*.php"))
    }
    messages["en"] += OTHER_SWITCHES
    rows = {code: fields(php, marks.get(code, [])) for code, php in messages.items()}
    english = {name.lower() for field in rows["en"][1:] for name in field}
    lines = [line(code, row, english if code != "en" else set()) for code, row in rows.items()]
    kept = [text for text in lines if text.rstrip("|").count("|")]
    known = codes((root / "includes/languages/data/Names.php").read_text(encoding="utf-8"))
    TABLE.write_text(
        HEAD.format(release=release)
        + 'NAMES = """\\\n'
        + "\n".join(kept)
        + '\n"""\n\nCODES = """\\\n'
        + wrapped(known)
        + '\n"""\n',
        encoding="utf-8",
    )


def fields(php: str, marks: list[str]) -> tuple[list[str], ...]:
    """What a file of messages says for the table's columns; `marks` is the last."""
    php = _COMMENT.sub(lambda m: m[1] or "", php)
    fallback = re.search(rf"\$fallback\s*=\s*(?:{_STRING})", php)
    chain = _text(fallback).replace(",", " ").split() if fallback else []
    names = [
        (m[1], _text(m, 2))
        for part in _arrays(php, "namespaceNames")
        for m in _NAME_OF.finditer(part)
    ]
    for array in ("namespaceAliases", "namespaceGenderAliases"):
        for part in _arrays(php, array):
            names += [(m[3], _text(m)) for m in _ALIAS_OF.finditer(part)]
    words = {
        m[1]: _words(m[2]) for part in _arrays(php, "magicWords") for m in _WORD.finditer(part)
    }
    switches = [switch for key in SWITCHES for switch in words.get(key, []) if switch[0] in "_＿"]
    return (
        chain,
        [name for space, name in names if space in PICTURES],
        [name for space, name in names if space in CATEGORIES],
        words.get("redirect", []),
        switches,
        marks,
    )


def _words(array: str) -> list[str]:
    """The spellings of a magic word, in lower case where MediaWiki takes any case (flag 0)."""
    spelled = [word for s in _STRINGS.finditer(array) if (word := _text(s))[0] in "#＃_＿"]
    return (
        [word.lower().replace("\u0307", "") for word in spelled]
        if _ANY_CASE.match(array)
        else spelled
    )


def disambiguation_switches(folder: Path) -> dict[str, list[str]]:
    """Of each language, how the extension spells `__DISAMBIG__`."""
    php = (folder / "Disambiguator.i18n.magic.php").read_text(encoding="utf-8")
    php = _COMMENT.sub(lambda m: m[1] or "", php)
    found = {}
    for code, body in re.findall(r"\$magicWords\['([\w-]+)'\]\s*=\s*\[(.*?)\];", php, re.DOTALL):
        words = [_text(s) for s in _STRINGS.finditer(body)]
        found[code] = [word for word in words if word.startswith("_")]
    return found


def codes(php: str) -> list[str]:
    """The codes of Names.php."""
    php = _COMMENT.sub(lambda m: m[1] or "", php)
    return sorted(re.findall(r"'([a-z][a-z0-9-]*)'\s*=>", php))


def wrapped(words: list[str], width: int = 98) -> str:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _arrays(php: str, name: str) -> list[str]:
    """What stands in each array of that name."""
    return re.findall(rf"\${name}\s*=\s*(?:\[|array\s*\()(.*?)(?:\]|\))\s*;", php, re.DOTALL)


def _text(match: re.Match[str], group: int = 1) -> str:
    """The string whose two ways of quoting are the groups from `group` on."""
    return re.sub(r"\\(.)", r"\1", match[group] or match[group + 1] or "")


def line(code: str, row: tuple[list[str], ...], known: set[str]) -> str:
    """The table's line of a language, without names that are known in all."""
    chain, *names = row
    return "|".join(
        [code, " ".join(chain), *(" ".join(_unique(field, code, known)) for field in names)]
    )


def _unique(names: list[str], code: str, known: set[str]) -> list[str]:
    """Each name once, whatever its case, with `_` for a space."""
    unique = dict.fromkeys(known, "")
    for name in names:
        spelled = "_".join(name.split())
        if "|" in spelled or '"' in spelled:
            raise ValueError(f"{code}: the name {name!r} cannot stand in the table")
        unique.setdefault(spelled.lower(), spelled)
    return [spelled for spelled in unique.values() if spelled]


if __name__ == "__main__":
    main(*sys.argv[1:])
