"""What is reached without a model on a run's shards, by the ``difficulty.json`` beside them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from albert_data.base.errors import DataError
from albert_data.insight.difficulty.lines import to_beat
from albert_data.schema import Difficulty
from albert_data.storage.file_names import DIFFICULTY
from albert_data.storage.sealed import parse_sealed

from .. import files
from ..shards import ShardSet
from .phases.plateau import Unigrams


def lines_to_beat(shards: ShardSet, of: str = "") -> Iterator[str]:
    """The line that a run begins with.

    Args:
        of: what the shards are, before it.
    """
    try:
        found = difficulty_of(shards)
    except DataError as error:
        yield f"warning: nothing is said of what to beat: {error}"
        return
    if found and (line := to_beat(found)):
        yield f"{of}{line}"


def baselines_of(shards: ShardSet) -> dict[str, float]:
    """By the names of what is logged: the entropy of the predicted pieces, the share of the commonest one,
    and the best of one label, one threshold on a cosine and a regression on words. What is not known is
    left out.
    """
    try:
        found = difficulty_of(shards)
    except DataError:
        return {}
    if not found:
        return {}
    labels = [found.commonest_label, found.cosine, found.logistic]
    known = {
        "mlm_loss": found.entropy.value if found.entropy else None,
        "mlm_accuracy": found.commonest_piece.value if found.commonest_piece else None,
        "sentence_accuracy": max((one.value for one in labels if one), default=None),
    }
    return {name: value for name, value in known.items() if value is not None}


def unigrams_of(shards: ShardSet) -> Unigrams | None:
    """Entropy of the predicted pieces with its error; None where it is not known."""
    try:
        found = difficulty_of(shards)
    except DataError:
        return None
    return Unigrams(found.entropy.value, found.entropy.error) if found and found.entropy else None


def difficulty_of(shards: ShardSet) -> Difficulty | None:
    """What the file holds; None where there is none.

    Raises:
        DataError: it is damaged.
    """
    path = posixpath.join(shards.folder, DIFFICULTY)
    return parse_sealed(files.read(path), Difficulty, path) if files.exists(path) else None
