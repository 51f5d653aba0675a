"""Which ids are special and which begin a word.

A SentencePiece `.model` or a WordPiece `vocab.txt` says both. Without one the special ids are read off
the first records: what most begin with, what most end with, what padding holds, and what most
predictions have in place of the piece; word starts and `<unk>` stay unknown then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albert_data.base.arrays import Bool, Int32
from albert_data.base.errors import ConfigError
from albert_data.insight.foreign.batch import Batch
from albert_data.storage.paths import location
from albert_data.tokens.vocabulary import load_vocabulary

NONE = -1  # an id that no token has
_WORDPIECE = ("[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]")


@dataclass(frozen=True)
class Pieces:
    """Ids of the special pieces, NONE where unknown.

    Attributes:
        starts: bool [V], the piece begins a word; None where unknown.
        said_by: for people.
        texts: of all pieces by id, that of the unknown one empty; None where they are not known.
    """

    cls: int
    sep: int
    mask: int
    pad: int
    unk: int
    starts: Bool[np.ndarray, " V"] | None
    said_by: str
    texts: tuple[str, ...] | None = None

    @property
    def specials(self) -> Int32[np.ndarray, " 4"]:
        """Ids that are no text: [CLS], [SEP], padding and [MASK]."""
        return np.array([self.cls, self.sep, self.pad, self.mask], np.int32)


def pieces_of(vocabulary: Path) -> Pieces:
    """By a SentencePiece `.model` file or a WordPiece `vocab.txt`, a piece a line.

    Raises:
        ConfigError: it is neither, or lacks a special piece.
    """
    if vocabulary.suffix == ".txt":
        return _wordpiece(vocabulary)
    v = load_vocabulary(vocabulary)
    texts = list(v.pieces)
    texts[v.unk] = ""
    return Pieces(v.cls, v.sep, v.mask, v.pad, v.unk, v.starts, vocabulary.name, tuple(texts))


def wordpiece_of(pieces: Sequence[str], said_by: str) -> Pieces:
    """By WordPiece's pieces in the order of their ids; those of `##` go on with a word."""
    ids = {piece: i for i, piece in enumerate(pieces)}
    starts = np.array([not piece.startswith("##") for piece in pieces], np.bool_)
    cls, sep, mask, pad, unk = (ids[name] for name in _WORDPIECE)
    texts = tuple("" if i == unk else piece for i, piece in enumerate(pieces))
    return Pieces(cls, sep, mask, pad, unk, starts, said_by, texts)


def _wordpiece(vocabulary: Path) -> Pieces:
    try:
        text = location(vocabulary).read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(
            f"the vocabulary cannot be read: {error.strerror}",
            where=str(vocabulary),
            fix="pass --vocab a SentencePiece .model file or a WordPiece vocab.txt",
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"byte {error.start} is not UTF-8",
            where=str(vocabulary),
            fix="pass --vocab a WordPiece vocab.txt in UTF-8, a piece a line",
        ) from None
    pieces = [line.rstrip("\r") for line in text.rstrip("\r\n").split("\n")]
    missing = [name for name in _WORDPIECE if name not in pieces]
    if missing:
        raise ConfigError(
            f"the vocabulary has no {' '.join(missing)}",
            where=str(vocabulary),
            fix="pass --vocab the vocab.txt that the records were made with",
        )
    return wordpiece_of(pieces, vocabulary.name)


def pieces_seen(batch: Batch) -> Pieces:
    """By the records themselves."""
    lengths = batch.inside.sum(axis=1)
    last = np.maximum(lengths - 1, 0)[:, None]
    changed = batch.predicted & (batch.ids != batch.originals)
    return Pieces(
        cls=_most(batch.originals[:, 0]),
        sep=_most(np.take_along_axis(batch.originals, last, axis=1)),
        mask=_most(batch.ids[changed]),
        pad=_most(batch.ids[~batch.inside & (batch.ids >= 0)]),
        unk=NONE,
        starts=None,
        said_by="the records",
    )


def _most(ids: Int32[np.ndarray, "*any"]) -> int:
    """The most frequent id."""
    found, counts = np.unique(ids, return_counts=True)
    return int(found[counts.argmax()]) if len(found) else NONE
