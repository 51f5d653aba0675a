"""What becomes of a command that cannot print: a full disk, a pipe nobody reads, a closed descriptor.

Where the result is a file (`MakesFiles`), what cannot be printed is lost and the command goes on: its
files say whether the work is done. Where what is printed is the result, the command ends there: with
one error and exit code 1, or in silence with 141 = 128 + SIGPIPE where the reader has gone, as it does
of `inspect | head`. So do the shell's own tools end, and a script with `pipefail` can tell from a
whole result what was cut off; a 0 would claim that all of it arrived.

Whatever is printed may hold text of strangers, so it goes through `neutral.plain`, but for what rich adds
for a terminal: colours, bars. What a locale has no character for is spelled out.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import click

from albert_data.base import neutral
from albert_data.commands.suggestions import TakesSettings

READER_GONE = 141


class CannotPrintError(Exception):
    """What a command is for cannot be printed. No OSError: rich and click have their own ways with those.

    Attributes:
        stream: `stdout` or `stderr`.
        error: what the system says.
    """

    def __init__(self, stream: str, error: OSError) -> None:
        super().__init__(stream, error)
        self.stream, self.error = stream, error

    def __str__(self) -> str:
        return f"{self.stream}: {self.error.strerror}"


class MakesFiles(TakesSettings):
    """A command whose result is a file; what it prints only tells of that."""

    def invoke(self, context: click.Context) -> Any:
        may_be_lost()
        return super().invoke(context)


class _Stream:
    """stdout or stderr, with one answer to all that cannot be written."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name, self.stream = name, stream
        self.needed = True
        self.failure: CannotPrintError | None = (
            None  # kept, for a thread's exception ends no command
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    @property
    def rich_proxied_file(self) -> _AsItIs:
        """What a console of rich writes to: its own control codes must arrive."""
        return _AsItIs(self)

    def write(self, text: str) -> int:
        self.write_as_it_is(neutral.plain(text))
        return len(text)

    def write_as_it_is(self, text: str) -> int:
        return self._attempt(self.stream.write, text) or len(text)

    def flush(self) -> None:
        self._attempt(self.stream.flush)

    def _attempt(self, action: Callable[..., Any], *arguments: str) -> Any:
        done = None
        try:
            done = action(*arguments)
        except OSError as error:
            self.failure = CannotPrintError(self.name, error)
            self._divert()
        if self.failure and self.needed:
            raise self.failure
        return done

    def _divert(self) -> None:
        """Lets what is still to come, and what Python holds back until it exits, go nowhere."""
        with contextlib.suppress(OSError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), self.stream.fileno())


class _AsItIs:
    """A stream for text in which nothing of strangers is left."""

    def __init__(self, stream: _Stream) -> None:
        self.stream = stream
        self.write = stream.write_as_it_is

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Meanwhile what cannot be printed raises CannotPrintError, or is lost after `may_be_lost`."""
    _open_all()
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout, sys.stderr = _Stream("stdout", sys.stdout), _Stream("stderr", sys.stderr)
    try:
        yield
    finally:
        may_be_lost()
        flush()
        sys.stdout, sys.stderr = before


def flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def may_be_lost() -> None:
    """From here on the exit code says all that matters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, _Stream):
            stream.needed = False


def _open_all() -> None:
    """Opens those of the descriptors 0 to 2 that are closed, for nothing to be written to.

    Else the next file that is opened, a shard say, would be what libraries write their messages to.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # the lowest that is free, this one
            os.set_inheritable(number, True)
        if number and getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", closefd=False))  # noqa: SIM115
