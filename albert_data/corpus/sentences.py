"""Paragraphs → sentences, with sentencex (Wikimedia, Rust) or a line a sentence.

Nothing but white space is lost: the sentences of a paragraph, joined, are the paragraph. sentencex
is called on some 64 KiB at a time, paragraphs separated by a blank line, which it never joins; its
cuts are corrected by `sentence_cuts`. On books 27 MB/s a core, of which sentencex itself takes a quarter.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable

from albert_data.base.errors import ConfigError
from albert_data.config.settings import SentenceSettings
from albert_data.corpus import language_codes
from albert_data.corpus.characters import other_white_space
from albert_data.corpus.normalize import collapse
from albert_data.corpus.sentence_cuts import BETWEEN, cut
from albert_data.corpus.wikitext.languages import LANGUAGES as NAMES

Splitter = Callable[[list[str]], list[str]]

# Languages with rules of their own in sentencex 1.0.32. For other codes it takes those of a related
# language that it knows (Bavarian: German), else English ones.
LANGUAGES = (
    "am ar bg bn ca da de el en es fi fr gu hi hy it ja kk kn ml mr my nl pa pl pt ru sk ta te uk"
).split()
# Marks that end a sentence and that it does not know, of Khmer, Tibetan and Dzongkha.
_MORE_ENDS = {
    code: re.compile(rf"(?<=[{marks}])\s+(?=[^{marks}])")
    for code, marks in (("km", "។៕"), ("bo", "།༎"), ("dz", "།༎"))
}
RULES = "2"  # of this version: another number wherever other cuts are made
PIECE = 1 << 16  # characters a call
# sentencex compares each full stop with each quotation of a paragraph: a longer one (no book has
# any) is cut at a space before this many characters, after a full stop where there is one.
LONGEST_PARAGRAPH = 1 << 16


def splitter(settings: SentenceSettings) -> Splitter:
    """A function from paragraphs to their sentences, white space collapsed, none of them empty.

    Raises:
        ConfigError: a language without rules.
    """
    if settings.splitter == "lines":
        return _lines
    check_language(settings.language)
    language = _code(settings.language)
    more_ends = _MORE_ENDS.get(language)

    def split(paragraphs: list[str]) -> list[str]:
        if more_ends is not None:
            paragraphs = [part for paragraph in paragraphs for part in more_ends.split(paragraph)]
        return _split(language, paragraphs)

    return split


def splitter_id(settings: SentenceSettings) -> dict[str, str]:
    """What the sentences depend on, for fingerprints and manifests.

    `language_rules: default` where sentencex has none of the language's own.
    """
    if settings.splitter == "lines":
        return {"splitter": "lines"}
    version = importlib.metadata.version("sentencex")
    found = {"splitter": "sentencex", "version": version, "language": settings.language}
    if not has_own_rules(settings):
        found["language_rules"] = "default"
    return {**found, "rules": RULES}


def has_own_rules(settings: SentenceSettings) -> bool:
    """Whether sentences are cut by rules of their language: of `lines`, there are none to want."""
    return settings.splitter == "lines" or _code(settings.language) in LANGUAGES


def check_language(language: str) -> None:
    """Raises ConfigError unless it is the code of a language (`language_codes`)."""
    if not language_codes.base(language):
        by_name = {name.lower(): code for code, name in NAMES.items()}
        near = by_name.get(language.lower(), language.lower()[:2])
        hint = f"did you mean {near}? " if language_codes.base(near) else ""
        raise ConfigError(
            f"{language!r} is not the code of a language",
            where="sentences.language",
            fix=f"{hint}give a code of ISO 639-1 (en, de, zh), or set sentences.splitter=lines; what else a "
            "language needs is in docs/languages.md",
        )


def _code(language: str) -> str:
    """sentencex's code: `pt` for `pt-BR`, but `be-tarask` as it is."""
    base = language_codes.base(language)
    return base if base in LANGUAGES else language.lower().replace("_", "-")


def _lines(paragraphs: list[str]) -> list[str]:
    lines = (" ".join(line.split()) for paragraph in paragraphs for line in paragraph.split("\n"))
    return [line for line in lines if line]


def _split(language: str, paragraphs: list[str]) -> list[str]:
    sentences: list[str] = []
    batch: list[str] = []
    size = 0
    for given in paragraphs:
        paragraph = given.strip()
        if len(paragraph) > LONGEST_PARAGRAPH:
            batch += _cut(collapse(paragraph))
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
    """The sentences of paragraphs that begin and end with no white space."""
    text = BETWEEN.join(paragraphs)
    if "  " in text or other_white_space(text) > len(BETWEEN) * (len(paragraphs) - 1):
        paragraphs = list(map(collapse, paragraphs))
        text = BETWEEN.join(paragraphs)
    if not text:
        return []
    sentences = cut(language, text)
    if sentences is None:  # sentencex lost something, or failed: no paragraph may pay for another
        sentences = []
        for paragraph in paragraphs:
            sentences += cut(language, paragraph) or [paragraph]
    return sentences
