"""The stored predictions below some folders, as members of an ensemble."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from albert_data.base.errors import DataError

from .predictions import Predictions, read_predictions

# Predictions by split, of each member by its name.
Members: TypeAlias = dict[str, dict[str, Predictions]]


def find_members(places: Sequence[str]) -> Members:
    """The members in some places; a member's predictions lie in one folder, a file a split.

    Args:
        places: folders of runs, or one above some (five seeds are five members), or files.

    Raises:
        DataError: a place that is not there or holds no predictions, or a damaged file.
    """
    found: Members = {}
    read: set[Path] = set()
    for place in places:
        files = _prediction_files(Path(place))
        if not files:
            what = "no predictions" if os.path.exists(place) else "no such folder"
            raise DataError(what, where=place, fix="name a folder of a run that has been scored")
        for file in (file.resolve() for file in files):
            if file in read:  # one member, even if it is named twice
                continue
            read.add(file)
            predictions = read_predictions(file)
            own = found.setdefault(str(file.parent), {})
            if predictions.split in own:
                problem = f"two files of predictions of {predictions.split}"
                raise DataError(
                    problem, where=str(file.parent), fix="keep a run's in a folder of its own"
                )
            own[predictions.split] = predictions
    return {_short(name, list(found)): own for name, own in found.items()}


def _prediction_files(place: Path) -> list[Path]:
    """Files of predictions, among whatever else a run keeps."""
    if place.is_file():
        return [place]
    return sorted(file for file in place.rglob("*.npz") if _holds_predictions(file))


def _holds_predictions(file: Path) -> bool:
    """Whether it is one, or damaged, which is for the reader to say."""
    try:
        with zipfile.ZipFile(file) as archive:
            return {"task.npy", "split.npy"} <= set(archive.namelist())
    except zipfile.BadZipFile:
        return True


def _short(name: str, names: list[str]) -> str:
    """A folder's name without what all of them have at their front."""
    if len(names) == 1:
        return Path(name).name
    return os.path.relpath(name, os.path.commonpath(names))
