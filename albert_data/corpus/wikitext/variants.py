"""`-{zh-hans:…; zh-hant:…}-`: text that a wiki of several scripts or usages shows in one of them.

Chinese, Serbian, Kazakh and some others: a reader chooses a variant, and MediaWiki's language converter
shows each block in it (mediawiki.org, Writing systems/Syntax). Here the blocks are rendered; words outside
them stay as they were written, since the converter's own tables of characters and words are not here. On
a wiki of another language the marks are text. One pass with a stack, linear in the text's length.
"""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.languages import UNDETERMINED

# Of each language with a converter (MediaWiki 1.39): the variant that is shown where none is chosen, and
# of each variant those that stand in for it, the nearest first.
_DEFAULT = {
    "zh": "zh-hans", "gan": "gan-hans", "sr": "sr-ec", "sh": "sh-latn", "kk": "kk-cyrl",
    "ku": "ku-latn", "uz": "uz-latn", "tg": "tg", "crh": "crh-latn", "iu": "ike-cans",
    "shi": "shi-latn", "ban": "ban", "tly": "tly", "wuu": "wuu-hans", "mni": "mni-mtei",
}  # fmt: skip
_STAND_IN = {
    "zh-hans": "zh-cn zh-sg zh-my zh", "zh-cn": "zh-hans zh-sg zh-my zh",
    "zh-sg": "zh-my zh-hans zh-cn zh", "zh-my": "zh-sg zh-hans zh-cn zh",
    "zh-hant": "zh-tw zh-hk zh-mo zh", "zh-tw": "zh-hant zh-hk zh-mo zh",
    "zh-hk": "zh-mo zh-hant zh-tw zh", "zh-mo": "zh-hk zh-hant zh-tw zh",
    "gan-hans": "gan", "gan-hant": "gan", "wuu-hans": "wuu", "wuu-hant": "wuu",
    "sr-ec": "sr", "sr-el": "sr", "sh-latn": "sh", "sh-cyrl": "sh",
    "kk-cyrl": "kk-kz kk", "kk-latn": "kk-tr kk", "kk-arab": "kk-cn kk",
    "kk-kz": "kk-cyrl kk", "kk-tr": "kk-latn kk", "kk-cn": "kk-arab kk",
    "ku-latn": "ku", "ku-arab": "ku", "uz-latn": "uz", "uz-cyrl": "uz", "tg": "tg-cyrl",
    "tg-latn": "tg", "crh-latn": "crh", "crh-cyrl": "crh", "ike-cans": "iu", "ike-latn": "iu",
    "shi-latn": "shi", "shi-tfng": "shi", "ban": "", "ban-bali": "ban", "tly": "",
    "tly-cyrl": "tly", "mni-mtei": "mni", "mni-beng": "mni",
}  # fmt: skip
_OTHER_NAMES = {"sr-cyrl": "sr-ec", "sr-latn": "sr-el", "tg-cyrl": "tg"}
_CODES = frozenset(
    (*_STAND_IN, *_OTHER_NAMES, *_DEFAULT, *"ban-x-dharma ban-x-palmleaf ban-x-pku".split())
)

_OPEN = "-{"
_MAX_DEPTH = 10  # as MediaWiki's
# As MediaWiki pairs them: of several braces after a hyphen, those to the right are a template's.
_MARK = re.compile(r"-\{(?!\{)|\{\{|\}\}|\}-")
_FLAGS = re.compile(r"((?:[-+ADHNRST]|[a-z]{2,3}(?:-[a-z]+)*)(?:\s*;\s*[-+\w]+)*|)\s*\|")
_RULE = re.compile(
    rf"(?:[^:|]*=>\s*)?({'|'.join(sorted(_CODES, key=len, reverse=True))})\s*:", re.IGNORECASE
)
_PAIR = re.compile(r"([^|\[\]{}<>]*)\|([^|\[\]{}<>]*)")


def in_variant(text: str, language: str, variant: str = "") -> str:
    """The text with every block rendered in one variant.

    Args:
        language: the wiki's code; empty or `und` where it is not known.
        variant: the chosen one; where it is none of the wiki's language, the default is shown.
    """
    if _OPEN not in text or not has_variants(language):
        return text
    out: list[list[str]] = [[]]  # of each open block, what it holds so far
    braces = [0]  # of each, its open templates
    position = 0
    while (mark := _MARK.search(text, position)) is not None:
        out[-1].append(text[position : mark.start()])
        position = mark.end()
        if mark[0] == _OPEN and len(out) <= _MAX_DEPTH:
            out.append([])
            braces.append(0)
        elif mark[0] == "}-" and len(out) > 1 and not braces[-1]:
            braces.pop()
            block = "".join(out.pop())
            out[-1].append(_shown(block, language, variant))
        elif mark[0] == "}}" and not braces[-1]:
            out[-1].append("}")
            position -= 1
        else:
            braces[-1] += (mark[0] == "{{") - (mark[0] == "}}")
            out[-1].append(mark[0])
    never_closed = [part for level in out[1:] for part in (_OPEN, *level)]
    return "".join([*out[0], *never_closed, text[position:]])


def has_variants(language: str) -> bool:
    """Whether a wiki of this language may have such blocks."""
    return language in ("", UNDETERMINED) or language.partition("-")[0].lower() in _DEFAULT


def _shown(block: str, language: str, variant: str) -> str:
    """What a block shows, by its flags (A, H, T …) and rules (`zh-cn:…`)."""
    block = block.strip(" \n\t")
    flags = _FLAGS.match(block)
    named = set(map(str.strip, flags[1].split(";"))) if flags else set()
    body = block[flags.end() :] if flags else block
    if "R" in named:
        return body
    if named & {"H", "-", "N"} or (named & {"T", "D", "+"} and "A" not in named):
        return ""
    texts = _texts(body)
    if texts is not None:
        return _chosen(texts, language, variant)
    pair = None if flags else _PAIR.fullmatch(body)
    if pair is None:
        return body
    # `-{иј|ij}-`: Cyrillic and Latin; Serbian pages still have this older form.
    return pair[2] if variant.lower() in ("sr-el", "sr-latn", "sh-latn") else pair[1]


def _texts(body: str) -> dict[str, str] | None:
    """The text of each variant; None where the block has no rules."""
    found: dict[str, list[str]] = {}
    parts: list[str] = []
    for part in body.split(";"):
        rule = _RULE.match(part.lstrip())
        if rule is not None:
            code = rule[1].lower()
            parts = [part.lstrip()[rule.end() :]]
            found.setdefault(_OTHER_NAMES.get(code, code), parts)
        elif parts and part.strip():
            parts.append(part)  # behind a semicolon of the text, as in `&amp;`
        elif part.strip():
            return None
    return {code: ";".join(texts).strip() for code, texts in found.items()} or None


def _chosen(texts: dict[str, str], language: str, variant: str) -> str:
    first = next(iter(texts))
    family = (first if language in ("", UNDETERMINED) else language).partition("-")[0].lower()
    family = "iu" if family == "ike" else family
    wanted = _OTHER_NAMES.get(variant.lower(), variant.lower())
    if wanted.partition("-")[0].replace("ike", "iu") != family:
        wanted = _DEFAULT.get(family, "")
    codes = (wanted, *_STAND_IN.get(wanted, "").split())
    return next((texts[code] for code in codes if code in texts), texts[first])
