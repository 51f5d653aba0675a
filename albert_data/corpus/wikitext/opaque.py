"""Cuts what holds no wikitext prose: comments, references, formulas, code, galleries.

One pass, left to right. A search for a closing tag that fails is not repeated for that tag, so the
time is linear in the length of the page whatever it contains.
"""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.marks import FORMULA, GONE, HOLE, VOID
from albert_data.corpus.wikitext.tag_names import one_of
from albert_data.corpus.wikitext.tex import chemical_text, tex_text

# What is left where a tag with its content is cut: nothing to read, a block, or a word of a sentence.
_LEFT = {
    **dict.fromkeys(
        "ref references templatedata includeonly indicator inputbox templatestyles section del".split(),
        VOID,
    ),
    **dict.fromkeys(
        "gallery source syntaxhighlight pre score timeline imagemap graph mapframe table"
        " categorytree".split(),
        f"\n{GONE}\n",
    ),
    **dict.fromkeys("math chem ce hiero maplink".split(), HOLE),
}
_CUT = tuple(_LEFT)
_KEPT = ("nowiki",)
# A quoted value may hold a `>`.
_ATTRIBUTES = r"""(?:[^<>"']|"[^"<\n]*"|'[^'<\n]*'|["'])*+"""
_OPEN = re.compile(rf"<!--|<({one_of((*_CUT, *_KEPT))})\b({_ATTRIBUTES})>", re.IGNORECASE)
_CLOSE = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in (*_CUT, *_KEPT)}
# A second opening before the first is closed shows that the first was meant as `<ref … />`.
_CLOSE["ref"] = re.compile(r"</ref\s*>|<ref\b[^<>]*(?<!/)>", re.IGNORECASE)
_BLOCK = re.compile(r"\bdisplay\s*=\s*[\"']?block")
_INLINE_CODE = re.compile(r"\binline\b")
_ESCAPED = {ord(c): f"&#{ord(c)};" for c in "[]{}|<>'=*#:;_"}

_PARAMETER = re.compile(r"(?<!\{)\{\{\{([^{}|]{0,100})(?:\|([^{}]*))?\}\}\}(?!\})")

# A page whose XML was escaped twice has no `<`, and its tags and entities read so.
_TWICE = re.compile(
    r"&lt;/?(?:ref|br|small|su[bp]|nowiki|math|blockquote|div|span|[ibu]|gallery|center|table)\b"
    r"|&lt;!--|&amp;(?:nbsp|[nm]dash|lt|gt|amp|quot|#\d{1,6});"
)
_TWICE_NOTE = re.compile(
    r"&lt;ref\b(?:(?!&[lg]t;).){0,200}(?:/&gt;|&gt;(?:(?!&lt;/?ref).){0,2000}&lt;/ref\s*&gt;)"
)


def cut_opaque(markup: str) -> str:
    """The page without comments and extension tags; `<nowiki>` text is kept as entities."""
    markup = _once_escaped(markup)
    if "{{{" in markup:
        markup = _PARAMETER.sub(lambda m: HOLE if m[2] is None else m[2], markup)
    out: list[str] = []
    never_closed: set[str] = set()
    position = 0
    while (opening := _OPEN.search(markup, position)) is not None:
        out.append(markup[position : opening.start()])
        position = opening.end()
        tag = (opening[1] or "").lower()
        if not tag:
            end = markup.find("-->", position)
            # As in a browser, a comment that is not closed hides the rest of the page.
            position = len(markup) if end < 0 else end + 3
            continue
        if opening[2].endswith("/") or tag in never_closed:
            out.append(VOID)
            continue
        closing = _CLOSE[tag].search(markup, position)
        if closing is None:
            never_closed.add(tag)
            out.append(VOID)
            continue
        if closing[0][1] != "/":
            out.append(VOID)
            continue
        out.append(_kept(tag, opening[2], markup[position : closing.start()]))
        position = closing.end()
    out.append(markup[position:])
    return "".join(out)


def _kept(tag: str, attributes: str, content: str) -> str:
    if tag == "nowiki":
        return content.translate(_ESCAPED)
    if tag in ("math", "chem", "ce"):
        shown = formula_text(content, chemical=tag != "math")
        return f"\n:{shown}\n" if _BLOCK.search(attributes) else shown
    if tag in ("source", "syntaxhighlight") and _INLINE_CODE.search(attributes):
        return content.translate(_ESCAPED) if "\n" not in content else HOLE
    return _LEFT[tag]


def formula_text(source: str, chemical: bool = False) -> str:
    """A formula as text behind its mark, a HOLE where it is not simple."""
    text = (chemical_text if chemical else tex_text)(source.strip())
    return FORMULA + (HOLE if text is None else text.translate(_ESCAPED))


def _once_escaped(markup: str) -> str:
    """The page with its markup as it was meant, where it was escaped twice, whole or in notes."""
    if "&" not in markup:
        return markup
    if "<" not in markup and _TWICE.search(markup):
        for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
            markup = markup.replace(entity, sign)
        return markup
    return _TWICE_NOTE.sub(VOID, markup) if "&lt;ref" in markup else markup
