"""Fine-tuning of a task as a ``Job`` of the training loop."""

from __future__ import annotations

import dataclasses
import hashlib
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import files
from ..adamw import AdamW
from ..configs import AlbertConfig, SettingError
from ..convert.reference import encoder_names
from ..lamb import WarmupPolynomialDecay
from ..run_folder import Run, check_goes_on, write_run
from ..settings import TrainSettings
from ..tasks.scoring.metrics import figure
from ..tasks.scoring.predictions import Predictions, write_predictions
from ..tasks.scoring.split_scores import split_scores
from ..tasks.table import Task
from ..training.job import Scorer, Sizes
from ..training.monitor import training_flops
from ..training.trouble import NonFiniteLoss
from .beginning import Beginning
from .inputs import Arrays, Inputs, by_length, order_from
from .judging import Split, predictions_from
from .settings import FineTuneSettings
from .task_model import TaskModel, objective_of

JUDGED_AT_ONCE = 64  # examples of a batch, a replica


@dataclass(frozen=True)
class TaskData:
    """What a run's folder says of its data.

    Attributes:
        folder: ``--data``, as the user named it.
        told: what was read: splits, numbers and a digest.
        vocabulary_sha256, normalization: of the tokenizer.
    """

    folder: str
    told: str
    vocabulary_sha256: str
    normalization: str
    objective: str = "none"

    def describe(self) -> str:
        return self.told


