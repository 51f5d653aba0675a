"""Cuts what holds no wikitext prose: comments, references, formulas, code, galleries.

One pass, left to right. A search for a closing tag that fails is not repeated for that tag, so the
time is linear in the length of the page whatever it contains.
"""

from __future__ import annotations

import re

_CUT = (
    "ref references math gallery source syntaxhighlight pre score timeline hiero chem ce imagemap"
    " templatedata graph mapframe maplink includeonly table indicator inputbox categorytree"
    " templatestyles section del"
).split()
_KEPT = ("nowiki",)
_OPEN = re.compile(rf"<!--|<({'|'.join((*_CUT, *_KEPT))})\b([^<>]*)>", re.IGNORECASE)
_CLOSE = {tag: re.compile(rf"</{tag}\s*>", re.IGNORECASE) for tag in (*_CUT, *_KEPT)}
# A second opening before the first is closed shows that the first was meant as `<ref … />`.
_CLOSE["ref"] = re.compile(r"</ref\s*>|<ref\b[^<>]*(?<!/)>", re.IGNORECASE)
_INLINE_CODE = re.compile(r"\binline\b")
# Formulas short and plain enough to be read as text: `n`, `x + 1`, `O(n)`.
_PLAIN_MATH = re.compile(r"[A-Za-z0-9 .,+=<>()\-]{1,24}")
_ESCAPED = {ord(c): f"&#{ord(c)};" for c in "[]{}|<>'=*#:;_"}


def cut_opaque(markup: str) -> str:
    """The page without comments and extension tags; `<nowiki>` text is kept as entities."""
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
            continue
        closing = _CLOSE[tag].search(markup, position)
        if closing is None:
            never_closed.add(tag)
            continue
        if closing[0][1] != "/":
            continue
        out.append(_kept(tag, opening[2], markup[position : closing.start()]))
        position = closing.end()
    out.append(markup[position:])
    return "".join(out)


def _kept(tag: str, attributes: str, content: str) -> str:
    if tag == "nowiki":
        return content.translate(_ESCAPED)
    if tag == "math":
        plain = content.strip()
        return plain.translate(_ESCAPED) if _PLAIN_MATH.fullmatch(plain) else ""
    if tag in ("source", "syntaxhighlight") and "\n" not in content:
        return content.translate(_ESCAPED) if _INLINE_CODE.search(attributes) else ""
    return ""
