"""What a fresh run begins from, in the spelling of ``convert.addresses``.

``--init`` takes weights alone; ``--branch`` the whole state of another run: optimizer, step and place in the
data, too.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .checkpoint_files import find_checkpoint
from .configs import AlbertConfig, SettingError
from .convert.addresses import RUN, check_spelling, parse_address
from .convert.weights import Weights, check_same_function, check_same_vocabulary, read_weights
from .run_folder import ORDER, Run, check_vocabulary, read_run
from .settings import TrainSettings
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
    step = 0

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

    def give_to(self, engine: Any) -> None:
        engine.take_weights(self.weights.arrays)

    def record(self, settings: TrainSettings) -> Mapping[str, Any]:
        return {"init": self.name}

    def lines(self, settings: TrainSettings) -> Iterator[str]:
        """What the run begins with, for people."""
        yield "new run with weights of"
        yield from self.weights.lines()
        if self.weights.missing:
            yield "  what is not there begins at its initial values"


@dataclass(frozen=True)
class Branch:
    """The state of another run that one begins from, under settings of its own.

    Attributes:
        name: as the user named it.
        folder, checkpoint: where it lies.
        step: int. Of the checkpoint; the new run's steps go on from it.
        run: what the folder says of that run.
        config, shards: of the new one.
    """

    name: str
    folder: str
    checkpoint: str
    step: int
    run: Run
    config: AlbertConfig
    shards: ShardSet

    @staticmethod
    def of(place: str, config: AlbertConfig, shards: ShardSet, engine: str) -> Branch:
        """Finds it; the state itself is read when it is given to an engine.

        Raises:
            DataError: there is none, or it is of another kind than a run.
            SettingError: the model has other shapes or another function, other pieces, or its state is
                none that this engine can go on from.
        """
        address = parse_address(place)
        if address.kind != RUN:
            raise _no_branch(place, "holds no optimizer", f"--init {place} begins from its weights")
        check_spelling(address)
        folder, checkpoint = find_checkpoint(address.place, address.which)
        run, step = read_run(folder), int(checkpoint.rpartition("-")[2])
        takes_weights = f"--init {place} begins from its weights"
        if run.task:
            raise _no_branch(place, f"was trained for the task {run.task}", takes_weights)
        if not run.train:
            raise _no_branch(place, "holds weights alone, without an optimizer", takes_weights)
        if run.engine != engine:
            way = f"albert-convert {folder} NEW --engine {engine}, and --branch NEW"
            raise _no_branch(place, f"is a run of the engine {run.engine}", way)
        if run.order != ORDER:
            raise _no_branch(place, f"is a run of the order {run.order!r}", takes_weights)
        check_same_function(Weights(place, RUN, run.model, {}), config)
        check_vocabulary(run.vocabulary, shards, f"the run in {folder}")
        return Branch(place, folder, checkpoint, step, run, config, shards)

    def give_to(self, engine: Any) -> None:
        engine.restore(self.checkpoint)

    def record(self, settings: TrainSettings) -> Mapping[str, Any]:
        folder = self.folder if "://" in self.folder else os.path.abspath(self.folder)
        told = [{"setting": k, "old": old, "new": new} for k, old, new in self._changes(settings)]
        return {"branch": {"run": folder, "step": self.step, "changes": told}}

    def lines(self, settings: TrainSettings) -> Iterator[str]:
        """What the run begins with, for people."""
        changes = self._changes(settings)
        told = ", ".join(f"{key} {old} → {new}" for key, old, new in changes)
        yield (
            f"new run, a branch of {self.checkpoint}: its weights, optimizer, step {self.step:,} and place "
            f"in the data; from here on {told or 'with the same settings'}"
        )

    def _changes(self, settings: TrainSettings) -> list[tuple[str, Any, Any]]:
        """What is not as in the run that it branches off: key, old and new value."""
        back = [one for one in self.run.rewinds if one.get("to", self.step) < self.step]
        train = {**self.run.train, **({"learning_rate": back[-1]["learning_rate"]} if back else {})}
        changed = dataclasses.replace(self.run, train=train).changed(settings)
        old, new = self.run.model.to_dict(), self.config.to_dict()
        pairs = [(key, old[key], value) for key, value in new.items() if value != old[key]]
        pairs += [(key, was, now) for key, (was, now) in changed.items()]
        data = (self.run.data, self.shards.describe())
        return pairs + ([("data", *data)] if data[0] != data[1] else [])


def _no_branch(place: str, problem: str, fix: str) -> SettingError:
    return SettingError(f"{problem}, so that no run can branch off it", where=place, fix=fix)
