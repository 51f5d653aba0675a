"""Features of a task's split: made once, kept as a file that is named by all that they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from albert_data.base.code import source_fingerprint

from ..examples import Examples, ParagraphQuestions, PassageQuestions, Sentences
from ..table import TRAIN, Task
from .choices import choice_features
from .feature_file import read_features, write_features
from .features import Features
from .paragraphs import paragraph_features
from .sentences import sentence_features
from .tokenizer import Tokenizer

CODE = Path(__file__).resolve().parent
Say = Callable[[str], None]


def features_of(
    task: Task,
    split: str,
    examples: Examples,
    tokenizer: Tokenizer,
    length: int,
    folder: Path | None = None,
) -> Features:
    """Features of a split; from `folder`, where they were made before of the same, and kept there.

    Args:
        length: int. The longest input, special pieces included.

    Raises:
        ConfigError: a length without room.
    """
    if folder is None:
        return make_features(task, split, examples, tokenizer, length)
    told = {
        "task": task.name,
        "split": split,
        "length": length,
        "tokenizer": tokenizer.identity,
        "examples": digest(examples),
        "code": source_fingerprint(tuple(sorted(path.name for path in CODE.glob("*.py"))), CODE),
    }
    name = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    path = folder / f"{task.name}-{split}-{name[:20]}.parquet"
    found = read_features(path, told)
    if found is None:
        found = make_features(task, split, examples, tokenizer, length)
        folder.mkdir(parents=True, exist_ok=True)
        write_features(path, found, told)
    return found


def make_features(
    task: Task, split: str, examples: Examples, tokenizer: Tokenizer, length: int
) -> Features:
    """Features of a split, made now. Places of pieces come with those of splits that are scored."""
    if isinstance(examples, Sentences):
        return sentence_features(examples, tokenizer, length)
    if isinstance(examples, PassageQuestions):
        return choice_features(examples, tokenizer, length)
    assert isinstance(examples, ParagraphQuestions)
    return paragraph_features(examples, tokenizer, length, places=split != TRAIN)


def digest(examples: Examples) -> str:
    """SHA-256 (hex) of all that examples hold."""
    return hashlib.sha256(msgspec.json.encode(examples, enc_hook=_plain)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"examples hold a {type(value).__name__}")
