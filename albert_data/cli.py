"""The command line: which commands there are, and how every failure ends.

A command's file is imported when it is called; Beam only by the commands that run a job.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence

import click

import albert_data
from albert_data.errors import DataError

# Command → its file in albert_data/commands, in the order of `--help`.
COMMANDS = {
    "build": "jobs",
    "tokenize": "jobs",
    "remask": "jobs",
    "ablate": "ablate",
    "estimate": "estimate",
    "dev-set": "dev_set",
    "verify": "verify",
    "clean": "clean",
    "worker-pool": "worker_pool",
    "vocab": "vocab",
    "inspect": "inspect",
    "report": "report",
    "diff": "diff",
    "contamination": "contamination",
}


class _Commands(click.Group):
    """Finds commands in `COMMANDS`."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"albert_data.commands.{COMMANDS[name]}")
        return getattr(module, name.replace("-", "_"))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(albert_data.__version__, prog_name="albert-data")
def cli() -> None:
    """Builds, checks and explains ALBERT pretraining shards."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command; every failure is one message on stderr and an exit code other than 0."""
    shown = {"-v", "--verbose"} & {*(sys.argv[1:] if arguments is None else arguments)}
    logging.basicConfig(level=logging.INFO if shown else logging.ERROR)
    try:
        cli.main(args=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DataError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.exceptions.Abort):  # click makes the one into the other
        click.echo("stopped; the same command goes on where it was", err=True)
        sys.exit(130)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fix = "fix: mend this, then run the same command again: it goes on where it was"
        click.echo(f"error: {where}{error.strerror or error}\n  {fix}", err=True)
        sys.exit(1)
