"""What a fresh run takes its weights from: ``--init``, in the spelling of ``convert.addresses``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from .configs import AlbertConfig
from .convert.weights import Weights, check_same_function, check_same_vocabulary, read_weights
from .shards import ShardSet


@dataclass(frozen=True)
class Start:
    """Weights that a run begins from, checked against it before anything is made.

    Attributes:
        name: as the user named it.
        weights: Weights.
    """

    name: str
    weights: Weights

    @staticmethod
    def of(place: str, config: AlbertConfig, shards: ShardSet) -> Start:
        """Reads them.

        Raises:
            DataError: there are none, or they are of another kind than named.
            SettingError: they are of another function or vocabulary.
        """
        weights = read_weights(place)
        check_same_function(weights, config)
        owner = f"the shards in {shards.folder}"
        check_same_vocabulary(weights, shards.vocabulary_sha256, shards.vocabulary_size, owner)
        return Start(place, weights)

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        return self.weights.arrays

    def lines(self) -> Iterator[str]:
        """What the run begins with, for people."""
        yield "new run with weights of"
        yield from self.weights.lines()
        if self.weights.missing:
            yield "  what is not there begins at its initial values"
