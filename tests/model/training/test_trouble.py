"""What becomes of a run in trouble: a planted explosion, on the engine that Keras has."""

import dataclasses
import json

import numpy as np
import pytest

from model.network.backend import ON_JAX
from model.run_folder import read_run
from model.settings import TrainSettings
from model.training.pretraining import pretrain
from model.training.trouble import Diverged, NonFiniteLoss
from tests.model.backends import new_engine
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards

SETTINGS = TrainSettings(
    steps=60,
    batch_size=8,
    warmup_steps=2,
    learning_rate=0.005,
    steps_per_call=1,
    log_every=1,
    save_every=10,
    on_trouble="rewind",
)
AT = 33


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return str(write_shards(tmp_path_factory.mktemp("shards"), [30]))


def multiply_weights(engine, factor):
    """What no step does: all weights times a number."""
    if ON_JAX:
        weights = [factor * weight for weight in engine.state.weights]
        engine._state = engine.state._replace(weights=weights)
        return
    for variable in engine.model.trainable_variables:
        variable.assign(factor * variable)


def planted(factor, times=1):
    """An engine whose weights explode after step AT, so many times."""
    engine = new_engine()
    run, left = engine.run, [times]

    def explodes(steps):
        sums = run(steps)
        if engine.step == AT and left[0]:
            left[0] -= 1
            multiply_weights(engine, factor)
        return sums

    engine.run = explodes
    return engine


def train(shards, folder, engine, said=None, **settings):
    return pretrain(
        tiny_config(num_hidden_layers=1),
        dataclasses.replace(SETTINGS, **settings),
        shards,
        engine,
        str(folder),
        show_progress=False,
        say=(said if said is not None else []).append,
    )


@pytest.fixture(scope="module")
def rewound(shards, tmp_path_factory):
    folder, said = tmp_path_factory.mktemp("rewound"), []
    return folder, said, train(shards, folder, planted(40.0), said)


def losses(folder):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return {line["step"]: line["loss"] for line in lines}


def test_an_explosion_sends_the_run_back_to_the_checkpoint_before_it(rewound):
    folder, said, result = rewound
    assert (result.step, result.stopped) == (60, False)
    (entry,) = read_run(str(folder)).rewinds
    assert (entry["to"], entry["learning_rate"]) == (30, SETTINGS.learning_rate / 2)
    assert AT < entry["step"] <= AT + 10 and "diverging since step 3" in entry["why"]
    assert any("goes back (1 of at most 3), the rate up to 0.0025" in line for line in said)
    assert any(line.startswith("goes on at step 30 ") for line in said)


def test_afterwards_each_step_stands_once_and_the_loss_is_that_of_a_run_that_learns(rewound):
    found = losses(rewound[0])
    assert list(found) == list(range(1, 61))
    assert np.mean([found[step] for step in range(50, 61)]) < found[1]


def test_the_lower_rate_holds_for_a_run_that_goes_on(shards, rewound):
    folder = rewound[0]
    result = train(shards, folder, new_engine(), steps=64)
    assert result.step == 64 and len(read_run(str(folder)).rewinds) == 1
    rate = {
        line["step"]: line["learning_rate"]
        for line in map(json.loads, (folder / "log.jsonl").read_text().splitlines())
    }[62]
    assert rate == pytest.approx(SETTINGS.learning_rate / 2 * (1 - 62 / 64), rel=1e-3)


def test_after_so_many_times_it_is_over(shards, tmp_path):
    with pytest.raises(Diverged, match="diverging since step 3"):
        train(shards, tmp_path, planted(40.0, times=9), most_rewinds=1)
    assert len(read_run(str(tmp_path)).rewinds) == 1


def test_a_checkpoint_that_trouble_comes_from_again_is_not_gone_back_to_twice(shards, tmp_path):
    assert train(shards, tmp_path, planted(40.0, times=2)).step == 60
    backs = read_run(str(tmp_path)).rewinds
    assert [(back["to"], back["learning_rate"]) for back in backs] == [(30, 0.0025), (20, 0.00125)]


def test_a_checkpoint_whose_own_update_exploded_is_not_gone_back_to(shards, tmp_path):
    """The loss of step 33 is good, for it is that of the weights before the update."""
    train(shards, tmp_path, planted(40.0), save_every=11)
    (entry,) = read_run(str(tmp_path)).rewinds
    assert entry["to"] == 22 and "diverging since step 33" in entry["why"]


def test_numbers_that_are_not_finite_are_gone_back_from_too(shards, tmp_path):
    assert train(shards, tmp_path, planted(float("inf"))).step == 60
    (entry,) = read_run(str(tmp_path)).rewinds
    assert entry["to"] == 30 and "not finite" in entry["why"]


@pytest.mark.parametrize("action, error", [("stop", Diverged), ("warn", None)])
def test_the_other_settings_stop_or_say_so(shards, tmp_path, action, error):
    said = []
    if error:
        with pytest.raises(error):
            train(shards, tmp_path, planted(40.0), said, on_trouble=action)
        assert max(losses(tmp_path)) < 60
    else:
        train(shards, tmp_path, planted(40.0), said, on_trouble=action)
        assert any("diverging since step 3" in line for line in said)


def test_without_a_checkpoint_from_before_it_begins_anew(shards, tmp_path):
    result = train(shards, tmp_path, planted(float("nan")), save_every=0)
    assert result.step == 60 and list(losses(tmp_path)) == list(range(1, 61))


def test_not_finite_ends_a_run_that_may_not_go_back(shards, tmp_path):
    with pytest.raises(NonFiniteLoss):
        train(shards, tmp_path, planted(float("nan")), on_trouble="warn")


def test_held_out_data_that_gets_no_better_ends_a_run_and_the_same_command_does_nothing(
    shards, tmp_path
):
    held_out = str(write_shards(tmp_path / "held_out", [7]))
    settings = dataclasses.replace(
        SETTINGS,
        steps=400,
        learning_rate=0.0,
        eval_every=5,
        patience=2,
        save_every=0,
        on_trouble="warn",
    )

    def again():
        return pretrain(
            tiny_config(num_hidden_layers=1),
            settings,
            shards,
            new_engine(),
            str(tmp_path / "run"),
            show_progress=False,
            eval_folder=held_out,
        )

    first = again()
    assert (first.step, first.enough, first.stopped) == (15, True, False)
    assert not again().worked
