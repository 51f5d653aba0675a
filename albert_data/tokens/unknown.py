"""`<unk>`: which characters of a corpus a vocabulary does not know, and when that is too many.

A vocabulary knows nearly all letters of its own kind of text: trained with a character coverage of
0.99995 it leaves one character of 20,000 out. Whole percents of `<unk>` mean another kind of text: in
another script, with capital letters, or no text. That ends a build before its shards are made. Marks of
punctuation and symbols do not count for it (ALBERT's own vocabulary has no curly quotes, and a novel full
of speech comes to 8 %), nor does a `[SEP]` that stands in a text. With that vocabulary, 206 pages of
Wikipedia have 0.2 % of `<unk>`, six novels 0.0 % beside punctuation, the same novels with their capital
letters 7 %, Chinese prose 45 %.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from albert_data.base.code_points import code_points
from albert_data.base.errors import DataError
from albert_data.corpus.characters import TAKEN_OUT
from albert_data.schema import TokenFile, TokenIndex
from albert_data.tokens.vocabulary import SPECIALS, Vocabulary

COUNTED = "unknown characters/"  # and the kind of them: names of plain counts
PUNCTUATION = "punctuation"
SYMBOLS = "symbols"
SPELLED = "special pieces that are spelled out"
_ASIDE = (PUNCTUATION, SYMBOLS, SPELLED)
_OTHERS = {"N": "digits", "P": PUNCTUATION, "S": SYMBOLS}
_TOO_FEW = 20  # pieces, to judge a text by
_CAPITAL = " capital letters"
_LETTERS = " letters"


def unknown_characters(sentences: Sequence[str], vocabulary: Vocabulary) -> Counter[str]:
    """How many characters of each kind the vocabulary does not know in texts for SentencePiece."""
    text = "".join(sentences)
    found: Counter[str] = Counter()
    for name in SPECIALS:
        if spelled := text.count(name):
            text, found[SPELLED] = text.replace(name, ""), found[SPELLED] + spelled
    codes = code_points(text)
    known = _known(vocabulary)
    counts = np.bincount(codes)
    for code in np.flatnonzero(counts).tolist():
        char = chr(code)
        if char not in known:
            known[char] = vocabulary.unk not in vocabulary.processor.encode(char)
        if not known[char]:
            found[kind_of(char)] += int(counts[code])
    return found


@lru_cache(maxsize=2)
def _known(vocabulary: Vocabulary) -> dict[str, bool]:
    """Whether the characters asked for so far have pieces."""
    return {}


def kind_of(char: str) -> str:
    """What a character is, for people: `Cyrillic letters`, `Latin capital letters`, `symbols`."""
    category = unicodedata.category(char)
    if category[0] not in "LM":
        return _OTHERS.get(category[0], "other characters")
    script = unicodedata.name(char, "unnamed").replace("-", " ").split()[0]
    if script == "VARIATION":  # it chooses how the emoji before it is shown
        return SYMBOLS
    if script == "COMBINING":
        return "combining marks"
    script = script if script == "CJK" else script.capitalize()
    return script + (_CAPITAL if category == "Lu" else _LETTERS)


def unknown_pieces(files: Iterable[TokenFile]) -> int | None:
    """How many pieces of token files are `<unk>`; None where one of them does not say."""
    counts = [file.unknown for file in files]
    if any(own is None for own in counts):
        return None
    return sum(sum(own.values()) for own in counts if own)


def describe(unknown: int | None, tokens: int, counts: Mapping[str, int]) -> str:
    """The share of `<unk>` and of what it is, in words.

    Args:
        counts: of a tally.
    """
    if unknown is None:
        return "not counted"
    kinds = _by_kind(counts)
    total = max(sum(kinds.values()), 1)
    most = ", ".join(f"{kind} {n / total:.0%}" for kind, n in kinds.most_common(3))
    return f"{unknown / max(tokens, 1):.3%} of the pieces" + (f" ({most})" if most else "")


def refuse_unknown(index: TokenIndex, most: float) -> None:
    """Raises DataError where more than a share of a cache's pieces is `<unk>` for letters or digits."""
    tokens, counts = sum(file.tokens for file in index.files), index.tally.counts
    unknown, kinds = unknown_pieces(index.files), _by_kind(counts)
    aside = sum(kinds[kind] for kind in _ASIDE) / max(kinds.total(), 1)
    beside = (unknown or 0) * (1 - aside)
    if unknown is None or beside <= most * tokens or beside < _TOO_FEW:
        return
    cause, fix = _cause(kinds, counts.get(TAKEN_OUT, 0) / max(tokens, 1))
    raise DataError(
        f"<unk> is {describe(unknown, tokens, counts)}; letters alone, {beside / tokens:.1%} are "
        f"more than tokens.max_unknown ({most:g}): {cause}",
        where="; ".join(_worst(index.files)),
        fix=f"{fix}; if it is meant to be so, --set tokens.max_unknown=1 (what is tokenised is kept)",
    )


def _by_kind(counts: Mapping[str, int]) -> Counter[str]:
    own = {k[len(COUNTED) :]: n for k, n in counts.items() if k.startswith(COUNTED)}
    return Counter(own)


def _cause(kinds: Counter[str], controls: float) -> tuple[str, str]:
    """The likely cause, and what to do."""
    if controls > 0.1:
        cause = "the text is full of control characters, as of UTF-16 or of a binary file"
        return cause, "look at the files with `file`, and convert them to UTF-8"
    total = sum(kinds.values())
    capitals = sum(n for kind, n in kinds.items() if kind.endswith(_CAPITAL))
    letters: Counter[str] = Counter()
    for kind, n in kinds.items():
        if kind.endswith(_LETTERS) and "Latin" not in kind:
            letters[kind.removesuffix(_LETTERS).removesuffix(" capital")] += n
    if 2 * letters.total() > total:
        script = letters.most_common(1)[0][0]
        cause = f"another language than the vocabulary's, with {script} letters"
        return cause, "pass a --vocab of this language (albert-data vocab trains one)"
    if 2 * capitals > total:
        cause = "text with capital letters, which the vocabulary does not have"
        return cause, "--set tokens.normalization=albert, or pass a --vocab with capital letters"
    if 2 * sum(n for kind, n in kinds.items() if kind.endswith(_LETTERS)) > total:
        cause = "letters with marks, of another language or kept by tokens.normalization"
        return cause, "pass a --vocab of this language, or --set tokens.normalization=albert"
    cause = "characters that the vocabulary does not have"
    return cause, "look at the files: are they prose, in UTF-8? Or pass another --vocab"


def _worst(files: Sequence[TokenFile], most: int = 3) -> list[str]:
    """The sources with most `<unk>`, each with its share."""
    unknown: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    for file in files:
        unknown.update(file.unknown or {})
        tokens.update({source: counts[2] for source, counts in file.sources.items()})
    return [
        f"{source} ({count / max(tokens[source], 1):.1%})"
        for source, count in unknown.most_common(most)
    ]
