"""Data sets of the hub, from a copy on disk: as saved, and in the hub's layout of Parquet files."""

from __future__ import annotations

import re

import datasets
import pytest

from albert_data.base.errors import ConfigError, DataError, NetworkError
from model.tasks.readers import hub
from model.tasks.readers.find import read_task
from model.tasks.table import TASKS
from tests.silent import silent

LABELS = datasets.ClassLabel(names=["entailment", "neutral", "contradiction"])
MNLI = {
    "premise": ["a", "b", "c"],
    "hypothesis": ["d", "e", "f"],
    "label": [0, 1, 2],
    "idx": [4, 5, 6],
}


def mnli(**changed):
    rows = {**MNLI, **changed}
    kinds = {name: datasets.Value("string") for name in ("premise", "hypothesis")}
    kinds |= {"label": LABELS, "idx": datasets.Value("int32")}
    return datasets.Dataset.from_dict(rows, features=datasets.Features(kinds))


def saved(tmp_path, dataset, split):
    datasets.DatasetDict({split: dataset}).save_to_disk(tmp_path)
    return f"huggingface:{tmp_path}"


def parquet(tmp_path, dataset, split, config="mnli"):
    (tmp_path / config).mkdir()
    dataset.to_parquet(tmp_path / config / f"{split}-00000-of-00001.parquet")
    return f"huggingface:{tmp_path}"


@pytest.mark.parametrize("keep", [saved, parquet])
def test_classes_go_by_their_names(tmp_path, keep):
    data = keep(tmp_path, mnli(), "validation_matched")
    found = read_task(data, TASKS["mnli"], "dev_matched")
    assert [TASKS["mnli"].labels[n] for n in found.labels] == [
        "entailment",
        "neutral",
        "contradiction",
    ]
    assert (found.ids, found.first, found.second) == (
        ["4", "5", "6"],
        ["a", "b", "c"],
        ["d", "e", "f"],
    )


def test_classes_of_another_name_are_translated(tmp_path):
    kinds = {"sentence1": datasets.Value("string"), "sentence2": datasets.Value("string")}
    kinds["label"] = datasets.ClassLabel(names=["equivalent", "not_equivalent"])
    rows = {"sentence1": ["a", "b"], "sentence2": ["c", "d"], "label": [0, 1]}
    dataset = datasets.Dataset.from_dict(rows, features=datasets.Features(kinds))
    found = read_task(saved(tmp_path, dataset, "train"), TASKS["mrpc"], "train")
    assert found.labels.tolist() == [1, 0]


def test_numbers_without_names_are_refused_where_their_order_is_not_known(tmp_path):
    data = saved(tmp_path, datasets.Dataset.from_dict(MNLI), "train")
    with pytest.raises(DataError, match="the numbers of 'label' have no names"):
        read_task(data, TASKS["mnli"], "train")


def test_examples_without_a_label_are_refused_where_labels_are_needed(tmp_path):
    data = saved(tmp_path, mnli(label=[-1, -1, -1]), "train")
    with pytest.raises(DataError, match="MNLI has no label '-1'"):
        read_task(data, TASKS["mnli"], "train")


def test_a_test_split_has_no_labels(tmp_path):
    data = saved(tmp_path, mnli(label=[-1, -1, -1]), "test_matched")
    assert read_task(data, TASKS["mnli"], "test_matched").labels is None


def test_squad_s_paragraphs_are_taken_once(tmp_path):
    rows = {
        "id": ["1", "2", "3"],
        "context": ["The ferry.", "A river.", "The ferry."],
        "question": ["What?", "Where?", "Who?"],
        "answers": [
            {"text": ["ferry"], "answer_start": [4]},
            {"text": [], "answer_start": []},
            {"text": ["The"], "answer_start": [0]},
        ],
    }
    data = saved(tmp_path, datasets.Dataset.from_dict(rows), "validation")
    found = read_task(data, TASKS["squad2"], "dev")
    assert found.paragraphs == ["The ferry.", "A river."]
    assert [question.paragraph for question in found.questions] == [0, 1, 0]
    with pytest.raises(DataError, match="question 2: the question has no answer"):
        read_task(data, TASKS["squad1"], "dev")


@pytest.mark.parametrize(
    "answers",
    [
        {"text": ["ferry"], "answer_start": [4, 5]},
        {"text": ["ferry"], "answer_start": ["4"]},
        {"text": ["ferry"], "begin": [4]},
        ["ferry"],
    ],
)
def test_answers_of_another_form_are_refused(tmp_path, answers):
    rows = {"id": ["1"], "context": ["The ferry."], "question": ["What?"], "answers": [answers]}
    data = saved(tmp_path, datasets.Dataset.from_dict(rows), "train")
    with pytest.raises(DataError, match="question 1: the answers are no lists"):
        read_task(data, TASKS["squad1"], "train")