class FineTuning:
    """A run of a task.

    Args:
        task: Task.
        beginning: Beginning.
        settings: FineTuneSettings.
        train: Inputs, labelled.
        splits: development sets.
        data: TaskData.
    """

    criterion = ("figure", 1)
    judged = True
    option = "--output"
    scored_on = ""
    baselines: Mapping[str, float] = {}
    facts = branch = None

    def __init__(
        self,
        task: Task,
        beginning: Beginning,
        settings: FineTuneSettings,
        train: Inputs,
        splits: Sequence[Split],
        data: TaskData,
    ) -> None:
        self._row, self._beginning, self._train, self._splits = task, beginning, train, splits
        self.data, self.task, self.init = data, task.name, beginning.name
        self.config: AlbertConfig = dataclasses.replace(
            beginning.config,
            hidden_dropout_prob=settings.encoder_dropout,
            attention_probs_dropout_prob=settings.encoder_dropout,
            classifier_dropout_prob=settings.classifier_dropout,
        )
        longest = max([train.length, *(split.inputs.length for split in splits)])
        if longest > self.config.max_position_embeddings:
            room = self.config.max_position_embeddings
            raise SettingError(
                f"inputs of {longest} pieces, the model has max_position_embeddings={room}",
                where=beginning.name,
                fix=f"set max_length={room}",
            )
        self.objective = objective_of(task)
        length = train.mean_length(settings.batch_size, settings.seed)
        flops = training_flops(self.config, round(length), 0) * train.options
        self.sizes = Sizes(len(train), round(length * train.options), flops)
        self._judged: list[Predictions] = []

    def check_goes_on(self, folder: str, known: Run, settings: TrainSettings, engine: str) -> None:
        """As of pretraining; and no setting that decides about the weights may be another one, for the
        figures of a table's runs belong together."""
        fix = "take another --output"
        if known.task != self.task:
            was = f"a run of task {known.task}" if known.task else "a pretraining run"
            raise SettingError(f"the folder holds {was}", where=folder, fix=fix)
        check_goes_on(folder, known, self.config, settings, self.data, engine, self.option)
        if known.init != self.init:
            problem = f"the folder holds a run with init={known.init!r}, now {self.init!r}"
            raise SettingError(problem, where=folder, fix=fix)
        for key, (old, new) in known.changed(settings).items():
            problem = f"the folder holds a run with {key}={old!r}, now {new!r}"
            raise SettingError(problem, where=folder, fix=fix)

    def start(self, engine: str) -> Beginning:
        return self._beginning

    def start_lines(self, start: Any, settings: Any, folder: str) -> Iterator[str]:
        yield from self._beginning.lines()

    def data_lines(self) -> Iterator[str]:
        return iter(())

    def model_and_optimizer(self, settings: Any) -> tuple[TaskModel, AdamW]:
        model = TaskModel(
            self._row, self.config, settings.seed, settings.recompute, settings.precision
        )
        schedule = WarmupPolynomialDecay(
            settings.learning_rate, settings.steps, settings.warmup_steps, settings.decay_power
        )
        optimizer = AdamW(
            schedule,
            settings.weight_decay,
            settings.beta_1,
            settings.beta_2,
            settings.epsilon,
            settings.bias_correction,
        )
        optimizer.build(model.trainable_variables)
        return model, optimizer

    def load(self, model: TaskModel, arrays: Mapping[str, Any]) -> None:
        for name, variable in encoder_names(model.encoder).items():
            if name in arrays:
                variable.assign(arrays[name])

    def batches(
        self, batch_size: int, seed: int, consumed: int, host: int = 0, hosts: int = 1
    ) -> Iterator[Arrays]:
        if hosts > 1:
            fix = "fine-tune on one host: its data is small"
            raise SettingError(f"{hosts} processes", where="--engine jax", fix=fix)
        for examples in order_from(len(self._train), seed, consumed, batch_size):
            yield self._train.batch(examples)

    def held_out_batches(self, batch_size: int, host: int = 0, hosts: int = 1) -> Iterator[Arrays]:
        raise NotImplementedError("a task is judged by outputs")

    def judge(self, scorer: Scorer) -> dict[str, float]:
        found, self._judged, scores = {}, [], []
        for split in self._splits:
            outputs = outputs_of(split.inputs, scorer)
            if not all(np.isfinite(v).all() for v in outputs.values()):
                raise NonFiniteLoss(f"an output for {split.name} is not finite")
            predictions = predictions_from(self._row, split, outputs)
            own = split_scores(self._row, predictions, split.examples)
            self._judged.append(predictions)
            scores.append(own)
            for name, value in own.items():
                found[name if len(self._splits) == 1 else f"{split.name}_{name}"] = value
        return {"figure": figure(self._row, scores), **found}

    def keep_best(self, folder: str, step: int) -> None:
        for predictions in self._judged:
            write_predictions(predictions_path(folder, predictions.split), predictions)

    def write(self, folder: str, record: Run) -> None:
        name, content = self._beginning.vocabulary
        path = posixpath.join(folder, name)
        if not files.exists(path):
            files.write(path, content)
        write_run(folder, record)


def predictions_path(folder: str, split: str) -> Path:
    """Where a run keeps what its best checkpoint predicts of a split."""
    return Path(folder, f"predictions-{split}.npz")


def outputs_of(inputs: Inputs, scorer: Any) -> dict[str, np.ndarray]:
    """A model's outputs for every example, in their order.

    Args:
        scorer: with ``outputs``, and ``replicas``, by which batches are divided.
    """
    size = JUDGED_AT_ONCE * scorer.replicas
    size = min(size, -(-len(inputs) // scorer.replicas) * scorer.replicas)
    of_batches = by_length(inputs, size)
    made = scorer.outputs(inputs.batch(examples, columns=False) for examples in of_batches)
    found: dict[str, np.ndarray] = {}
    for examples, outputs in zip(of_batches, made, strict=True):
        for name, value in outputs.items():
            if name not in found:
                found[name] = np.empty((len(inputs), *value.shape[1:]), value.dtype)
            found[name][examples] = value
    return found


def told_of(digests: Mapping[str, str], numbers: Mapping[str, int], max_length: int) -> str:
    """What is said of data, to notice that a run goes on with other."""
    of = ", ".join(f"{name} {number}" for name, number in numbers.items())
    whole = hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest()
    return f"{of} examples, max_length {max_length}, sha256 {whole[:16]}"
