from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from albert_data.base.errors import ConfigError, DataError
from model.tasks.scoring.answers import Spans
from model.tasks.scoring.ensembles import best_members, ensemble, mean_spans
from model.tasks.scoring.predictions import Predictions, read_predictions, write_predictions
from model.tasks.table import TASKS


def predicted(logits, task="rte", **changed):
    told = {"task": task, "split": "dev", "examples": "abc", "ids": ["0", "1"]} | changed
    return Predictions(**told, logits=np.array(logits, np.float32))


def test_probabilities_are_averaged_not_logits():
    members = [
        predicted(np.log([[0.9, 0.1], [0.4, 0.6]])),
        predicted(np.log([[0.2, 0.8], [0.4, 0.6]])),
    ]
    found = ensemble(TASKS["rte"], members)
    assert np.exp(found.logits) == pytest.approx(np.array([[0.55, 0.45], [0.4, 0.6]]))
    shifted = [predicted(members[0].logits + 300), predicted(members[1].logits - 300)]
    assert ensemble(TASKS["rte"], shifted).logits == pytest.approx(found.logits, abs=1e-4)


def test_an_impossible_class_stays_a_number():
    found = ensemble(TASKS["rte"], [predicted([[1000.0, -1000.0], [0, 0]])])
    assert np.isfinite(found.logits).all() and found.logits[0].argmax() == 0


def test_scores_of_a_regression_are_averaged_as_they_are():
    members = [predicted([[1.0], [4.0]], "sts-b"), predicted([[2.0], [5.0]], "sts-b")]
    assert ensemble(TASKS["sts-b"], members).logits.tolist() == [[1.5], [4.5]]


def spans(rows, nulls):
    """Spans of questions: (begin, end, probability) each."""
    flat = [span for own in rows for span in own]
    begins, ends, probabilities = (np.array(column) for column in zip(*flat, strict=True))
    return Spans(
        np.cumsum([0, *map(len, rows)]),
        begins.astype(np.int32),
        ends.astype(np.int32),
        probabilities,
        np.array(nulls, float),
    )


def test_spans_are_averaged_by_their_place_and_null_scores_too():
    one = spans([[(0, 5, 0.6), (3, 9, 0.4)], [(1, 2, 1.0)]], [1.0, -2.0])
    other = spans([[(3, 9, 0.7), (0, 4, 0.3)], [(1, 2, 0.5), (4, 6, 0.5)]], [2.0, -4.0])
    found = mean_spans([one, other])
    assert found.offsets.tolist() == [0, 3, 5]
    own = list(zip(found.begins.tolist(), found.ends.tolist(), found.probabilities, strict=True))
    assert own[0] == (3, 9, pytest.approx(0.55)) and own[1] == (0, 5, pytest.approx(0.3))
    assert own[3] == (1, 2, pytest.approx(0.75))
    assert found.nulls.tolist() == [1.5, -3.0]
    assert mean_spans([one, other], most=1).offsets.tolist() == [0, 1, 2]


def test_an_ensemble_of_one_is_that_one():
    one = spans([[(3, 9, 0.6), (0, 5, 0.4)], [(1, 2, 1.0)]], [1.0, -2.0])
    for name, value in mean_spans([one])._asdict().items():
        assert value.tolist() == getattr(one, name).tolist()


@pytest.mark.parametrize(
    "changed, problem",
    [
        ({"task": "mrpc"}, "predictions of task mrpc, where the first member's are of rte dev"),
        ({"split": "test"}, "predictions of split test"),
        ({"examples": "abd"}, "predictions of other examples"),
        ({"ids": ["1", "0"]}, "predictions of other examples"),
    ],
)
def test_members_of_something_else_are_refused(changed, problem):
    one = predicted([[0, 1], [1, 0]])
    with pytest.raises(DataError, match=problem):
        ensemble(TASKS["rte"], [one, dataclasses.replace(one, **changed)])
    with pytest.raises(DataError, match="no predictions"):
        ensemble(TASKS["rte"], [])
    with pytest.raises(DataError, match="predictions of rte"):
        ensemble(TASKS["mrpc"], [one])


def test_the_best_members_are_chosen_by_their_figures():
    figures = {"c": 80.0, "a": 81.0, "b": 81.0, "d": 70.0}
    assert best_members(figures, 3) == ["a", "b", "c"]
    for number in (0, 5):
        with pytest.raises(ConfigError, match=f"the best {number} of 4 members"):
            best_members(figures, number)


def test_predictions_come_back_from_a_file_without_pickle(tmp_path):
    path = tmp_path / "predictions.npz"
    one = predicted([[0.25, 1], [1, 0]])
    write_predictions(path, one)
    found = read_predictions(path)
    assert found.ids == one.ids and found.logits.tolist() == one.logits.tolist()
    kept = Predictions(
        "squad2", "dev", "abc", ["é", "1"], spans=spans([[(0, 5, 1.0)], [(1, 2, 1.0)]], [1, 2])
    )
    write_predictions(path, kept)
    found = read_predictions(path)
    assert found.logits is None and found.ids == ["é", "1"] and found.split == "dev"
    for name, value in found.spans._asdict().items():
        assert value.tolist() == getattr(kept.spans, name).tolist()
    with np.load(path, allow_pickle=False) as stored:
        assert all(array.dtype != object for array in stored.values())


def test_a_file_that_is_no_prediction_is_one_clear_error(tmp_path):
    path = tmp_path / "predictions.npz"
    with pytest.raises(DataError, match="no predictions"):
        read_predictions(path)
    write_predictions(path, predicted([[0, 1], [1, 0]]))
    whole = path.read_bytes()
    np.savez(tmp_path / "other.npz", logits=np.zeros(3))
    for content in (
        b"",
        whole[:50],
        whole[:-30],
        b"no archive",
        (tmp_path / "other.npz").read_bytes(),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match="not readable as predictions"):
            read_predictions(path)