def test_race_knows_the_group_by_the_id(tmp_path):
    rows = {
        "example_id": ["high1.txt", "high1.txt", "middle2.txt"],
        "article": ["A.", "A.", "B."],
        "question": ["q", "r", "s"],
        "options": [["a", "b", "c", "d"]] * 3,
        "answer": ["A", "B", "D"],
    }
    data = saved(tmp_path, datasets.Dataset.from_dict(rows), "validation")
    found = read_task(data, TASKS["race"], "dev")
    assert [(q.group, q.passage, q.answer) for q in found.questions] == [
        ("high", 0, 0), ("high", 0, 1), ("middle", 1, 3)
    ]  # fmt: skip
    assert len({q.id for q in found.questions}) == 3


def test_another_data_set_is_refused_by_its_columns(tmp_path):
    data = saved(tmp_path, datasets.Dataset.from_dict({"text": ["a"]}), "train")
    with pytest.raises(DataError, match="no column 'sentence'") as caught:
        read_task(data, TASKS["cola"], "train")
    assert "its columns are text" in caught.value.fix


def test_a_split_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no such split"):
        read_task(saved(tmp_path, mnli(), "train"), TASKS["mnli"], "dev_matched")


def test_a_split_that_is_not_in_the_hubs_layout_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no split 'train'"):
        read_task(parquet(tmp_path, mnli(), "validation_matched"), TASKS["mnli"], "train")


@pytest.mark.parametrize("keep, pattern", [(saved, "*/*.arrow"), (parquet, "*/*.parquet")])
def test_a_truncated_copy_is_one_clear_error(tmp_path, keep, pattern):
    data = keep(tmp_path, mnli(), "train")
    (path,) = tmp_path.glob(pattern)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DataError, match="not as save_to_disk|not Parquet"):
        read_task(data, TASKS["mnli"], "train")


def test_an_empty_split_is_refused(tmp_path):
    empty = {name: [] for name in MNLI}
    with pytest.raises(DataError, match="no examples"):
        read_task(saved(tmp_path, mnli(**empty), "train"), TASKS["mnli"], "train")


def test_a_name_of_the_hub_is_loaded_with_the_tasks_configuration(monkeypatch):
    asked = []
    monkeypatch.setattr(hub, "_silence", lambda *_: None)

    def load(*name, **more):
        asked.append((name, more))
        return mnli()

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert len(read_task("huggingface:nyu-mll/glue", TASKS["mnli"], "dev_mismatched")) == 3
    assert len(read_task("huggingface:me/mine:other@abc", TASKS["mnli"], "train")) == 3
    assert asked == [
        (("nyu-mll/glue", "mnli"), {"split": "validation_mismatched", "revision": None}),
        (("me/mine", "other"), {"split": "train", "revision": "abc"}),
    ]


@pytest.mark.parametrize(
    "error, kind, problem",
    [
        (ConnectionError("no route"), DataError, r"the data set cannot be read \(no route\)"),
        (ValueError("Unknown split\nmore"), ConfigError, "Unknown split$"),
    ],
)
def test_a_hub_that_cannot_be_read_is_one_clear_error(monkeypatch, error, kind, problem):
    def load(*_, **__):
        raise error

    monkeypatch.setattr(hub, "_silence", lambda *_: None)
    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(kind) as caught:
        read_task("huggingface:nyu-mll/glue", TASKS["mnli"], "train")
    assert re.search(problem, caught.value.problem) and caught.value.fix


@pytest.mark.parametrize("cached", [True, False])
def test_a_hub_that_never_answers_is_named_unless_the_library_has_a_copy(monkeypatch, cached):
    def load(*_, **__):
        assert datasets.config.HF_HUB_OFFLINE  # else it would try for minutes
        if not cached:
            raise ConnectionError("offline")
        return mnli()

    monkeypatch.setattr(datasets, "load_dataset", load)
    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", "0.5")
    with silent() as port:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{port}")
        if cached:
            assert len(read_task("huggingface:nyu-mll/glue", TASKS["mnli"], "train")) == 3
        else:
            with pytest.raises(
                NetworkError, match=rf"no answer from 127.0.0.1:{port} within 0.5 s"
            ):
                read_task("huggingface:nyu-mll/glue", TASKS["mnli"], "train")
    assert not datasets.config.HF_HUB_OFFLINE
