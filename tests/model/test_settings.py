import dataclasses
import re

import pytest

from model.configs import AlbertConfig, SettingError
from model.settings import TrainSettings, load_settings, split_overrides
from tests.shared import ROOT


def test_the_defaults_are_the_papers():
    config, settings = load_settings()
    assert (config.hidden_size, config.embedding_size, config.sharing) == (768, 128, "all")
    assert (settings.batch_size, settings.learning_rate) == (4096, 0.00176)
    assert (settings.steps, settings.warmup_steps) == (125_000, 3125)
    assert (settings.weight_decay, settings.clip_norm, settings.epsilon) == (0.01, 1.0, 1e-6)


def test_a_file_and_then_overrides_replace_defaults(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text(
        "model:\n  name: albert-large\n  sharing: ffn\ntrain:\n  steps: 7\n  batch_size: 8\n"
    )
    config, settings = load_settings(str(path), {"embedding_size": 64}, {"steps": 9})
    assert (config.hidden_size, config.sharing, config.embedding_size) == (1024, "ffn", 64)
    assert (settings.steps, settings.batch_size) == (9, 8)


def test_a_small_number_may_be_written_as_people_do(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text("model: {layer_norm_eps: 1e-12}\ntrain: {epsilon: 1e-6, beta_1: 0}\n")
    config, settings = load_settings(str(path))
    assert (config.layer_norm_eps, settings.epsilon, settings.beta_1) == (1e-12, 1e-6, 0.0)


@pytest.mark.parametrize(
    "text, message",
    [
        ("trian: {}", "unknown key trian\n  fix: did you mean train?"),
        (
            "train: {learning_rat: 0.1}",
            "train.learning_rat\n  fix: did you mean train.learning_rate?",
        ),
        ("model: {shared: all}", "unknown key model.shared\n  fix: did you mean model.sharing?"),
        ("model: {steps: 1}", "unknown key model.steps\n  fix: did you mean train.steps?"),
        ("model: 1", "model must be a mapping, not 1"),
        ("model: {name: [1]}", "no model [1]"),
        ("train: {epsilon: small}", "train.epsilon is 'small', not of type float"),
        ("train: {epsilon: true}", "train.epsilon is True, not of type float"),
        ("model: {layer_norm_eps: tiny}", "model.layer_norm_eps is 'tiny', not of type float"),
        ("model: {hidden_size: 768.0}", "model.hidden_size is 768.0, not of type int"),
        ("train: {steps: 0}", "steps is 0\n  fix: it must be at least 1 and at most 2,147,483,647"),
        ("train: {steps: 010}", "train.steps is '010', not of type int"),
        ("train: {steps: 1, steps: 2}", "a key stands twice"),
        ("train: {learning_rate: -1.0}", "must be at least 0"),
        ("train: {learning_rate: .nan}", "learning_rate is nan"),
        ("train: {beta_1: 1.0}", "beta_1 is 1.0\n  fix: it must be below 1"),
        ("train: {seed: 9223372036854775808}", "at most 9,223,372,036,854,775,807"),
        ("train: {xla: 1}", "train.xla is 1, not of type bool"),
        ("train: {precision: float16}", "must be float32 or mixed_bfloat16"),
        ("- 1", "must hold the keys"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_reason(tmp_path, text, message):
    path = tmp_path / "run.yaml"
    path.write_text(text)
    with pytest.raises(SettingError) as refusal:
        load_settings(str(path))
    assert message in str(refusal.value)
    assert refusal.value.where == str(path) and refusal.value.fix


def test_a_batch_is_shared_out_over_replicas_and_micro_batches():
    settings = TrainSettings(batch_size=4096, micro_batch_size=16)
    assert settings.shares(64) == (64, 4)
    assert TrainSettings(batch_size=4096).shares(64) == (64, 1)


@pytest.mark.parametrize(
    "settings, message",
    [
        (TrainSettings(batch_size=10), "batch_size is 10\n  fix: it must divide by 4 replicas"),
        (TrainSettings(batch_size=16, micro_batch_size=3), "must divide the 4 examples"),
    ],
)
def test_a_batch_that_does_not_divide_is_refused(settings, message):
    with pytest.raises(SettingError, match=message):
        settings.shares(4)


def test_overrides_are_sorted_into_model_and_training():
    pairs = ("sharing=none", "steps=3", "name=albert-tiny", "recompute=layers")
    assert split_overrides(pairs) == (
        {"sharing": "none", "name": "albert-tiny"},
        {"steps": 3, "recompute": "layers"},
    )


def test_an_unknown_override_is_refused_with_the_nearest_key():
    with pytest.raises(
        SettingError, match="--set: unknown key warmup\n  fix: did you mean warmup_steps"
    ):
        split_overrides(("warmup=3",))
    with pytest.raises(SettingError, match="--set steps: not of the form key=value"):
        split_overrides(("steps",))


def test_the_page_of_settings_has_every_key_with_its_default():
    page = (ROOT / "docs/training-settings.md").read_text()
    told = re.findall(r"^\| `(\w+)` \| `(.*?)` \| .+ \|$", page, re.MULTILINE)
    fields = [*dataclasses.fields(TrainSettings), *dataclasses.fields(AlbertConfig)]
    words = {True: "true", False: "false", "": '""'}
    assert told == [
        (
            f.name,
            words[f.default]
            if f.default in ("",) or isinstance(f.default, bool)
            else str(f.default),
        )
        for f in fields
    ]
