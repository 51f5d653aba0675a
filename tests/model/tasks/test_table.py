"""The table of tasks holds what the paper and the benchmarks say."""

from __future__ import annotations

import pytest

from albert_data.base.errors import ConfigError
from model.tasks.table import GLUE, TASKS, find_task

# Rate, batch, encoder dropout, classifier dropout, steps, warm-up, length: the paper's appendix.
PAPER = {
    "cola": (1e-5, 16, 0, 0.1, 5336, 320, 512),
    "sts-b": (2e-5, 16, 0, 0.1, 3598, 214, 512),
    "sst-2": (1e-5, 32, 0, 0.1, 20935, 1256, 512),
    "mnli": (3e-5, 128, 0, 0.1, 10000, 1000, 512),
    "qnli": (1e-5, 32, 0, 0.1, 33112, 1986, 512),
    "qqp": (5e-5, 128, 0.1, 0.1, 14000, 1000, 512),
    "rte": (3e-5, 32, 0.1, 0.1, 800, 200, 512),
    "mrpc": (2e-5, 32, 0, 0.1, 800, 200, 512),
    "wnli": (2e-5, 16, 0.1, 0.1, 2000, 250, 512),
    "squad1": (5e-5, 48, 0, 0.1, 3649, 365, 384),
    "squad2": (3e-5, 48, 0, 0.1, 8144, 814, 512),
    "race": (2e-5, 32, 0.1, 0.1, 12000, 1000, 512),
}


@pytest.mark.parametrize("name", PAPER)
def test_settings_are_the_papers(name):
    s = TASKS[name].settings
    assert PAPER[name] == (
        s.learning_rate, s.batch_size, s.encoder_dropout, s.classifier_dropout, s.steps,
        s.warmup_steps, s.max_length,
    )  # fmt: skip
    assert s.eval_every == (200 if name == "qnli" else 100)


def test_every_task_but_the_diagnostics_has_settings():
    assert PAPER.keys() == TASKS.keys() - {"ax"}
    assert TASKS["ax"].settings is None and TASKS["ax"].trained_as == "mnli"
    assert set(GLUE) == TASKS.keys() - {"squad1", "squad2", "race"}


def test_outputs_of_the_heads():
    found = {name: task.outputs for name, task in TASKS.items()}
    assert found == {
        "cola": 2, "sst-2": 2, "mrpc": 2, "sts-b": 1, "qqp": 2, "mnli": 3, "qnli": 2, "rte": 2,
        "wnli": 2, "ax": 3, "squad1": 2, "squad2": 1, "race": 1,
    }  # fmt: skip
    assert all(task.loss for task in TASKS.values())


def test_every_task_has_a_file_for_each_split_that_is_scored_or_submitted():
    for task in TASKS.values():
        assert set(task.dev) | set(task.test) <= task.splits.keys()
        assert ("train" in task.splits) == (task.settings is not None)
        assert task.submission
        if task.hub_labels:
            assert len(task.hub_labels) == len(task.labels)


@pytest.mark.parametrize(
    "spelled, name",
    [("MRPC", "mrpc"), ("sst2", "sst-2"), ("STSB", "sts-b"), ("SQuAD 1.1", "squad1"), ("squad_v2", "squad2")],
)  # fmt: skip
def test_a_task_is_found_by_any_spelling(spelled, name):
    assert find_task(spelled).name == name


def test_an_unknown_task_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="no task 'mprc'") as caught:
        find_task("mprc")
    assert "did you mean mrpc?" in caught.value.fix
