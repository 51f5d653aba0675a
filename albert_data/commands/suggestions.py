"""What a mistyped command or option was meant to be, where click alone does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import click

from albert_data.config.mistaken_options import key_of_option, value_of
from albert_data.config.settings import Config, flatten


def no_such_command(name: str, known: Iterable[str], context: click.Context) -> click.UsageError:
    """The refusal of a command; names the nearest."""
    near = difflib.get_close_matches(name.replace("_", "-").lower(), known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"The commands are: {', '.join(known)}."
    return click.UsageError(f"No such command {name!r}. {hint}", context)


class TakesSettings(click.Command):
    """A command with `--set`: a setting that is written as an option is told how it is set."""

    keys: Sequence[str] = tuple(flatten(Config()))  # the settings

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            key = key_of_option(error.option_name, self.keys)
            if not key or not any("--set" in parameter.opts for parameter in self.params):
                raise
            name = error.option_name
            text = f"No such option {name!r}. Write --set {key}={value_of(name, given)}"
            raise click.UsageError(text, ctx) from None
