"""BERT's WordPiece tokenizer of a Hugging Face folder (`tokenizer.json`), through the `tokenizers`
library.

That library keeps the places of pieces in the original text through its own clean-up. It is no
dependency: only folders of BERT models need it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from albert_data.base.arrays import Int32, Int64
from albert_data.base.errors import ConfigError, DataError
from albert_data.base.gather import offsets_of

from .tokenizer import Pieces

FILE = "tokenizer.json"
_SPECIALS = ("[CLS]", "[SEP]", "[PAD]")


class WordPieceTokenizer:
    """The tokenizer of a folder.

    Raises:
        ConfigError: the library `tokenizers` is not installed, or the folder has no `tokenizer.json`.
        DataError: the file is none, or has no [CLS], [SEP] or [PAD].
    """

    def __init__(self, folder: str) -> None:
        path = os.path.join(folder, FILE)
        try:
            import tokenizers
        except ImportError:
            problem = (
                "the tokenizer of a BERT model needs the package tokenizers, not installed here"
            )
            raise ConfigError(problem, where=path, fix="pip install tokenizers") from None
        if not os.path.isfile(path):
            fix = "save the model's fast tokenizer there"
            raise ConfigError(f"no {FILE}", where=folder, fix=fix)
        with open(path, "rb") as stream:
            content = stream.read()
        try:
            self._tokenizer: Any = tokenizers.Tokenizer.from_str(content.decode())
        except Exception as error:  # the library's own, which has no class
            raise DataError(f"no tokenizer: {error}", where=path, fix="fetch it again") from None
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.size = int(self._tokenizer.get_vocab_size())
        ids = [self._tokenizer.token_to_id(name) for name in _SPECIALS]
        if None in ids:
            problem = f"no piece {_SPECIALS[ids.index(None)]}"
            raise DataError(problem, where=path, fix="use the tokenizer of a BERT model")
        self.cls, self.sep, self.pad = ids
        self._path = path
        self.identity = {"tokenizer": hashlib.sha256(content).hexdigest()}

    def ids(
        self, texts: Sequence[str]
    ) -> tuple[Int32[np.ndarray, " T"], Int64[np.ndarray, " bounds"]]:
        found = self._encode(texts, fast=True)
        lists = [encoding.ids for encoding in found]
        return _flat(lists), offsets_of(_lengths(lists))

    def pieces(self, texts: Sequence[str]) -> Pieces:
        found = self._encode(texts, fast=False)
        lists = [encoding.ids for encoding in found]
        places = np.array(
            [pair for encoding in found for pair in encoding.offsets], np.int32
        ).reshape(-1, 2)
        return Pieces(_flat(lists), places[:, 0], places[:, 1], offsets_of(_lengths(lists)))

    def _encode(self, texts: Sequence[str], fast: bool) -> list[Any]:
        encode = self._tokenizer.encode_batch_fast if fast else self._tokenizer.encode_batch
        try:
            return list(encode(list(texts), add_special_tokens=False))
        except Exception as error:  # as at the opening: a vocabulary without its unknown piece, say
            problem = f"the tokenizer cannot cut a text: {error}"
            raise DataError(problem, where=self._path, fix="fetch it again") from None


def _lengths(lists: Sequence[Sequence[int]]) -> Int64[np.ndarray, " N"]:
    return np.fromiter(map(len, lists), np.int64, len(lists))


def _flat(lists: Sequence[Sequence[int]]) -> Int32[np.ndarray, " T"]:
    return np.fromiter(chain.from_iterable(lists), np.int32, sum(map(len, lists)))
