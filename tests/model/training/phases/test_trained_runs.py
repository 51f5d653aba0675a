"""Runs trained on purpose, one that learns and some that cannot: the phases say what it is, nothing else.

A tiny model on texts of a known law (`texts.py`), five to ten seconds each, on the engine that Keras has.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import NamedTuple

import numpy as np
import pytest

from model.network.backend import ON_JAX
from model.run_folder import read_run
from model.settings import TrainSettings
from model.training.pretraining import pretrain
from model.training.trouble import Diverged
from tests.model.backends import new_engine
from tests.model.conftest import tiny_config
from tests.model.training.phases import texts

pytestmark = pytest.mark.slow
SETTINGS = TrainSettings(
    steps=400,
    batch_size=64,
    warmup_steps=20,
    learning_rate=0.02,
    steps_per_call=10,
    log_every=10,
    save_every=50,
    keep_checkpoints=9,
)


class Trained(NamedTuple):
    """What a run told of its curve, by step, and its masked-LM losses by step."""

    told: dict[int, str]
    mlm: dict[int, float]


def train(folder, make=texts.with_context, engine=None, objective="sop", **settings):
    shards, said = texts.write_texts(folder / "shards", make, objective), []
    pretrain(
        tiny_config(num_hidden_layers=1, initializer_range=0.3),
        dataclasses.replace(SETTINGS, **settings),
        shards,
        engine or new_engine(),
        str(folder / "run"),
        show_progress=False,
        say=said.append,
    )
    return trained(folder, said)


def trained(folder, said):
    events = [found for line in said if (found := re.match(r"step ([\d,]+): (.*)", line))]
    lines = map(json.loads, (folder / "run" / "log.jsonl").read_text().splitlines())
    return Trained(
        {int(found[1].replace(",", "")): found[2] for found in events},
        {line["step"]: line["mlm_loss"] for line in lines},
    )


def weights_changed(change, at=None):
    """An engine on which `change` happens to the weights after every call, or after one step alone.

    Args:
        change: function of (the weights as they were at first, as they are) to what they become.
    """
    engine = new_engine()
    run, first = engine.run, []
    variables = [] if ON_JAX else lambda: engine.model.trainable_variables

    def read():
        held = engine.state.weights if ON_JAX else [v.numpy() for v in variables()]
        return [np.array(one) for one in held]  # JAX gives the next step the memory of its own

    def write(arrays):
        if ON_JAX:
            import jax

            moved = [jax.numpy.array(array) for array in arrays]
            engine._state = engine.state._replace(weights=moved)
            return
        for variable, array in zip(variables(), arrays, strict=True):
            variable.assign(array)

    def changed(steps):
        first[:] = first or read()
        sums = run(steps)
        if at is None or (engine.step == at and not done):
            done.append(at)
            write([change(was, now) for was, now in zip(first, read(), strict=True)])
        return sums

    done: list[int | None] = []
    engine.run = changed
    return engine


def test_of_a_run_that_learns_is_said_that_the_context_counts_and_nothing_else(tmp_path):
    found = train(tmp_path)
    ((step, line),) = found.told.items()
    assert line.startswith("the context counts: MLM ") and step <= 200
    assert found.mlm[400] < texts.UNIGRAMS - 1


def test_a_run_that_cannot_learn_more_than_the_unigrams_is_on_the_plateau(tmp_path):
    found = train(tmp_path, texts.without_context)
    ((step, line),) = found.told.items()
    assert re.fullmatch(rf"MLM 3\.\d\d, the unigrams' {texts.UNIGRAMS:.2f}: the plateau", line)
    assert abs(found.mlm[400] - texts.UNIGRAMS) < 0.15 and step <= 300


def test_a_run_without_a_prediction_has_no_gradient_and_neither_context_nor_divergence(tmp_path):
    found = train(tmp_path, texts.nothing_to_predict, objective="none", steps=120)
    assert found.told == {
        30: "nothing is predicted: the masked-LM loss is 0, as of predictions without a weight"
    }, "the later line of a step is kept"
    assert set(found.mlm.values()) == {0.0}


def test_predictions_that_were_lost_are_said_where_the_sentence_task_has_a_gradient(tmp_path):
    found = train(tmp_path, texts.nothing_to_predict, steps=60)
    ((_, line),) = found.told.items()
    assert line.startswith("nothing is predicted")


def test_a_rate_of_0_is_said(tmp_path):
    found = train(tmp_path, learning_rate=0.0, steps=60)
    assert found.told == {30: "the learning rate is 0, so that no weight moves"}


def test_weights_that_do_not_keep_their_steps_learn_nothing(tmp_path):
    engine = weights_changed(lambda was, now: was)
    found = train(tmp_path, engine=engine, steps=100, steps_per_call=1)
    ((_, line),) = found.told.items()
    assert line.startswith("nothing is learnt: the loss is ")


@pytest.mark.parametrize("rate, warmup, begins", [(2.0, 390, (20, 100)), (1.0, 10, (1, 20))])
def test_a_rate_too_high_diverges_after_it_learnt_or_from_the_first_step(
    tmp_path, rate, warmup, begins
):
    found = train(tmp_path, learning_rate=rate, warmup_steps=warmup, steps=300)
    line = next(iter(found.told.values()))
    since = re.match(r"diverging since step (\d+): ", line)
    assert since and begins[0] <= int(since[1]) <= begins[1]
    others = [
        one for one in found.told.values() if not one.startswith(("diverging", "the loss is down"))
    ]
    assert not others


def test_a_run_that_exploded_goes_back_and_learns_what_it_would_have(tmp_path):
    """The weights times 40 after step 250, whose own loss is good: its checkpoint is none to go back to."""
    engine = weights_changed(lambda was, now: 40 * now, at=250)
    found = train(tmp_path, engine=engine, on_trouble="rewind")
    (back,) = read_run(str(tmp_path / "run")).rewinds
    assert (back["to"], back["step"]) == (200, 290) and "diverging since step 250" in back["why"]
    assert back["learning_rate"] == SETTINGS.learning_rate / 2
    assert list(found.mlm) == list(range(10, 401, 10))
    assert found.mlm[400] < texts.UNIGRAMS - 1


def test_a_rate_that_two_halvings_do_not_mend_ends_the_run_which_says_so_without_a_checkpoint(
    tmp_path,
):
    with pytest.raises(Diverged, match="diverging since step"):
        train(tmp_path, learning_rate=8.0, on_trouble="rewind", most_rewinds=2)
    backs = read_run(str(tmp_path / "run")).rewinds
    assert [(back["learning_rate"], back["to"]) for back in backs] == [(4.0, 0), (2.0, 0)]
