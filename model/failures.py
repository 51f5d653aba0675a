"""What a user sees when a program of this folder fails: what the library's command line shows.

One message of what is wrong, where, and the fix; exit code 2 for settings, 1 for all else. What TensorFlow
and JAX raise on a device is known by the names of their classes: neither is imported for it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import re
import sys
from collections.abc import Iterator
from typing import IO, Any

import click

from albert_data.base.errors import RUN_AGAIN, DataError, of_the_system
from albert_data.commands import printing

from . import files

_GO_ON = f"mend this, then {RUN_AGAIN}"
# (package, class): what is raised where a device or an input refuses.
_OF_LIBRARIES = {
    ("tensorflow", "OpError"),
    ("jax", "JaxRuntimeError"),
    ("jaxlib", "JaxRuntimeError"),
    ("jaxlib", "XlaRuntimeError"),
}
_EXHAUSTED = ("ResourceExhaustedError", "RESOURCE_EXHAUSTED")
# Where in a graph it happened, and what TensorFlow writes around it: a traceback, the number of errors.
_AROUND = re.compile(
    r"\{\{.*?\}\}|\[\[.*?\]\]|\[Op:.*|Detected at node.*|<stack traces unavailable>"
    r"|Graph execution error:|^ *File \".*|^.*defined at \(most recent call last\):.*"
    r"|^\d+ root error\(s\) found\.|^ *\(\d+\)\s+[A-Z_]+: |^Stack trace for op definition:.*"
    r"|^(?:RESOURCE_EXHAUSTED|INVALID_ARGUMENT|UNAVAILABLE|INTERNAL|ABORTED|UNKNOWN|DEADLINE_EXCEEDED): ",
    re.MULTILINE,
)


class _Failure(click.ClickException):
    """A failure as click ends a program with it."""

    def __init__(self, error: DataError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_code  # type: ignore[misc]

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"error: {self.message}", file=file, err=file is None)


@contextlib.contextmanager
def errors_shown(printed: bool = False) -> Iterator[None]:
    """Turns wrong input, files that cannot be read or written, and a device's refusal into a message.

    Anything else is a defect of ours and keeps its traceback. What is printed meanwhile is neutral, and
    what cannot be printed is no failure (`albert_data/commands/printing.py`).

    Args:
        printed: what the program prints is all that it makes, so that it ends where it cannot.

    Raises:
        click.ClickException: in place of DataError, OSError and what TensorFlow or JAX raise at work.
    """
    with printing.watched():
        if not printed:
            printing.may_be_lost()
        try:
            with _as_messages():
                yield
                printing.flush()
        except printing.CannotPrintError as failure:
            printing.may_be_lost()
            if failure.error.errno == errno.EPIPE:
                sys.exit(printing.READER_GONE)
            fix = "print it elsewhere: what this program prints is all that it makes"
            raise _Failure(DataError(str(failure), fix=fix)) from None


@contextlib.contextmanager
def _as_messages() -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise _Failure(error) from error
    except Exception as error:
        if told := of_the_system(error):
            raise _Failure(told) from error
        if not is_of_a_library(error):
            raise
        if type(error).__name__ == _EXHAUSTED[0] or str(error).startswith(_EXHAUSTED[1]):
            problem = f"out of memory or disk: {first_line(error)}"
            fix = "for memory, set a smaller micro_batch_size or recompute=layers"
            raise _Failure(DataError(problem, fix=fix)) from error
        raise _Failure(DataError(first_line(error), fix=_GO_ON)) from error


def is_of_a_library(error: BaseException) -> bool:
    """Whether TensorFlow or JAX raised it at work, and not Python in the making of a graph."""
    kinds = {(kind.__module__.partition(".")[0], kind.__name__) for kind in type(error).__mro__}
    return bool(kinds & _OF_LIBRARIES)


def first_line(error: Exception) -> str:
    """What went wrong, without the graph's part of TensorFlow's message and without JAX's status code."""
    text = _AROUND.sub("", getattr(error, "message", None) or str(error))
    told = (line.strip() for line in text.splitlines())
    return next((line for line in told if line), type(error).__name__)


def read_json(path: str) -> dict[str, Any]:
    """The fields in a JSON file, local or remote.

    Raises:
        DataError: it is not JSON, or no object; names the file and the place.
    """
    fix = "take it from a copy of the folder, or begin in a new folder"
    try:
        given = json.loads(files.read(path))
        json.dumps(given, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise DataError(f"damaged ({error})", where=path, fix=fix) from error
    if not isinstance(given, dict):
        raise DataError("damaged (it holds no fields)", where=path, fix=fix)
    return given
