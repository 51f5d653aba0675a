"""Stored predictions of a run: an `.npz` of plain arrays, without pickle, from which ensembles are made.

task, split, examples   what was predicted: names, and the digest of the examples
ids                     of the examples
logits                  float32 [N, C]                                  (classes, regression, options)
offsets, begins, ends, probabilities, nulls                             (spans: `answers.Spans`)
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from albert_data.base.arrays import Float32
from albert_data.base.errors import DataError
from albert_data.storage.atomic import atomic_path

from .answers import Spans

_AGAIN = "let the run predict again"


@dataclass(frozen=True)
class Predictions:
    """What a run predicted of a split: either `logits` or `spans`.

    Attributes:
        task, split: names.
        examples: digest of the examples.
        ids: of the examples.
        logits: float32 [N, C]; of options [N, options].
    """

    task: str
    split: str
    examples: str
    ids: list[str]
    logits: Float32[np.ndarray, "N C"] | None = None
    spans: Spans | None = None


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Writes a file; nothing half-written is ever seen."""
    arrays: dict[str, Any] = {} if predictions.spans is None else predictions.spans._asdict()
    if predictions.logits is not None:
        arrays["logits"] = predictions.logits.astype(np.float32)
    for name in ("task", "split", "examples", "ids"):
        arrays[name] = np.array(getattr(predictions, name))
    with atomic_path(path) as temporary, open(temporary, "wb") as stream:
        np.savez_compressed(stream, **arrays)


def read_predictions(path: Path) -> Predictions:
    """The predictions in a file.

    Raises:
        DataError: there is none, it is damaged, or holds something else.
    """
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = dict(stored)
        task, split, examples = (str(arrays[name]) for name in ("task", "split", "examples"))
        logits, spans = arrays.get("logits"), None
        if logits is None:
            spans = Spans(*(arrays[name] for name in Spans._fields))
        return Predictions(task, split, examples, arrays["ids"].tolist(), logits, spans)
    except FileNotFoundError:
        raise DataError("no predictions", where=str(path), fix=_AGAIN) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        problem = f"not readable as predictions ({type(error).__name__}: {error})"
        raise DataError(problem, where=str(path), fix=_AGAIN) from None
