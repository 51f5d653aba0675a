"""Absurd numbers and text on every option and setting of the trainer's programs: one error, at once.

The options are those that click knows and the settings those of the dataclasses, so that new ones are
tried, too. No engine is loaded: what would do so is an error here.
"""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from albert_data.base.errors import ConfigError
from model import analysis, evaluate, export, finetune, run_page, train_tpu, try_model
from model.convert import main as convert
from model.fine_tuning.settings import TASK_KEYS, split_task_overrides, task_settings
from model.settings import MODEL_KEYS, TRAIN_KEYS, load_settings, split_overrides
from model.tasks.table import TASKS

PROGRAMS = {
    "train": train_tpu.main,
    "finetune": finetune.main,
    "evaluate": evaluate.main,
    "analysis": analysis.main,
    "try": try_model.main,
    "convert": convert.main,
    "export": export.main,
    "runs": run_page.main,
}
NUMBERS = ("1" + 30 * "0", "-1" + 30 * "0", "-1", "nan", "inf", "1e400", "", "½", "0x10", "\udcff")
TEXTS = ("", "\udcff", "\x1b[2J", "x" * 10_000, "..", "=", "*", "-", "gs://", "@", "tf1:", "hf:")
# Of settings, in YAML: most are of another type, too.
VALUES = (
    "1" + 30 * "0", "-1" + 30 * "0", "-1", "0x" + 5000 * "f", "9" * 5000, ".nan", ".inf", "1e400", "''", "½",
    "null", "[]", "{}", "[&a [1,1,1,1,1,1,1,1,1,1],&b [*a,*a,*a,*a,*a,*a],[*b,*b,*b,*b,*b,*b]]", "!!bool x",
    "!!int ''", "'" + "a" * 100_000 + "'", "&a [*a]", "[" * 400, "2001-01-01", "!!binary eA==", r'"\ud800"',
)  # fmt: skip


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for verb, inner in command.commands.items():
            yield from commands(inner, f"{name} {verb}")
    else:
        yield name, command


ALL = [each for name, program in PROGRAMS.items() for each in commands(program, name)]
OPTIONS = [
    (f"{name} {option.opts[0]}", command, option)
    for name, command in ALL
    for option in command.params
    if isinstance(option, click.Option) and not option.is_flag
]
NUMBER_TYPES = (click.types.IntParamType, click.types.FloatParamType)


def refused(command: click.Command, option: click.Option, value: str) -> str:
    """What a program says, which must be one error."""
    words: list[str] = []
    for parameter in command.params:
        if parameter is not option and (
            parameter.required or isinstance(parameter, click.Argument)
        ):
            named = [parameter.opts[0]] if isinstance(parameter, click.Option) else []
            words += [*named, "none"]
    ended = CliRunner().invoke(command, [*words, f"{option.opts[0]}={value}"])
    assert ended.exit_code in (1, 2), (value, ended.output, ended.exception)
    assert isinstance(ended.exception, SystemExit), (value, ended.exc_info)
    assert ended.output.count("rror: ") == 1 and "Traceback" not in ended.output, value
    assert "\x1b" not in ended.output and len(ended.output) < 100_000
    return ended.output


@pytest.fixture(autouse=True)
def _without_an_engine(monkeypatch, tmp_path):
    def never(*_: object) -> None:
        raise AssertionError("an engine is loaded")

    for program in (train_tpu, finetune):
        monkeypatch.setattr(program, "load", never)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("command", "option"), [o[1:] for o in OPTIONS], ids=[o[0] for o in OPTIONS]
)
def test_an_absurd_value_of_an_option_is_one_error_and_nothing_is_made(tmp_path, command, option):
    if isinstance(option.type, NUMBER_TYPES):
        assert isinstance(option.type, (click.IntRange, click.FloatRange))
        assert option.type.min is not None and option.type.max is not None
        assert all(option.opts[0] in refused(command, option, value) for value in NUMBERS)
    else:
        for value in TEXTS:
            refused(command, option, value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", [*MODEL_KEYS, *TRAIN_KEYS])
def test_an_absurd_value_of_a_setting_is_one_error_or_as_good_as_another(key):
    for value in VALUES:
        try:
            load_settings(None, *split_overrides([f"{key}={value}"]))
        except ConfigError as error:
            assert error.where and error.fix and len(str(error)) < 2000, value[:40]


@pytest.mark.parametrize("key", TASK_KEYS)
def test_an_absurd_value_of_a_setting_of_fine_tuning_is_one_error_too(key):
    for value in VALUES:
        try:
            _, given = split_task_overrides([f"{key}={value}"])
            task_settings(TASKS["mrpc"], given, 0, 3668)
        except ConfigError as error:
            assert error.where and error.fix and len(str(error)) < 2000, value[:40]


@pytest.mark.parametrize(
    "pair",
    ["steps=1000000000000", "batch_size=2000000", "hidden_size=1000000000", "learning_rate=1e30",
     "num_hidden_layers=1000000", "vocab_size=100000000000", "save_minutes=1e100"],
)  # fmt: skip
def test_a_number_beyond_all_bounds_is_refused_with_the_bound(pair):
    with pytest.raises(ConfigError, match=r"must be (from 1 to|at least [01] and at most) [\d,]+"):
        load_settings(None, *split_overrides([pair]))
