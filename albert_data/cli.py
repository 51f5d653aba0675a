"""The command line: which commands there are, and how every failure ends.

A command's file is imported when it is called; Beam only where a runner or a store needs it.
"""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Sequence
from typing import Any

import click

import albert_data
from albert_data.base.errors import DataError, of_the_system
from albert_data.commands import printing
from albert_data.commands.suggestions import no_such_command

# In the order of `--help`.
COMMANDS = (
    "build", "tokenize", "remask", "ablate", "estimate", "dev-set", "verify", "clean", "worker-pool",
    "vocab", "prose", "inspect", "report", "diff", "contamination", "export", "config",
    "left-out",
)  # fmt: skip


def _command(name: str) -> click.Command:
    """Imports one of `COMMANDS`."""
    command: click.Command
    match name:
        case "build":
            from albert_data.commands.jobs import build as command
        case "tokenize":
            from albert_data.commands.jobs import tokenize as command
        case "remask":
            from albert_data.commands.jobs import remask as command
        case "ablate":
            from albert_data.commands.ablate import ablate as command
        case "estimate":
            from albert_data.commands.estimate import estimate as command
        case "dev-set":
            from albert_data.commands.dev_set import dev_set as command
        case "verify":
            from albert_data.commands.verify import verify as command
        case "clean":
            from albert_data.commands.clean import clean as command
        case "worker-pool":
            from albert_data.commands.worker_pool import worker_pool as command
        case "vocab":
            from albert_data.commands.vocab import vocab as command
        case "prose":
            from albert_data.commands.prose import prose as command
        case "inspect":
            from albert_data.commands.inspect import inspect as command
        case "report":
            from albert_data.commands.report import report as command
        case "diff":
            from albert_data.commands.diff import diff as command
        case "contamination":
            from albert_data.commands.contamination import contamination as command
        case "export":
            from albert_data.commands.export import export as command
        case "left-out":
            from albert_data.commands.left_out import left_out as command
        case "config":
            from albert_data.commands.config import config as command
    return command


class _Commands(click.Group):
    """Finds commands in `COMMANDS`."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (OSError, MemoryError, RuntimeError) as error:
            # Here, for click ends in silence where a connection is cut.
            found = of_the_system(error)
            if found is None:
                raise
            raise found from error
        except KeyboardInterrupt:
            raise click.Abort from None  # click prints, and may be unable to

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise no_such_command(args[0], COMMANDS, ctx)
        return super().resolve_command(ctx, args)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The first paragraph of each command's help: click's own way cuts it off in mid-sentence."""
        first = {name: (_command(name).help or "").partition("\n\n")[0] for name in COMMANDS}
        with formatter.section("Commands"):
            formatter.write_dl([(name, " ".join(text.split())) for name, text in first.items()])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return _command(name) if name in COMMANDS else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(albert_data.__version__, prog_name="albert-data")
def cli() -> None:
    """Builds, checks and explains ALBERT pretraining shards."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command; every failure is one message on stderr and an exit code other than 0."""
    shown = {"-v", "--verbose"} & {*(sys.argv[1:] if arguments is None else arguments)}
    logging.basicConfig(level=logging.INFO if shown else logging.ERROR)
    with printing.watched():
        code = _run(arguments)
    if code:
        sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    """Runs a command and says on stderr what it failed of; returns its exit code."""
    try:
        cli.main(args=arguments, standalone_mode=False)
        printing.flush()
    except click.ClickException as error:
        printing.may_be_lost()
        error.show()
        return error.exit_code
    except DataError as error:
        return _failed(f"error: {error}", error.exit_code)
    except (KeyboardInterrupt, click.Abort):  # click makes the one into the other
        return _failed("\nstopped; the same command goes on where it was", 130)
    except printing.CannotPrintError as failure:
        if failure.error.errno == errno.EPIPE:
            return printing.READER_GONE
        fix = "print it elsewhere: what this command prints is all that it makes"
        return _failed(f"error: {DataError(str(failure), fix=fix)}", 1)
    return 0


def _failed(message: str, code: int) -> int:
    printing.may_be_lost()
    click.echo(message, err=True)
    return code
