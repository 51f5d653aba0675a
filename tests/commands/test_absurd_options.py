"""Absurd numbers and text on every option of every command: refused at once, in one error, never a traceback.

The options are those that click knows, so that a new one is tried, too.
"""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from albert_data.cli import COMMANDS, _command
from tests.command_line import albert_data

# What a command asks for, which is not there: nothing begins to work.
GIVEN = {"sources": "books:none", "vocabulary": "none.model", "vocab": "none.model", "output": "out",
         "tokens": "none", "shards": "none", "folder": "none", "grid": "none.yaml", "first": "none",
         "second": "none", "evaluation": "none", "corpus": "none"}  # fmt: skip
NUMBERS = ("1" + 30 * "0", "-1" + 30 * "0", "-1", "nan", "inf", "1e400", "", "½", "0x10", "\udcff")
TEXTS = ("", "\udcff", "\x1b[2J", "x" * 10_000, "..", "\0", "=", "*", "-")


def options() -> Iterator[tuple[str, click.Option]]:
    for name in COMMANDS:
        for parameter in _command(name).params:
            if isinstance(parameter, click.Option) and not parameter.is_flag:
                yield name, parameter


def is_number(option: click.Option) -> bool:
    return isinstance(option.type, (click.types.IntParamType, click.types.FloatParamType))


def command_of(name: str, but: click.Option) -> list[str]:
    """The command with all that it asks for, but this option."""
    words = [name]
    for parameter in _command(name).params:
        if parameter is but or not parameter.required:
            continue
        value = GIVEN.get(parameter.name or "", "none")
        words += [parameter.opts[0], value] if isinstance(parameter, click.Option) else [value]
    return words


NUMBERED = [(n, o) for n, o in options() if is_number(o)]
OTHERS = [(n, o) for n, o in options() if not is_number(o)]


def ids(found):
    return [f"{name} {option.opts[0]}" for name, option in found]


@pytest.mark.parametrize(("name", "option"), NUMBERED, ids=ids(NUMBERED))
def test_every_number_has_a_bound_and_an_absurd_one_is_refused(tmp_path, monkeypatch, name, option):
    assert isinstance(option.type, (click.IntRange, click.FloatRange))
    assert option.type.max is not None and option.type.max <= 2**63 - 1
    monkeypatch.chdir(tmp_path)
    for value in NUMBERS:
        ended = albert_data(*command_of(name, option), f"{option.opts[0]}={value}")
        assert ended.code in (1, 2) and ended.out == "", value
        assert ended.err.count("rror: ") == 1 and "Traceback" not in ended.err, value
        if value[:1] != "-":  # some bounds below are told by what knows more
            assert option.opts[0].lstrip("-") in ended.err, value
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "option"), OTHERS, ids=ids(OTHERS))
def test_absurd_text_is_refused_and_nothing_is_made(tmp_path, monkeypatch, name, option):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for value in TEXTS:
        ended = albert_data(*command_of(name, option), f"{option.opts[0]}={value}")
        assert ended.code in (1, 2), value
        assert ended.err.count("rror: ") == 1 and "Traceback" not in ended.err, value
        assert "\x1b" not in ended.err and len(ended.err) < 100_000
    assert list(tmp_path.rglob("*")) == [tmp_path / "here"]
