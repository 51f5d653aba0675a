"""What a fresh run takes its weights from: ``--init``, in the spelling of ``convert.weights``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from .albert import AlbertPretrainer
from .checkpoints import find_checkpoint, restore_weights
from .configs import AlbertConfig
from .run_folder import check_vocabulary, read_run
from .shards import ShardSet


@dataclass(frozen=True)
class Start:
    """A checkpoint that a run begins from, checked against it before anything is made.

    Attributes:
        name: as the user named it.
        prefix: of the checkpoint.
    """

    name: str
    prefix: str

    @staticmethod
    def of(place: str, config: AlbertConfig, shards: ShardSet) -> Start:
        """Finds it.

        Raises:
            DataError: there is none.
            SettingError: it is of another vocabulary.
        """
        if tf.io.gfile.isdir(place) or tf.io.gfile.exists(f"{place}.index"):
            folder, prefix = find_checkpoint(place)
            check_vocabulary(read_run(folder).vocabulary, shards, place)
            return Start(place, prefix)
        return Start(place, place)


def take_weights(model: AlbertPretrainer, start: Start, say: Callable[[str], None]) -> None:
    """Assigns the weights and says so."""
    restore_weights(model, start.prefix)
    say(f"new run, weights from {start.prefix}")
