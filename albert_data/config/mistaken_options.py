"""The setting that somebody meant by an option that no command has."""

from __future__ import annotations

from collections.abc import Sequence


def key_of_option(option: str, known: Sequence[str]) -> str:
    """The setting that somebody wrote as an option (`--dedup`, `--tokens.dedup`), or nothing."""
    name = option.lstrip("-").replace("-", "_").lower()
    found = [key for key in known if name in (key, key.replace(".", "_"), key.split(".")[-1])]
    return found[0] if len(found) == 1 else ""


def value_of(option: str, arguments: Sequence[str]) -> str:
    """What was given to an option, `--name=value` or `--name value`; `VALUE` where nothing was."""
    for argument, following in zip(arguments, [*arguments[1:], "-"], strict=True):
        name, equals, value = argument.partition("=")
        if name == option:
            return value if equals else "VALUE" if following.startswith("-") else following
    return "VALUE"
