"""A run's best checkpoint on a test set: the files that the benchmarks' servers take.

A run of MNLI predicts AX, too, which has no training set of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from albert_data.corpus.sources.hugging_face import parse_target

from ..checkpoint_files import BEST, find_checkpoint, saved_steps
from ..checkpoints import restore_weights
from ..network.backend import compiled
from ..run_folder import Run
from ..tasks.examples import ParagraphQuestions
from ..tasks.features.make import features_of
from ..tasks.readers.find import count_note, is_there, read_task
from ..tasks.readers.hub import HUB
from ..tasks.scoring.answers import answer_texts
from ..tasks.scoring.metrics import predictions_of
from ..tasks.scoring.predictions import write_predictions
from ..tasks.scoring.submissions import write_answers, write_labels
from ..tasks.table import TASKS, Task, find_task
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
    """Writes the submission of every test split that ``data`` has.

    Raises:
        ConfigError: it has none.
    """
    task = find_task(run.task)
    tests = tests_of(task, data)
    which = "best" if saved_steps(folder, BEST) else "last"
    _, prefix = find_checkpoint(folder, which)
    say(f"{task.title} by {prefix}")
    tokenizer = of_task_run(folder, folder, which).tokenizer
    model = TaskModel(task, run.model, dtype="float32")
    restore_weights(model, prefix)
    Path(output).mkdir(parents=True, exist_ok=True)
    device, length = OneDevice(model), int(run.train["max_length"])
    for test, name in tests:
        examples = read_task(data, test, name)
        if note := count_note(test, name, examples):
            say(note)
        features = features_of(test, name, examples, tokenizer, length)
        split = Split(name, examples, inputs_of(test, features, length, tokenizer.pad))
        predictions = predictions_from(test, split, outputs_of(split.inputs, device))
        kept = name if test is task else f"{test.name}-{name}"
        write_predictions(predictions_path(output, kept), predictions)
        if predictions.spans is None:
            assert predictions.logits is not None
            given = predictions_of(test, predictions.logits)
            path = write_labels(Path(output), test, name, predictions.ids, given)
        else:
            assert isinstance(examples, ParagraphQuestions)
            answers = answer_texts(predictions.spans, examples)
            has_nulls = task.head == "span_or_none"
            threshold = logged(folder, "threshold").get(run.best.get("step", 0), 0.0)
            nulls = predictions.spans.nulls if has_nulls else None
            path = write_answers(Path(output), answers, nulls, threshold)
        say(f"wrote {path}")
    return 0


def tests_of(task: Task, data: str) -> list[tuple[Task, str]]:
    """Test splits that a run of a task predicts of some data, with the tasks that they are of.

    Args:
        data: as ``--data``: a file is the split that its name says, else the first; a folder all the task's
            own, and what it has of others without a training set; on the hub the configuration says which.

    Raises:
        ConfigError: there is none.
    """
    others = [one for one in TASKS.values() if one.trained_as == task.name]
    if data.startswith(HUB):
        config = parse_target(data.removeprefix(HUB)).config
        named = [one for one in others if one.hub[1] == config]
        return [(one, split) for one in named or [task] for split in one.test]
    own = [(task, split) for split in task.test]
    every = own + [(one, split) for one in others for split in one.test]
    if Path(data).is_file():
        name = Path(data).name
        return [(one, split) for one, split in every if name in one.splits[split].names] or own[:1]
    there = [pair for pair in every if is_there(data, *pair)]
    if any(pair in there for pair in own) or not there:
        return own + [pair for pair in there if pair not in own]
    return there
