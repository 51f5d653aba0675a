"""Ensembles of planted predictions: what members get wrong alone, most of them together get right."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from click.testing import CliRunner

from model.tasks.ensemble_command import ensemble_command, make_ensemble
from model.tasks.features.make import digest
from model.tasks.readers.find import read_task
from model.tasks.scoring.answers import Spans
from model.tasks.scoring.predictions import Predictions, read_predictions, write_predictions
from model.tasks.table import TASKS


def command(*arguments):
    return CliRunner().invoke(ensemble_command, list(map(str, arguments)))


def store(folder, predictions):
    folder.mkdir(parents=True, exist_ok=True)
    write_predictions(folder / f"{predictions.split}.npz", predictions)


def predicted(data, task, logits=None, spans=None, split="dev"):
    examples = read_task(str(data), TASKS[task], split)
    ids = examples.ids if hasattr(examples, "ids") else [q.id for q in examples.questions]
    logits = None if logits is None else np.array(logits, np.float32)
    return Predictions(task, split, digest(examples), ids, logits, spans)


@pytest.fixture
def rte(tmp_path):
    """Four pairs: entailment, not, entailment, not."""
    names = ("entailment", "not_entailment") * 2
    rows = [f"{n}\tIt rains on day {n}.\tIt is wet.\t{name}\n" for n, name in enumerate(names)]
    folder = tmp_path / "RTE"
    folder.mkdir()
    (folder / "dev.tsv").write_text("index\tsentence1\tsentence2\tlabel\n" + "".join(rows))
    (folder / "test.tsv").write_text("index\tsentence1\tsentence2\n0\tIt rains.\tIt is dry.\n")
    return folder


SURE = np.log([[0.9, 0.1], [0.1, 0.9], [0.9, 0.1], [0.1, 0.9]])


def wrong_at(*places):
    """Logits that are right and sure but at some places, where they are wrong and unsure."""
    logits = SURE.copy()
    for place in places:
        logits[place] = np.log([0.45, 0.55] if place % 2 == 0 else [0.55, 0.45])
    return logits


@pytest.fixture
def three(rte, tmp_path):
    """Runs with 75, 75 and 50 per cent, wrong at other places each."""
    for name, places in (("a", (0,)), ("b", (1,)), ("c", (2, 3))):
        store(tmp_path / "runs" / name, predicted(rte, "rte", wrong_at(*places)))
    return tmp_path / "runs"


def test_classes_single_against_ensemble(rte, three, tmp_path):
    done = command(three, "--data", rte, "--output", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        "| RTE |  | figure | accuracy |",
        "| --- | --- | --- | --- |",
        "| a | member | 75.0 | 75.0 |",
        "| b | member | 75.0 | 75.0 |",
        "| c | member | 50.0 | 50.0 |",
        "| **ensemble of 3** | +25.0 | 100.0 | 100.0 |",
    ]
    assert (tmp_path / "out/ensemble.md").read_text() == done.output
    kept = read_predictions(tmp_path / "out/predictions-dev.npz")
    mean = np.mean([np.exp(wrong_at(0)), np.exp(wrong_at(1)), np.exp(wrong_at(2, 3))], axis=0)
    assert np.exp(kept.logits) == pytest.approx(mean, abs=1e-6)


def test_an_ensemble_is_a_member_of_the_next(rte, three, tmp_path):
    make_ensemble((str(three),), str(rte), tmp_path / "out")
    lines = make_ensemble((str(tmp_path / "out"), str(three / "c")), str(rte), tmp_path / "more")
    assert lines[-1].startswith("| **ensemble of 2** |")


def test_the_best_are_chosen_by_their_figures(rte, three, tmp_path):
    done = command(three / "c", three / "b", three / "a", "--data", rte, "--output",
                   tmp_path / "out", "--best", "2")  # fmt: skip
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "out/ensemble.json").read_text())
    assert record["chosen"] == ["a", "b"]
    assert record["ensemble"]["figure"] == 100.0 and record["members"]["c"]["figure"] == 50.0
    assert "| c |  | 50.0 | 50.0 |" in done.output


def test_a_run_named_twice_counts_once(rte, three, tmp_path):
    places = (str(three), str(three / "a"), str(three / "b" / "dev.npz"))
    assert "ensemble of 3" in make_ensemble(places, str(rte), tmp_path / "out")[-1]


def test_tests_that_all_have_are_put_together_too(rte, three, tmp_path):
    for name in "ab":
        store(three / name, predicted(rte, "rte", [[0, 1]], split="test"))
    make_ensemble((str(three),), str(rte), tmp_path / "all")
    assert not (tmp_path / "all/predictions-test.npz").exists()  # c has none
    make_ensemble((str(three),), str(rte), tmp_path / "two", best=2)
    assert read_predictions(tmp_path / "two/predictions-test.npz").logits.argmax() == 1


def test_regression_takes_the_mean_of_values(tmp_path):
    rows = "".join(f"{n}\tOne.\tTwo.\t{score}\n" for n, score in enumerate((0.0, 1.0, 2.5, 5.0)))
    (tmp_path / "dev.tsv").write_text("index\tsentence1\tsentence2\tscore\n" + rows)
    for name, logits in (("a", [0, 2, 1, 5]), ("b", [0, 0, 4, 5])):
        store(tmp_path / name, predicted(tmp_path, "sts-b", [[value] for value in logits]))
    lines = make_ensemble((str(tmp_path),), str(tmp_path), tmp_path / "out")
    assert lines[0] == "| STS-B |  | figure | pearson | spearman |"
    assert read_predictions(tmp_path / "out/predictions-dev.npz").logits[:, 0].tolist() == [
        0, 1, 2.5, 5,
    ]  # fmt: skip
    assert lines[-1].endswith("| 100.0 | 100.0 | 100.0 |")


def test_options_of_race(tmp_path):
    for group, answers in (("middle", ["B"]), ("high", ["C", "A"])):
        folder = tmp_path / "RACE" / "dev" / group
        folder.mkdir(parents=True)
        passage = {"article": "A cat.", "id": f"{group}1.txt", "answers": answers,
                   "questions": ["Who?"] * len(answers),
                   "options": [["a", "b", "c", "d"]] * len(answers)}  # fmt: skip
        (folder / "1.txt").write_text(json.dumps(passage))
    examples = read_task(str(tmp_path / "RACE"), TASKS["race"], "dev")
    gold = [question.answer for question in examples.questions]
    for name, wrong in (("a", 0), ("b", 1), ("c", 2)):
        logits = 3 * np.eye(4)[gold]
        logits[wrong] = 0.5 * np.eye(4)[(gold[wrong] + 1) % 4]
        store(tmp_path / name, predicted(tmp_path / "RACE", "race", logits))
    lines = make_ensemble((str(tmp_path),), str(tmp_path / "RACE"), tmp_path / "out")
    assert "accuracy" in lines[0] and "middle" in lines[0] and "high" in lines[0]
    assert lines[2].startswith("| a | member | 66.7 |")
    assert lines[-1].startswith("| **ensemble of 3** | +33.3 | 100.0 |")


TEXT = "Rain fell in Bergen all day."


def squad(tmp_path, version):
    questions = [
        {"id": "where", "question": "Where?", "answers": [{"text": "Bergen", "answer_start": 13}]},
        {"id": "who", "question": "Who?", "answers": [], "is_impossible": True},
    ]
    if version == 1:
        questions = questions[:1]
    path = tmp_path / f"dev-v{version}.json"
    paragraph = {"context": TEXT, "qas": questions}
    data = {"version": str(version), "data": [{"title": "Rain", "paragraphs": [paragraph]}]}
    path.write_text(json.dumps(data))
    return path


def of_questions(*own, nulls=None):
    """Spans: a dict of text to probability a question."""
    flat = [(TEXT.index(text), share, text) for one in own for text, share in one.items()]
    begins = np.array([begin for begin, _, _ in flat], np.int32)
    ends = np.array([begin + len(text) for begin, _, text in flat], np.int32)
    shares = np.array([share for _, share, _ in flat])
    offsets = np.cumsum([0, *map(len, own)])
    return Spans(offsets, begins, ends, shares, np.array(nulls or [0.0] * len(own)))


def test_spans_go_by_their_text_and_none_is_left_out(tmp_path):
    data = squad(tmp_path, 1)
    for name, own in (("a", {"Rain": 0.6, "Bergen": 0.4}), ("b", {"all day": 0.6, "Bergen": 0.4})):
        store(tmp_path / name, predicted(data, "squad1", spans=of_questions(own)))
    lines = make_ensemble((str(tmp_path),), str(data), tmp_path / "out")
    assert lines[2].startswith("| a | member | 0.0 |")
    assert lines[-1].startswith("| **ensemble of 2** | +100.0 | 100.0 |")


def test_null_scores_are_averaged_and_both_thresholds_shown(tmp_path):
    data = squad(tmp_path, 2)
    for name, nulls in (("a", [-3.0, 2.0]), ("b", [1.0, 4.0])):
        spans = of_questions({"Bergen": 1.0}, {"Rain": 1.0}, nulls=nulls)
        store(tmp_path / name, predicted(data, "squad2", spans=spans))
    lines = make_ensemble((str(tmp_path),), str(data), tmp_path / "out")
    found = json.loads((tmp_path / "out/ensemble.json").read_text())
    assert read_predictions(tmp_path / "out/predictions-dev.npz").spans.nulls.tolist() == [-1, 3]
    assert found["members"]["b"]["scores"]["dev"]["squad_em_at_0"] == 50.0
    assert found["ensemble"]["scores"]["dev"]["squad_em_at_0"] == 100.0
    assert found["ensemble"]["scores"]["dev"]["threshold"] == -1.0
    assert "squad_f1_at_0" in lines[0]


def refused(*arguments):
    done = command(*arguments)
    assert done.exit_code in (1, 2) and isinstance(done.exception, SystemExit), done.output
    lines = done.output.strip().splitlines()
    assert len(lines) <= 3 and lines[0].startswith("error: "), done.output
    return done.output


def test_what_does_not_belong_together_is_refused(rte, three, tmp_path):
    out = ("--data", rte, "--output", tmp_path / "out")
    good = predicted(rte, "rte", SURE)
    store(tmp_path / "order", dataclasses.replace(good, ids=good.ids[::-1]))
    assert "other examples" in refused(three, tmp_path / "order", *out)
    store(tmp_path / "data", dataclasses.replace(good, examples="f" * 64))
    assert "other examples than the dev set of --data" in refused(three, tmp_path / "data", *out)
    store(tmp_path / "task", dataclasses.replace(good, task="mrpc"))
    assert "runs of several tasks" in refused(three, tmp_path / "task", *out)
    store(tmp_path / "split", dataclasses.replace(good, split="test"))
    assert "no predictions of dev" in refused(three, tmp_path / "split", *out)
    assert not (tmp_path / "out").exists()


def test_places_without_predictions_are_refused(rte, three, tmp_path):
    out = ("--data", rte, "--output", tmp_path / "out")
    assert "no such folder" in refused(tmp_path / "nowhere", *out)
    (tmp_path / "empty").mkdir()
    np.savez(tmp_path / "empty" / "weights.npz", weights=np.zeros(3))  # of something else
    assert "no predictions" in refused(tmp_path / "empty", *out)
    whole = (three / "a" / "dev.npz").read_bytes()
    (three / "a" / "dev.npz").write_bytes(whole[: len(whole) // 2])
    assert "not readable as predictions" in refused(three, *out)


def test_more_members_than_there_are_is_refused(rte, three, tmp_path):
    out = ("--data", rte, "--output", tmp_path / "out", "--best", 4)
    assert "of 3 members" in refused(three, *out)


def test_a_member_that_diverged_is_named(rte, three, tmp_path):
    store(three / "lost", predicted(rte, "rte", np.full((4, 2), np.nan)))
    said = refused(three, "--data", rte, "--output", tmp_path / "out")
    assert "lost" in said and "8 of 8 logits are no numbers" in said and "leave the run out" in said
