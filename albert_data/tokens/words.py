"""Where words begin among the pieces of a text: two rules, and which of them a vocabulary goes by.

    reference   by the piece alone, as in `token_boundary` of the reference: it begins a word if it starts
                with the space mark, is one ASCII mark of punctuation, or holds any other character that
                is no ASCII letter. Right for English; of Greek or Hindi, and at each `ü`, every piece is
                a word.
    unicode     by the text: a word begins after white space, at and after each mark of punctuation or
                symbol, and at and after each piece of a script written without spaces (Han, kana, Thai,
                Lao, Khmer, Burmese, Tibetan and others). Digits, combining marks and joiners go on with
                the word, and a space mark that is a piece of its own is part of the word behind it.

Under both, the bytes of a character that a vocabulary spells out (`<0xC3>`) are never parted: a byte
goes on with its word, but for the first of a character that is Han, kana or an emoji, and for ASCII
punctuation. And where a vocabulary puts the space mark at a word's end, a word begins behind it.

`auto` takes `reference` where, of the vocabulary's pieces of several characters with a letter, no more
than AUTO_SHARE hold one that is not ASCII, `unicode` otherwise; what was taken stands in the manifest.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from albert_data.base.arrays import Bool, Int32, UInt8
from albert_data.base.kernels import kernel
from albert_data.tokens.documents import Documents
from albert_data.tokens.vocabulary import (
    PUNCTUATION,
    SPACE,
    Vocabulary,
    begins_with_byte,
    begins_word,
)

WordRule: TypeAlias = Literal["auto", "reference", "unicode"]
AUTO_SHARE = 0.05
CUT_APART = "pieces that the reference's rule for words cuts off"  # a plain count of a tally
# Of the names of characters, the first word.
_WITHOUT_SPACES = frozenset(
    "CJK IDEOGRAPHIC HIRAGANA KATAKANA BOPOMOFO HENTAIGANA THAI LAO KHMER MYANMAR TIBETAN TAI NEW YI "
    "JAVANESE BALINESE NUSHU TANGUT KHITAN".split()
)
_PROLONGS = "ー\uff70"
_ZWJ = "\u200d"
# What a piece does to word starts: begins a word; ends one, so that the next piece begins one; goes on
# with the word before it, whatever that ended with; holds on to the piece behind it; has the space mark
# before it. And for counting: begins a word by the reference's rule, but not by the text.
_BEGINS, _ENDS, _GOES_ON, _HOLDS, _SPACED, _CUT = 1, 2, 4, 8, 16, 32


def word_rule(wanted: WordRule, vocabulary: Vocabulary) -> WordRule:
    """`reference` or `unicode` of a setting that may be `auto`."""
    if wanted != "auto":
        return wanted
    return "reference" if foreign_share(vocabulary) <= AUTO_SHARE else "unicode"


@lru_cache(maxsize=4)
def foreign_share(vocabulary: Vocabulary) -> float:
    """Of a vocabulary's ordinary pieces with a letter or mark, the share with one that is not ASCII.

    Numbers and punctuation are of no language. Pieces of one character, which a vocabulary has of any
    that it met, count where it has no others.
    """
    ordinary = (vocabulary.pieces[i] for i in vocabulary.ordinary.tolist())
    every = [piece for piece in ordinary if _has_letter(piece)]
    pieces = [piece for piece in every if len(piece.strip(SPACE)) > 1] or every
    return sum(map(_has_foreign_letter, pieces)) / max(len(pieces), 1)


def _has_letter(piece: str) -> bool:
    """A letter or mark."""
    return piece.strip(SPACE).isalpha() or any(
        c.isalpha() or unicodedata.category(c)[0] == "M" for c in piece
    )


def _has_foreign_letter(piece: str) -> bool:
    """A letter or mark that is not ASCII."""
    bare = piece.strip(SPACE)
    return not bare.isascii() and _has_letter("".join(c for c in bare if not c.isascii()))


def with_word_starts(documents: Documents, vocabulary: Vocabulary, rule: str) -> Documents:
    """The documents with their word starts, where these are not the vocabulary's table alone."""
    if len(documents.starts) or (rule == "reference" and not vocabulary.space_behind):
        return documents
    starts = word_starts(documents.ids, vocabulary, rule)
    starts[documents.sentence_offsets[:-1][np.diff(documents.sentence_offsets) > 0]] = True
    return documents._replace(starts=starts)


def word_starts(
    ids: Int32[np.ndarray, " T"], vocabulary: Vocabulary, rule: str
) -> Bool[np.ndarray, " T"]:
    """Whether each piece of a text begins a word; the first of a sentence always does, which is left
    to the caller."""
    starts = np.empty(len(ids), np.bool_)
    _mark(ids, _table(vocabulary, rule), starts)
    return starts


