"""Settings of a fine-tuning run: the pretrainer's, with the values of the task's row and some more."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from albert_data.base.errors import ConfigError
from albert_data.config.fields import build, dotted_keys, unknown_key
from albert_data.config.yaml_text import parse_pairs

from ..configs import SettingError, need
from ..settings import MODEL_KEYS, TrainSettings
from ..tasks.table import Task


@dataclass(frozen=True)
class FineTuneSettings(TrainSettings):
    """How a task is trained.

    Attributes:
        epochs: float. Instead of ``steps``, which then follow; 0: ``steps`` say it.
        max_length: int. Pieces of an input, special ones included.
        encoder_dropout: float. Of hidden states and attention.
        classifier_dropout: float. Before the head.
        bias_correction: bool. Of AdamW; the reference has none.
    """

    keep_checkpoints: int = 1
    epochs: float = 0.0
    max_length: int = 512
    encoder_dropout: float = 0.0
    classifier_dropout: float = 0.1
    bias_correction: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("encoder_dropout", "classifier_dropout"):
            need(self, 0 <= getattr(self, name) < 1, name, "be at least 0 and below 1")
        need(self, 5 <= self.max_length <= 65_536, "max_length", "be from 5 to 65536")
        need(self, not self.max_hours, "max_hours", "be 0: a task is trained for steps or epochs")


TASK_KEYS = dotted_keys(FineTuneSettings)


def split_task_overrides(pairs: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sorts KEY=VALUE pairs into fields of the model (of ``--init random``) and of the training.

    Raises:
        SettingError: no "=" in a pair, or an unknown key (the nearest known one is named).
    """
    model_keys, train_keys = MODEL_KEYS, TASK_KEYS
    try:
        given = parse_pairs(pairs, "--set", "epochs=3")
        for key in given:
            if key not in (*model_keys, *train_keys):
                raise unknown_key(key, "--set", [*model_keys, *train_keys])
    except ConfigError as error:
        raise SettingError(error.problem, where=error.where or "--set", fix=error.fix) from None
    model = {key: value for key, value in given.items() if key in model_keys}
    return model, {key: value for key, value in given.items() if key not in model_keys}


def task_settings(task: Task, given: dict[str, Any], seed: int, examples: int) -> FineTuneSettings:
    """The task's row with what is given laid over it.

    Args:
        given: fields of FineTuneSettings.
        seed: int. Of the run.
        examples: int. Of the training set, for ``epochs``.

    Where steps or epochs are given and ``warmup_steps`` not, the warm-up keeps its share of the steps.

    Raises:
        SettingError: a value of another type or out of range.
    """
    assert task.settings is not None
    row = dataclasses.asdict(task.settings)
    where = f"--set of {task.title}"
    if "seed" in given:
        raise SettingError("seed is that of each run", where=where, fix="give --seed")
    try:
        made: FineTuneSettings = build(FineTuneSettings, {**row, **given, "seed": seed}, where)
        steps = made.steps
        if made.epochs:
            steps = math.ceil(made.epochs * examples / made.batch_size)
        warmup = made.warmup_steps
        if "warmup_steps" not in given:
            warmup = round(steps * task.settings.warmup_steps / task.settings.steps)
        return dataclasses.replace(made, steps=steps, warmup_steps=warmup)
    except ConfigError as error:
        raise SettingError(error.problem, where=error.where or where, fix=error.fix) from None
