"""A run's best checkpoint on a test set: the files that the benchmarks' servers take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from ..checkpoint_files import BEST, find_checkpoint, saved_steps
from ..checkpoints import restore_weights
from ..network.backend import compiled
from ..run_folder import Run
from ..tasks.examples import ParagraphQuestions
from ..tasks.features.make import features_of
from ..tasks.readers.find import count_note, read_task
from ..tasks.scoring.answers import answer_texts
from ..tasks.scoring.metrics import predictions_of
from ..tasks.scoring.predictions import write_predictions
from ..tasks.scoring.submissions import write_answers, write_labels
from ..tasks.table import find_task
from ..training.engine import Say
from .beginning import of_task_run
from .folders import logged
from .inputs import Arrays, inputs_of
from .job import outputs_of, predictions_path
from .judging import Split, predictions_from
from .task_model import TaskModel


class OneDevice:
    """A model's outputs, on what Keras computes with."""

    replicas = 1

    def __init__(self, model: TaskModel) -> None:
        self._weights = [ops.convert_to_tensor(v) for v in model.trainable_variables]
        self._call = compiled(lambda weights, batch: model.stateless_call(weights, [], batch)[0])

    def outputs(self, batches: Iterable[Arrays]) -> Iterator[Arrays]:
        for batch in batches:
            given = {name: ops.convert_to_tensor(value) for name, value in batch.items()}
            found: dict[str, Any] = self._call(self._weights, given)
            yield {name: np.asarray(value) for name, value in found.items()}


def predict(folder: str, run: Run, data: str, output: str, say: Say) -> int:
    """Writes the submission of every test split that ``data`` has."""
    task = find_task(run.task)
    which = "best" if saved_steps(folder, BEST) else "last"
    _, prefix = find_checkpoint(folder, which)
    say(f"{task.title} by {prefix}")
    tokenizer = of_task_run(folder, folder, which).tokenizer
    model = TaskModel(task, run.model, dtype="float32")
    restore_weights(model, prefix)
    Path(output).mkdir(parents=True, exist_ok=True)
    device, length = OneDevice(model), int(run.train["max_length"])
    for name in _splits(task, data):
        examples = read_task(data, task, name)
        if note := count_note(task, name, examples):
            say(note)
        features = features_of(task, name, examples, tokenizer, length)
        split = Split(name, examples, inputs_of(task, features, length, tokenizer.pad))
        predictions = predictions_from(task, split, outputs_of(split.inputs, device))
        write_predictions(predictions_path(output, name), predictions)
        if predictions.spans is None:
            assert predictions.logits is not None
            given = predictions_of(task, predictions.logits)
            path = write_labels(Path(output), task, name, predictions.ids, given)
        else:
            assert isinstance(examples, ParagraphQuestions)
            answers = answer_texts(predictions.spans, examples)
            has_nulls = task.head == "span_or_none"
            threshold = logged(folder, "threshold").get(run.best.get("step", 0), 0.0)
            nulls = predictions.spans.nulls if has_nulls else None
            path = write_answers(Path(output), answers, nulls, threshold)
        say(f"wrote {path}")
    return 0


def _splits(task: Any, data: str) -> list[str]:
    """Test splits: of a file that one whose name it has, else the first."""
    if not Path(data).is_file():
        return list(task.test)
    named = [name for name in task.test if Path(data).name in task.splits[name].names]
    return named or list(task.test[:1])
