"""A SentencePiece vocabulary as lookup tables: special ids, word starts, ordinary and split pieces.

All that depends on a piece's text is computed once here, so that the stages after it work on ids
alone. Ids are read from the model by the pieces' names, never assumed.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import sentencepiece

from albert_data.base.errors import ConfigError
from albert_data.schema import VocabularyIdentity
from albert_data.storage.paths import location

SPACE = "▁"
SPECIALS = ("[CLS]", "[SEP]", "[MASK]", "<pad>", "<unk>")
PUNCTUATION = frozenset('!"#$%&()*+,-./:;?@[\\]^_`{|}~')


def begins_word(piece: str) -> bool:
    """Whether a piece begins a word, by the reference's rule (`token_boundary`).

    It does if it starts with the space mark or `<`, is one punctuation mark, or holds a character
    that is neither an ASCII letter nor one of those marks.
    """
    if piece.startswith((SPACE, "<")) or piece in PUNCTUATION:
        return True
    if piece.isascii() and piece.isalpha():
        return False
    return any(not (c.isascii() and c.isalpha()) and c not in PUNCTUATION for c in piece)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Tables of a SentencePiece model with V pieces.

    Attributes:
        processor: the model.
        pieces: their texts, V.
        sha256: of the model file.
        cls, sep, mask, pad, unk: ids of the special pieces.
        starts: bool [V], the piece begins a word, by the reference's rule (`words.py`).
        ordinary: int32 [at most V], ids that may replace a piece: no control, unknown, unused,
            byte or special pieces.
        space_behind: the space mark stands at a word's end (`treat_whitespace_as_suffix`).
        resplit: id → the ids it is split into. The reference splits a piece such as `▁2019,` (a
            digit before a final comma) again into the number and the comma; a special piece that a text
            spells out, as it can where these are user-defined symbols, into ordinary ones, or `<unk>`.
        resplit_extra: int64 [V], how many more pieces `resplit` makes of an id.
    """

    processor: sentencepiece.SentencePieceProcessor
    pieces: tuple[str, ...]
    sha256: str
    cls: int
    sep: int
    mask: int
    pad: int
    unk: int
    starts: np.ndarray
    ordinary: np.ndarray
    space_behind: bool
    resplit: dict[int, list[int]]
    resplit_extra: np.ndarray

    @property
    def size(self) -> int:
        return len(self.starts)

    @property
    def specials(self) -> np.ndarray:
        """Ids that are never masked, int32 [4]: [CLS], [SEP], [MASK] and <pad>."""
        return np.array([self.cls, self.sep, self.mask, self.pad], np.int32)

    def identity(self) -> VocabularyIdentity:
        """What identifies the vocabulary, for manifests and fingerprints."""
        ids = {name: self.processor.piece_to_id(name) for name in SPECIALS}
        return VocabularyIdentity(self.sha256, self.size, ids)


def load_vocabulary(path: str | Path) -> Vocabulary:
    """Reads a SentencePiece `.model` file.

    Raises:
        ConfigError: the file is missing, is no SentencePiece model, or lacks a special piece.
    """
    try:
        content = location(path).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the vocabulary cannot be read: {error.strerror}",
            where=str(path),
            fix="pass --vocab a SentencePiece .model file",
        ) from None
    return vocabulary_from(content, str(path))


def vocabulary_from(content: bytes, where: str) -> Vocabulary:
    """The vocabulary of a model file's bytes; otherwise as `load_vocabulary`."""
    try:
        return _read(content)
    except ConfigError as error:
        error.where = where
        raise


@lru_cache(maxsize=4)
def _read(content: bytes) -> Vocabulary:
    """As `vocabulary_from`, once for all copies of a file."""
    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.LoadFromSerializedProto(content)
        size = processor.vocab_size()
    except (RuntimeError, TypeError):
        size = 0
    if size == 0:
        raise ConfigError(
            "not a SentencePiece model",
            fix="pass the binary .model file (not the .vocab text), or make one: albert-data vocab",
        )
    every = list(range(size))  # asked for at once: thirty times as fast as one by one
    pieces = tuple(processor.id_to_piece(every))
    is_byte: list[bool] = processor.is_byte(every)
    ids = {piece: i for i, piece in enumerate(pieces)}
    missing = [name for name in SPECIALS if name not in ids]
    if missing:
        raise ConfigError(
            f"the vocabulary has no {' '.join(missing)}",
            fix="train it with these symbols (albert-data vocab does), or use ALBERT's own",
        )
    other = {ids[name] for name in SPECIALS}
    for kind in (processor.is_control, processor.is_unknown, processor.is_unused):
        other.update(itertools.compress(every, kind(every)))
    other.update(itertools.compress(every, is_byte))
    ordinary = [i for i in every if i not in other]
    if not ordinary:
        raise ConfigError("the vocabulary has special pieces only")
    resplit = _resplit_table(processor, pieces)
    extra = np.zeros(size, np.int64)
    for piece, parts in resplit.items():
        extra[piece] = len(parts) - 1
    return Vocabulary(
        processor=processor,
        pieces=pieces,
        sha256=hashlib.sha256(content).hexdigest(),
        cls=ids["[CLS]"],
        sep=ids["[SEP]"],
        mask=ids["[MASK]"],
        pad=ids["<pad>"],
        unk=ids["<unk>"],
        starts=np.array([_begins(*piece) for piece in zip(pieces, is_byte, strict=True)]),
        ordinary=np.array(ordinary, np.int32),
        space_behind="".join(processor.encode("a", out_type=str)).endswith(SPACE),
        resplit=resplit,
        resplit_extra=extra,
    )


def begins_with_byte(byte: int) -> bool:
    """Whether a byte that is a piece begins a word: the first one of a character of Han or kana (3
    bytes), of an emoji or the like (4 bytes), and ASCII punctuation."""
    return 0xE3 <= byte <= 0xE9 or byte >= 0xF0 or chr(byte) in PUNCTUATION


def _begins(piece: str, is_byte: bool) -> bool:
    if is_byte:
        return begins_with_byte(int(piece[3:5], 16))
    return begins_word(piece)


def _resplit_table(
    processor: sentencepiece.SentencePieceProcessor, pieces: tuple[str, ...]
) -> dict[int, list[int]]:
    table = {}
    for i, piece in enumerate(pieces):
        if piece in SPECIALS and not processor.is_unknown(i):
            spelled = [_inner(processor, text) for text in (piece[0], piece[1:-1], piece[-1])]
            parts = list(itertools.chain.from_iterable(spelled))
            known = all(pieces[part] not in SPECIALS for part in parts)
            table[i] = parts if known else [processor.unk_id()]
        elif len(piece) > 1 and piece[-1] == "," and piece[-2].isdigit():
            number = piece[:-1].replace(SPACE, "")
            begins = piece.startswith(SPACE)
            parts = processor.encode(number) if begins else _inner(processor, number)
            table[i] = [*parts, processor.piece_to_id(",")]
    return table


def _inner(processor: sentencepiece.SentencePieceProcessor, text: str) -> list[int]:
    """The pieces of a text that stands within a word: without the space mark that SentencePiece puts
    before (or behind) any text."""
    parts = [part.strip(SPACE) for part in processor.encode(text, out_type=str)]
    return [processor.piece_to_id(part) for part in parts if part]
