"""What is mistyped once: every command, and each kind of option and key, is answered with what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from albert_data.cli import COMMANDS
from albert_data.config.mistaken_options import key_of_option, value_of
from albert_data.config.settings import Config, flatten
from tests.command_line import albert_data

KEYS = list(flatten(Config()))
JOB = ["build", "--source=books:b", "--vocab=v.model", "--output=o"]


def misspelt(word: str) -> list[str]:
    """Two letters swapped, one dropped, one too many, and the other dash."""
    middle = len(word) // 2
    swapped = word[:middle] + word[middle + 1 : middle - 1 : -1] + word[middle + 2 :]
    if middle + 2 > len(word):
        swapped = word
    return [swapped, word[:middle] + word[middle + 1 :], f"{word}s", word.replace("-", "_")]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_mistyped_command_names_the_nearest(command: str) -> None:
    for wrong in {*misspelt(command)} - set(COMMANDS):
        result = albert_data(wrong)
        assert result.code == 2 and f"Did you mean '{command}'?" in result.err, wrong


def test_a_command_like_no_other_is_told_all() -> None:
    assert "The commands are: build, tokenize, " in albert_data("xyzzy").err


@pytest.mark.parametrize(
    "arguments, meant",
    [
        ([*JOB, "--dedup", "exact"], "write --set tokens.dedup=exact"),
        ([*JOB, "--dedup=exact"], "write --set tokens.dedup=exact"),
        ([*JOB, "--max-length", "128"], "write --set pairs.max_length=128"),
        ([*JOB, "--masking.rate", "0.2"], "write --set masking.rate=0.2"),
        ([*JOB, "--dupe_factor"], "write --set pairs.dupe_factor=VALUE"),
        ([*JOB, "--sorce", "books:b"], "did you mean --source?"),
        ([*JOB, "books:b"], "write --source books:b"),
        ([*JOB, "masking.rate=0.2"], "write --set masking.rate=0.2"),
        (["vocab", "--source=books:b", "--output=o", "--language=de"], "--set sentences.language=de"),
        (["estimate", "--dedup", "exact"], "Write --set tokens.dedup=exact"),
        (["config", "--rate", "0.2"], "Write --set masking.rate=0.2"),
        (["verify", "shards", "--forein"], "Did you mean '--foreign'?"),
        (["config", "--set", "pairs.max-lenght=9"], "did you mean pairs.max_length?"),
        (["config", "--set", "masking.max_length=9"], "did you mean pairs.max_length?"),
        (["config", "--set", "token.dedup=exact"], "did you mean tokens.dedup?"),
        (["config", "--set", "tokens.dedup=exct"], "use one of: off, exact, minhash"),
        (["config", "--config", "papper"], "one of: dynamic, paper, paper-128, tiny"),
    ],
)  # fmt: skip
def test_what_is_written_wrong_is_answered_with_what_is_right(
    arguments: list[str], meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = albert_data(*arguments)
    assert result.code == 2 and meant in result.err
    assert "Traceback" not in result.err and not (tmp_path / "o").exists()


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_found_by_the_option_that_it_is_not(key: str) -> None:
    tail = key.rpartition(".")[2]
    alone = [other for other in KEYS if other.rpartition(".")[2] == tail] == [key]
    assert key_of_option(f"--{tail.replace('_', '-')}", KEYS) == (key if alone else "")
    assert key_of_option(f"--{key}", KEYS) == key


def test_the_value_is_the_one_that_was_given() -> None:
    assert value_of("--a", ["--b", "1", "--a=2=3"]) == "2=3"
    assert value_of("--a", ["--a", "--b", "1"]) == "VALUE"
    assert value_of("--a", ["--a"]) == "VALUE"