def words_cut_apart(ids: Int32[np.ndarray, " T"], vocabulary: Vocabulary) -> int:
    """How many pieces begin a word by the reference's rule, though they go on with one by the text.

    What holds no letter but ASCII's does not count: numbers, and marks behind a lone space mark.
    """
    if not _foreign(vocabulary)[ids].any():  # as of English: two tables less to make
        return 0
    return _count_cuts(ids, _cut_table(vocabulary))


@lru_cache(maxsize=4)
def _foreign(vocabulary: Vocabulary) -> Bool[np.ndarray, " V"]:
    """Whether a piece has a letter or mark that is not ASCII."""
    return np.array([_has_foreign_letter(piece) for piece in vocabulary.pieces])


@lru_cache(maxsize=4)
def _table(vocabulary: Vocabulary, rule: str) -> UInt8[np.ndarray, " V"]:
    """What each piece does to word starts, as flags."""
    table = np.zeros(vocabulary.size, np.uint8)
    for number, piece in enumerate(vocabulary.pieces):
        if piece.startswith("<0x") and vocabulary.processor.is_byte(number):
            byte = int(piece[3:5], 16)
            table[number] = _GOES_ON if 0x80 <= byte < 0xC0 else _BEGINS * begins_with_byte(byte)
        elif rule == "reference":
            text = piece.removesuffix(SPACE) if vocabulary.space_behind else piece
            flags = _BEGINS if text and begins_word(text) else 0
            ends = vocabulary.space_behind and piece.endswith(SPACE)
            table[number] = flags | (_ENDS if ends else 0)
        elif number == vocabulary.unk:
            table[number] = _BEGINS  # a mark, as a rule: nothing is known of it
        else:
            table[number] = _by_text(piece.strip(SPACE)) | _by_space(piece, vocabulary.space_behind)
    return table


@kernel
def _begins(own: int, before: int) -> bool:
    """Whether a piece begins a word, by its flags and those of the piece before it."""
    if own & _SPACED:
        return True
    if own & _GOES_ON or before & _HOLDS:
        return False
    return (own & _BEGINS or before & _ENDS) != 0


@kernel
def _mark(
    ids: Int32[np.ndarray, " T"], table: UInt8[np.ndarray, " V"], starts: Bool[np.ndarray, " T"]
) -> None:
    before = 0
    for t in range(len(ids)):
        own = table[ids[t]]
        starts[t] = _begins(own, before)
        before = own


@kernel
def _count_cuts(ids: Int32[np.ndarray, " T"], table: UInt8[np.ndarray, " V"]) -> int:
    cuts = 0
    for t in range(1, len(ids)):
        own = table[ids[t]]
        if own & _CUT:
            before = table[ids[t - 1]]
            cuts += not (before & _HOLDS or _begins(own, before))
    return cuts


@lru_cache(maxsize=4)
def _cut_table(vocabulary: Vocabulary) -> UInt8[np.ndarray, " V"]:
    """The flags by the text, and _CUT where by the reference's rule the piece begins a word."""
    begins = _foreign(vocabulary) & (_table(vocabulary, "reference") & _BEGINS > 0)
    table = _table(vocabulary, "unicode").copy()
    table[begins & (table & (_BEGINS | _SPACED) == 0)] |= _CUT
    return table


def _by_space(piece: str, behind: bool) -> int:
    alone = not piece.strip(SPACE)
    if behind:
        return (_ENDS if piece.endswith(SPACE) else 0) | (_GOES_ON if alone else 0)
    return (_SPACED if piece.startswith(SPACE) else 0) | (_HOLDS if alone else 0)


def _by_text(text: str) -> int:
    if not text or (text.isascii() and text.isalpha()):
        return 0
    if unicodedata.category(text[0])[0] == "M" or text[0] in f"\u200c{_ZWJ}{_PROLONGS}":
        flags = _GOES_ON
    else:
        flags = _BEGINS if _stands_alone(text[0]) else 0
    end = text.rstrip(_PROLONGS)[-1:]
    return flags | (_HOLDS if text[-1] == _ZWJ else _ENDS if end and _stands_alone(end) else 0)


@lru_cache(maxsize=2**16)
def _stands_alone(char: str) -> bool:
    """A mark of punctuation, a symbol, or a character of a script written without spaces."""
    if char in PUNCTUATION or unicodedata.category(char)[0] in "PS":
        return True
    name: Any = unicodedata.name(char, "").replace("-", " ").split()
    if name[:1] == ["HALFWIDTH"]:
        name = name[1:]
    return bool(name) and name[0] in _WITHOUT_SPACES
