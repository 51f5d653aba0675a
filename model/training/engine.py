"""What the training loop needs of a library that computes: the one seam between TensorFlow and JAX.

``loop`` decides *when* (calls, log lines, evaluations, checkpoints, signals), what is said and what the
folder's record holds; an engine does what needs tensors. Nothing here, in ``loop`` or in what both share
imports TensorFlow or JAX: one process has one of them, chosen by ``--engine`` before Keras is imported
(``engines``).

An engine's file has one function, which the command line calls:

    def open_engine(devices: Devices, say: Say) -> Engine

It finds the devices, says in a line which ("strategy mirrored: 4 GPUs"), and raises SettingError where
there are none such. Nothing is read or written by it. Then, in this order, for one run:

    build → restore → (take_weights | restore) → begin → (run | finite | evaluate | outputs | save | …)*

Errors. ``NonFiniteLoss`` is the loop's to raise. An engine raises DataError for damaged or missing data
and checkpoints, SettingError for settings that do not fit its devices; what its library raises on a device
(memory, a lost worker) goes through as it is: ``failures.errors_shown`` makes a line of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..settings import TrainSettings
from .job import Arrays, Job

Say = Callable[[str], None]


@dataclass(frozen=True)
class Devices:
    """The devices that a user asks for.

    Attributes:
        strategy: one of ``engines.STRATEGIES``; "auto" takes the best there are.
        tpu: name or address of a TPU; empty on the machine that has it.
        devices: how many; 0 for all.
    """

    strategy: str = "auto"
    tpu: str = ""
    devices: int = 0


class Engine(Protocol):
    """Model, optimizer, data and checkpoints of one run, on the devices of one library.

    Attributes:
        name: "tensorflow" or "jax"; ``model.json`` keeps it, and a run goes on with no other.
        replicas: parts that each batch is divided into; ``settings.batch_size`` must divide by it.
        hosts: processes of the run.
        leads: whether this process is the one that prints and writes log and ``model.json``.
        has_accelerator: whether it computes on a TPU or GPU: calls take five seconds, not half a one.
        usual_precision: Keras dtype policy of its devices where ``settings.precision`` is "".
    """

    @property
    def name(self) -> str: ...
    @property
    def replicas(self) -> int: ...
    @property
    def hosts(self) -> int: ...
    @property
    def leads(self) -> bool: ...
    @property
    def has_accelerator(self) -> bool: ...
    @property
    def usual_precision(self) -> str: ...

    def build(self, job: Job, settings: TrainSettings, folder: str) -> None:
        """Makes model and optimizer with its slots, at their initial values; reads and writes nothing.

        A run that goes back builds again: what was built before is left.

        Args:
            job: Job. What model, optimizer and data are.
            settings: TrainSettings, ``precision`` filled in.
            folder: str. Of the run: where checkpoints are looked for and written.
        """

    def restore(self, checkpoint: str | None = None) -> bool:
        """Takes the state of a checkpoint, of the folder's newest where none is named; False where there is
        none.

        The newest is ``checkpoint_files.newest``: the one that the file ``checkpoint`` names, else by
        number.

        Raises:
            DataError: it is damaged, or a variable is missing in it or in the run.
        """

    def take_weights(self, arrays: Mapping[str, Any]) -> None:
        """Assigns weights by reference name; heads that are not among them stay as they are.

        Args:
            arrays: {name of google-research/albert: float32 array}, shapes checked.
        """

    def begin(self) -> None:
        """Opens the data at the run's position and makes the step; compiles at the first ``run``.

        The order of examples is that of ``albert_data.read``, of (seed, examples consumed) alone, dropout of
        (seed, step, micro-batch, replica, layer): that is what makes a resumed run the unbroken one.
        """

    @property
    def step(self) -> int:
        """Steps done, over the whole run."""

    @property
    def examples(self) -> int:
        """Examples consumed, over the whole run."""

    @property
    def latest(self) -> str | None:
        """Path of the newest checkpoint (``FOLDER/ckpt-STEP``), for people; None where there is none."""

    def run(self, steps: int) -> dict[str, float]:
        """Takes so many steps from where the data stands; returns when the device has done them.

        Returns: sums over the steps of ``Objective.sums`` (global batch, all replicas), and
            ``gradient_norm``, the largest of the steps before clipping; not a number if one is not.

        Raises:
            DataError: a record is damaged, or there are fewer than the manifest claims.
        """

    def learning_rate(self) -> float:
        """Of the last step."""

    def trust_ratios(self) -> list[float]:
        """Of the last step, one a variable that decays; none where the optimizer has none."""

    def device_memory_gib(self) -> float | None:
        """The most memory that one of this process' devices has had at once; None where it does not say."""

    def finite(self) -> bool:
        """Whether the state can be gone on from: finite weights and slots, and a finite loss with them.

        The loss of a step was made with the weights before its update, so it says nothing of what would be
        saved. Some examples, the first of the data, go through the model.
        """

    def evaluate(self) -> dict[str, float]:
        """``Objective.sums`` over the held-out data, each example once, without dropout.

        ``settings.eval_batches`` of them, or all.
        """

    def outputs(self, batches: Iterable[Arrays]) -> Iterator[Arrays]:
        """What the model, as it stands, gives for each of some batches, without dropout.

        Args:
            batches: of examples that divide by ``replicas``; all of one shape, for each is compiled.
        """

    def save(self, kind: str) -> None:
        """Writes the state (weights, slots, step, examples consumed) whole or not at all.

        Args:
            kind: ``checkpoint_files.LAST``, of which the newest ``keep_checkpoints`` are kept and those of
                ``keep_every``; or BEST, of which one is.
        """

    def largest(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """The largest of each number over all processes, so that all do the same next.

        Asked once a call, with the call's length and what signals and clocks ask for; as given where one
        process leads.
        """
