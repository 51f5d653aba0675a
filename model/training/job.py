"""What the loop and the engines need to know of what is trained: pretraining on shards, or a task.

The loop decides *when*, an engine does what needs tensors; a ``Job`` says what model by which optimizer, for
which objective, on which data, how a state is judged and what the folder says of the run. Its makers are
``pretraining`` and ``fine_tuning.job``. Nothing here imports TensorFlow, JAX or Keras.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..configs import AlbertConfig
from ..run_folder import DataFacts, Run
from ..settings import TrainSettings
from .phases.reading import Facts

Arrays = dict[str, np.ndarray]


class Start(Protocol):
    """What a fresh run begins with."""

    @property
    def name(self) -> str:
        """As the user named it."""

    @property
    def step(self) -> int:
        """That the run begins at."""

    def give_to(self, engine: Any) -> None:
        """Assigns it, once the engine is built.

        Raises:
            DataError: it is damaged.
        """

    def record(self, settings: TrainSettings) -> Mapping[str, Any]:
        """What the run's folder keeps of it, by fields of ``Run``."""


class Scorer(Protocol):
    """What an engine offers to judge its state by."""

    def evaluate(self) -> dict[str, float]: ...
    def outputs(self, batches: Iterable[Arrays]) -> Iterator[Arrays]: ...


class Sizes(NamedTuple):
    """Of the data, for the log.

    Attributes:
        examples: of an epoch.
        tokens: positions of an example.
        flops: training operations of an example.
    """

    examples: int
    tokens: int
    flops: float


class Job(Protocol):
    """What a run is for.

    Attributes:
        config: AlbertConfig of the model.
        data: what is said of the data.
        sizes: Sizes.
        objective: ``objective.Objective``.
        criterion: the score that a state is the best by, and 1 where high is good, −1 where low is.
        judged: whether states are judged at all.
        scored_on: folder of the held-out shards that states are judged by; empty for none.
        task: name of a task; empty of pretraining.
        init: weights that the user named to begin with; None: none.
        branch: checkpoint that the user named to branch off; None: none.
        option: of the command line, that names the folder.
        baselines: what is reached without a model, by the names of what is logged.
        facts: what phases of its curve are told by; None: they are not read.
    """

    @property
    def config(self) -> AlbertConfig: ...
    @property
    def data(self) -> DataFacts: ...
    @property
    def sizes(self) -> Sizes: ...
    @property
    def objective(self) -> Any: ...
    @property
    def criterion(self) -> tuple[str, int]: ...
    @property
    def judged(self) -> bool: ...
    @property
    def scored_on(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def init(self) -> str | None: ...
    @property
    def branch(self) -> str | None: ...
    @property
    def option(self) -> str: ...
    @property
    def baselines(self) -> Mapping[str, float]: ...
    @property
    def facts(self) -> Facts | None: ...

    def check_goes_on(self, folder: str, known: Run, settings: TrainSettings, engine: str) -> None:
        """Checks that the run in a folder can go on as this.

        Raises:
            SettingError: it was begun as another.
        """

    def start(self, engine: str) -> Start | None:
        """What to begin with, found and checked; None: weights are drawn.

        Raises:
            DataError, SettingError: there are none, or they do not fit.
        """

    def start_lines(
        self, start: Start | None, settings: TrainSettings, folder: str
    ) -> Iterator[str]:
        """What is said of a fresh run."""

    def data_lines(self) -> Iterator[str]:
        """What is said of the data whenever a run begins or goes on."""

    def model_and_optimizer(self, settings: TrainSettings) -> tuple[Any, Any]:
        """At their initial values; the optimizer is built."""

    def load(self, model: Any, arrays: Mapping[str, Any]) -> None:
        """Assigns weights by reference name; what is not among them stays as it is."""

    def batches(
        self, batch_size: int, seed: int, consumed: int, host: int = 0, hosts: int = 1
    ) -> Iterator[Arrays]:
        """A host's rows of batch after batch without an end, a function of (seed, consumed) alone.

        Args:
            batch_size: int. Of all hosts.
            consumed: int. Examples of all hosts so far.

        Raises:
            DataError: a record is damaged, or there are fewer than was claimed.
        """

    def held_out_batches(self, batch_size: int, host: int = 0, hosts: int = 1) -> Iterator[Arrays]:
        """Each held-out example once, with ``example_weights``, for ``Engine.evaluate``."""

    def judge(self, scorer: Scorer) -> dict[str, float]:
        """Scores of the state as it is; that of ``criterion`` among them."""

    def keep_best(self, folder: str, step: int) -> None:
        """What is kept of the state that was judged last, once its checkpoint is written."""

    def write(self, folder: str, record: Run) -> None:
        """Writes what the folder says of the run."""
