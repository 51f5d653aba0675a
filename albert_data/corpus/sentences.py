"""Paragraphs → sentences, with sentencex (Wikimedia, Rust) or a line a sentence.

Nothing but white space is lost: the sentences of a paragraph, joined, are the paragraph. sentencex
is called on some 64 KiB at a time, paragraphs separated by a blank line, which it never joins. On
books 40 MB/s a core, of which sentencex itself takes a third. It never cuts within quotation marks
or brackets: on novels one sentence in six holds several, mostly speech.
"""

from __future__ import annotations

import difflib
import importlib.metadata
import re
from collections.abc import Callable

from albert_data.base.errors import ConfigError
from albert_data.config.settings import SentenceSettings
from albert_data.corpus.wikitext.mediawiki_names import CODES

Splitter = Callable[[list[str]], list[str]]

# Languages with rules of their own in sentencex 1.0.32; of another code it takes those of a language near
# it (German ones for `gsw`), or else English ones, and cuts at the marks of all scripts but these:
LANGUAGES = (
    "am ar bg bn ca da de el en es fi fr gu hi hy it ja kk kn ml mr my nl pa pl pt ru sk ta te uk"
).split()
DEFAULT_RULES = "of a language near it, or English"
_MORE_ENDS = {
    code: re.compile(rf"(?<=[{marks}])\s+(?=[^{marks}])")
    for code, marks in (("km", "។៕"), ("bo", "།༎"), ("dz", "།༎"))
}
PIECE = 1 << 16  # characters a call
# sentencex compares each full stop with each quotation of a paragraph: a longer one (no book has
# any) is cut at a space before this many characters, after a full stop where there is one.
LONGEST_PARAGRAPH = 1 << 16


def splitter(settings: SentenceSettings) -> Splitter:
    """A function from paragraphs to their sentences, white space collapsed, none of them empty.

    Raises:
        ConfigError: no language has this code.
    """
    if settings.splitter == "lines":
        return _lines
    check_language(settings.language)
    language = settings.language
    more_ends = _MORE_ENDS.get(language)

    def split(paragraphs: list[str]) -> list[str]:
        if more_ends is not None:
            paragraphs = [part for paragraph in paragraphs for part in more_ends.split(paragraph)]
        return _split(language, paragraphs)

    return split


def splitter_id(settings: SentenceSettings) -> dict[str, str]:
    """What the sentences depend on, for fingerprints and for people."""
    if settings.splitter == "lines":
        return {"splitter": "lines"}
    version = importlib.metadata.version("sentencex")
    identity = {"splitter": "sentencex", "version": version, "language": settings.language}
    return identity if has_own_rules(settings.language) else {**identity, "rules": DEFAULT_RULES}


def has_own_rules(language: str) -> bool:
    """Whether sentencex has rules for this very language."""
    return language in LANGUAGES


def check_language(language: str) -> None:
    """Raises ConfigError unless a language has this code."""
    if language in LANGUAGES or language in CODES.split():
        return
    near = difflib.get_close_matches(language.lower()[:2], CODES.split(), n=1, cutoff=0.9)
    hint = f"did you mean {near[0]}? " if near else ""
    raise ConfigError(
        f"no language has the code {language!r}",
        where="sentences.language",
        fix=f"{hint}write it as in the address of its Wikipedia, such as de or zh; or set "
        "sentences.splitter=lines",
    )


def _lines(paragraphs: list[str]) -> list[str]:
    lines = (" ".join(line.split()) for paragraph in paragraphs for line in paragraph.split("\n"))
    return [line for line in lines if line]


def _split(language: str, paragraphs: list[str]) -> list[str]:
    sentences: list[str] = []
    batch: list[str] = []
    size = 0
    for paragraph in paragraphs:
        # isprintable: no white space but spaces; five times as fast as collapsing once more.
        if not paragraph.isprintable() or "  " in paragraph:
            paragraph = " ".join(paragraph.split())
        if len(paragraph) > LONGEST_PARAGRAPH:
            batch += _cut(paragraph)
        elif paragraph:
            batch.append(paragraph)
        size += len(paragraph)
        if size >= PIECE:
            sentences += _segment(language, batch)
            batch, size = [], 0
    return sentences + _segment(language, batch)


def _cut(paragraph: str) -> list[str]:
    """A paragraph that is too long for one call, in parts."""
    parts = []
    while len(paragraph) > LONGEST_PARAGRAPH:
        head = paragraph[:LONGEST_PARAGRAPH]
        at = max(head.rfind(mark) for mark in (". ", "! ", "? ")) + 1
        if at < LONGEST_PARAGRAPH // 2:
            at = head.rfind(" ")
        at = at if at > 0 else LONGEST_PARAGRAPH
        parts.append(paragraph[:at].rstrip())
        paragraph = paragraph[at:].lstrip()
    return [part for part in [*parts, paragraph] if part]


def _segment(language: str, paragraphs: list[str]) -> list[str]:
    """The sentences of paragraphs whose only white space is single spaces."""
    text = "\n\n".join(paragraphs)
    if not text:
        return []
    sentences = _call(language, text)
    if _visible(sentences) != _visible(paragraphs):
        # sentencex lost something, or failed: no paragraph may pay for another.
        sentences = []
        for paragraph in paragraphs:
            found = _call(language, paragraph)
            whole = _visible(found) == _visible([paragraph])
            sentences += found if whole else [paragraph]
    return [stripped for sentence in sentences if (stripped := sentence.strip())]


def _visible(texts: list[str]) -> int:
    """Characters that are no white space."""
    text = "".join(texts)
    return len(text) - text.count(" ") - text.count("\n")


def _call(language: str, text: str) -> list[str]:
    import sentencex

    try:
        sentences: list[str] = sentencex.segment(language, text)
    except BaseException as error:  # a panic in Rust is not an Exception
        if type(error).__name__ != "PanicException":
            raise
        return []
    return sentences
